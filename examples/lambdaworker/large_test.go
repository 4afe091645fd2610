package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/importer"
	"github.com/vyapaarai/bulkimport/importer/blob/s3blob"
	"github.com/vyapaarai/bulkimport/importer/catalog/memcatalog"
	"github.com/vyapaarai/bulkimport/importer/queue/memqueue"
	"github.com/vyapaarai/bulkimport/internal/awstest"
	"github.com/vyapaarai/bulkimport/internal/synthetic"
	"github.com/vyapaarai/bulkimport/jobstore"
	"github.com/vyapaarai/bulkimport/jobstore/memjobstore"
)

// largeVariable is the size of the files of these tests, in MB: 1024 for what the
// documentation says. They take many minutes, so without it they are skipped.
const largeVariable = "BULKIMPORT_LARGE_MB"

// largeBytes returns the size, or skips the test.
func largeBytes(t testing.TB) int64 {
	t.Helper()

	text := os.Getenv(largeVariable)
	if text == "" {
		t.Skipf("set %s=1024, and have `make integration` start the servers, to run this", largeVariable)
	}

	megabytes, err := strconv.ParseInt(text, 10, 64)
	require.NoError(t, err)
	require.Positive(t, megabytes)

	return megabytes << 20
}

// wide is a file of rows of some two kilobytes, as with descriptions of a shop: as large
// as it is to be, with a number of rows that a test can wait for.
type wide struct {
	size, written int64
	row           int
	pending       []byte
}

func newWide(size int64) *wide {
	return &wide{size: size, pending: []byte("name,brand,category,barcode,description\n")}
}

// Read implements io.Reader.
func (w *wide) Read(p []byte) (int, error) {
	for len(w.pending) < len(p) && w.written+int64(len(w.pending)) < w.size {
		w.row++
		w.pending = fmt.Appendf(w.pending, "Product %d,Brand %d,Food,%s,%s\n", w.row, w.row%5000, synthetic.GTIN(int64(w.row)),
			bytes.Repeat([]byte("good to have "), 150))
	}

	if len(w.pending) == 0 {
		return 0, io.EOF
	}

	n := copy(p, w.pending)
	w.pending = append(w.pending[:0], w.pending[n:]...)
	w.written += int64(n)

	return n, nil
}

// The function stays within 512 MB, whatever the size of the file, with the memory limit
// that the template sets.
func TestMemoryOfALargeFile(t *testing.T) {
	size := largeBytes(t)
	d := deployWith(t, map[string]string{"GOMEMLIMIT": "400MiB"})

	file := newWide(size)
	id := d.queued(t, file)
	started := time.Now()

	for !d.job(t, id).Status.Terminal() {
		found, err := d.deliver(t, 15*time.Minute)
		require.NoError(t, err, "%s", &d.function.Stderr)
		require.True(t, found, "every run that does not come to the end sends a message")
	}

	job := d.job(t, id)
	require.Equal(t, jobstore.StatusCompleted, job.Status)
	require.EqualValues(t, file.row, job.Progress.Successful)

	t.Logf("%d MB, %d rows, %d calls, %.0f rows/s: %d MiB of resident memory at the peak", size>>20, file.row, d.calls,
		float64(file.row)/time.Since(started).Seconds(), d.function.Peak()>>20)
	require.Less(t, d.function.Peak(), int64(512<<20))
}

// committed watches a job store for the first commit of a run.
type committed struct {
	jobstore.Store

	offset int64
	first  func()
}

// Update implements jobstore.Store.
func (c *committed) Update(ctx context.Context, id string, change func(*jobstore.Job) error) (jobstore.Job, error) {
	job, err := c.Store.Update(ctx, id, change)
	if err == nil && job.Checkpoint.Offset > c.offset {
		c.offset = job.Checkpoint.Offset

		if c.first != nil {
			c.first()
		}
	}

	return job, err
}

// BenchmarkResume measures how long a worker takes from taking over a job at 90 % of a
// large file on S3 to its first commit. Nothing before the checkpoint is read again. A file
// of 1024 MB has room for three iterations (-benchtime 3x).
func BenchmarkResume(b *testing.B) {
	size := largeBytes(b)
	client := awstest.S3(b)

	files, err := s3blob.New(client, awstest.Bucket(b, client), nil)
	require.NoError(b, err)

	messages, err := memqueue.New(nil)
	require.NoError(b, err)

	jobs := &committed{Store: memjobstore.New(nil)}
	ports := importer.Ports{
		Jobs: jobs, Files: files, Queue: messages,
		Kinds: []importer.Kind{importer.NewProductKind(memcatalog.New(nil), nil)},
	}

	service, err := importer.NewService(ports, nil)
	require.NoError(b, err)

	worker, err := importer.NewWorker(ports, nil)
	require.NoError(b, err)

	upload, err := service.CreateUpload(b.Context(), asha, importer.UploadRequest{Filename: "large.csv"})
	require.NoError(b, err)

	_, err = files.Put(b.Context(), upload.Key, newWide(size), nil)
	require.NoError(b, err)

	_, err = service.Process(b.Context(), asha, upload.JobID, nil)
	require.NoError(b, err)

	// run runs the job until enough says so at a commit.
	run := func(enough func() bool) {
		ctx, cancel := context.WithCancel(b.Context())
		defer cancel()

		jobs.first = func() {
			if enough() {
				cancel()
			}
		}

		result, err := worker.RunJob(ctx, upload.JobID)
		require.NoError(b, err)
		require.Equal(b, importer.RunYielded, result)
	}

	run(func() bool { return jobs.offset >= size*9/10 })

	var toCommit time.Duration

	for b.Loop() {
		started := time.Now()
		measured := false

		run(func() bool {
			if !measured {
				toCommit += time.Since(started)
				measured = true
			}

			return true
		})

		require.Less(b, jobs.offset, size, "run fewer iterations: the file is at its end")
	}

	b.ReportMetric(toCommit.Seconds()/float64(b.N), "s-to-first-commit")
	b.ReportMetric(0, "ns/op")
}
