package importer_test

import (
	"context"
	"io"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/dedupe"
	"github.com/vyapaarai/bulkimport/importer"
	"github.com/vyapaarai/bulkimport/importer/blob/dirblob"
	"github.com/vyapaarai/bulkimport/importer/catalog"
	"github.com/vyapaarai/bulkimport/internal/synthetic"
)

// bottomless is a catalogue that takes everything and keeps nothing, so that the memory
// measured is the engine's.
type bottomless struct {
	catalog.Store
	creates atomic.Int64
	at      func(call int64)
}

func (b *bottomless) Lookup(context.Context, []dedupe.Key) (map[dedupe.Key]string, error) {
	return map[dedupe.Key]string{}, nil
}

func (b *bottomless) Create(_ context.Context, items []catalog.NewProduct) ([]catalog.CreateResult, error) {
	b.at(b.creates.Add(1))

	results := make([]catalog.CreateResult, len(items))
	for i := range results {
		results[i].Result = catalog.ResultCreated
	}

	return results, nil
}

// liveHeap is what is reachable, in bytes.
func liveHeap() int64 {
	runtime.GC()

	var m runtime.MemStats

	runtime.ReadMemStats(&m)

	return int64(m.HeapAlloc)
}

// Promise 4: memory does not grow with the file. The heap is measured early in the
// import and near its end, some eleven megabytes of the file later.
func TestMemoryDoesNotGrowWithTheFile(t *testing.T) {
	const rows, chunk = 80_000, 500

	var early, late int64

	store := &bottomless{at: func(call int64) {
		switch call {
		case rows / chunk / 5:
			early = liveHeap()
		case rows / chunk * 19 / 20:
			late = liveHeap()
		}
	}}

	e := newEngine(t)
	e.catalog = store
	e.workerOptions.ChunkRows = chunk

	folder, err := dirblob.Open(t.TempDir(), &dirblob.Options{NoSync: true})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, folder.Close()) })

	e.files = folder

	upload, err := e.service().CreateUpload(t.Context(), owner, importer.UploadRequest{Filename: "large.csv"})
	require.NoError(t, err)
	_, err = e.files.Put(t.Context(), upload.Key, synthetic.New(synthetic.Options{Rows: rows, Errors: 0.05}), nil)
	require.NoError(t, err)
	_, err = e.service().Process(t.Context(), owner, upload.JobID, nil)
	require.NoError(t, err)
	require.Equal(t, importer.RunEnded, e.run(upload.JobID))
	require.Equal(t, int64(rows), e.job(upload.JobID).Progress.ProcessedRows)

	require.NotZero(t, early)
	require.NotZero(t, late)
	require.Less(t, late-early, int64(4<<20), "bytes that the heap has grown by")
}

// A record of the greatest length allowed, many times: a chunk ends by its bytes.
func TestChunksAreBoundedByBytes(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	e.workerOptions.ChunkRows = 1_000_000
	e.workerOptions.ChunkBytes = 1 << 20

	creates := 0
	e.hook(func(int64) error {
		creates++

		return nil
	})

	file := io.MultiReader(strings.NewReader("name,category,description\n"),
		strings.NewReader(strings.Repeat("a,b,"+strings.Repeat("long text ", 900)+"\n", 1000)))
	data, err := io.ReadAll(file)
	require.NoError(t, err)
	require.Equal(t, int64(1000), e.imported(string(data), nil).Progress.Successful)
	require.GreaterOrEqual(t, creates, 8)
}
