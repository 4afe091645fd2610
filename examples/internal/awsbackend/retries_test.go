package awsbackend_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/examples/internal/awsbackend"
	"github.com/vyapaarai/bulkimport/importer"
	"github.com/vyapaarai/bulkimport/importer/blob"
	"github.com/vyapaarai/bulkimport/importer/blob/memblob"
	"github.com/vyapaarai/bulkimport/importer/catalog/memcatalog"
	"github.com/vyapaarai/bulkimport/importer/queue"
	"github.com/vyapaarai/bulkimport/importer/queue/memqueue"
	"github.com/vyapaarai/bulkimport/jobstore"
	"github.com/vyapaarai/bulkimport/jobstore/memjobstore"
)

// outage is a store of files that is away while it says so.
type outage struct {
	blob.Store
	away bool
}

func (o *outage) Open(ctx context.Context, key string, opts *blob.OpenOptions) (io.ReadCloser, blob.Info, error) {
	if o.away {
		return nil, blob.Info{}, errors.New("away")
	}

	return o.Store.Open(ctx, key, opts)
}

// waits is a queue that notes after what waits messages are due.
type waits struct {
	queue.Queue
	sent []time.Duration
}

func (w *waits) Send(ctx context.Context, m queue.Message, delay time.Duration) error {
	w.sent = append(w.sent, delay)

	return w.Queue.Send(ctx, m, delay)
}

// docs/operations.md promises that jobs live through half an hour without S3: the waits are
// what it says, and no sweep ends one of them early.
func TestJobsOutliveAnOutage(t *testing.T) {
	t.Parallel()

	now := time.Date(2025, time.January, 6, 12, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }

	messages, err := memqueue.New(nil)
	require.NoError(t, err)

	files, sent := &outage{Store: memblob.New(nil)}, &waits{Queue: messages}
	ports := importer.Ports{
		Jobs: memjobstore.New(&memjobstore.Options{Now: clock}), Files: files, Queue: sent,
		Kinds: []importer.Kind{importer.NewProductKind(memcatalog.New(nil), nil)},
	}

	service, err := importer.NewService(ports, awsbackend.ServiceOptions(importer.ServiceOptions{Now: clock}))
	require.NoError(t, err)

	worker, err := importer.NewWorker(ports, awsbackend.WorkerOptions(importer.WorkerOptions{Now: clock}))
	require.NoError(t, err)

	caller := importer.Caller{UserID: "asha"}
	upload, err := service.CreateUpload(t.Context(), caller, importer.UploadRequest{Filename: "products.csv"})
	require.NoError(t, err)

	_, err = files.Put(t.Context(), upload.Key, strings.NewReader("name,brand,category\nAtta,Aashirvaad,Food\n"), nil)
	require.NoError(t, err)

	_, err = service.Process(t.Context(), caller, upload.JobID, nil)
	require.NoError(t, err)

	files.away, sent.sent = true, nil
	began := now

	for range awsbackend.MaxAttempts - 1 {
		result, err := worker.RunJob(t.Context(), upload.JobID)
		require.NoError(t, err)
		require.Equal(t, importer.RunFailed, result)

		now = now.Add(sent.sent[len(sent.sent)-1] - time.Second)

		swept, err := service.Sweep(t.Context())
		require.NoError(t, err)
		require.Zero(t, swept, "the sweep waits, too")

		now = now.Add(time.Second)
	}

	require.Equal(t, []time.Duration{
		15 * time.Second, 30 * time.Second, time.Minute, 2 * time.Minute, 4 * time.Minute, 8 * time.Minute, 16 * time.Minute,
	}, sent.sent)
	require.Equal(t, 1905*time.Second, now.Sub(began), "some 32 minutes")

	job, err := ports.Jobs.Get(t.Context(), upload.JobID)
	require.NoError(t, err)
	require.Equal(t, jobstore.StatusProcessing, job.Status)

	_, err = worker.RunJob(t.Context(), upload.JobID)
	require.NoError(t, err)

	job, err = ports.Jobs.Get(t.Context(), upload.JobID)
	require.NoError(t, err)
	require.Equal(t, jobstore.StatusFailed, job.Status)
	require.Equal(t, "too_many_attempts", job.Failure.Code)
}
