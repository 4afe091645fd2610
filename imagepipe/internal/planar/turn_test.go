package planar_test

import (
	"fmt"
	"image"
	"image/color"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/imagepipe/internal/planar"
)

// stored returns where the pixel (x, y) of the upright picture, of width by height, is
// stored in a file with this orientation (Exif 2.32, figure 6).
func stored(o planar.Orientation, x, y, width, height int) (int, int) {
	switch o {
	case 2:
		return width - 1 - x, y
	case 3:
		return width - 1 - x, height - 1 - y
	case 4:
		return x, height - 1 - y
	case 5:
		return y, x
	case 6:
		return y, width - 1 - x
	case 7:
		return height - 1 - y, width - 1 - x
	case 8:
		return height - 1 - y, x
	default:
		return x, y
	}
}

// Every pixel of a turned picture is where it belongs, at odd sizes too, and so is its
// colour where chroma samples are for several pixels.
func TestUpright(t *testing.T) {
	t.Parallel()

	for o := planar.Orientation(1); o <= 8; o++ {
		for _, size := range [][2]int{{40, 24}, {41, 24}, {40, 25}, {41, 25}, {3, 1}} {
			for _, sub := range [][2]int{{1, 1}, {2, 1}, {1, 2}, {2, 2}} {
				t.Run(fmt.Sprint(o, size, sub), func(t *testing.T) {
					t.Parallel()

					requireUpright(t, o, size[0], size[1], sub[0], sub[1])
				})
			}
		}
	}
}

func requireUpright(t *testing.T, o planar.Orientation, width, height, subX, subY int) {
	t.Helper()

	src := planar.New(width, height, subX, subY, false)
	ramp(&src.Y, 1, 1, 0)
	ramp(&src.Cb, subX, subY, 0)
	ramp(&src.Cr, subX, subY, 40)

	got := planar.Upright(src, o)
	uprightWidth, uprightHeight := o.Upright(width, height)
	require.Equal(t, [2]int{uprightWidth, uprightHeight}, [2]int{got.Width, got.Height})

	for y := range got.Height {
		for x := range got.Width {
			fromX, fromY := stored(o, x, y, got.Width, got.Height)
			require.Equal(t, src.Y.Row(fromY)[fromX], got.Y.Row(y)[x], "luma at (%d, %d)", x, y)

			// In the middle of the picture, where no edge is near, chroma goes on evenly: the
			// mean over the pixels of a sample is at its centre.
			inside := fromX > 8 && fromX < width-9 && fromY > 8 && fromY < height-9
			if inside && x%got.SubX == 0 && y%got.SubY == 0 {
				lastX, lastY := stored(o, x+got.SubX-1, y+got.SubY-1, got.Width, got.Height)
				want := 2*float64(fromX+lastX)/2 + 3*float64(fromY+lastY)/2
				require.InDelta(t, want, got.Cb.Row(y / got.SubY)[x/got.SubX], 1.1, "chroma at (%d, %d)", x, y)
				require.InDelta(t, want+40, got.Cr.Row(y / got.SubY)[x/got.SubX], 1.1, "chroma at (%d, %d)", x, y)
			}
		}
	}
}

// ramp sets each sample to 2x+3y+base, in pixels, at the centre of its pixels.
func ramp(p *planar.Plane, subX, subY, base int) {
	for y := range p.Height {
		row := p.Row(y)
		for x := range row {
			cx, cy := float64(x*subX)+float64(subX-1)/2, float64(y*subY)+float64(subY-1)/2
			row[x] = byte(2*cx + 3*cy + float64(base) + 0.5)
		}
	}
}

// A picture that is scaled and turned is the one that is turned and scaled.
func TestScaleAndTurn(t *testing.T) {
	t.Parallel()

	src := planar.New(90, 70, 2, 2, false)
	for _, p := range []*planar.Plane{&src.Y, &src.Cb, &src.Cr} {
		*p = plane(p.Width, p.Height, wavy)
	}

	for o := planar.Orientation(1); o <= 8; o++ {
		width, height := o.Upright(44, 35)
		got := planar.Scale(src, width, height, 2, 2, o)
		want := planar.Scale(planar.Upright(src, o), width, height, 2, 2, 1)

		for i, p := range []*planar.Plane{&got.Y, &got.Cb, &got.Cr} {
			other := []*planar.Plane{&want.Y, &want.Cb, &want.Cr}[i]
			for y := range p.Height {
				for x, v := range p.Row(y) {
					require.InDelta(t, other.Row(y)[x], v, 4, "orientation %d, plane %d, (%d, %d)", o, i, x, y)
				}
			}
		}
	}
}

// Transparent pixels and what lies outside of a frame become white.
func TestFromImageOnWhite(t *testing.T) {
	t.Parallel()

	blue := color.NRGBA{B: 200, A: 255}
	half := color.NRGBA{B: 200, A: 128}

	for name, m := range map[string]interface {
		image.Image
		Set(x, y int, c color.Color)
	}{
		"NRGBA":    image.NewNRGBA(image.Rect(1, 1, 4, 2)),
		"RGBA":     image.NewRGBA(image.Rect(1, 1, 4, 2)),
		"NRGBA64":  image.NewNRGBA64(image.Rect(1, 1, 4, 2)),
		"Paletted": image.NewPaletted(image.Rect(1, 1, 4, 2), color.Palette{color.Transparent, blue, half}),
	} {
		m.Set(1, 1, blue)
		m.Set(2, 1, half)

		p := planar.FromImage(m, image.Rect(0, 0, 5, 3))
		require.Equal(t, [2]int{5, 3}, [2]int{p.Width, p.Height}, name)

		for y, row := range [][]color.RGBA{
			{{255, 255, 255, 255}, {255, 255, 255, 255}, {255, 255, 255, 255}, {255, 255, 255, 255}, {255, 255, 255, 255}},
			{{255, 255, 255, 255}, {0, 0, 200, 255}, {127, 127, 227, 255}, {255, 255, 255, 255}, {255, 255, 255, 255}},
			{{255, 255, 255, 255}, {255, 255, 255, 255}, {255, 255, 255, 255}, {255, 255, 255, 255}, {255, 255, 255, 255}},
		} {
			for x, want := range row {
				r, g, b := color.YCbCrToRGB(p.Y.Row(y)[x], p.Cb.Row(y)[x], p.Cr.Row(y)[x])
				require.InDelta(t, want.R, r, 2, "%s (%d, %d)", name, x, y)
				require.InDelta(t, want.G, g, 2, "%s (%d, %d)", name, x, y)
				require.InDelta(t, want.B, b, 2, "%s (%d, %d)", name, x, y)
			}
		}
	}
}

func TestFromImageKeepsGrey(t *testing.T) {
	t.Parallel()

	wide := image.NewGray16(image.Rect(0, 0, 2, 1))
	wide.SetGray16(1, 0, color.Gray16{Y: 0x80ff})

	p := planar.FromImage(wide, wide.Rect)
	require.True(t, p.Grey())
	require.Equal(t, []byte{0, 128}, p.Y.Row(0))

	narrow := image.NewGray(image.Rect(0, 0, 2, 1))
	narrow.Pix[0] = 77
	require.Equal(t, []byte{77, 0}, planar.FromImage(narrow, narrow.Rect).Y.Row(0))
}

func TestExpandRange(t *testing.T) {
	t.Parallel()

	p := planar.New(4, 1, 1, 1, false)
	copy(p.Y.Pix, []byte{16, 235, 0, 126})
	copy(p.Cb.Pix, []byte{16, 240, 128, 72})
	copy(p.Cr.Pix, []byte{128, 128, 255, 0})
	p.ExpandRange()

	require.Equal(t, []byte{0, 255, 0, 128}, p.Y.Pix)
	require.Equal(t, []byte{0, 255, 128, 64}, p.Cb.Pix)
	require.Equal(t, []byte{128, 128, 255, 0}, p.Cr.Pix)
}

// Memory that was given back is used again, for planes of other sizes too. Not parallel:
// others would be counted in. The race detector makes pools forget some.
func TestFreedMemoryIsReused(t *testing.T) {
	var before, after runtime.MemStats

	runtime.ReadMemStats(&before)

	for i := range 40 {
		p := planar.New(700-i%10, 500+i%3, 2, 2, false) // 525 KB
		p.Free()
	}

	runtime.ReadMemStats(&after)
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(40*525_000/2))
}
