package memblob_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/importer/blob"
	"github.com/vyapaarai/bulkimport/importer/blob/blobtest"
	"github.com/vyapaarai/bulkimport/importer/blob/memblob"
)

func TestConformance(t *testing.T) {
	t.Parallel()

	blobtest.Run(t, blobtest.Harness{
		New: func(testing.TB) blob.Store { return memblob.New(nil) },
	})
}

func TestClock(t *testing.T) {
	t.Parallel()

	now := time.Date(2025, time.January, 6, 10, 0, 0, 0, time.UTC)
	s := memblob.New(&memblob.Options{Now: func() time.Time { return now }})

	info, err := s.Put(t.Context(), "k", strings.NewReader("content"), nil)
	require.NoError(t, err)
	require.Equal(t, now, info.ModTime)
}
