package processortest

import (
	"bytes"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/imagepipe"
)

func damageCases() []testCase {
	all := []testCase{
		{Name: "pictures that are cut, large", Run: cutLarge},
		{Name: "headers that lie", Run: lyingHeaders},
	}

	for _, name := range damagedFixtures() {
		all = append(all,
			testCase{Name: "cut short: " + name, Run: func(t testing.TB, h Harness) { t.Helper(); cutShort(t, h, name) }},
			testCase{Name: "damaged: " + name, Run: func(t testing.TB, h Harness) { t.Helper(); damaged(t, h, name) }},
		)
	}

	return all
}

func damagedFixtures() []string {
	return []string{
		"420.jpg", "progressive.jpg", "restart.jpg", "cmyk.jpg", "card.png", "alpha.png", "gif",
		"lossy.webp", "lossless.webp", "alpha.webp",
	}
}

func damagedFixture(t testing.TB, name string) []byte {
	t.Helper()

	if name == "gif" {
		return gifOf(t, cardWidth, cardHeight, gifFrame(cardColors(), screen(), false))
	}

	return fixture(t, name)
}

// cutShort ends a file everywhere. A part of a picture must not pass for the picture: it
// would be published with a grey half. Only what stands behind the pixels may be absent
// from formats other than JPEG, whose end is that of its pixels.
func cutShort(t testing.TB, h Harness, name string) {
	t.Helper()

	// By this length every format has shown what it is.
	const magic = 12

	p := h.New(t, Limits{})
	file := damagedFixture(t, name)
	pixelsEnd := len(file)

	switch {
	case name == "gif":
		pixelsEnd-- // the trailer
	case bytes.HasPrefix(file, []byte(pngMagic)):
		pixelsEnd -= 12 // the empty last chunk
	case bytes.HasPrefix(file, []byte("RIFF")):
		pixelsEnd = bytes.Index(file, []byte("EXIF"))
		require.Positive(t, pixelsEnd)
	}

	for length := range len(file) {
		// With room behind it that a reader must not look at.
		picture, err := p.Process(t.Context(), file[:length])
		if err == nil {
			require.GreaterOrEqual(t, length, pixelsEnd, "a part of %s passes for the picture", name)
			requireCard(t, picture, picturedBy(name), 80)

			continue
		}

		kind := kindOf(t, err)
		if length < magic && errors.Is(kind, imagepipe.ErrFormat) {
			continue
		}

		require.ErrorIs(t, kind, imagepipe.ErrCorrupt, "%s cut to %d bytes: %v", name, length, err)
	}
}

func picturedBy(name string) corners {
	if name == "alpha.png" || name == "alpha.webp" {
		return alphaColors().onWhite()
	}

	return cardColors()
}

// damaged changes bytes here and there. Nothing is asked but a picture or a proper error.
func damaged(t testing.TB, h Harness, name string) {
	t.Helper()

	p := h.New(t, Limits{MaxPixels: 100_000})
	whole := damagedFixture(t, name)
	state := uint32(len(whole))
	next := func(n int) int {
		state = state*1664525 + 1013904223

		return int(state>>8) % n
	}

	for range 300 {
		file := bytes.Clone(whole)
		for range 1 + next(4) {
			file[next(len(file))] = byte(next(256))
		}

		picture, err := p.Process(t.Context(), file)
		if err != nil {
			require.True(t, picture == nil, "there is a picture besides an error")
			kindOf(t, err)

			continue
		}

		require.Len(t, picture.Renditions, len(imagepipe.Sizes()))
	}
}

// cutLarge cuts pictures of many pixels, which are read by other ways than small ones.
func cutLarge(t testing.TB, h Harness) {
	t.Helper()

	p := h.New(t, Limits{})
	whole := jpegOf(t, scene(6, 2500, 300), 80)

	for name, file := range map[string][]byte{
		"jpeg": whole,
		"png":  pngOf(t, scene(6, 900, 500)),
	} {
		for _, part := range []int{1, 5, 9} {
			kind := refusedBy(t, p, file[:len(file)*part/10])
			require.ErrorIs(t, kind, imagepipe.ErrCorrupt, "%s, %d tenths", name, part)
		}
	}

	// With an end that was put on.
	kind := refusedBy(t, p, append(whole[:len(whole)/2:len(whole)/2], 0xff, 0xd9))
	require.ErrorIs(t, kind, imagepipe.ErrCorrupt, "a half that ends properly")
}

// lyingHeaders claim more pixels than there are.
func lyingHeaders(t testing.TB, h Harness) {
	t.Helper()

	p := h.New(t, Limits{})
	card := fixture(t, "card.png")
	for name, file := range map[string][]byte{
		"jpeg": withFrame(t, fixture(t, "420.jpg"), 0, 0, 10*cardWidth, 10*cardHeight),
		"png":  join(pngHeader(cardWidth, 10*cardHeight, 8, pngRGBA, 0), card[pngHeaderEnd:]),
		"webp canvas": webpFile(webpCanvas(0, 10*cardWidth, 10*cardHeight),
			webpPixels(t, fixture(t, "lossy.webp"))),
		"png checksum": join(card[:pngHeaderEnd-1], []byte{card[pngHeaderEnd-1] ^ 1}, card[pngHeaderEnd:]),
	} {
		require.ErrorIs(t, refusedBy(t, p, file), imagepipe.ErrCorrupt, name)
	}
}
