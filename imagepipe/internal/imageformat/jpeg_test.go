package imageformat_test

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/imagepipe/internal/imageformat"
)

func TestInspectJPEG(t *testing.T) {
	t.Parallel()

	gray := image.NewGray(image.Rect(0, 0, 20, 10))
	full, half := imageformat.Sampling{H: 1, V: 1}, imageformat.Sampling{H: 2, V: 2}

	for name, tc := range map[string]struct {
		file []byte
		want imageformat.Info
		keep bool
	}{
		"from the standard library": {
			file: jpegOf(t, drawn(40, 24)),
			want: imageformat.Info{
				Width: 40, Height: 24, Components: 3, Color: imageformat.YCbCr, Baseline: true, Scans: 1,
				Sampling: [4]imageformat.Sampling{half, full, full},
			},
			keep: true,
		},
		"grey": {
			file: jpegOf(t, gray),
			want: imageformat.Info{
				Width: 20, Height: 10, Components: 1, Color: imageformat.Gray, Baseline: true, Scans: 1,
				Sampling: [4]imageformat.Sampling{full},
			},
			keep: true,
		},
		"progressive": {
			file: fixture(t, "progressive.jpg"),
			want: imageformat.Info{
				Width: 40, Height: 24, Components: 3, Color: imageformat.YCbCr, Progressive: true, Scans: 10,
				Sampling: [4]imageformat.Sampling{half, full, full},
			},
			keep: true,
		},
		"restart markers": {
			file: fixture(t, "restart.jpg"),
			want: imageformat.Info{
				Width: 40, Height: 24, Components: 3, Color: imageformat.YCbCr, Baseline: true, Scans: 1,
				Sampling: [4]imageformat.Sampling{half, full, full},
			},
			keep: true,
		},
		"inks": {
			file: fixture(t, "cmyk.jpg"),
			want: imageformat.Info{
				Width: 40, Height: 24, Components: 4, Color: imageformat.CMYK, Baseline: true, Scans: 1,
				Sampling: [4]imageformat.Sampling{full, full, full, full},
			},
		},
	} {
		tc.want.Format = imageformat.JPEG
		tc.want.Orientation = 1
		tc.want.BitDepth = 8
		tc.want.Complete = true
		tc.want.Frame = image.Rect(0, 0, tc.want.Width, tc.want.Height)

		info, err := imageformat.Inspect(tc.file)
		require.NoError(t, err, name)
		require.Equal(t, tc.want, info, name)
		require.Equal(t, tc.keep, info.KeepAsJPEG(), name)

		config, err := jpeg.DecodeConfig(bytes.NewReader(tc.file))
		require.NoError(t, err, name)
		require.Equal(t, []int{config.Width, config.Height}, []int{info.Width, info.Height}, name)
	}
}

// What the components mean, and whether all viewers agree on it.
func TestJPEGColors(t *testing.T) {
	t.Parallel()

	three := frame(0xc0, 8, 8, 0x11, 0x11, 0x11)
	four := frame(0xc0, 8, 8, 0x11, 0x11, 0x11, 0x11)
	named := jpegSegment(0xc0, []byte{8, 0, 8, 0, 8, 3, 'R', 0x11, 0, 'G', 0x11, 0, 'B', 0x11, 0})

	for name, tc := range map[string]struct {
		file []byte
		want imageformat.Color
		keep bool
	}{
		"nothing":                     {join(three), imageformat.YCbCr, true},
		"JFIF":                        {join(jfif(), three), imageformat.YCbCr, true},
		"Adobe YCbCr":                 {join(adobe(1), three), imageformat.YCbCr, true},
		"Adobe RGB":                   {join(adobe(0), three), imageformat.RGB, false},
		"Adobe behind the frame":      {join(three, adobe(0)), imageformat.RGB, false},
		"the last Adobe":              {join(adobe(0), adobe(1), three), imageformat.YCbCr, true},
		"JFIF and Adobe YCbCr":        {join(jfif(), adobe(1), three), imageformat.YCbCr, true},
		"JFIF and Adobe RGB":          {join(jfif(), adobe(0), three), imageformat.YCbCr, false},
		"named RGB":                   {join(named), imageformat.RGB, false},
		"named RGB, JFIF":             {join(jfif(), named), imageformat.YCbCr, false},
		"named RGB, Adobe YCbCr":      {join(adobe(1), named), imageformat.YCbCr, false},
		"Adobe too short":             {join(jpegSegment(0xee, []byte("Adobe\x00\x64\x00\x00\x00\x00")), three), imageformat.YCbCr, true},
		"another maker's APP14":       {join(jpegSegment(0xee, []byte("Maker\x00\x64\x00\x00\x00\x00\x00")), three), imageformat.YCbCr, true},
		"grey, whatever Adobe says":   {join(adobe(0), frame(0xc0, 8, 8, 0x11)), imageformat.Gray, true},
		"inks":                        {join(four), imageformat.CMYK, false},
		"inks, Adobe":                 {join(adobe(0), four), imageformat.CMYK, false},
		"inks as luminance, by Adobe": {join(adobe(2), four), imageformat.YCCK, false},
		"sequential, extended":        {join(frame(0xc1, 8, 8, 0x11, 0x11, 0x11)), imageformat.YCbCr, false},
		"progressive":                 {join(frame(0xc2, 8, 8, 0x11, 0x11, 0x11)), imageformat.YCbCr, true},
	} {
		info, err := imageformat.Inspect(join(start, tc.file, scan(1, 2, 3), end))
		require.NoError(t, err, name)
		require.Equal(t, tc.want, info.Color, name)
		require.Equal(t, tc.keep, info.KeepAsJPEG(), name)
	}
}

func TestColorNames(t *testing.T) {
	t.Parallel()

	var names []string
	for c := imageformat.Gray; c <= imageformat.YCCK+1; c++ {
		names = append(names, c.String())
	}

	require.Equal(t, []string{"gray", "ycbcr", "rgb", "cmyk", "ycck", "unknown"}, names)
}

func TestJPEGThatIsNotRead(t *testing.T) {
	t.Parallel()

	sound := frame(0xc0, 8, 8, 0x11)
	twelveBits := bytes.Replace(sound, []byte{8, 0, 8, 0, 8, 1}, []byte{12, 0, 8, 0, 8, 1}, 1)

	files := map[string][]byte{
		"12 bits":           join(twelveBits, scan(1)),
		"no height":         join(frame(0xc0, 8, 0, 0x11), scan(1)),
		"height at the end": join(sound, scan(1), jpegSegment(0xdc, []byte{0, 8})),
		"two components":    join(frame(0xc0, 8, 8, 0x11, 0x11), scan(1)),
		"five components":   join(frame(0xc0, 8, 8, 0x11, 0x11, 0x11, 0x11, 0x11), scan(1)),
		"arithmetic tables": join(jpegSegment(0xcc, []byte{0, 0}), sound, scan(1)),
		"hierarchical":      join(frame(0xde, 8, 8, 0x11), sound, scan(1)),
		"JPEG-LS":           join(frame(0xf7, 8, 8, 0x11), scan(1)),
		"too many scans":    join(frame(0xc2, 8, 8, 0x11), bytes.Repeat(scan(1), imageformat.MaxScans+1)),
	}
	for _, marker := range []byte{0xc3, 0xc5, 0xc6, 0xc7, 0xc8, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf} {
		files[string([]byte{'S', 'O', 'F', ' ', marker})] = join(frame(marker, 8, 8, 0x11), scan(1))
	}

	for name, parts := range files {
		requireRefused(t, imageformat.ErrFormat, join(start, parts, end), name)
	}

	_, err := imageformat.Inspect(join(start, frame(0xc2, 8, 8, 0x11), bytes.Repeat(scan(1), imageformat.MaxScans), end))
	require.NoError(t, err)
}

func TestDamagedJPEG(t *testing.T) {
	t.Parallel()

	sound := frame(0xc0, 8, 8, 0x11)

	for name, parts := range map[string][]byte{
		"no width":                   join(frame(0xc0, 0, 8, 0x11), scan(1)),
		"two frames":                 join(frame(0xc0, 8, 8, 0x11), frame(0xc0, 60_000, 60_000, 0x11), scan(1)),
		"a frame behind the scan":    join(sound, scan(1), frame(0xc0, 60_000, 60_000, 0x11)),
		"no frame":                   scan(1),
		"frame too short":            join(jpegSegment(0xc0, []byte{8, 0, 8, 0}), scan(1)),
		"frame of other length":      join(jpegSegment(0xc0, []byte{8, 0, 8, 0, 8, 3, 1, 0x11, 0}), scan(1)),
		"no sampling":                join(frame(0xc0, 8, 8, 0x01), scan(1)),
		"sampling of five":           join(frame(0xc0, 8, 8, 0x15), scan(1)),
		"no scan":                    sound,
		"scan of nothing":            join(sound, jpegSegment(0xda, []byte{0, 0, 63, 0})),
		"scan too short":             join(sound, jpegSegment(0xda, []byte{1, 1, 0, 0})),
		"scan of other length":       join(sound, jpegSegment(0xda, []byte{1, 1, 0, 0, 63, 0, 0})),
		"scan of unknown components": join(sound, jpegSegment(0xda, []byte{2, 1, 0, 2, 0, 0, 63, 0})),
		"segment without length":     join([]byte{0xff, 0xfe, 0, 1}, sound, scan(1)),
		"another start":              join(start, sound, scan(1)),
		"another start, as segment":  join([]byte{0xff, 0xd8, 0, 2}, sound, scan(1)),
		"frame too long":             join(jpegSegment(0xc0, []byte{8, 0, 8, 0, 8, 1, 1, 0x11, 0, 0}), scan(1)),
		"sampling of five across":    join(frame(0xc0, 8, 8, 0x51), scan(1)),
		"reserved marker":            join([]byte{0xff, 0x02}, sound, scan(1)),
		"reserved marker in a scan":  join(sound, scan(1, 0xff, 0x02)),
		"nothing":                    nil,
	} {
		requireRefused(t, imageformat.ErrCorrupt, join(start, []byte{0xff, 0xfe, 0, 2}, parts, end), name)
	}
}

func requireRefused(t *testing.T, kind error, file []byte, name string) {
	t.Helper()

	info, err := imageformat.Inspect(file)
	require.ErrorIs(t, err, kind, name)
	require.Equal(t, imageformat.Info{}, info, name)

	_, err = imageformat.StripJPEG(file)
	require.ErrorIs(t, err, kind, name)
}

func TestIncompleteJPEG(t *testing.T) {
	t.Parallel()

	sound := join(start, frame(0xc0, 8, 8, 0x11), scan(1, 2, 3))

	for name, tc := range map[string]struct {
		file     []byte
		complete bool
	}{
		"whole":                      {join(sound, end), true},
		"fill byte before the end":   {join(sound, []byte{0xff}, end), true},
		"fill bytes before the end":  {join(sound, []byte{0xff, 0xff}, end), true},
		"no end":                     {sound, false},
		"half of the end":            {join(sound, end[:1]), false},
		"the end is data":            {join(sound, []byte{0xff, 0x00, 0xd9}), false},
		"the end is in a segment":    {join(sound, jpegSegment(0xfe, end)), false},
		"cut in a segment":           {join(sound, []byte{0xff, 0xfe, 0, 50, 1, 2}), false},
		"cut in a segment's length":  {join(sound, []byte{0xff, 0xfe, 0}), false},
		"cut in fill bytes":          {join(sound, jpegSegment(0xfe), []byte{0xff, 0xff}), false},
		"restart behind the segment": {join(sound, jpegSegment(0xfe), []byte{0xff, 0xd0}, end), true},
	} {
		info, err := imageformat.Inspect(tc.file)
		require.NoError(t, err, name)
		require.Equal(t, tc.complete, info.Complete, name)
		require.Equal(t, tc.complete, info.KeepAsJPEG(), name)

		_, err = imageformat.StripJPEG(tc.file)
		if tc.complete {
			require.NoError(t, err, name)
		} else {
			require.ErrorIs(t, err, imageformat.ErrCorrupt, name)
		}
	}
}

func TestJPEGMetadataIsSeen(t *testing.T) {
	t.Parallel()

	plain := jpegOf(t, image.NewGray(image.Rect(0, 0, 8, 8)))

	for name, tc := range map[string]struct {
		file []byte
		want bool
	}{
		"none":           {plain, false},
		"JFIF":           {inFront(plain, jfif()), false},
		"Adobe":          {inFront(plain, adobe(1)), false},
		"profile":        {inFront(plain, iccSegment(1, 1, iccProfile("GRAY", 200))), false},
		"Exif":           {inFront(plain, exifSegment(1)), true},
		"comment":        {inFront(plain, jpegSegment(0xfe, []byte("made by hand"))), true},
		"JFIF thumbnail": {inFront(plain, jpegSegment(0xe0, []byte("JFIF\x00\x01\x02\x01\x00\x48\x00\x48\x01\x01abc"))), true},
		"film behind":    {join(plain, []byte("ftypmp42")), true},
	} {
		info, err := imageformat.Inspect(tc.file)
		require.NoError(t, err, name)
		require.Equal(t, tc.want, info.HasMetadata, name)
	}
}

// What a decoder allocates, measured by what the standard library's images hold.
func TestSamplesOfJPEG(t *testing.T) {
	t.Parallel()

	for name, file := range map[string][]byte{
		"subsampled":  jpegOf(t, drawn(33, 17)),
		"narrow":      jpegOf(t, drawn(1, 100)),
		"progressive": fixture(t, "progressive.jpg"),
	} {
		info, err := imageformat.Inspect(file)
		require.NoError(t, err, name)

		decoded, err := jpeg.Decode(bytes.NewReader(file))
		require.NoError(t, err, name)

		planes := decoded.(*image.YCbCr)
		require.EqualValues(t, cap(planes.Y)+cap(planes.Cb)+cap(planes.Cr), info.Samples(), name)
	}

	gray := image.NewGray(image.Rect(0, 0, 9, 9))
	gray.Set(3, 3, color.White)

	info, err := imageformat.Inspect(jpegOf(t, gray))
	require.NoError(t, err)
	require.EqualValues(t, 16*16, info.Samples())

	// A single component is coded in single blocks.
	info, err = imageformat.Inspect(join(start, frame(0xc0, 9, 9, 0x44), scan(1), end))
	require.NoError(t, err)
	require.EqualValues(t, 16*16, info.Samples())

	info, err = imageformat.Inspect(join(start, frame(0xc0, 65_535, 65_535, 0x44, 0x11, 0x11), scan(1), end))
	require.NoError(t, err)
	require.EqualValues(t, 2048*2048*18*64, info.Samples())
	require.EqualValues(t, 65_535*65_535, info.Pixels())
}
