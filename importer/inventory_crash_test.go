package importer_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/importer"
	"github.com/vyapaarai/bulkimport/importer/blob"
	"github.com/vyapaarai/bulkimport/importer/catalog"
	"github.com/vyapaarai/bulkimport/internal/ledger"
	"github.com/vyapaarai/bulkimport/jobstore"
)

// Promise 2 for inventories: the process dies at each of its writing calls in turn.
func TestACrashOfAnInventoryAtAnyCallChangesNothing(t *testing.T) {
	t.Parallel()

	before, file := manyStock(20), manyStock(57)
	quiet := stocked(t, before)
	want := quiet.footprint(quiet.imported(file, nil).ID)
	require.Equal(t, jobstore.StatusCompletedWithErrors, want.Status)
	require.NotZero(t, want.Progress.Inventory.Created)
	require.NotZero(t, want.Progress.Inventory.Matched)
	require.Greater(t, want.Progress.Inventory.Matched, want.Progress.Inventory.Updated-want.Progress.Inventory.Created)

	crashAtEachCall(t, func(t *testing.T) *engine { return stocked(t, before) }, file, want, 20)
}

// However often, and with chunks of another size after each crash.
func TestCrashesOfAnInventoryOneAfterAnotherChangeNothing(t *testing.T) {
	t.Parallel()

	before, file := manyStock(40), manyStock(160)
	quiet := stocked(t, before)
	want := quiet.footprint(quiet.imported(file, nil).ID)

	// With fewer than seven calls (take the job, create and put two chunks, write a
	// segment, commit) it is a matter of luck to get on.
	for calls := 7; calls <= 11; calls++ {
		t.Run(fmt.Sprint(calls), func(t *testing.T) {
			t.Parallel()

			e := stocked(t, before)
			id := e.queued(file, nil)
			e.crashUntilDone(id, calls, func(crash int) int { return 5 + 4*(crash%3) })
			require.Equal(t, withoutWriters(want), withoutWriters(e.footprint(id)))
		})
	}
}

// While a job is resumed, nobody sees an item as it was after an earlier row of the job.
func TestAResumedInventoryNeverGoesBack(t *testing.T) {
	t.Parallel()

	file := manyStock(60)

	for segment := 1; segment <= 5; segment++ {
		e := newStoreEngine(t)
		id := e.queued(file, nil)
		e.runAheadOfSegment(id, segment)
		e.clock.advance(time.Hour)

		watched := &watchedInventory{Inventory: e.inventory(), t: t, rows: map[string]int64{}}
		watched.look()

		ports := e.ports()
		ports.Kinds = e.kinds(e.catalog, watched)

		worker, err := importer.NewWorker(ports, &e.workerOptions)
		require.NoError(t, err)
		_, err = worker.RunJob(t.Context(), id)
		require.NoError(t, err)

		require.NotZero(t, watched.repeated, "rows that were put again behind later ones")
	}
}

// runAheadOfSegment runs the job in a process that dies as it writes a segment of the
// ledger, the first of which is number 1, and has put the items of the chunk behind by
// then.
func (e *engine) runAheadOfSegment(jobID string, segment int) {
	e.t.Helper()

	d := &doom{left: math.MaxInt, mode: crashAfter}
	ahead := &putAhead{t: e.t, doom: d, segment: segment}

	p := e.ports()
	p.Jobs = doomedJobs{e.jobs, d}
	p.Files = filesAhead{doomedFiles{e.files, d}, ahead}
	p.Kinds = e.kinds(doomedCatalog{e.catalog, d}, inventoryAhead{doomedInventory{e.inventory(), d}, ahead})

	w, err := importer.NewWorker(p, &e.workerOptions)
	require.NoError(e.t, err)

	_, _ = w.RunJob(e.t.Context(), jobID)
	require.ErrorIs(e.t, d.alive(), errCrashed, "it has no segment %d", segment)
}

// putAhead is what filesAhead and inventoryAhead know of each other.
type putAhead struct {
	t       *testing.T
	doom    *doom
	segment int

	mu      sync.Mutex
	written int
	// highest is the last row that was put; next, where it is not 0, the one that ahead
	// is to be closed with.
	highest, next int64
	ahead         chan struct{}
}

type (
	filesAhead struct {
		doomedFiles
		state *putAhead
	}
	inventoryAhead struct {
		doomedInventory
		state *putAhead
	}
)

func (f filesAhead) Put(ctx context.Context, key string, r io.Reader, opts *blob.PutOptions) (blob.Info, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return blob.Info{}, err
	}

	if f.state.isTheOne(data) {
		select {
		case <-f.state.ahead:
		case <-time.After(time.Minute):
			f.state.t.Error("the next chunk is not applied while this one is committed")
		}

		f.state.doom.dieNext()
	}

	return f.doomedFiles.Put(ctx, key, bytes.NewReader(data), opts)
}

// isTheOne reports whether a segment is the one to die at, and has putAhead wait for the
// row behind it then.
func (a *putAhead) isTheOne(data []byte) bool {
	segment, err := ledger.Parse(data)
	assert.NoError(a.t, err)

	a.mu.Lock()
	defer a.mu.Unlock()

	if a.written++; a.written != a.segment {
		return false
	}

	a.next, a.ahead = segment.Header.NextRow, make(chan struct{})
	a.look()

	return true
}

// look is called with mu locked.
func (a *putAhead) look() {
	if a.next != 0 && a.highest >= a.next {
		close(a.ahead)
		a.next = 0
	}
}

func (s inventoryAhead) PutItems(ctx context.Context, items []catalog.InventoryItem) ([]catalog.ItemResult, error) {
	results, err := s.doomedInventory.PutItems(ctx, items)

	s.state.mu.Lock()
	defer s.state.mu.Unlock()

	for _, i := range items {
		s.state.highest = max(s.state.highest, i.Origin.Row)
	}

	s.state.look()

	return results, err
}

// watchedInventory looks at the inventory after each call.
type watchedInventory struct {
	catalog.Inventory

	t        *testing.T
	rows     map[string]int64
	repeated int
}

func (w *watchedInventory) PutItems(ctx context.Context, items []catalog.InventoryItem) ([]catalog.ItemResult, error) {
	for _, i := range items {
		if w.rows[i.ProductID] > i.Origin.Row {
			w.repeated++
		}
	}

	results, err := w.Inventory.PutItems(ctx, items)
	w.look()

	return results, err
}

func (w *watchedInventory) look() {
	items, err := w.ListItems(context.Background(), "store-1", "", 0)
	assert.NoError(w.t, err)

	for _, i := range items {
		assert.GreaterOrEqual(w.t, i.Origin.Row, w.rows[i.ProductID], "the item has gone back")
		w.rows[i.ProductID] = i.Origin.Row
	}
}

// A job that is cancelled after a crash accounts for what it had written, and for no more.
func TestACancelledInventoryAccountsForWhatItWrote(t *testing.T) {
	t.Parallel()

	file := manyStock(60)

	for name, before := range map[string]string{
		"new products": manyStock(10),
		// No product is created then: what the job has written is in items alone.
		"known products": strings.ReplaceAll(file, ",10,12.50,", ",9,12.50,"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cancelAfterCrashes(t, before, file)
		})
	}
}

func cancelAfterCrashes(t *testing.T, before, file string) {
	for n := 2; n <= 14; n++ {
		e := stocked(t, before)
		untouched := e.items("store-1")
		id := e.queued(file, nil)
		require.False(t, e.runDoomed(id, n, crashAfter))
		e.clock.advance(time.Hour)

		_, err := e.service().Cancel(t.Context(), owner, id)
		require.NoError(t, err)
		e.run(id)

		job := e.job(id)
		require.Equal(t, jobstore.StatusCancelled, job.Status)

		written := map[string]bool{}

		for _, i := range inventoryOf(t, e.inventory(), "store-1") {
			for _, o := range []catalog.Origin{i.Origin, i.Created} {
				if o.JobID == id {
					require.Less(t, o.Row, job.Checkpoint.Row, "crash at call %d: a row that no ledger speaks of", n)

					written[i.ProductID] = true
				}
			}
		}

		for _, p := range products(t, e.catalog) {
			if p.Origin.JobID == id {
				require.Less(t, p.Origin.Row, job.Checkpoint.Row, "crash at call %d", n)
				require.True(t, written[p.ID], "crash at call %d: a product without its item", n)
			}
		}

		if job.Progress.ProcessedRows == 0 {
			require.Equal(t, untouched, e.items("store-1"))
		}
	}
}
