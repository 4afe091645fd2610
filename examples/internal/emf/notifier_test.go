package emf_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/examples/internal/emf"
	"github.com/vyapaarai/bulkimport/importer"
	"github.com/vyapaarai/bulkimport/importer/blob/memblob"
	"github.com/vyapaarai/bulkimport/importer/catalog/memcatalog"
	"github.com/vyapaarai/bulkimport/importer/notify"
	"github.com/vyapaarai/bulkimport/importer/queue/memqueue"
	"github.com/vyapaarai/bulkimport/jobstore"
	"github.com/vyapaarai/bulkimport/jobstore/memjobstore"
)

// errAway is the error of a store that does not answer.
var errAway = errors.New("away")

// reader reads records, unless read says otherwise.
type reader struct {
	jobstore.Store
	read func(ctx context.Context) error // may be nil
}

func (r *reader) Get(ctx context.Context, id string) (jobstore.Job, error) {
	if r.read != nil {
		if err := r.read(ctx); err != nil {
			return jobstore.Job{}, err
		}
	}

	return r.Store.Get(ctx, id)
}

// engine is the engine in memory, with metrics as one of two channels.
type engine struct {
	service *importer.Service
	worker  *importer.Worker
	files   *memblob.Store
	// records is what the notifier reads.
	records *reader
	out     *bytes.Buffer
	told    *told
}

// told counts what the other channel is told.
type told struct{ events int }

func (t *told) Notify(context.Context, notify.Event) error {
	t.events++

	return nil
}

func newEngine(t *testing.T) *engine {
	t.Helper()

	jobs := memjobstore.New(nil)
	e := &engine{files: memblob.New(nil), records: &reader{Store: jobs}, out: &bytes.Buffer{}, told: &told{}}

	messages, err := memqueue.New(nil)
	require.NoError(t, err)

	notifier, err := notify.NewMulti(
		notify.Channel{Name: emf.Channel, Notifier: emf.NewNotifier(emf.New(e.out, "prod", time.Now), e.records)},
		notify.Channel{Name: "topic", Notifier: e.told})
	require.NoError(t, err)

	ports := importer.Ports{
		Jobs: jobs, Files: e.files, Queue: messages, Notifier: notifier,
		Kinds: []importer.Kind{importer.NewProductKind(memcatalog.New(nil), nil)},
	}

	e.service, err = importer.NewService(ports, nil)
	require.NoError(t, err)

	e.worker, err = importer.NewWorker(ports, &importer.WorkerOptions{ShutdownGrace: time.Millisecond})
	require.NoError(t, err)

	return e
}

var asha = importer.Caller{UserID: "asha"}

// start uploads a file and starts its import.
func (e *engine) start(t *testing.T, csv string) (jobID string, err error) {
	t.Helper()

	upload, err := e.service.CreateUpload(t.Context(), asha, importer.UploadRequest{Filename: "products.csv"})
	require.NoError(t, err)

	_, err = e.files.Put(t.Context(), upload.Key, strings.NewReader(csv), nil)
	require.NoError(t, err)

	_, err = e.service.Process(t.Context(), asha, upload.JobID, nil)

	return upload.JobID, err
}

// lines returns what was written.
func (e *engine) lines(t *testing.T) []map[string]any {
	t.Helper()

	var lines []map[string]any

	for text := range strings.Lines(e.out.String()) {
		var line map[string]any

		require.NoError(t, json.Unmarshal([]byte(text), &line), text)
		lines = append(lines, line)
	}

	return lines
}

const shopCSV = "Item Name,Brand,Category,Barcode\nAtta,Aashirvaad,Food,8901030875391\nSalt,Tata,Food,not a barcode\n"

func TestMetricsOfAnImport(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	id, err := e.start(t, shopCSV)
	require.NoError(t, err)

	for _, want := range []importer.RunResult{importer.RunEnded, importer.RunSkipped} {
		result, err := e.worker.RunJob(t.Context(), id)
		require.NoError(t, err)
		require.Equal(t, want, result)
	}

	lines := e.lines(t)
	require.Len(t, lines, 1, "one end, one line")
	require.Equal(t, id, lines[0]["job_id"])
	require.InDelta(t, 2.0, lines[0]["RowsProcessed"], 0)
	require.InDelta(t, 1.0, lines[0]["RowsInError"], 0)
	require.Contains(t, lines[0], "JobDuration")
}

// The API refuses such a file, and a worker tells of it.
func TestMetricsOfAFileThatIsRefused(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	id, err := e.start(t, "Nonsense\nx\n")
	require.ErrorIs(t, err, importer.ErrBadFile)

	result, err := e.worker.RunJob(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, importer.RunEnded, result)

	lines := e.lines(t)
	require.Len(t, lines, 1)
	require.InDelta(t, 1.0, lines[0]["JobsRefused"], 0)
	require.InDelta(t, 0.0, lines[0]["JobsFailed"], 0)
}

// A record that cannot be read costs no metrics, and nobody is told twice for it.
func TestMetricsAreTriedAgain(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	id, err := e.start(t, shopCSV)
	require.NoError(t, err)

	e.records.read = func(context.Context) error { return errAway }

	result, err := e.worker.RunJob(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, importer.RunFailed, result)
	require.Empty(t, e.lines(t))

	e.records.read = nil

	result, err = e.worker.RunJob(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, importer.RunEnded, result)
	require.Len(t, e.lines(t), 1)
	require.Equal(t, 1, e.told.events)
}

// A program that is stopped in the middle of it leaves the metrics to the next.
func TestMetricsOutliveAShutdown(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	id, err := e.start(t, shopCSV)
	require.NoError(t, err)

	ctx, terminate := context.WithCancel(t.Context())

	e.records.read = func(ctx context.Context) error {
		terminate()
		<-ctx.Done()

		return ctx.Err()
	}

	result, err := e.worker.RunJob(ctx, id)
	require.NoError(t, err)
	require.Equal(t, importer.RunYielded, result)
	require.Empty(t, e.lines(t))

	e.records.read = nil

	result, err = e.worker.RunJob(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, importer.RunEnded, result)
	require.Len(t, e.lines(t), 1)
}
