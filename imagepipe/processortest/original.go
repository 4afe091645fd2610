package processortest

import (
	"bytes"
	"encoding/binary"
	"image/jpeg"
	"testing"

	"github.com/stretchr/testify/require"
)

func originalCases() []testCase {
	return []testCase{
		{Name: "a clean original is kept", Run: originalKept},
		{Name: "an original that needs more than metadata taken out is encoded anew", Run: originalAnew},
		{Name: "an original that is encoded anew loses little", Run: originalFaithful},
	}
}

// originalKept compares all pixels: none may differ, which no encoder achieves.
func originalKept(t testing.TB, h Harness) {
	t.Helper()

	files := map[string][]byte{
		"large":   jpegOf(t, scene(2, 1100, 800), 83),
		"laden":   laden(t, jpegOf(t, scene(2, 300, 200), 70), 1),
		"profile": withSegments(jpegOf(t, scene(2, 300, 200), 70), iccSegments(iccProfile("RGB ", 0))),
	}
	for _, name := range []string{"444", "422", "420", "440", "grey", "progressive", "restart"} {
		files[name] = fixture(t, name+".jpg")
	}

	for name, file := range files {
		want, err := jpeg.Decode(bytes.NewReader(file))
		require.NoError(t, err)

		original := process(t, h, file).Renditions[0]
		require.Equal(t, want, decoded(t, original), "the pixels of %q changed", name)
		require.LessOrEqual(t, len(original.Data), len(file), name)
	}
}

// originalAnew are uploads that viewers would show wrong, or differently, when only their
// metadata were dropped.
func originalAnew(t testing.TB, h Harness) {
	t.Helper()

	m := cardColors().turned(8).draw(cardHeight, cardWidth)

	for name, file := range map[string][]byte{
		"turned": withSegments(jpegOf(t, m, 95), exifSegment(binary.BigEndian, 8)),
		"rgb":    fixture(t, "rgb.jpg"),
		"cmyk":   fixture(t, "cmyk.jpg"),
		"png":    fixture(t, "card.png"),
	} {
		original := process(t, h, file).Renditions[0]

		for _, s := range segments(t, original.Data) {
			if isFrame(s.marker) {
				require.EqualValues(t, 3, s.content[5], "the original of %q is not in the colours of JFIF", name)
			}

			if s.marker == markerAPPE {
				require.EqualValues(t, 1, s.content[11], "the original of %q is not in the colours of JFIF", name)
			}
		}
	}
}

// originalFaithful measures what quality 90 means.
func originalFaithful(t testing.TB, h Harness) {
	t.Helper()

	m := scene(3, 640, 480)
	original := decoded(t, process(t, h, pngOf(t, m)).Renditions[0])

	require.GreaterOrEqual(t, psnr(lumaOf(m), lumaOf(original)), 38.0, "the original is encoded too coarsely")
}
