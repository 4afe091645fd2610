package inventorytest

import (
	"fmt"
	"strconv"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/importer/catalog"
)

func concurrencyCases() []testCase {
	return []testCase{
		{Name: "Concurrency/SameChunk", Run: concurrentSameChunk},
		{Name: "Concurrency/LatestRowWins", Run: concurrentRows},
		{Name: "Concurrency/NothingIsLost", Run: concurrentFields},
		{Name: "Concurrency/OneInserts", Run: concurrentInserts},
	}
}

const writers = 8

// concurrently calls work once for each writer, at the same time, and waits. FailNow
// must not be called from other goroutines, so work asserts rather than requires.
func concurrently(work func(writer int)) {
	var (
		ready sync.WaitGroup
		begin = make(chan struct{})
	)

	for writer := range writers {
		ready.Go(func() {
			<-begin
			work(writer)
		})
	}

	close(begin)
	ready.Wait()
}

// Several workers that apply the same chunk, after a lease has moved, all get the
// same answers.
func concurrentSameChunk(t testing.TB, h Harness) {
	var (
		inventory = h.New(t)
		chunk     []catalog.InventoryItem
		want      []catalog.ItemResult
	)

	for i, id := range numbered(20) {
		chunk = append(chunk, item(id, "job", int64(i+2), "1"))
		want = append(want, catalog.ItemInserted)
	}

	concurrently(func(int) {
		results, err := inventory.PutItems(t.Context(), chunk)
		assert.NoError(t, err)
		assert.Equal(t, want, results)
	})

	for i := range chunk {
		requireItem(t, inventory, chunk[i])
	}
}

// However the rows of one job are mixed up, the last one wins.
func concurrentRows(t testing.TB, h Harness) {
	const rows = 15

	inventory := h.New(t)

	concurrently(func(writer int) {
		for n := range rows {
			row := 2 + (n*writers+writer)*7%(rows*writers)
			_, err := inventory.PutItems(t.Context(), []catalog.InventoryItem{item("rice", "job", int64(row), strconv.Itoa(row))})
			assert.NoError(t, err)
		}
	})

	items, err := inventory.Items(t.Context(), storeID, []string{"rice"})
	require.NoError(t, err)
	require.Len(t, items, 1)
	require.Equal(t, int64(rows*writers+1), items[0].Origin.Row)
	require.Equal(t, strconv.Itoa(rows*writers+1), items[0].Quantity.String())
}

// Each writer sets one field and leaves the others out: none undoes what another has
// set since it looked.
func concurrentFields(t testing.TB, h Harness) {
	inventory := h.New(t)
	put(t, inventory, item("rice", "before", 2, "1"))

	sets := []func(i *catalog.InventoryItem, n int){
		func(i *catalog.InventoryItem, n int) { i.CostPrice = present(strconv.Itoa(n)) },
		func(i *catalog.InventoryItem, n int) { i.SellingPrice = present(strconv.Itoa(n)) },
		func(i *catalog.InventoryItem, n int) { i.ReorderLevel = present(strconv.Itoa(n)) },
		func(i *catalog.InventoryItem, n int) { i.Supplier = strconv.Itoa(n) },
		func(i *catalog.InventoryItem, n int) { i.Location = strconv.Itoa(n) },
		func(i *catalog.InventoryItem, n int) { i.Notes = strconv.Itoa(n) },
	}

	const last = 12

	concurrently(func(writer int) {
		if writer >= len(sets) {
			return
		}

		for n := 1; n <= last; n++ {
			next := item("rice", fmt.Sprintf("job %d", writer), int64(n+1), "1")
			sets[writer](&next, n)

			_, err := inventory.PutItems(t.Context(), []catalog.InventoryItem{next})
			assert.NoError(t, err)
		}
	})

	items, err := inventory.Items(t.Context(), storeID, []string{"rice"})
	require.NoError(t, err)
	require.Len(t, items, 1)

	got := plain(items[0])
	for _, value := range []string{got.costPrice, got.sellingPrice, got.reorderLevel, got.supplier, got.location, got.notes} {
		require.Equal(t, strconv.Itoa(last), value, "%+v", got)
	}
}

// Of jobs that put the same new products at the same time, one inserts each.
func concurrentInserts(t testing.TB, h Harness) {
	var (
		inventory = h.New(t)
		ids       = numbered(20)
		mu        sync.Mutex
		inserted  = map[string]int{}
	)

	concurrently(func(writer int) {
		var chunk []catalog.InventoryItem
		for i, id := range ids {
			chunk = append(chunk, item(id, fmt.Sprintf("job %d", writer), int64(i+2), strconv.Itoa(writer)))
		}

		results, err := inventory.PutItems(t.Context(), chunk)
		if !assert.NoError(t, err) || !assert.Len(t, results, len(chunk)) {
			return
		}

		mu.Lock()
		defer mu.Unlock()

		for i, result := range results {
			if result == catalog.ItemInserted {
				inserted[ids[i]]++
			} else {
				assert.Equal(t, catalog.ItemUpdated, result)
			}
		}
	})

	for _, id := range ids {
		require.Equal(t, 1, inserted[id], "times that %s was inserted", id)
	}
}
