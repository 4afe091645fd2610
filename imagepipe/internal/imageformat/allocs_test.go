package imageformat_test

import (
	"bytes"
	"compress/zlib"
	"image"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/imagepipe/internal/imageformat"
)

// bytesPerRun is what f allocates. Nothing else may run meanwhile, so tests that call it
// are not parallel.
func bytesPerRun(f func()) uint64 {
	const runs = 5

	f()

	var before, after runtime.MemStats

	runtime.ReadMemStats(&before)

	for range runs {
		f()
	}

	runtime.ReadMemStats(&after)

	return (after.TotalAlloc - before.TotalAlloc) / runs
}

// Files that claim to be large, in each way that they can.
func TestClaimsAllocateNothing(t *testing.T) {
	var packed bytes.Buffer

	w := zlib.NewWriter(&packed)
	_, err := w.Write(make([]byte, 16*imageformat.MaxICC))
	require.NoError(t, err)
	require.NoError(t, w.Close())

	bomb := pngChunk("iCCP", join([]byte("name\x00\x00"), packed.Bytes()))

	for name, tc := range map[string]struct {
		file          []byte
		width, height int
		limit         uint64
	}{
		"jpeg": {join(start, frame(0xc0, 50_000, 50_000, 0x22, 0x11, 0x11), scan(1), end), 50_000, 50_000, 4 << 10},
		"png":  {join(pngHeader(1<<31-1, 1<<31-1, 16, 6), pngChunk("IDAT", nil)), 1<<31 - 1, 1<<31 - 1, 4 << 10},
		"gif": {
			join([]byte("GIF89a\x50\xc3\x50\xc3\x00\x00\x00"), []byte("\x2c\x00\x00\x00\x00\x50\xc3\x50\xc3\x00\x08\x00;")),
			50_000, 50_000, 4 << 10,
		},
		"webp, lossy":    {webp(lossyHeader(16_383, 16_383)), 16_383, 16_383, 4 << 10},
		"webp, lossless": {webp(losslessHeader(16_384, 16_384)), 16_384, 16_384, 4 << 10},
		"webp, animated": {
			webp(canvas(animated, 65_536, 65_535), webpFrame(image.Rect(0, 0, 16_383, 16_383), lossyHeader(16_383, 16_383))),
			65_536, 65_535, 4 << 10,
		},
		// Growing to the bound copies, and the decompressor has tables.
		"png, profile": {join(pngHeader(8, 8, 8, 2), bomb, pngChunk("IDAT", nil)), 8, 8, 8 * imageformat.MaxICC},
	} {
		var info imageformat.Info

		allocated := bytesPerRun(func() { info, err = imageformat.Inspect(tc.file) })
		require.NoError(t, err, name)
		require.Equal(t, []int{tc.width, tc.height}, []int{info.Width, info.Height}, name)
		require.GreaterOrEqual(t, info.Samples(), info.Pixels(), name)
		require.Less(t, allocated, tc.limit, name)
	}
}

// Files of very many tiny parts.
func TestPartsAllocateNothing(t *testing.T) {
	const parts = 100_000

	small := drawn(8, 8)

	var large [][]byte
	for i := range 20 {
		large = append(large, iccSegment(i+1, 20, make([]byte, 65_000)))
	}

	for name, file := range map[string][]byte{
		"jpeg segments":             inFront(jpegOf(t, small), bytes.Repeat(jpegSegment(0xfe), parts)),
		"jpeg profiles":             inFront(jpegOf(t, small), bytes.Repeat(iccSegment(1, 255, []byte{1}), parts)),
		"jpeg, too large a profile": inFront(jpegOf(t, small), join(large...)),
		"jpeg restarts":             inFront(jpegOf(t, small), bytes.Repeat([]byte{0xff, 0xd0}, parts)),
		"png chunks":                withChunks(pngOf(t, small), bytes.Repeat(pngChunk("tEXt", nil), parts)),
		"png profiles":              withChunks(pngOf(t, small), bytes.Repeat(pngChunk("iCCP", nil), parts)),
		"gif blocks":                join([]byte("GIF89a\x08\x00\x08\x00\x00\x00\x00"), bytes.Repeat([]byte{0x21, 0xfe, 0}, parts), []byte("\x2c\x00\x00\x00\x00\x08\x00\x08\x00\x00\x08\x00;")),
		"webp chunks":               webp(canvas(0, 8, 8), bytes.Repeat(webpChunk("junk"), parts), lossyHeader(8, 8)),
	} {
		var err error

		allocated := bytesPerRun(func() { _, err = imageformat.Inspect(file) })
		require.NoError(t, err, name)
		require.Less(t, allocated, uint64(16<<10), name)
	}
}
