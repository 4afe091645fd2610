package processortest

import (
	"image"
	"image/color"
	"image/color/palette"
	"image/draw"
	"testing"

	"github.com/stretchr/testify/require"
)

func pngCases() []testCase {
	all := []testCase{
		{Name: "png colour", Run: func(t testing.TB, h Harness) {
			t.Helper()
			pngCard(t, h, fixture(t, "card.png"), cardColors())
		}},
		{Name: "png alpha", Run: func(t testing.TB, h Harness) {
			t.Helper()
			pngCard(t, h, fixture(t, "alpha.png"), alphaColors().onWhite())
		}},
		{Name: "png 16 bits with alpha", Run: func(t testing.TB, h Harness) {
			t.Helper()
			pngCard(t, h, pngOf(t, deep(alphaColors())), alphaColors().onWhite())
		}},
		{Name: "png palette", Run: pngWithPalette},
		{Name: "png palette with alpha", Run: pngWithAlphaPalette},
		{Name: "png with a transparent colour", Run: pngWithKey},
		{Name: "png wholly transparent", Run: pngTransparent},
		{Name: "png with an animation", Run: pngAnimated},
	}

	// Every kind that the format has, plain and interlaced.
	for _, kind := range []struct {
		name             string
		depth, colorType byte
	}{
		{"1 bit grey", 1, pngGrey}, {"2 bits grey", 2, pngGrey}, {"4 bits grey", 4, pngGrey},
		{"8 bits grey", 8, pngGrey}, {"16 bits grey", 16, pngGrey},
		{"8 bits grey and alpha", 8, pngGreyAlpha}, {"16 bits grey and alpha", 16, pngGreyAlpha},
		{"8 bits colour", 8, pngRGB}, {"16 bits colour", 16, pngRGB},
		{"8 bits colour and alpha", 8, pngRGBA}, {"16 bits colour and alpha", 16, pngRGBA},
		{"2 bits palette", 2, pngPalette}, {"8 bits palette", 8, pngPalette},
	} {
		for _, interlaced := range []bool{false, true} {
			name := "png " + kind.name
			if interlaced {
				name += " interlaced"
			}

			all = append(all, testCase{Name: name, Run: func(t testing.TB, h Harness) {
				t.Helper()
				pngKind(t, h, kind.depth, kind.colorType, interlaced)
			}})
		}
	}

	return all
}

func pngCard(t testing.TB, h Harness, file []byte, want corners) {
	t.Helper()

	picture := process(t, h, file)

	require.Equal(t, "png", picture.Format)
	requireDimensions(t, picture, cardWidth, cardHeight)
	requireCard(t, picture, want, cardTolerance)
}

// pngKind draws the card with a sample format, rounding its colours to what that has.
func pngKind(t testing.TB, h Harness, depth, colorType byte, interlaced bool) {
	t.Helper()

	most := uint32(1)<<depth - 1
	stored := func(level uint8) uint16 { return uint16((uint32(level)*most + 127) / 255) }
	shown := func(level uint8) uint8 { return uint8(uint32(stored(level)) * 255 / most) }

	colors, want := cardColors(), cardColors()
	if colorType == pngGreyAlpha || colorType == pngRGBA {
		colors, want = alphaColors(), alphaColors()
	}

	p := plainPNG{width: cardWidth, height: cardHeight, depth: depth, colorType: colorType, interlaced: interlaced}

	var samples [4][]uint16

	for i, c := range colors {
		y, _, _ := color.RGBToYCbCr(c.R, c.G, c.B)
		grey := color.NRGBA{R: shown(y), G: shown(y), B: shown(y), A: c.A}

		switch colorType {
		case pngGrey:
			samples[i], want[i] = []uint16{stored(y)}, grey
		case pngGreyAlpha:
			samples[i], want[i] = []uint16{stored(y), stored(c.A)}, grey
		case pngRGB:
			samples[i] = []uint16{stored(c.R), stored(c.G), stored(c.B)}
		case pngRGBA:
			samples[i] = []uint16{stored(c.R), stored(c.G), stored(c.B), stored(c.A)}
		case pngPalette:
			samples[i] = []uint16{uint16(i)}
		}
	}

	if colorType == pngPalette {
		var table []byte
		for _, c := range colors {
			table = append(table, c.R, c.G, c.B)
		}

		p.extra = pngChunk("PLTE", table)
	}

	p.sample = func(x, y int) []uint16 { return samples[2*x/cardWidth+2*(2*y/cardHeight)] }

	pngCard(t, h, p.encode(t), want.onWhite())
}

// deep draws the colours with 16 bits a channel.
func deep(c corners) image.Image {
	m := image.NewNRGBA64(image.Rect(0, 0, cardWidth, cardHeight))
	draw.Draw(m, m.Rect, c.draw(cardWidth, cardHeight), image.Point{}, draw.Src)

	return m
}

func pngWithPalette(t testing.TB, h Harness) {
	t.Helper()

	colors := cardColors()
	m := image.NewPaletted(image.Rect(0, 0, cardWidth, cardHeight),
		append(color.Palette{colors[0], colors[1], colors[2], colors[3]}, palette.WebSafe...))
	draw.Draw(m, m.Rect, colors.draw(cardWidth, cardHeight), image.Point{}, draw.Src)

	pngCard(t, h, pngOf(t, m), colors)
}

func pngWithAlphaPalette(t testing.TB, h Harness) {
	t.Helper()

	colors := alphaColors()
	m := image.NewPaletted(image.Rect(0, 0, cardWidth, cardHeight), color.Palette{colors[0], colors[1], colors[2], colors[3]})

	for y := range cardHeight {
		for x := range cardWidth {
			m.SetColorIndex(x, y, uint8(2*x/cardWidth+2*(2*y/cardHeight)))
		}
	}

	pngCard(t, h, pngOf(t, m), colors.onWhite())
}

// pngWithKey has one colour, that of the lower right corner, stand for transparency.
func pngWithKey(t testing.TB, h Harness) {
	t.Helper()

	colors := cardColors()
	key := colors[3]

	p := plainPNG{
		width: cardWidth, height: cardHeight, depth: 8, colorType: pngRGB,
		extra: pngChunk("tRNS", []byte{0, key.R, 0, key.G, 0, key.B}),
		sample: func(x, y int) []uint16 {
			c := colors[2*x/cardWidth+2*(2*y/cardHeight)]

			return []uint16{uint16(c.R), uint16(c.G), uint16(c.B)}
		},
	}

	colors[3].A = 0
	pngCard(t, h, p.encode(t), colors.onWhite())
}

// pngTransparent has colours below its transparency, which must not shine through.
func pngTransparent(t testing.TB, h Harness) {
	t.Helper()

	colors := cardColors()
	for i := range colors {
		colors[i].A = 0
	}

	pngCard(t, h, pngOf(t, colors.draw(cardWidth, cardHeight)), colors.onWhite())
}

// pngAnimated has a second frame, as an APNG, which is no reason to refuse the first.
func pngAnimated(t testing.TB, h Harness) {
	t.Helper()

	control := pngChunk("acTL", []byte{0, 0, 0, 2, 0, 0, 0, 0})
	frame := pngChunk("fcTL", []byte{
		0, 0, 0, 0, 0, 0, 0, cardWidth, 0, 0, 0, cardHeight, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 10, 0, 0,
	})

	pngCard(t, h, withChunks(fixture(t, "card.png"), control, frame), cardColors())
}
