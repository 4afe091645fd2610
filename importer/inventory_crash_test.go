package importer_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/importer"
	"github.com/vyapaarai/bulkimport/importer/catalog"
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
	repeated := 0

	for n := 2; n <= 20; n++ {
		e := newStoreEngine(t)
		id := e.queued(file, nil)
		e.runDoomed(id, n, crashAfter)
		e.clock.advance(time.Hour)

		watched := &watchedInventory{Inventory: e.inventory(), t: t, rows: map[string]int64{}}
		watched.look()

		ports := e.ports()
		ports.Kinds = e.kinds(e.catalog, watched)

		worker, err := importer.NewWorker(ports, &e.workerOptions)
		require.NoError(t, err)
		_, err = worker.RunJob(t.Context(), id)
		require.NoError(t, err)

		repeated += watched.repeated
	}

	require.NotZero(t, repeated, "rows that were put again behind later ones")
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
