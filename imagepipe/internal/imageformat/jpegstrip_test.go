package imageformat_test

import (
	"bytes"
	"image"
	"image/jpeg"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/imagepipe/internal/imageformat"
)

// jpegs are files without metadata, as StripJPEG would leave them.
func jpegs(t testing.TB) map[string][]byte {
	t.Helper()

	return map[string][]byte{
		"baseline":        jpegOf(t, drawn(40, 24)),
		"grey":            jpegOf(t, image.NewGray(image.Rect(0, 0, 20, 10))),
		"progressive":     fixture(t, "progressive.jpg"),
		"restart markers": fixture(t, "restart.jpg"),
		"inks":            fixture(t, "cmyk.jpg"),
	}
}

// metadata are segments of which nothing may be left.
func metadata() map[string][]byte {
	return map[string][]byte{
		"Exif":          exifSegment(1),
		"XMP":           jpegSegment(0xe1, []byte("http://ns.adobe.com/xap/1.0/\x00<x:xmpmeta>"+place)),
		"IPTC":          jpegSegment(0xed, []byte("Photoshop 3.0\x008BIM"+place)),
		"comment":       jpegSegment(0xfe, []byte(place)),
		"pictures":      jpegSegment(0xe2, []byte("MPF\x00"+place)),
		"thumbnail":     jpegSegment(0xe0, []byte("JFXX\x00\x13"+place)),
		"maker":         jpegSegment(0xe5, []byte(place)),
		"last":          jpegSegment(0xef, []byte(place)),
		"not quite ICC": jpegSegment(0xe2, []byte("ICC_PROFILE"+place)),
		"bad profile":   iccSegment(1, 1, []byte(place)),
		"maker's APP14": jpegSegment(0xee, []byte("Maker"+place)),
		"JFIF cut":      jpegSegment(0xe0, []byte("JFIF\x00" + place)[:12]),
		"empty":         jpegSegment(0xe4),
		"stray bytes":   []byte(place),
		"stray 0xff":    []byte("\xff\x00" + place + "\xff\x00"),
		"fill bytes":    bytes.Repeat([]byte{0xff}, 5),
		"stray restart": []byte("\xff\xd3"),
		"an end within": jpegSegment(0xfe, []byte("\xff\xd9"+place)),
	}
}

func TestStripJPEG(t *testing.T) {
	t.Parallel()

	for name, clean := range jpegs(t) {
		for kind, extra := range metadata() {
			// Behind a segment, since a file must not begin with stray bytes.
			file := inFront(clean, jpegSegment(0xe9), extra)
			before := bytes.Clone(file)

			stripped, err := imageformat.StripJPEG(file)
			require.NoError(t, err, "%s with %s", name, kind)
			require.Equal(t, clean, stripped, "%s with %s", name, kind)
			require.Equal(t, before, file, "the input was changed")
			requireSamePixels(t, file, stripped)
		}

		stripped, err := imageformat.StripJPEG(join(clean, []byte("\x00\x00\x00\x18ftypmp42"+place), clean))
		require.NoError(t, err, name)
		require.Equal(t, clean, stripped, "%s with a film behind it", name)

		stripped[len(stripped)-1] = 0
		require.EqualValues(t, 0xd9, clean[len(clean)-1], "the output shares memory")
	}
}

// Metadata may also stand between the scans of a progressive picture, and behind them.
func TestStripBetweenScans(t *testing.T) {
	t.Parallel()

	clean := fixture(t, "progressive.jpg")

	var file []byte

	scans := bytes.Split(clean, []byte{0xff, 0xda})
	for i, part := range scans {
		if i > 0 {
			file = append(file, exifSegment(1)...)
			file = append(file, 0xff, 0xda)
		}

		file = append(file, part...)
	}

	file = join(file[:len(file)-2], jpegSegment(0xfe, []byte(place)), end)
	require.Greater(t, len(scans), 5)

	stripped, err := imageformat.StripJPEG(file)
	require.NoError(t, err)
	require.Equal(t, clean, stripped)
	requireSamePixels(t, file, stripped)
}

func TestStripKeepsWhatPixelsNeed(t *testing.T) {
	t.Parallel()

	clean := jpegOf(t, drawn(40, 24))
	profile := iccProfile("RGB ", 3000)

	for name, kept := range map[string][]byte{
		"JFIF":               jfif(),
		"Adobe":              adobe(1),
		"RGB":                adobe(0),
		"two Adobes":         join(adobe(0), adobe(1)),
		"profile":            iccSegment(1, 1, profile),
		"profile in parts":   join(iccSegment(1, 2, profile[:1000]), iccSegment(2, 2, profile[1000:])),
		"unordered profile":  join(iccSegment(2, 2, profile[1000:]), iccSegment(1, 2, profile[:1000])),
		"JFIF and a profile": join(jfif(), iccSegment(1, 1, profile)),
	} {
		file := inFront(clean, kept)

		stripped, err := imageformat.StripJPEG(inFront(clean, exifSegment(1), kept, exifSegment(1)))
		require.NoError(t, err, name)
		require.Equal(t, file, stripped, name)
		requireSamePixels(t, file, stripped)
	}
}

func TestStripTrims(t *testing.T) {
	t.Parallel()

	clean := jpegOf(t, drawn(8, 8))
	thumbnail := jpegSegment(0xe0, []byte("JFIF\x00\x01\x02\x01\x00\x48\x00\x48\x02\x01abcdef"))

	for name, tc := range map[string]struct{ extra, left []byte }{
		"thumbnail of JFIF":  {thumbnail, jfif()},
		"data behind JFIF":   {jpegSegment(0xe0, jfif()[4:], []byte(place)), jfif()},
		"another JFIF":       {join(jfif(), thumbnail), jfif()},
		"data behind Adobe":  {jpegSegment(0xee, adobe(1)[4:], []byte(place)), adobe(1)},
		"profile of inks":    {iccSegment(1, 1, iccProfile("CMYK", 200)), nil},
		"profile with a gap": {join(iccSegment(1, 3, []byte("a")), iccSegment(3, 3, []byte("b"))), nil},
	} {
		stripped, err := imageformat.StripJPEG(inFront(clean, tc.extra))
		require.NoError(t, err, name)
		require.Equal(t, inFront(clean, tc.left), stripped, name)
	}
}

func TestStripRefuses(t *testing.T) {
	t.Parallel()

	clean := jpegOf(t, drawn(8, 8))

	for name, file := range map[string][]byte{
		"PNG":     pngOf(t, drawn(8, 8)),
		"nothing": nil,
	} {
		_, err := imageformat.StripJPEG(file)
		require.ErrorIs(t, err, imageformat.ErrFormat, name)
	}

	for name, file := range map[string][]byte{
		"cut":                    clean[:len(clean)-2],
		"JFIF, but RGB":          inFront(clean, jfif(), adobe(0)),
		"JFIF cut, but RGB":      inFront(clean, jpegSegment(0xe0, []byte("JFIF\x00")), adobe(0)),
		"unknown Adobe, no JFIF": inFront(clean, adobe(7)),
	} {
		_, err := imageformat.StripJPEG(file)
		require.ErrorIs(t, err, imageformat.ErrCorrupt, name)
	}
}

// The two walks make one output of the right size.
func TestStripAllocatesOnce(t *testing.T) {
	clean := jpegOf(t, drawn(300, 300))
	file := join(inFront(clean, exifSegment(1)), make([]byte, 1<<20))

	stripped, err := imageformat.StripJPEG(file)
	require.NoError(t, err)
	require.Equal(t, len(stripped), cap(stripped))

	allocated := bytesPerRun(func() {
		_, err = imageformat.StripJPEG(file)
	})
	require.NoError(t, err)
	require.Less(t, allocated, uint64(len(clean)+4096))
}

func requireSamePixels(t *testing.T, a, b []byte) {
	t.Helper()

	want, err := jpeg.Decode(bytes.NewReader(a))
	require.NoError(t, err)

	got, err := jpeg.Decode(bytes.NewReader(b))
	require.NoError(t, err)
	require.Equal(t, want, got)
}
