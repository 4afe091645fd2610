package jpegcodec_test

import (
	"bytes"
	"image"
	"image/jpeg"
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/imagepipe/internal/jpegcodec"
)

// The benchmarks have the standard library's codec beside ours, for the ratio.

func BenchmarkDecode(b *testing.B) {
	data, err := jpegcodec.Encode(nil, made(1500, 1500, 2, 2), 85)
	require.NoError(b, err)

	for name, reduce := range map[string]int{"whole": 1, "half": 2} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				p, err := decode(data, reduce)
				require.NoError(b, err)
				p.Free()
			}
		})
	}

	b.Run("standard library", func(b *testing.B) {
		for b.Loop() {
			_, err := jpeg.Decode(bytes.NewReader(data))
			require.NoError(b, err)
		}
	})
}

func BenchmarkEncode(b *testing.B) {
	p := made(800, 800, 2, 2)

	b.Run("ours", func(b *testing.B) {
		var data []byte

		for b.Loop() {
			var err error
			data, err = jpegcodec.Encode(data[:0], p, 85)
			require.NoError(b, err)
		}
	})

	b.Run("standard library", func(b *testing.B) {
		m := &image.YCbCr{
			Y: p.Y.Pix, Cb: p.Cb.Pix, Cr: p.Cr.Pix, YStride: p.Y.Stride, CStride: p.Cb.Stride,
			SubsampleRatio: image.YCbCrSubsampleRatio420, Rect: image.Rect(0, 0, 800, 800),
		}

		for b.Loop() {
			require.NoError(b, jpeg.Encode(io.Discard, m, &jpeg.Options{Quality: 85}))
		}
	})
}
