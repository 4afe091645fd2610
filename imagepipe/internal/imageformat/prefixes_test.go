package imageformat_test

import (
	"bytes"
	"image"
	_ "image/gif"
	_ "image/jpeg"
	_ "image/png"
	"testing"

	"github.com/stretchr/testify/require"
	_ "golang.org/x/image/webp"

	"github.com/vyapaarai/bulkimport/imagepipe/internal/imageformat"
)

// pictures are files with about everything that there can be in each format.
func pictures(t testing.TB) map[string][]byte {
	t.Helper()

	profile := iccProfile("RGB ", 300)
	tiff := exif(byteOrders()["big"], 6)

	files := map[string][]byte{
		"full jpeg": join(inFront(jpegOf(t, drawn(16, 8)), jfif(), adobe(1), exifSegment(6),
			iccSegment(1, 2, profile[:200]), iccSegment(2, 2, profile[200:]), jpegSegment(0xfe, []byte(place))), []byte("behind")),
		"full png": withChunks(pngOf(t, image.NewNRGBA(image.Rect(0, 0, 8, 8))),
			iccChunk(t, profile), pngChunk("eXIf", tiff), pngChunk("tEXt", []byte("a\x00b"))),
		"full gif":      withExtension(gifOf(t, 20, 10, image.Rect(2, 2, 9, 9), image.Rect(0, 0, 20, 10)), 0xfe, place),
		"full webp":     webp(canvas(withICC|withExif, 24, 16), webpChunk("ICCP", profile), chunkOf(t, fixture(t, "lossy.webp"), "VP8 "), webpChunk("EXIF", tiff)),
		"animated webp": fixture(t, "animated.webp"),
		"alpha webp":    fixture(t, "alpha.webp"),
		"lossless webp": fixture(t, "lossless.webp"),
	}
	for name, file := range jpegs(t) {
		files[name] = file
	}

	return files
}

// Wherever a file is cut, there is an error, or a size that is that of the whole file and
// a true word on whether a decoder can read it.
func TestPrefixes(t *testing.T) {
	t.Parallel()

	for name, file := range pictures(t) {
		whole, err := imageformat.Inspect(file)
		require.NoError(t, err, name)
		require.True(t, whole.Complete, name)

		for n := range file {
			// A slice of its own, so that reading behind it fails.
			cut := bytes.Clone(file[:n:n])

			info, err := imageformat.Inspect(cut)
			if err != nil {
				var typed *imageformat.Error
				require.ErrorAs(t, err, &typed, "%s, %d bytes", name, n)
				require.Equal(t, imageformat.Info{}, info)
			} else {
				require.Equal(t, whole.Format, info.Format)
				require.Equal(t, []int{whole.Width, whole.Height}, []int{info.Width, info.Height}, "%s, %d bytes", name, n)
				require.Equal(t, whole.Frame, info.Frame, "%s, %d bytes", name, n)
			}

			if _, _, decoded := image.Decode(bytes.NewReader(cut)); decoded == nil {
				require.NoError(t, err, "%s, %d bytes", name, n)
				require.True(t, info.Complete, "%s, %d bytes", name, n)
			}

			if info.Format == imageformat.JPEG && !info.Complete {
				_, err := imageformat.StripJPEG(cut)
				require.ErrorIs(t, err, imageformat.ErrCorrupt)
			}

			if info.Format == imageformat.WebP {
				_, err := imageformat.FirstFrame(cut)
				require.Equal(t, info.Complete, err == nil, "%s, %d bytes", name, n)
			}
		}
	}
}

// Every single byte of every file is replaced by others.
func TestDamagedBytes(t *testing.T) {
	t.Parallel()

	for name, file := range pictures(t) {
		for at := range file {
			for _, value := range []byte{0, 1, 0x7f, 0x80, 0xd9, 0xff} {
				damaged := bytes.Clone(file)
				damaged[at] = value

				info, err := imageformat.Inspect(damaged)
				if err != nil {
					continue
				}

				require.Positive(t, info.Width, "%s, byte %d", name, at)
				require.Positive(t, info.Height, "%s, byte %d", name, at)
				require.False(t, info.Frame.Empty(), "%s, byte %d", name, at)
				require.True(t, info.Frame.In(image.Rect(0, 0, info.Width, info.Height)), "%s, byte %d", name, at)
				require.GreaterOrEqual(t, info.Samples(), int64(1), "%s, byte %d", name, at)
			}
		}
	}
}
