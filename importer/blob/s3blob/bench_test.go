package s3blob_test

import (
	"bytes"
	"fmt"
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/importer/blob"
)

// sizes are those of a ledger segment, a picture, and uploads.
var sizes = []int{16 << 10, 256 << 10, 64 << 20}

func BenchmarkPut(b *testing.B) {
	for _, size := range sizes {
		b.Run(fmt.Sprintf("%dKiB", size>>10), func(b *testing.B) {
			content := noise(1, size)
			s := newStore(b, nil)

			b.SetBytes(int64(size))

			for b.Loop() {
				_, err := s.Put(b.Context(), "k", bytes.NewReader(content), nil)
				require.NoError(b, err)
			}
		})
	}
}

func BenchmarkOpen(b *testing.B) {
	for _, size := range sizes {
		b.Run(fmt.Sprintf("%dKiB", size>>10), func(b *testing.B) {
			s := newStore(b, nil)
			_, err := s.Put(b.Context(), "k", bytes.NewReader(noise(1, size)), nil)
			require.NoError(b, err)

			b.SetBytes(int64(size))

			for b.Loop() {
				r, _, err := s.Open(b.Context(), "k", &blob.OpenOptions{Offset: 1})
				require.NoError(b, err)

				n, err := io.Copy(io.Discard, r)
				require.NoError(b, err)
				require.EqualValues(b, size-1, n)
				require.NoError(b, r.Close())
			}
		})
	}
}
