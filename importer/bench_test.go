package importer_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/importer"
	"github.com/vyapaarai/bulkimport/importer/blob"
	"github.com/vyapaarai/bulkimport/importer/blob/dirblob"
	"github.com/vyapaarai/bulkimport/importer/blob/memblob"
	"github.com/vyapaarai/bulkimport/importer/catalog"
	"github.com/vyapaarai/bulkimport/importer/catalog/memcatalog"
	"github.com/vyapaarai/bulkimport/importer/catalog/pebblecatalog"
	"github.com/vyapaarai/bulkimport/importer/queue/memqueue"
	"github.com/vyapaarai/bulkimport/internal/pebbledb"
	"github.com/vyapaarai/bulkimport/internal/synthetic"
	"github.com/vyapaarai/bulkimport/jobstore"
	"github.com/vyapaarai/bulkimport/jobstore/memjobstore"
	"github.com/vyapaarai/bulkimport/jobstore/pebblejobstore"
)

// benchRows is the number of rows of the file that is imported again and again,
// each time with other products.
const benchRows = 50_000

// BenchmarkImport imports files of 50,000 rows, a tenth of them duplicates and one in
// a hundred in error, into a catalogue that holds a number of products already.
func BenchmarkImport(b *testing.B) {
	for _, backend := range []string{"memory", "embedded"} {
		for _, held := range []int64{50_000, 1_000_000} {
			b.Run(fmt.Sprintf("%s/catalogue=%d", backend, held), func(b *testing.B) {
				if held > 50_000 && testing.Short() {
					b.Skip("a catalogue of a million products takes a while; run without -short")
				}

				ports, store, settle := benchPorts(b, backend)
				fill(b, store, held)
				settle()

				next := held

				b.ReportAllocs()
				b.ResetTimer()

				var before, after runtime.MemStats

				runtime.ReadMemStats(&before)

				for b.Loop() {
					importOnce(b, ports, synthetic.Options{
						Rows: benchRows, First: next, Duplicates: 0.1, Errors: 0.01, Seed: uint64(next),
					})

					next += benchRows
				}

				runtime.ReadMemStats(&after)

				rows := float64(b.N) * benchRows
				b.ReportMetric(rows/b.Elapsed().Seconds(), "rows/s")
				b.ReportMetric(float64(after.Mallocs-before.Mallocs)/rows, "allocs/row")
				b.ReportMetric(float64(after.TotalAlloc-before.TotalAlloc)/rows, "B/row")
			})
		}
	}
}

// benchPorts returns an engine's ports on a kind of backend. settle brings the backend
// to rest: what a database still has to tidy up after it was filled is not the cost of
// the import that is measured.
func benchPorts(tb testing.TB, backend string) (ports importer.Ports, store catalog.Store, settle func()) {
	tb.Helper()

	q, err := memqueue.New(nil)
	require.NoError(tb, err)
	tb.Cleanup(func() { require.NoError(tb, q.Close()) })

	var (
		jobs  jobstore.Store = memjobstore.New(nil)
		files blob.Store     = memblob.New(nil)
	)

	store, settle = memcatalog.New(nil), func() {}

	if backend == "embedded" {
		db, err := pebbledb.Open(tb.TempDir(), nil)
		require.NoError(tb, err)
		tb.Cleanup(func() { require.NoError(tb, db.Close()) })

		folder, err := dirblob.Open(tb.TempDir(), nil)
		require.NoError(tb, err)
		tb.Cleanup(func() { require.NoError(tb, folder.Close()) })

		jobs, files, store = pebblejobstore.New(db, nil), folder, pebblecatalog.New(db, nil)
		settle = func() {
			require.NoError(tb, db.Compact(context.Background(), []byte{0}, []byte{0xff}, false))
		}
	}

	return importer.Ports{
		Jobs: jobs, Files: files, Queue: q,
		Kinds: []importer.Kind{importer.NewProductKind(store, nil)},
	}, store, settle
}

// fill puts products into the catalogue.
func fill(tb testing.TB, store catalog.Store, n int64) {
	tb.Helper()

	ports, _, _ := benchPorts(tb, "memory")
	ports.Kinds = []importer.Kind{importer.NewProductKind(store, nil)}
	importOnce(tb, ports, synthetic.Options{Rows: n})
}

// importOnce imports a made file.
func importOnce(tb testing.TB, ports importer.Ports, file synthetic.Options) jobstore.Job {
	tb.Helper()

	job := importFile(tb, ports, synthetic.New(file))
	require.Equal(tb, file.Rows, job.Progress.ProcessedRows)

	return job
}

// importFile imports a file from its upload to its end.
func importFile(tb testing.TB, ports importer.Ports, file io.Reader) jobstore.Job {
	tb.Helper()

	return importFileBy(tb, ports, nil, file)
}

// importFileBy imports a file by a worker with these options, which may be nil.
func importFileBy(tb testing.TB, ports importer.Ports, opts *importer.WorkerOptions, file io.Reader) jobstore.Job {
	tb.Helper()

	ctx := context.Background()

	s, err := importer.NewService(ports, nil)
	require.NoError(tb, err)
	w, err := importer.NewWorker(ports, opts)
	require.NoError(tb, err)

	upload, err := s.CreateUpload(ctx, owner, importer.UploadRequest{Filename: "bench.csv"})
	require.NoError(tb, err)
	_, err = ports.Files.Put(ctx, upload.Key, file, nil)
	require.NoError(tb, err)
	_, err = s.Process(ctx, owner, upload.JobID, nil)
	require.NoError(tb, err)

	result, err := w.RunJob(ctx, upload.JobID)
	require.NoError(tb, err)
	require.Equal(tb, importer.RunEnded, result)

	job, err := s.Status(ctx, owner, upload.JobID)
	require.NoError(tb, err)

	return job
}

// gigabyte is about how many bytes the file of BenchmarkImportGigabyte has.
const gigabyte = 1 << 30

// BenchmarkImportGigabyte imports a file of one gibibyte on the embedded backends, in a
// process of its own, and tells how much memory that process took at its peak. It
// takes some minutes; run it with -benchtime 1x.
func BenchmarkImportGigabyte(b *testing.B) {
	if testing.Short() {
		b.Skip("a file of a gibibyte takes some minutes; run without -short")
	}

	for b.Loop() {
		folder := b.TempDir()
		rows, size := queueGigabyte(b, folder)

		child := exec.Command(os.Args[0], "-test.run=^$")
		child.Env = append(os.Environ(), quietChildFolder+"="+folder)

		begin := time.Now()
		output, err := child.CombinedOutput()
		require.NoError(b, err, string(output))

		elapsed := time.Since(begin)

		usage, ok := child.ProcessState.SysUsage().(*syscall.Rusage)
		require.True(b, ok)

		b.ReportMetric(float64(usage.Maxrss)/1024, "peak-MiB")
		b.ReportMetric(float64(rows)/elapsed.Seconds(), "rows/s")
		b.ReportMetric(float64(size)/(1<<20)/elapsed.Seconds(), "MiB/s")
		b.ReportMetric(float64(rows), "rows")
	}
}

// queueGigabyte queues a job for a file of a gibibyte.
func queueGigabyte(b *testing.B, folder string) (rows, size int64) {
	b.Helper()

	e, err := openEmbedded(folder)
	require.NoError(b, err)

	defer func() { require.NoError(b, e.close()) }()

	s, err := importer.NewService(e.ports(), nil)
	require.NoError(b, err)

	upload, err := s.CreateUpload(b.Context(), owner, importer.UploadRequest{Filename: "gigabyte.csv"})
	require.NoError(b, err)

	rows = gigabyte / 168 // bytes a row, on average
	info, err := e.files.Put(b.Context(), upload.Key,
		synthetic.New(synthetic.Options{Rows: rows, Duplicates: 0.1, Errors: 0.01}), nil)
	require.NoError(b, err)

	_, err = s.Process(b.Context(), owner, upload.JobID, nil)
	require.NoError(b, err)

	return rows, info.Size
}
