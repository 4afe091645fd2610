package processortest

import (
	"bytes"
	"encoding/binary"
	"testing"

	"github.com/stretchr/testify/require"
)

// iccProfile makes a colour profile that is right: of three primaries and a gamma for
// "RGB ", of a gamma for "GRAY" (ICC.1, version 2). It is filled up to a length, where
// that is greater than what it needs.
func iccProfile(space string, length int) []byte {
	tags := []struct {
		name string
		data []byte
	}{
		{"desc", iccDescription("A profile of the suite")},
		{"cprt", append([]byte("text\x00\x00\x00\x00"), "No rights\x00"...)},
		{"wtpt", iccXYZ(0.9505, 1, 1.0891)},
	}

	add := func(name string, data []byte) {
		tags = append(tags, struct {
			name string
			data []byte
		}{name, data})
	}

	// The primaries are those of a screen with more colours than sRGB.
	if space == "RGB " {
		add("rXYZ", iccXYZ(0.5151, 0.2412, -0.0011))
		add("gXYZ", iccXYZ(0.2919, 0.6922, 0.0419))
		add("bXYZ", iccXYZ(0.1572, 0.0666, 0.7841))
		add("rTRC", []byte(iccGamma))
		add("gTRC", []byte(iccGamma))
		add("bTRC", []byte(iccGamma))
	} else {
		add("kTRC", []byte(iccGamma))
	}

	const header = 128

	at := header + 4 + 12*len(tags)
	table := binary.BigEndian.AppendUint32(nil, uint32(len(tags)))

	var data []byte

	for _, tag := range tags {
		table = append(table, tag.name...)
		table = binary.BigEndian.AppendUint32(table, uint32(at+len(data)))
		table = binary.BigEndian.AppendUint32(table, uint32(len(tag.data)))
		data = append(data, tag.data...)
		data = append(data, make([]byte, (4-len(tag.data)%4)%4)...)
	}

	length = max(length, at+len(data))

	// What fills a profile up must not pack well, as that of a real one does not.
	for state := uint32(1); at+len(data) < length; {
		state = state*1664525 + 1013904223
		data = append(data, byte(state>>24))
	}

	b := make([]byte, header)
	binary.BigEndian.PutUint32(b, uint32(length))
	copy(b[8:], "\x02\x40\x00\x00mntr"+space+"XYZ ")
	copy(b[36:], "acsp")
	copy(b[68:], "\x00\x00\xf6\xd6\x00\x01\x00\x00\x00\x00\xd3\x2d")

	return join(b, table, data)
}

// iccGamma is a curve of gamma 2.2.
const iccGamma = "curv\x00\x00\x00\x00\x00\x00\x00\x01\x02\x33"

func iccXYZ(x, y, z float64) []byte {
	b := []byte("XYZ \x00\x00\x00\x00")
	for _, v := range []float64{x, y, z} {
		b = binary.BigEndian.AppendUint32(b, uint32(int32(v*65536)))
	}

	return b
}

func iccDescription(text string) []byte {
	b := append([]byte("desc\x00\x00\x00\x00"), binary.BigEndian.AppendUint32(nil, uint32(len(text)+1))...)
	b = append(b, text...)

	return append(b, make([]byte, 1+4+4+2+1+67)...)
}

const iccMarker = "ICC_PROFILE\x00"

// iccSegments are the segments of a JPEG that hold a profile.
func iccSegments(profile []byte) []byte {
	const most = 65533 - 14

	var all []byte

	count := (len(profile) + most - 1) / most
	for i := range count {
		part := profile[i*most : min((i+1)*most, len(profile))]
		all = append(all, jpegSegment(markerAPP2, []byte(iccMarker), []byte{byte(i + 1), byte(count)}, part)...)
	}

	return all
}

// iccOf returns the profile of a JPEG, or nil.
func iccOf(t testing.TB, file []byte) []byte {
	t.Helper()

	var profile []byte

	for _, s := range segments(t, file) {
		if s.marker == markerAPP2 && bytes.HasPrefix(s.content, []byte(iccMarker)) {
			require.Greater(t, len(s.content), len(iccMarker)+2)
			profile = append(profile, s.content[len(iccMarker)+2:]...)
		}
	}

	return profile
}

// iccChunk is the chunk of a PNG with a profile.
func iccChunk(t testing.TB, profile []byte) []byte {
	t.Helper()

	return pngChunk("iCCP", join([]byte("profile\x00\x00"), packed(t, profile)))
}
