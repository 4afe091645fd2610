package importer_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/importer"
	"github.com/vyapaarai/bulkimport/importer/blob"
	"github.com/vyapaarai/bulkimport/importer/blob/memblob"
	"github.com/vyapaarai/bulkimport/importer/catalog"
	"github.com/vyapaarai/bulkimport/importer/catalog/memcatalog"
	"github.com/vyapaarai/bulkimport/importer/notify"
	"github.com/vyapaarai/bulkimport/importer/queue/memqueue"
	"github.com/vyapaarai/bulkimport/jobstore"
	"github.com/vyapaarai/bulkimport/jobstore/memjobstore"
)

// owner is who imports in the tests.
var owner = importer.Caller{UserID: "asha", Email: "asha@example.in"}

// clock is a clock that only the test moves.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2025, 1, 6, 9, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()

	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()

	c.now = c.now.Add(d)
}

// recorder is a notifier that keeps what it is told.
type recorder struct {
	mu     sync.Mutex
	events []notify.Event
	// fail is how many times it fails first.
	fail int
	// onEvent, where it is set, is called after each event.
	onEvent func()
}

func (r *recorder) Notify(_ context.Context, e notify.Event) error {
	r.mu.Lock()
	defer r.mu.Unlock()

	if r.fail > 0 {
		r.fail--

		return errors.New("the receiver is away")
	}

	r.events = append(r.events, e)

	if r.onEvent != nil {
		r.onEvent()
	}

	return nil
}

func (r *recorder) got() []notify.Event {
	r.mu.Lock()
	defer r.mu.Unlock()

	return append([]notify.Event(nil), r.events...)
}

// engine is an engine in memory. Tests change its parts before they call start.
type engine struct {
	t       *testing.T
	clock   *clock
	jobs    jobstore.Store
	files   blob.Store
	queue   *memqueue.Queue
	catalog catalog.Store
	// storeID, where it is set, is the store whose inventory the files are.
	storeID string
	told    *recorder
	images  importer.Images
	// kindOptions are those of the kind, without its clock and images.
	kindOptions importer.ProductKindOptions

	workerOptions  importer.WorkerOptions
	serviceOptions importer.ServiceOptions
}

func newEngine(t *testing.T) *engine {
	t.Helper()

	c := newClock()
	q, err := memqueue.New(nil)
	require.NoError(t, err)

	e := &engine{
		t: t, clock: c,
		jobs:    memjobstore.New(&memjobstore.Options{Now: c.Now}),
		files:   memblob.New(nil),
		queue:   q,
		catalog: memcatalog.New(nil),
		told:    &recorder{},
	}
	e.workerOptions = importer.WorkerOptions{ChunkRows: 10, Now: c.Now, Name: "w"}

	ids := 0
	e.serviceOptions = importer.ServiceOptions{Now: c.Now, NewID: func() string {
		ids++

		return fmt.Sprintf("job%09d", ids)
	}}

	t.Cleanup(func() { require.NoError(t, e.queue.Close()) })

	return e
}

// newEngineOn is an engine in memory, or on the embedded backends.
func newEngineOn(t *testing.T, backend string) *engine {
	t.Helper()

	e := newEngine(t)
	if backend == "memory" {
		return e
	}

	stores, err := openEmbedded(t.TempDir())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, stores.close()) })

	e.jobs, e.files, e.catalog = stores.jobs, stores.files, stores.catalog
	e.workerOptions.Now, e.serviceOptions.Now = nil, nil

	return e
}

// backends are what newEngineOn knows.
func backends() []string { return []string{"memory", "embedded"} }

func (e *engine) ports() importer.Ports {
	return importer.Ports{Jobs: e.jobs, Files: e.files, Queue: e.queue, Notifier: e.told, Kinds: e.kinds(e.catalog, e.inventory())}
}

// inventory is the catalogue as the inventory of stores, which the backends are too.
func (e *engine) inventory() catalog.Inventory {
	inventory, _ := e.catalog.(catalog.Inventory)

	return inventory
}

// kinds are all kinds there are, on a catalogue.
func (e *engine) kinds(store catalog.Store, inventory catalog.Inventory) []importer.Kind {
	return []importer.Kind{
		e.kind(store),
		importer.NewInventoryKind(store, inventory, &importer.InventoryKindOptions{Now: e.clock.Now}),
	}
}

// kind is the kind for products on a catalogue.
func (e *engine) kind(store catalog.Store) importer.Kind {
	opts := e.kindOptions
	opts.Now, opts.Images = e.clock.Now, e.images

	return importer.NewProductKind(store, &opts)
}

func (e *engine) service() *importer.Service {
	e.t.Helper()

	s, err := importer.NewService(e.ports(), &e.serviceOptions)
	require.NoError(e.t, err)

	return s
}

func (e *engine) worker() *importer.Worker {
	e.t.Helper()

	w, err := importer.NewWorker(e.ports(), &e.workerOptions)
	require.NoError(e.t, err)

	return w
}

// upload creates a job with this file and returns its id.
func (e *engine) upload(csv string) string {
	e.t.Helper()

	request := importer.UploadRequest{Filename: "products.csv"}
	if e.storeID != "" {
		request = importer.UploadRequest{Filename: "stock.csv", Type: jobstore.TypeStoreInventoryUpload, StoreID: e.storeID}
	}

	upload, err := e.service().CreateUpload(e.t.Context(), owner, request)
	require.NoError(e.t, err)

	_, err = e.files.Put(e.t.Context(), upload.Key, strings.NewReader(csv), nil)
	require.NoError(e.t, err)

	return upload.JobID
}

// queued creates a job with this file, queues it and returns its id.
func (e *engine) queued(csv string, patch *importer.OptionsPatch) string {
	e.t.Helper()

	id := e.upload(csv)

	job, err := e.service().Process(e.t.Context(), owner, id, patch)
	require.NoError(e.t, err)
	require.Equal(e.t, jobstore.StatusQueued, job.Status)

	return id
}

// run runs a job once.
func (e *engine) run(jobID string) importer.RunResult {
	e.t.Helper()

	result, err := e.worker().RunJob(e.t.Context(), jobID)
	require.NoError(e.t, err)

	return result
}

// imported imports a file to its end and returns the job's record.
func (e *engine) imported(csv string, patch *importer.OptionsPatch) jobstore.Job {
	e.t.Helper()

	id := e.queued(csv, patch)
	require.Equal(e.t, importer.RunEnded, e.run(id))

	return e.job(id)
}

func (e *engine) job(id string) jobstore.Job {
	e.t.Helper()

	job, err := e.jobs.Get(e.t.Context(), id)
	require.NoError(e.t, err)

	return job
}

// report returns a report of a job.
func (e *engine) report(id string, r importer.Report) string {
	e.t.Helper()

	body, _, err := e.service().OpenReport(e.t.Context(), owner, id, r)
	require.NoError(e.t, err)

	data, err := io.ReadAll(body)
	require.NoError(e.t, err)
	require.NoError(e.t, body.Close())

	return string(data)
}

// products returns the whole catalogue in the order of the ids.
func products(t *testing.T, store catalog.Store) []catalog.Product {
	t.Helper()

	var all []catalog.Product

	for after := ""; ; {
		page, err := store.List(t.Context(), after, 0)
		require.NoError(t, err)

		all = append(all, page...)
		if len(page) < catalog.MaxPage {
			slices.SortFunc(all, func(a, b catalog.Product) int { return strings.Compare(a.ID, b.ID) })

			return all
		}

		after = page[len(page)-1].ID
	}
}

func ptr[T any](v T) *T { return &v }
