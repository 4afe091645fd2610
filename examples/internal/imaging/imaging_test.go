package imaging

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/importer/blob/memblob"
)

func TestNewRefusesHostsThatAreNone(t *testing.T) {
	t.Parallel()

	_, _, err := New(memblob.New(nil), "https://img.example", []string{"no port"})
	require.ErrorContains(t, err, "no port")

	pipeline, fetcher, err := New(memblob.New(nil), "https://img.example", []string{"10.0.0.7:80"})
	require.NoError(t, err)
	require.NotNil(t, pipeline)
	fetcher.CloseIdleConnections()
}

func TestMemory(t *testing.T) {
	t.Parallel()

	require.Zero(t, memory(math.MaxInt64), "no limit: what the processor thinks right")
	require.Equal(t, int64(300<<20), memory(900<<20))
	require.Equal(t, int64(64<<20), memory(100<<20), "less would have pictures wait for each other for nothing")
}
