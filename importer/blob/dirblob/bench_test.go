package dirblob_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/importer/blob/dirblob"
)

// BenchmarkPut writes what an import writes for every chunk: a ledger segment of
// 64 KiB.
func BenchmarkPut(b *testing.B) {
	segment := make([]byte, 64<<10)

	for name, opts := range map[string]*dirblob.Options{"synced": nil, "unsynced": {NoSync: true}} {
		b.Run(name, func(b *testing.B) {
			s := openFolder(b, b.TempDir(), opts)
			b.SetBytes(int64(len(segment)))
			b.ReportAllocs()

			for i := 0; b.Loop(); i++ {
				key := fmt.Sprintf("jobs/%d/segments/%08d", i/1000, i)
				_, err := s.Put(b.Context(), key, bytes.NewReader(segment), nil)
				require.NoError(b, err)
			}
		})
	}
}

// BenchmarkList reads a page out of the middle of 20,000 segments.
func BenchmarkList(b *testing.B) {
	s := openFolder(b, b.TempDir(), &dirblob.Options{NoSync: true})

	for i := range 20_000 {
		_, err := s.Put(b.Context(), fmt.Sprintf("jobs/1/segments/%08d", i), bytes.NewReader(nil), nil)
		require.NoError(b, err)
	}

	b.ReportAllocs()

	for b.Loop() {
		page, err := s.List(b.Context(), "jobs/1/", "jobs/1/segments/00010000", 100)
		require.NoError(b, err)
		require.Len(b, page, 100)
	}
}
