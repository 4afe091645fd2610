package integration_test

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/examples/internal/awsbackend"
	"github.com/vyapaarai/bulkimport/importer"
	"github.com/vyapaarai/bulkimport/importer/blob"
	"github.com/vyapaarai/bulkimport/importer/blob/dirblob"
	"github.com/vyapaarai/bulkimport/importer/catalog"
	"github.com/vyapaarai/bulkimport/importer/catalog/pebblecatalog"
	"github.com/vyapaarai/bulkimport/importer/queue/memqueue"
	"github.com/vyapaarai/bulkimport/internal/awstest"
	"github.com/vyapaarai/bulkimport/internal/pebbledb"
	"github.com/vyapaarai/bulkimport/jobstore"
	"github.com/vyapaarai/bulkimport/jobstore/pebblejobstore"
)

// asha is who imports.
var asha = importer.Caller{UserID: "asha", Email: "asha@example.in"}

// engine is the engine on some backends.
type engine struct {
	ports    importer.Ports
	products catalog.Store
	images   blob.Store
	// service gives every engine the same job ids, and with them product ids.
	service *importer.Service
}

// imagesOf makes the image part of an engine, which keeps pictures in a store. nil means
// that there is none.
type imagesOf func(blob.Store) importer.Images

// complete makes the kinds and the service of an engine.
func (e *engine) complete(t testing.TB, images imagesOf) *engine {
	t.Helper()

	opts := &importer.ProductKindOptions{}
	if images != nil {
		opts.Images = images(e.images)
	}

	e.ports.Kinds = []importer.Kind{importer.NewProductKind(e.products, opts)}

	begun := time.Now()
	service, err := importer.NewService(e.ports, &importer.ServiceOptions{
		NewID: func() string { return "thesamejob00" },
		// A test that runs over midnight must not see two days.
		Now: func() time.Time { return begun },
	})
	require.NoError(t, err)

	e.service = service

	return e
}

// embedded returns an engine on the embedded backends.
func embedded(t testing.TB, images imagesOf) *engine {
	t.Helper()

	folder := t.TempDir()

	db, err := pebbledb.Open(filepath.Join(folder, "db"), nil)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })

	files := open(t, filepath.Join(folder, "files"))

	messages, err := memqueue.New(nil)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, messages.Close()) })

	e := &engine{
		ports:    importer.Ports{Jobs: pebblejobstore.New(db, nil), Files: files, Queue: messages},
		products: pebblecatalog.New(db, nil),
		images:   open(t, filepath.Join(folder, "images")),
	}

	return e.complete(t, images)
}

func open(t testing.TB, folder string) *dirblob.Store {
	t.Helper()

	s, err := dirblob.Open(folder, nil)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })

	return s
}

// backend opens the backends of AWS in a world.
func backend(t testing.TB, world *awstest.World, conf *aws.Config) *awsbackend.Backend {
	t.Helper()

	environment := world.Environment(nil)
	env, err := awsbackend.FromEnvironment(func(name string) string { return environment[name] })
	require.NoError(t, err)

	b, err := awsbackend.Open(t.Context(), env, &awsbackend.Options{Config: conf})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, b.Close()) })

	return b
}

// onAWS returns an engine on the backends of AWS. Their calls go through transport, where
// one is given.
func onAWS(t testing.TB, world *awstest.World, transport http.RoundTripper, images imagesOf) *engine {
	t.Helper()

	conf := world.Config(t)
	if transport != nil {
		conf.HTTPClient = &http.Client{Transport: transport}
	}

	return configured(t, world, conf, images)
}

// configured returns an engine on the backends of AWS, whose clients have this
// configuration.
func configured(t testing.TB, world *awstest.World, conf *aws.Config, images imagesOf) *engine {
	t.Helper()

	b := backend(t, world, conf)
	e := &engine{ports: b.Ports(), products: b.Products, images: b.Images}

	return e.complete(t, images)
}

// queued uploads a file and starts its import.
func (e *engine) queued(t testing.TB, file io.Reader) string {
	t.Helper()

	upload, err := e.service.CreateUpload(t.Context(), asha, importer.UploadRequest{Filename: "products.csv"})
	require.NoError(t, err)
	_, err = e.ports.Files.Put(t.Context(), upload.Key, file, nil)
	require.NoError(t, err)
	_, err = e.service.Process(t.Context(), asha, upload.JobID, nil)
	require.NoError(t, err)

	return upload.JobID
}

// worker returns a worker on the engine. opts may be nil.
func (e *engine) worker(t testing.TB, opts *importer.WorkerOptions) *importer.Worker {
	t.Helper()

	w, err := importer.NewWorker(e.ports, opts)
	require.NoError(t, err)

	return w
}

// undisturbed imports a file on the embedded backends and returns what comes of it.
func undisturbed(t testing.TB, file io.Reader, images imagesOf) footprint {
	t.Helper()

	e := embedded(t, images)
	id := e.queued(t, file)

	result, err := e.worker(t, nil).RunJob(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, importer.RunEnded, result)

	return e.footprint(t, id)
}

// serve has workers take jobs from the queue until the job has ended and its message is
// delivered.
func (e *engine) serve(t testing.TB, id string, workers ...*importer.Worker) {
	t.Helper()

	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()

	ended := make(chan error, len(workers))
	for _, w := range workers {
		go func() { ended <- w.Run(ctx) }()
	}

	e.awaitEnd(t, id)
	cancel()

	for range workers {
		require.NoError(t, <-ended)
	}
}

// patience is how long a test waits for the end of a job.
const patience = 5 * time.Minute

// awaitEnd waits until the job has ended and its message is delivered. Meanwhile it sweeps,
// as a deployment does every minute.
func (e *engine) awaitEnd(t testing.TB, id string) {
	t.Helper()

	sweeper, err := importer.NewService(e.ports, &importer.ServiceOptions{ResendAfter: time.Second})
	require.NoError(t, err)

	require.Eventually(t, func() bool {
		// Its calls may be among those that fail; the next one is near.
		_, _ = sweeper.Sweep(t.Context())

		return e.ended(t, id)
	}, patience, 200*time.Millisecond, "the job does not end")
}

func (e *engine) ended(t testing.TB, id string) bool {
	job, err := e.ports.Jobs.Get(t.Context(), id)

	return err == nil && job.Status.Terminal() && job.Notification != jobstore.NotificationPending
}

// footprint is all that an import leaves behind, without the times.
type footprint struct {
	Status          jobstore.Status
	Progress        jobstore.Progress
	Warnings        []jobstore.Warning
	RecentErrors    []jobstore.RowError
	Errors, Results string
	// Images are the keys of pictures, with their sizes in bytes.
	Images   []string
	Products map[string]catalog.Product
}

func (e *engine) footprint(t testing.TB, id string) footprint {
	t.Helper()

	job, err := e.ports.Jobs.Get(t.Context(), id)
	require.NoError(t, err)

	f := footprint{
		Status: job.Status, Progress: job.Progress, Warnings: job.Warnings, RecentErrors: job.RecentErrors,
		Results: e.report(t, job.ResultsKey), Errors: e.report(t, job.ErrorReportKey),
		Products: make(map[string]catalog.Product),
	}

	for after := ""; ; {
		page, err := e.products.List(t.Context(), after, 0)
		require.NoError(t, err)

		for _, p := range page {
			p.CreatedAt, p.UpdatedAt = time.Time{}, time.Time{}
			f.Products[p.ID] = p
			after = p.ID
		}

		if len(page) < catalog.MaxPage {
			break
		}
	}

	for after := ""; ; {
		page, err := e.images.List(t.Context(), "", after, 0)
		require.NoError(t, err)

		for _, info := range page {
			f.Images = append(f.Images, fmt.Sprintf("%s %d", info.Key, info.Size))
			after = info.Key
		}

		if len(page) < blob.MaxPage {
			return f
		}
	}
}

func (e *engine) report(t testing.TB, key string) string {
	t.Helper()

	if key == "" {
		return ""
	}

	r, _, err := e.ports.Files.Open(t.Context(), key, nil)
	require.NoError(t, err)

	defer func() { require.NoError(t, r.Close()) }()

	text, err := io.ReadAll(r)
	require.NoError(t, err)

	return string(text)
}

// requireSame fails the test unless two imports have left the same. It tells the first
// differences, not tens of thousands of products.
func requireSame(t testing.TB, want, got footprint) {
	t.Helper()

	require.Equal(t, want.Status, got.Status)
	require.Equal(t, want.Progress, got.Progress)
	require.Equal(t, want.Warnings, got.Warnings)
	require.Equal(t, want.RecentErrors, got.RecentErrors)
	requireSameLines(t, want.Errors, got.Errors)
	requireSameLines(t, want.Results, got.Results)
	requireSameLines(t, strings.Join(want.Images, "\n"), strings.Join(got.Images, "\n"))
	require.Len(t, got.Products, len(want.Products))

	for id, product := range want.Products {
		require.Equal(t, product, got.Products[id])
	}
}

func requireSameLines(t testing.TB, want, got string) {
	t.Helper()

	wanted, gotten := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range min(len(wanted), len(gotten)) {
		require.Equal(t, wanted[i], gotten[i], "line %d", i+1)
	}

	require.Len(t, gotten, len(wanted))
}

// realData opens a file of the real data, which lies beside the repository, or where
// BULKIMPORT_TESTDATA says.
func realData(t testing.TB, name string) *os.File {
	t.Helper()

	path := filepath.Join(cmp.Or(os.Getenv("BULKIMPORT_TESTDATA"), filepath.Join("..", "..", "..", "..", "shared", "data")), name)

	f, err := os.Open(path)
	if err != nil {
		t.Skipf("real data absent: %v (set BULKIMPORT_TESTDATA)", err)
	}

	t.Cleanup(func() { require.NoError(t, f.Close()) })

	return f
}
