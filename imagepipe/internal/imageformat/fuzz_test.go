package imageformat_test

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"testing"

	"github.com/stretchr/testify/require"
	xwebp "golang.org/x/image/webp"

	"github.com/vyapaarai/bulkimport/imagepipe/internal/imageformat"
)

// fuzzPixels bounds what fuzz targets decode.
const fuzzPixels = 1 << 16

// FuzzStripJPEG strips anything: what comes out is clean, so that stripping it again
// changes nothing, and has the pixels that went in, or is as unreadable.
func FuzzStripJPEG(f *testing.F) {
	for _, file := range jpegs(f) {
		f.Add(file)
		f.Add(inFront(file, jfif(), exifSegment(6), adobe(0), jpegSegment(0xe0, []byte("JFXX\x00\x13"))))

		for _, segment := range metadata() {
			f.Add(inFront(file, adobe(1), segment))
		}
	}

	f.Fuzz(func(t *testing.T, file []byte) {
		stripped, err := imageformat.StripJPEG(file)
		if err != nil {
			return
		}

		before, err := imageformat.Inspect(file)
		require.NoError(t, err)

		after, err := imageformat.Inspect(stripped)
		require.NoError(t, err)
		require.False(t, after.HasMetadata)

		want := before
		want.HasMetadata, want.Orientation = false, 1
		require.Equal(t, want, after)

		again, err := imageformat.StripJPEG(stripped)
		require.NoError(t, err)
		require.Equal(t, stripped, again)

		if before.Samples() > fuzzPixels {
			return
		}

		picture, decoded := jpeg.Decode(bytes.NewReader(file))
		same, err := jpeg.Decode(bytes.NewReader(stripped))
		require.Equal(t, decoded == nil, err == nil, "%v, %v", decoded, err)
		require.Equal(t, picture, same)
	})
}

// FuzzOrientation reads anything as Exif data.
func FuzzOrientation(f *testing.F) {
	for _, order := range byteOrders() {
		for orientation := range 10 {
			f.Add(exif(order, orientation))
		}
	}

	f.Fuzz(func(t *testing.T, tiff []byte) {
		orientation := imageformat.Orientation(tiff)
		require.GreaterOrEqual(t, orientation, 1)
		require.LessOrEqual(t, orientation, 8)

		// Turned, it must be there: the tag, its type, a count of one, the value.
		if orientation > 1 {
			little, big := []byte{0x12, 0x01, 3, 0, 1, 0, 0, 0}, []byte{0x01, 0x12, 0, 3, 0, 0, 0, 1}
			require.True(t, bytes.Contains(tiff, binary.LittleEndian.AppendUint16(little, uint16(orientation))) ||
				bytes.Contains(tiff, binary.BigEndian.AppendUint16(big, uint16(orientation))))
		}
	})
}

// FuzzInspect inspects anything: whatever a decoder of the standard library makes of it
// has the size that Inspect told.
func FuzzInspect(f *testing.F) {
	for _, file := range pictures(f) {
		f.Add(file)
	}

	f.Fuzz(func(t *testing.T, file []byte) {
		_ = imageformat.Describe(file)

		info, err := imageformat.Inspect(file)
		if err != nil {
			require.Equal(t, imageformat.Info{}, info)

			return
		}

		require.Positive(t, info.Width)
		require.Positive(t, info.Height)
		require.False(t, info.Frame.Empty())
		require.True(t, info.Frame.In(image.Rect(0, 0, info.Width, info.Height)))
		require.LessOrEqual(t, len(info.ICC), imageformat.MaxICC)

		if info.Format == imageformat.WebP {
			frame, err := imageformat.FirstFrame(file)
			require.Equal(t, info.Complete, err == nil)

			if err != nil {
				return
			}

			require.Equal(t, info.Frame, frame.Bounds)
			file = frame.Data
		}

		if info.Samples() > fuzzPixels {
			return
		}

		if picture, ok := decode(info.Format, file); ok {
			require.Equal(t, info.Frame.Size(), picture.Bounds().Size())
			require.True(t, info.Complete)
		}
	})
}

func decode(format imageformat.Format, file []byte) (image.Image, bool) {
	read := map[imageformat.Format]func(*bytes.Reader) (image.Image, error){
		imageformat.JPEG: func(r *bytes.Reader) (image.Image, error) { return jpeg.Decode(r) },
		imageformat.PNG:  func(r *bytes.Reader) (image.Image, error) { return png.Decode(r) },
		imageformat.GIF:  func(r *bytes.Reader) (image.Image, error) { return gif.Decode(r) },
		imageformat.WebP: func(r *bytes.Reader) (image.Image, error) { return xwebp.Decode(r) },
	}[format]

	picture, err := read(bytes.NewReader(file))

	return picture, err == nil
}
