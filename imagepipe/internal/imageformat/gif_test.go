package imageformat_test

import (
	"bytes"
	"image"
	"image/gif"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/imagepipe/internal/imageformat"
)

func TestInspectGIF(t *testing.T) {
	t.Parallel()

	screen, part := image.Rect(0, 0, 20, 10), image.Rect(3, 2, 9, 7)
	still := gifOf(t, 20, 10, screen)

	want := imageformat.Info{
		Format: imageformat.GIF, Width: 20, Height: 10, Frame: screen, Orientation: 1,
		Components: 3, BitDepth: 8, Color: imageformat.RGB, Complete: true,
	}

	info, err := imageformat.Inspect(still)
	require.NoError(t, err)
	require.Equal(t, want, info)

	for name, tc := range map[string]struct {
		file   []byte
		change func(*imageformat.Info)
	}{
		"animated":     {gifOf(t, 20, 10, screen, part), func(i *imageformat.Info) { i.Animated = true }},
		"small frame":  {gifOf(t, 20, 10, part), func(i *imageformat.Info) { i.Frame, i.HasAlpha = part, true }},
		"no trailer":   {still[:len(still)-1], func(*imageformat.Info) {}},
		"data behind":  {join(still, []byte(place)), func(i *imageformat.Info) { i.HasMetadata = true }},
		"cut":          {still[:len(still)-2], func(i *imageformat.Info) { i.Complete = false }},
		"comment":      {withExtension(still, 0xfe, place), func(i *imageformat.Info) { i.HasMetadata = true }},
		"XMP":          {withExtension(still, 0xff, "XMP DataXMP"), func(i *imageformat.Info) { i.HasMetadata = true }},
		"repetitions":  {withExtension(still, 0xff, "NETSCAPE2.0"), func(*imageformat.Info) {}},
		"transparent":  {withExtension(still, 0xf9, "\x01\x00\x00\x00"), func(i *imageformat.Info) { i.HasAlpha = true }},
		"opaque":       {withExtension(still, 0xf9, "\x04\x00\x00\x00"), func(*imageformat.Info) {}},
		"control, cut": {withExtension(still, 0xf9, "\x01"), func(*imageformat.Info) {}},
	} {
		want := want
		tc.change(&want)

		info, err := imageformat.Inspect(tc.file)
		require.NoError(t, err, name)
		require.Equal(t, want, info, name)
	}
}

// A frame is decoded by the standard library exactly when Inspect allows it.
func TestGIFFrames(t *testing.T) {
	t.Parallel()

	for name, tc := range map[string]struct {
		width, height int
		frame         image.Rectangle
		fits          bool
	}{
		"whole":         {8, 8, image.Rect(0, 0, 8, 8), true},
		"lower right":   {8, 8, image.Rect(5, 6, 8, 8), true},
		"too wide":      {8, 8, image.Rect(0, 0, 9, 8), false},
		"too high":      {8, 8, image.Rect(0, 0, 8, 9), false},
		"moved outside": {8, 8, image.Rect(1, 0, 9, 8), false},
		"no screen":     {0, 0, image.Rect(0, 0, 8, 8), false},
		"half a screen": {8, 0, image.Rect(0, 0, 8, 8), false},
	} {
		// The encoder refuses what does not fit, so the screen is changed afterwards.
		file := gifOf(t, 20, 20, tc.frame)
		file[6], file[8] = byte(tc.width), byte(tc.height)

		_, decoded := gif.Decode(bytes.NewReader(file))
		require.Equal(t, tc.fits, decoded == nil, name)

		info, err := imageformat.Inspect(file)
		if !tc.fits {
			require.ErrorIs(t, err, imageformat.ErrCorrupt, name)

			continue
		}

		require.NoError(t, err, name)
		require.Equal(t, tc.frame, info.Frame, name)
	}
}

func TestDamagedGIF(t *testing.T) {
	t.Parallel()

	screen := []byte("GIF89a\x08\x00\x08\x00\x00\x00\x00")

	for name, file := range map[string][]byte{
		"magic only":      screen[:6],
		"screen cut":      screen[:12],
		"colours cut":     join(screen[:10], []byte{0x87, 0, 0}, make([]byte, 767)),
		"nothing":         screen,
		"trailer only":    join(screen, []byte{0x3b}),
		"unknown block":   join(screen, []byte{0x55}),
		"extension cut":   join(screen, []byte{0x21}),
		"blocks cut":      join(screen, []byte{0x21, 0xfe, 5, 'a'}),
		"frame cut":       join(screen, []byte("\x2c\x00\x00\x00\x00\x08\x00\x08")),
		"frame's colours": join(screen, []byte("\x2c\x00\x00\x00\x00\x08\x00\x08\x00\x80\x00")),
		"empty frame":     join(screen, []byte("\x2c\x00\x00\x00\x00\x00\x00\x08\x00\x00\x02\x00\x3b")),
		"empty, then not": join(screen, []byte("\x2c\x00\x00\x00\x00\x00\x00\x08\x00\x00\x02\x00"),
			[]byte("\x2c\x00\x00\x00\x00\x08\x00\x08\x00\x00\x02\x00\x3b")),
		"flat frame": join(screen, []byte("\x2c\x00\x00\x00\x00\x08\x00\x00\x00\x00\x02\x00\x3b")),
	} {
		_, err := imageformat.Inspect(file)
		require.ErrorIs(t, err, imageformat.ErrCorrupt, name)
	}
}

// withExtension puts an extension in front of the first frame, or of the extension there.
func withExtension(file []byte, label byte, block string) []byte {
	at := 13
	if file[10]&0x80 != 0 {
		at += 3 << (1 + file[10]&7)
	}

	return join(file[:at], []byte{0x21, label, byte(len(block))}, []byte(block), []byte{0}, file[at:])
}
