package processortest

import (
	"bytes"
	"image"
	"image/jpeg"
	"testing"

	"github.com/stretchr/testify/require"
)

// The markers of a JPEG that the suite writes or looks for (ITU-T T.81, table B.1).
const (
	markerSOF0 = 0xc0
	markerSOF1 = 0xc1
	markerSOF3 = 0xc3
	markerDHT  = 0xc4
	markerSOS  = 0xda
	markerDQT  = 0xdb
	markerDRI  = 0xdd
	markerAPP0 = 0xe0
	markerAPP1 = 0xe1
	markerAPP2 = 0xe2
	markerAPPD = 0xed
	markerAPPE = 0xee
	markerCOM  = 0xfe
)

func jpegOf(t testing.TB, m image.Image, quality int) []byte {
	t.Helper()

	var b bytes.Buffer
	require.NoError(t, jpeg.Encode(&b, m, &jpeg.Options{Quality: quality}))

	return b.Bytes()
}

// join makes a file of its parts.
func join(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

// jpegSegment is a marker with the length and content of its segment.
func jpegSegment(marker byte, content ...[]byte) []byte {
	whole := join(content...)

	return join([]byte{0xff, marker, byte((len(whole) + 2) >> 8), byte(len(whole) + 2)}, whole)
}

// withSegments puts segments behind the first two bytes of a JPEG.
func withSegments(file []byte, segments ...[]byte) []byte {
	return join(file[:2], join(segments...), file[2:])
}

// segment is one of a JPEG.
type segment struct {
	marker byte
	// at is where the marker stands, and content what follows its length.
	at      int
	content []byte
}

// segments walks over a JPEG that an encoder wrote, up to the data of the first scan.
func segments(t testing.TB, file []byte) []segment {
	t.Helper()

	var all []segment

	for at := 2; ; {
		require.Less(t, at+4, len(file), "the JPEG ends within its segments")
		require.EqualValues(t, 0xff, file[at], "no marker at %d", at)

		end := at + 2 + int(file[at+2])<<8 + int(file[at+3])
		require.LessOrEqual(t, end, len(file))

		all = append(all, segment{marker: file[at+1], at: at, content: file[at+4 : end]})
		if file[at+1] == markerSOS {
			return all
		}

		at = end
	}
}

// isFrame reports whether a marker begins a frame header.
func isFrame(marker byte) bool {
	return marker >= markerSOF0 && marker <= 0xcf && marker != markerDHT && marker != 0xc8 && marker != 0xcc
}

// withFrame returns the JPEG with another marker, precision or size in its frame header.
// Zeros keep what is there.
func withFrame(t testing.TB, file []byte, marker, bits byte, width, height int) []byte {
	t.Helper()

	file = bytes.Clone(file)

	for _, s := range segments(t, file) {
		if !isFrame(s.marker) {
			continue
		}

		if marker != 0 {
			file[s.at+1] = marker
		}

		if bits != 0 {
			s.content[0] = bits
		}

		if width != 0 {
			copy(s.content[1:], []byte{byte(height >> 8), byte(height), byte(width >> 8), byte(width)})
		}

		return file
	}

	require.Fail(t, "the JPEG has no frame header")

	return nil
}
