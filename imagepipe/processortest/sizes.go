package processortest

import (
	"image"
	"image/color"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/imagepipe"
)

func sizeCases() []testCase {
	return []testCase{
		{Name: "sizes of large pictures", Run: func(t testing.TB, h Harness) { t.Helper(); sizes(t, h, largeSizes()) }},
		{Name: "small pictures are not enlarged", Run: func(t testing.TB, h Harness) { t.Helper(); sizes(t, h, smallSizes()) }},
		{Name: "thin pictures keep a pixel", Run: func(t testing.TB, h Harness) { t.Helper(); sizes(t, h, thinSizes()) }},
		{Name: "every corner survives in every size", Run: cornersSurvive},
	}
}

func largeSizes() []image.Point {
	return []image.Point{{1600, 1200}, {1003, 777}, {777, 1003}, {1000, 333}, {801, 801}}
}

func smallSizes() []image.Point {
	return []image.Point{{1, 1}, {2, 1}, {7, 9}, {199, 100}, {200, 200}, {201, 133}, {133, 201}, {799, 800}, {800, 600}}
}

func thinSizes() []image.Point {
	return []image.Point{{1, 5000}, {5000, 1}, {5000, 3}, {801, 2}, {3, 1601}}
}

func sizes(t testing.TB, h Harness, all []image.Point) {
	t.Helper()

	p := h.New(t, Limits{})

	for _, size := range all {
		m := image.NewGray(image.Rectangle{Max: size})
		for i := range m.Pix {
			m.Pix[i] = 90
		}

		for _, file := range [][]byte{jpegOf(t, m, 90), pngOf(t, m)} {
			picture := processBy(t, p, file)
			requireDimensions(t, picture, size.X, size.Y)
			requireFits(t, picture.Renditions[1], size, imagepipe.MediumSide)
			requireFits(t, picture.Renditions[2], size, imagepipe.ThumbnailSide)

			for _, r := range picture.Renditions {
				at := image.Pt(r.Width/2, r.Height/2)
				requireColor(t, decoded(t, r), at, color.Gray{Y: 90}, cardTolerance, size, r.Size)
			}
		}
	}
}

// requireFits checks that a rendition has the proportions of the upload, to the pixel, and
// a longest side of side, or the upload's where that is less.
func requireFits(t testing.TB, r imagepipe.Rendition, upload image.Point, side int) {
	t.Helper()

	longest := max(upload.X, upload.Y)
	scale := min(1, float64(side)/float64(longest))

	require.Equal(t, min(side, longest), max(r.Width, r.Height), "%s of %v", r.Size, upload)

	for _, pair := range [][2]int{{upload.X, r.Width}, {upload.Y, r.Height}} {
		exact := float64(pair[0]) * scale
		require.LessOrEqual(t, math.Abs(float64(pair[1])-max(1, exact)), 0.5+1e-9,
			"%s of %v is %d x %d: not rounded to the next pixel", r.Size, upload, r.Width, r.Height)
	}
}

// cornersSurvive finds renditions that are shifted or cut: a picture with a frame of
// another colour has it on all sides, as wide as it should be.
func cornersSurvive(t testing.TB, h Harness) {
	t.Helper()

	const width, height, border = 1500, 1100, 150

	frame, inside := color.NRGBA{R: 40, G: 40, B: 160, A: 255}, color.NRGBA{R: 220, G: 220, B: 200, A: 255}
	m := image.NewNRGBA(image.Rect(0, 0, width, height))

	for y := range height {
		for x := range width {
			m.SetNRGBA(x, y, frame)

			if x >= border && x < width-border && y >= border && y < height-border {
				m.SetNRGBA(x, y, inside)
			}
		}
	}

	for _, file := range [][]byte{jpegOf(t, m, 95), pngOf(t, m)} {
		for _, r := range process(t, h, file).Renditions {
			// The middle between both colours lies on the edge between them.
			want := border * float64(r.Width) / width
			got := edges(decoded(t, r), int(2*want))

			for _, side := range got {
				// Levels are up to 3 off, all the way.
				require.InDelta(t, want, side, 0.35+want*2*3/(220-40), "the %s is shifted: its frame is %v wide", r.Size, got)
			}
		}
	}
}

// edges tells how far from each side of a picture its red goes from 40 to 220, in parts of
// a pixel: left, right, top, bottom. It looks at pixels up to a distance.
func edges(m image.Image, within int) [4]float64 {
	walk := func(start, step image.Point) float64 {
		sum := 0.0

		for i := range within {
			at := start.Add(step.Mul(i))
			c := color.RGBAModel.Convert(m.At(at.X, at.Y)).(color.RGBA)
			sum += (220 - float64(c.R)) / (220 - 40)
		}

		return sum
	}

	b := m.Bounds()
	middle := image.Pt(b.Dx()/2, b.Dy()/2)

	return [4]float64{
		walk(image.Pt(0, middle.Y), image.Pt(1, 0)),
		walk(image.Pt(b.Dx()-1, middle.Y), image.Pt(-1, 0)),
		walk(image.Pt(middle.X, 0), image.Pt(0, 1)),
		walk(image.Pt(middle.X, b.Dy()-1), image.Pt(0, -1)),
	}
}
