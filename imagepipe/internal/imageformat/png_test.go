package imageformat_test

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/imagepipe/internal/imageformat"
)

func TestInspectPNG(t *testing.T) {
	t.Parallel()

	area := image.Rect(0, 0, 20, 10)
	transparent := color.Palette{color.Black, color.Transparent}

	for name, tc := range map[string]struct {
		picture image.Image
		want    imageformat.Info
	}{
		"grey":           {image.NewGray(area), imageformat.Info{Components: 1, BitDepth: 8, Color: imageformat.Gray}},
		"grey, 16 bits":  {image.NewGray16(area), imageformat.Info{Components: 1, BitDepth: 16, Color: imageformat.Gray}},
		"colour":         {drawn(20, 10), imageformat.Info{Components: 3, BitDepth: 8, Color: imageformat.RGB}},
		"alpha":          {image.NewNRGBA(area), imageformat.Info{Components: 3, BitDepth: 8, Color: imageformat.RGB, HasAlpha: true}},
		"alpha, 16 bits": {image.NewNRGBA64(area), imageformat.Info{Components: 3, BitDepth: 16, Color: imageformat.RGB, HasAlpha: true}},
		"palette": {
			image.NewPaletted(area, transparent[:1]),
			imageformat.Info{Components: 3, BitDepth: 1, Color: imageformat.RGB},
		},
		"palette, transparent": {
			image.NewPaletted(area, transparent),
			imageformat.Info{Components: 3, BitDepth: 1, Color: imageformat.RGB, HasAlpha: true},
		},
	} {
		tc.want.Format = imageformat.PNG
		tc.want.Width, tc.want.Height, tc.want.Frame = 20, 10, area
		tc.want.Orientation = 1
		tc.want.Complete = true

		info, err := imageformat.Inspect(pngOf(t, tc.picture))
		require.NoError(t, err, name)
		require.Equal(t, tc.want, info, name)
		require.False(t, info.KeepAsJPEG())
	}
}

// The header is read by the same rules as the standard library's.
func TestPNGHeaders(t *testing.T) {
	t.Parallel()

	for colorType := range byte(8) {
		for depth := range byte(18) {
			file := join(pngHeader(3, 5, depth, colorType), pngChunk("PLTE", make([]byte, 3)), pngChunk("IDAT", nil))
			_, want := png.DecodeConfig(bytes.NewReader(file))

			info, err := imageformat.Inspect(file)
			require.Equal(t, want == nil, err == nil, "colour %d, depth %d: %v", colorType, depth, want)

			if err == nil {
				require.EqualValues(t, depth, info.BitDepth)
				require.Equal(t, colorType >= 4, info.HasAlpha)
				require.False(t, info.Complete)
			} else {
				require.ErrorIs(t, err, imageformat.ErrCorrupt)
			}
		}
	}
}

func TestPNGParts(t *testing.T) {
	t.Parallel()

	bare := pngOf(t, drawn(8, 8))
	has := func(check func(imageformat.Info) bool, file []byte) bool {
		info, err := imageformat.Inspect(file)
		require.NoError(t, err)

		return check(info)
	}
	metadata := func(i imageformat.Info) bool { return i.HasMetadata }

	require.False(t, has(metadata, bare))
	require.False(t, has(metadata, withChunks(bare, pngChunk("pHYs", make([]byte, 9)))))
	require.True(t, has(metadata, withChunks(bare, pngChunk("tEXt", []byte("a\x00b")))))
	require.True(t, has(metadata, withChunks(bare, pngChunk("iTXt", nil))))
	require.True(t, has(metadata, join(bare, []byte(place))))
	require.True(t, has(func(i imageformat.Info) bool { return i.Animated }, withChunks(bare, pngChunk("acTL", make([]byte, 8)))))
	require.True(t, has(func(i imageformat.Info) bool { return i.HasAlpha }, withChunks(bare, pngChunk("tRNS", make([]byte, 6)))))

	interlaced := join(pngHeader(8, 8, 8, 2), pngChunk("IDAT", nil))
	interlaced[8+8+12] = 1
	require.True(t, has(func(i imageformat.Info) bool { return i.Progressive }, interlaced))
}

func TestIncompletePNG(t *testing.T) {
	t.Parallel()

	for name, file := range map[string][]byte{
		"no end":        join(pngHeader(8, 8, 8, 2), pngChunk("IDAT", make([]byte, 20))),
		"cut in pixels": join(pngHeader(8, 8, 8, 2), pngChunk("IDAT", make([]byte, 20))[:18]),
		"cut behind":    join(pngHeader(8, 8, 8, 2), pngChunk("IDAT", nil), pngChunk("tEXt", make([]byte, 20))[:18]),
	} {
		info, err := imageformat.Inspect(file)
		require.NoError(t, err, name)
		require.False(t, info.Complete, name)
		require.Equal(t, 8, info.Width, name)
	}
}

func TestDamagedPNG(t *testing.T) {
	t.Parallel()

	header := pngHeader(8, 8, 8, 2)
	magic := header[:8]
	pixels, last := pngChunk("IDAT", nil), pngChunk("IEND", nil)
	setByte := func(at int, value byte) []byte {
		b := bytes.Clone(header)
		b[at] = value

		return b
	}

	for name, file := range map[string][]byte{
		"magic only":      magic,
		"no header":       join(magic, pixels, last),
		"header too long": join(magic, pngChunk("IHDR", make([]byte, 14)), pixels, last),
		"two headers":     join(header, header[8:], pixels, last),
		"no pixels":       join(header, last),
		"header only":     header,
		"no width":        join(pngHeader(0, 8, 8, 2), pixels, last),
		"no height":       join(pngHeader(8, 0, 8, 2), pixels, last),
		"too wide":        join(pngHeader(1<<31, 8, 8, 2), pixels, last),
		"too high":        join(pngHeader(8, 1<<31, 8, 2), pixels, last),
		"compression":     join(setByte(26, 1), pixels, last),
		"filter":          join(setByte(27, 1), pixels, last),
		"interlacing":     join(setByte(28, 2), pixels, last),
		"largest chunk":   join(header, []byte("\xff\xff\xff\xfftEXt\x00\x00\x00\x00")),
	} {
		_, err := imageformat.Inspect(file)
		require.ErrorIs(t, err, imageformat.ErrCorrupt, name)
	}

	_, err := imageformat.Inspect(join(magic, pngChunk("CgBI", make([]byte, 4)), header[8:], pixels, last))
	require.ErrorIs(t, err, imageformat.ErrFormat)
}

// A profile that is packed wrongly is no reason to refuse the picture.
func TestPNGProfilePackedWrongly(t *testing.T) {
	t.Parallel()

	bare := pngOf(t, drawn(8, 8))
	sound := iccChunk(t, iccProfile("RGB ", 500))
	payload := sound[8 : len(sound)-4]

	for name, bad := range map[string][]byte{
		"empty":          nil,
		"no name":        payload[4:],
		"name only":      payload[:5],
		"long name":      join(bytes.Repeat([]byte{'n'}, 80), payload[4:]),
		"other method":   join([]byte("name\x00\x01"), payload[6:]),
		"not packed":     join([]byte("name\x00\x00"), iccProfile("RGB ", 500)),
		"cut":            payload[:len(payload)-10],
		"wrong checksum": append(bytes.Clone(payload[:len(payload)-1]), payload[len(payload)-1]+1),
	} {
		info, err := imageformat.Inspect(withChunks(bare, pngChunk("iCCP", bad), sound))
		require.NoError(t, err, name)
		require.Nil(t, info.ICC, name)
	}
}
