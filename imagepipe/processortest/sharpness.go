package processortest

import (
	"image"
	"image/color"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/imagepipe"
)

func sharpnessCases() []testCase {
	return []testCase{
		{Name: "smaller renditions are sharp", Run: sharp},
		{Name: "smaller renditions have no patterns of their own", Run: noAliases},
		{Name: "colours stay on their shapes", Run: colorsInPlace},
	}
}

// What is asked of a rendition that is compared with the best filter's result. The rest
// that is left is that of JPEG at a middling quality.
const (
	leastPSNR = 32.0
	// Blur takes from the gradient, sharpening and aliases add to it.
	leastGradient, mostGradient = 0.85, 1.15
)

// sharp compares with good filters, in either light: which of them is the best is a matter
// of taste, but a rendition has to be like one.
func sharp(t testing.TB, h Harness) {
	t.Helper()

	p := h.New(t, Limits{})

	for _, size := range []image.Point{{2400, 300}, {608, 810}} {
		m := scene(4, size.X, size.Y)
		fromJPEG := processBy(t, p, jpegOf(t, m, 97)).Renditions
		fromPNG := processBy(t, p, pngOf(t, m)).Renditions
		source := lumaOf(m)

		for i := 1; i < len(fromPNG); i++ {
			references := references(source, fromPNG[i].Width, fromPNG[i].Height)
			requireSharp(t, fromJPEG[i], references)
			requireSharp(t, fromPNG[i], references)
		}
	}
}

// requireSharp compares a rendition with the reference that is the most like it.
func requireSharp(t testing.TB, r imagepipe.Rendition, references []plane) {
	t.Helper()

	got := lumaOf(decoded(t, r))
	best, like, sharpest := 0.0, 0.0, 0.0

	for _, want := range references {
		gradient := want.gradient()
		sharpest = max(sharpest, gradient)

		if ratio := psnr(want, got); ratio > best {
			best, like = ratio, gradient
		}
	}

	require.GreaterOrEqual(t, best, leastPSNR, "the %s of %d x %d is unlike the upload (dB)", r.Size, r.Width, r.Height)
	require.GreaterOrEqual(t, got.gradient(), leastGradient*like, "the %s of %d x %d is blurred", r.Size, r.Width, r.Height)
	require.LessOrEqual(t, got.gradient(), mostGradient*sharpest, "the %s of %d x %d is sharper than the upload", r.Size, r.Width, r.Height)
}

func references(source plane, width, height int) []plane {
	var all []plane

	light := source.linear()
	for _, k := range kernels() {
		all = append(all,
			source.reduce(width, height, k).clamped(255),
			light.reduce(width, height, k).clamped(1).gamma(),
		)
	}

	return all
}

// noAliases has stripes that are too fine for the smaller renditions, where they must
// become an even grey, in whichever light it is mixed.
func noAliases(t testing.TB, h Harness) {
	t.Helper()

	const width, height = 1640, 410

	for name, dark := range map[string]func(x, y int) bool{
		"board":   func(x, y int) bool { return (x+y)%2 == 0 },
		"columns": func(x, _ int) bool { return x%2 == 0 },
		"rows":    func(_, y int) bool { return y%2 == 0 },
	} {
		m := image.NewGray(image.Rect(0, 0, width, height))

		for y := range height {
			for x := range width {
				if v := uint8(230); !dark(x, y) {
					m.SetGray(x, y, color.Gray{Y: v})
				} else {
					m.SetGray(x, y, color.Gray{Y: 20})
				}
			}
		}

		for _, r := range process(t, h, pngOf(t, m)).Renditions[1:] {
			got := lumaOf(decoded(t, r)).deviation()
			require.Less(t, got, 8.0, "the %s of fine %s shows a pattern", r.Size, name)
		}
	}
}

// colorsInPlace finds colour planes that are shifted against the luma: of a red disc on
// green, all of the rim would have a wrong colour on one side.
func colorsInPlace(t testing.TB, h Harness) {
	t.Helper()

	const side, radius = 1200, 400

	red, green := color.NRGBA{R: 190, G: 50, B: 50, A: 255}, color.NRGBA{R: 50, G: 120, B: 60, A: 255}
	m := image.NewNRGBA(image.Rect(0, 0, side, side))

	for y := range side {
		for x := range side {
			m.SetNRGBA(x, y, green)

			// From the centre, which lies between pixels, in halves of one.
			dx, dy := 2*x+1-side, 2*y+1-side
			if dx*dx+dy*dy < 4*radius*radius {
				m.SetNRGBA(x, y, red)
			}
		}
	}

	for _, file := range [][]byte{jpegOf(t, m, 95), pngOf(t, m)} {
		for _, r := range process(t, h, file).Renditions[1:] {
			got := decoded(t, r)
			centre, n := [2]float64{}, 0.0

			for y := range r.Height {
				for x := range r.Width {
					c := color.RGBAModel.Convert(got.At(x, y)).(color.RGBA)
					_, _, cr := color.RGBToYCbCr(c.R, c.G, c.B)
					weight := max(0, float64(cr)-128)
					centre[0] += weight * (float64(x) + 0.5)
					centre[1] += weight * (float64(y) + 0.5)
					n += weight
				}
			}

			for i, side := range []int{r.Width, r.Height} {
				require.InDelta(t, float64(side)/2, centre[i]/n, 0.3, "the colours of the %s are shifted", r.Size)
			}
		}
	}
}
