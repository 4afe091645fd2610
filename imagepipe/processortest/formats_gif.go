package processortest

import (
	"bytes"
	"image"
	"image/color"
	"image/gif"
	"testing"

	"github.com/stretchr/testify/require"
)

func gifCases() []testCase {
	return []testCase{
		{Name: "gif colour", Run: gifPlain},
		{Name: "gif transparent", Run: gifTransparent},
		{Name: "gif animated", Run: gifAnimated},
		{Name: "gif with a frame smaller than the screen", Run: gifSmallFrame},
		{Name: "gif interlaced", Run: gifInterlaced},
	}
}

// gifFrame draws the card in a frame. With transparent set, its last corner is.
func gifFrame(c corners, at image.Rectangle, transparent bool) *image.Paletted {
	colors := color.Palette{c[0], c[1], c[2], c[3]}
	if transparent {
		colors[3] = color.NRGBA{}
	}

	m := image.NewPaletted(at, colors)

	for y := range at.Dy() {
		for x := range at.Dx() {
			m.SetColorIndex(at.Min.X+x, at.Min.Y+y, uint8(2*x/at.Dx()+2*(2*y/at.Dy())))
		}
	}

	return m
}

// gifOf makes a GIF of frames on a screen.
func gifOf(t testing.TB, width, height int, frames ...*image.Paletted) []byte {
	t.Helper()

	g := &gif.GIF{
		Image:  frames,
		Delay:  make([]int, len(frames)),
		Config: image.Config{Width: width, Height: height},
	}

	var b bytes.Buffer
	require.NoError(t, gif.EncodeAll(&b, g))

	return b.Bytes()
}

func gifCard(t testing.TB, h Harness, file []byte, want corners) {
	t.Helper()

	picture := process(t, h, file)

	require.Equal(t, "gif", picture.Format)
	requireDimensions(t, picture, cardWidth, cardHeight)
	requireCard(t, picture, want, cardTolerance)
}

func screen() image.Rectangle { return image.Rect(0, 0, cardWidth, cardHeight) }

func gifPlain(t testing.TB, h Harness) {
	t.Helper()
	gifCard(t, h, gifOf(t, cardWidth, cardHeight, gifFrame(cardColors(), screen(), false)), cardColors())
}

func gifTransparent(t testing.TB, h Harness) {
	t.Helper()

	want := cardColors()
	want[3] = color.NRGBA{R: 255, G: 255, B: 255, A: 255}

	gifCard(t, h, gifOf(t, cardWidth, cardHeight, gifFrame(cardColors(), screen(), true)), want)
}

func gifAnimated(t testing.TB, h Harness) {
	t.Helper()

	turned := cardColors()
	turned[0], turned[3] = turned[3], turned[0]

	gifCard(t, h, gifOf(t, cardWidth, cardHeight,
		gifFrame(cardColors(), screen(), false), gifFrame(turned, screen(), false), gifFrame(turned, screen(), false),
	), cardColors())
}

// gifSmallFrame has a first frame that covers the lower right corner alone. The rest of
// the screen is empty, which is white here.
func gifSmallFrame(t testing.TB, h Harness) {
	t.Helper()

	red := cardColors()[0]
	at := image.Rect(cardWidth/2, cardHeight/2, cardWidth, cardHeight)
	white := color.NRGBA{R: 255, G: 255, B: 255, A: 255}

	gifCard(t, h, gifOf(t, cardWidth, cardHeight, gifFrame(corners{red, red, red, red}, at, false)),
		corners{white, white, white, red})
}

// gifInterlaced reorders the rows of a picture as interlacing does.
func gifInterlaced(t testing.TB, h Harness) {
	t.Helper()

	upright := gifFrame(cardColors(), screen(), false)
	stored := image.NewPaletted(upright.Rect, upright.Palette)
	row := 0

	for _, pass := range []pass{{y: 0, stepY: 8}, {y: 4, stepY: 8}, {y: 2, stepY: 4}, {y: 1, stepY: 2}} {
		for y := pass.y; y < cardHeight; y += pass.stepY {
			copy(stored.Pix[row*stored.Stride:][:cardWidth], upright.Pix[y*upright.Stride:])
			row++
		}
	}

	file := gifOf(t, cardWidth, cardHeight, stored)

	// Of the frame's header, behind its place and size, bit 6 of the flags says so.
	header := bytes.Index(file, []byte{0x2c, 0, 0, 0, 0, cardWidth, 0, cardHeight, 0})
	require.Positive(t, header)
	file[header+9] |= 0x40

	gifCard(t, h, file, cardColors())
}
