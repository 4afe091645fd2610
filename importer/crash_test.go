package importer_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/importer"
	"github.com/vyapaarai/bulkimport/importer/blob"
	"github.com/vyapaarai/bulkimport/importer/catalog"
	"github.com/vyapaarai/bulkimport/importer/notify"
	"github.com/vyapaarai/bulkimport/importer/queue"
	"github.com/vyapaarai/bulkimport/jobstore"
)

// errCrashed is what a process that is dead sees of its surroundings.
var errCrashed = errors.New("the process has crashed")

// crashMode is what the call at which a process dies still does.
type crashMode string

const (
	crashBefore crashMode = "before"
	crashAfter  crashMode = "after"
	// crashHalf: of a Create, every other element is written.
	crashHalf crashMode = "half"
)

// doom kills a process at one of its writing calls. From then on every call
// fails: the process neither sees nor changes anything any more.
type doom struct {
	mu   sync.Mutex
	left int
	mode crashMode
	dead bool
}

// do makes the call, or crashes at it.
func (d *doom) do(call, half func() error) error {
	d.mu.Lock()
	defer d.mu.Unlock()

	if d.dead {
		return errCrashed
	}

	d.left--
	if d.left > 0 {
		return call()
	}

	d.dead = true

	switch {
	case d.mode == crashAfter:
		_ = call()
	case d.mode == crashHalf && half != nil:
		_ = half()
	}

	return errCrashed
}

// dieNext has the process crash at its next writing call.
func (d *doom) dieNext() {
	d.mu.Lock()
	defer d.mu.Unlock()

	d.left = 1
}

func (d *doom) alive() error {
	d.mu.Lock()
	defer d.mu.Unlock()

	if d.dead {
		return errCrashed
	}

	return nil
}

func none() error { return nil }

// The ports of a process that is to crash.
type (
	doomedJobs struct {
		jobstore.Store
		doom *doom
	}
	doomedFiles struct {
		blob.Store
		doom *doom
	}
	doomedCatalog struct {
		catalog.Store
		doom *doom
	}
	doomedInventory struct {
		catalog.Inventory
		doom *doom
	}
	doomedQueue struct {
		queue.Queue
		doom *doom
	}
	doomedNotifier struct {
		notify.Notifier
		doom *doom
	}
)

func (s doomedJobs) Update(ctx context.Context, id string, change func(*jobstore.Job) error) (job jobstore.Job, err error) {
	err = s.doom.do(func() (err error) {
		job, err = s.Store.Update(ctx, id, change)

		return err
	}, none)

	return job, err
}

func (s doomedFiles) Put(ctx context.Context, key string, r io.Reader, opts *blob.PutOptions) (info blob.Info, err error) {
	// The content first: reading it may wait for other calls of the process.
	data, err := io.ReadAll(r)
	if err != nil {
		return blob.Info{}, err
	}

	err = s.doom.do(func() (err error) {
		info, err = s.Store.Put(ctx, key, strings.NewReader(string(data)), opts)

		return err
	}, none)

	return info, err
}

func (s doomedFiles) Open(ctx context.Context, key string, opts *blob.OpenOptions) (io.ReadCloser, blob.Info, error) {
	if err := s.doom.alive(); err != nil {
		return nil, blob.Info{}, err
	}

	return s.Store.Open(ctx, key, opts)
}

func (s doomedCatalog) Create(ctx context.Context, items []catalog.NewProduct) (results []catalog.CreateResult, err error) {
	err = s.doom.do(func() (err error) {
		results, err = s.Store.Create(ctx, items)

		return err
	}, func() error {
		var some []catalog.NewProduct
		for i := 1; i < len(items); i += 2 {
			some = append(some, items[i])
		}

		_, err := s.Store.Create(ctx, some)

		return err
	})

	return results, err
}

func (s doomedInventory) PutItems(ctx context.Context, items []catalog.InventoryItem) (results []catalog.ItemResult, err error) {
	err = s.doom.do(func() (err error) {
		results, err = s.Inventory.PutItems(ctx, items)

		return err
	}, func() error {
		var some []catalog.InventoryItem
		for i := 1; i < len(items); i += 2 {
			some = append(some, items[i])
		}

		_, err := s.Inventory.PutItems(ctx, some)

		return err
	})

	return results, err
}

func (q doomedQueue) Send(ctx context.Context, m queue.Message, delay time.Duration) error {
	return q.doom.do(func() error { return q.Queue.Send(ctx, m, delay) }, none)
}

func (n doomedNotifier) Notify(ctx context.Context, e notify.Event) error {
	return n.doom.do(func() error { return n.Notifier.Notify(ctx, e) }, none)
}

// runDoomed runs the job in a process that crashes at its n-th writing call. It
// reports whether the process lived to the end.
func (e *engine) runDoomed(jobID string, n int, mode crashMode) bool {
	e.t.Helper()

	d := &doom{left: n, mode: mode}
	p := importer.Ports{
		Jobs: doomedJobs{e.jobs, d}, Files: doomedFiles{e.files, d}, Queue: doomedQueue{e.queue, d},
		Notifier: doomedNotifier{e.told, d},
		Kinds:    e.kinds(doomedCatalog{e.catalog, d}, doomedInventory{e.inventory(), d}),
	}

	w, err := importer.NewWorker(p, &e.workerOptions)
	require.NoError(e.t, err)

	_, err = w.RunJob(e.t.Context(), jobID)

	return err == nil && d.alive() == nil
}

// manyRows is a file whose rows end in every way, with duplicates within a chunk
// of ten, across chunks, and of rows that were duplicates themselves.
func manyRows(n int) string {
	var b strings.Builder

	b.WriteString("name,brand,category,barcode\n")

	for i := range n {
		switch {
		case i%23 == 10: // by name an earlier one, by barcode the same as the next
			fmt.Fprintf(&b, "Product 0,Brand,Category,%012d\n", 500_000+i)
		case i%23 == 11:
			fmt.Fprintf(&b, "Next %d,Brand,Category,%012d\n", i, 500_000+i-1)
		case i%11 == 3:
			fmt.Fprintf(&b, "Product %d,Brand,Category,\n", i-2) // name and brand of an earlier one
		case i%13 == 5:
			fmt.Fprintf(&b, ",Brand,Category,%012d\n", 1000+i)
		case i%17 == 9:
			fmt.Fprintf(&b, "\"Unended %d,Brand,Category\n", i)
		case i%19 == 12:
			fmt.Fprintf(&b, "Other %d,Brand,Category,%012d\n", i, 1000+(i/2)*2-4) // an earlier barcode, if any
		case i%7 == 6:
			fmt.Fprintf(&b, "No identity %d,,Category,\n\n", i)
		default:
			fmt.Fprintf(&b, "Product %d,Brand,Category,%012d\n", i, 1000+i)
		}
	}

	return b.String()
}

// footprint is all that an import leaves behind, without the times.
type footprint struct {
	Products        []catalog.Product
	Items           []string // of the store, if there is one
	Status          jobstore.Status
	Progress        jobstore.Progress
	Warnings        []jobstore.Warning
	RecentErrors    []jobstore.RowError
	Errors, Results string
}

func (e *engine) footprint(jobID string) footprint {
	e.t.Helper()

	job := e.job(jobID)
	f := footprint{
		Products: products(e.t, e.catalog), Status: job.Status, Progress: job.Progress,
		Warnings: job.Warnings, RecentErrors: job.RecentErrors,
		Results: e.report(jobID, importer.ReportResults),
		Items:   e.items(job.StoreID),
	}

	if job.ErrorReportKey != "" {
		f.Errors = e.report(jobID, importer.ReportErrors)
	}

	for i := range f.Products {
		f.Products[i].CreatedAt, f.Products[i].UpdatedAt = time.Time{}, time.Time{}
	}

	return f
}

// undisturbed is the footprint of an import that nothing happened to.
func undisturbed(t *testing.T, file string) footprint {
	t.Helper()

	e := newEngine(t)

	return e.footprint(e.imported(file, nil).ID)
}

// Promise 2: whatever is killed, whenever, the outcome equals that of an
// undisturbed run. Here the process dies at each of its writing calls in turn.
func TestACrashAtAnyCallChangesNothing(t *testing.T) {
	t.Parallel()

	file := manyRows(47)
	want := undisturbed(t, file)
	require.Equal(t, jobstore.StatusCompletedWithErrors, want.Status)
	require.NotZero(t, want.Progress.Duplicates)

	crashAtEachCall(t, newEngine, file, want, 15)
}

// crashAtEachCall has the import of a file, in an engine that begin returns, die at each
// of its writing calls, of which there must be more than calls.
func crashAtEachCall(t *testing.T, begin func(*testing.T) *engine, file string, want footprint, calls int) {
	for _, mode := range []crashMode{crashBefore, crashHalf, crashAfter} {
		t.Run(string(mode), func(t *testing.T) {
			t.Parallel()

			for n := 1; ; n++ {
				e := begin(t)
				e.told.events = nil // of what was imported before
				id := e.queued(file, nil)
				lived := e.runDoomed(id, n, mode)

				e.clock.advance(time.Hour) // the lease of the dead process runs out

				if result := e.run(id); result == importer.RunSkipped {
					require.True(t, e.job(id).Status.Terminal(), "crash at call %d", n)
				}

				require.Equal(t, want, e.footprint(id), "crash at call %d", n)
				e.requireOneEvent(id)

				if lived {
					require.Greater(t, n, calls, "the calls must reach the job's end")

					return
				}
			}
		})
	}
}

// However often: every process dies a few calls after it took the job.
func TestCrashesOneAfterAnotherChangeNothing(t *testing.T) {
	t.Parallel()

	file := manyRows(120)
	want := undisturbed(t, file)

	// With fewer than five calls (take the job, create two chunks, write a segment,
	// commit) it is a matter of luck to get on.
	for calls := 5; calls <= 9; calls++ {
		t.Run(fmt.Sprint(calls), func(t *testing.T) {
			t.Parallel()

			e := newEngine(t)
			id := e.queued(file, nil)
			e.crashUntilDone(id, calls, func(int) int { return 7 })
			require.Equal(t, want, e.footprint(id))
		})
	}
}

// crashUntilDone runs the job in processes that crash after some calls each, with chunks
// of as many rows as chunkRows says for each of them.
func (e *engine) crashUntilDone(jobID string, calls int, chunkRows func(crash int) int) {
	e.t.Helper()

	modes := []crashMode{crashAfter, crashHalf, crashBefore}

	crashes := 0
	for ; !e.job(jobID).Status.Terminal() || e.job(jobID).Notification == jobstore.NotificationPending; crashes++ {
		require.Less(e.t, crashes, 200, "no progress")

		e.workerOptions.ChunkRows = chunkRows(crashes)
		e.runDoomed(jobID, calls, modes[crashes%len(modes)])
		e.clock.advance(time.Hour)
	}

	require.Greater(e.t, crashes, 3)
}

// requireOneEvent requires that the end of the job was told, always as the same
// event. A crash right after the delivery may repeat it.
func (e *engine) requireOneEvent(jobID string) {
	e.t.Helper()

	events := e.told.got()
	require.NotEmpty(e.t, events)
	require.LessOrEqual(e.t, len(events), 2)

	for _, event := range events {
		require.Equal(e.t, events[0], event)
		require.Equal(e.t, jobID, event.JobID)
	}
}
