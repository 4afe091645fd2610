package imageformat_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/imagepipe/internal/imageformat"
)

// benchJPEG has about 10 MiB, the largest that is downloaded. Its data are noise, in which
// a byte of 256 is stuffed, as in those of real photos.
func benchJPEG() []byte {
	noise := rand.NewChaCha8([32]byte{})
	data := make([]byte, 0, 10<<20)

	for len(data) < 10<<20 {
		for b := noise.Uint64(); b > 0; b >>= 8 {
			data = append(data, byte(b))
			if byte(b) == 0xff {
				data = append(data, 0)
			}
		}
	}

	return join(start, jfif(), exifSegment(1), frame(0xc0, 6000, 4000, 0x22, 0x11, 0x11), scan(data...), end)
}

func BenchmarkStripJPEG(b *testing.B) {
	file := benchJPEG()
	b.SetBytes(int64(len(file)))
	b.ReportAllocs()

	for b.Loop() {
		_, err := imageformat.StripJPEG(file)
		require.NoError(b, err)
	}
}

func BenchmarkInspect(b *testing.B) {
	for name, file := range map[string][]byte{
		"large": benchJPEG(),
		"small": jpegOf(b, drawn(350, 350)),
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(file)))
			b.ReportAllocs()

			for b.Loop() {
				_, err := imageformat.Inspect(file)
				require.NoError(b, err)
			}
		})
	}
}
