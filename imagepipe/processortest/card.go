package processortest

import (
	"embed"
	"image"
	"image/color"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/imagepipe"
)

// The card has a colour in each corner, so that it shows whether a picture is upright,
// whole and of the right colours. Its sides differ.
const (
	cardWidth  = 64
	cardHeight = 48
)

// cardTolerance is how far a colour may be from that of the card, in levels: two
// encodings round it, each by about one.
const cardTolerance = 3

//go:embed testdata
var testdata embed.FS

// fixture reads a file of testdata.
func fixture(t testing.TB, name string) []byte {
	t.Helper()

	data, err := testdata.ReadFile("testdata/" + name)
	require.NoError(t, err)

	return data
}

// corners are colours by corner: top left, top right, bottom left, bottom right.
type corners [4]color.NRGBA

// cardColors are those of the card: red, green, blue and yellow. They are the same as in
// testdata.
func cardColors() corners {
	return corners{
		{R: 200, G: 30, B: 40, A: 255}, {R: 40, G: 160, B: 60, A: 255},
		{R: 30, G: 60, B: 200, A: 255}, {R: 230, G: 200, B: 50, A: 255},
	}
}

// alphaColors are those of the card whose right side is half transparent above and
// transparent below.
func alphaColors() corners {
	c := cardColors()
	c[1].A, c[3].A = 128, 0

	return c
}

// onWhite returns the colours without transparency.
func (c corners) onWhite() corners {
	for i, v := range c {
		blend := func(level uint8) uint8 {
			return uint8((int(level)*int(v.A) + 255*(255-int(v.A)) + 127) / 255)
		}
		c[i] = color.NRGBA{R: blend(v.R), G: blend(v.G), B: blend(v.B), A: 255}
	}

	return c
}

// grey returns the colours as levels of luma.
func (c corners) grey() corners {
	for i, v := range c {
		y, _, _ := color.RGBToYCbCr(v.R, v.G, v.B)
		c[i] = color.NRGBA{R: y, G: y, B: y, A: v.A}
	}

	return c
}

// draw draws the colours in the corners of a picture.
func (c corners) draw(width, height int) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, width, height))

	for y := range height {
		for x := range width {
			m.SetNRGBA(x, y, c[2*x/width+2*(2*y/height)])
		}
	}

	return m
}

// requireCard checks that each rendition of a picture shows the colours in its corners.
func requireCard(t testing.TB, picture *imagepipe.Picture, want corners, tolerance float64) {
	t.Helper()

	for _, r := range picture.Renditions {
		requireCorners(t, r, want, tolerance)
	}
}

func requireCorners(t testing.TB, r imagepipe.Rendition, want corners, tolerance float64) {
	t.Helper()

	m := decoded(t, r)

	for i, c := range want {
		at := image.Pt(r.Width*(1+2*(i%2))/4, r.Height*(1+2*(i/2))/4)
		requireColor(t, m, at, c, tolerance, r.Size, "corner", i)
	}
}

// requireDimensions checks those of the upload.
func requireDimensions(t testing.TB, picture *imagepipe.Picture, width, height int) {
	t.Helper()

	require.Equal(t, []int{width, height}, []int{picture.Width, picture.Height})
}
