package catalogtest

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/dedupe"
	"github.com/vyapaarai/bulkimport/importer/catalog"
)

func concurrencyCases() []testCase {
	return []testCase{
		{Name: "Concurrency/OverlappingKeys", Run: concurrentOverlap},
		{Name: "Concurrency/OverlappingKeysKeepTaken", Run: concurrentKeepTaken},
		{Name: "Concurrency/SameElements", Run: concurrentSame},
		{Name: "Concurrency/CreateAndDelete", Run: concurrentDelete},
		{Name: "Concurrency/VisibleWhole", Run: concurrentReaders},
	}
}

const (
	writers        = 8
	callsPerWriter = 12
	itemsPerCall   = 8
	keyPool        = 150 // few enough that most elements meet a rival
)

// concurrently calls work once for each writer, at the same time, and waits. T's
// FailNow must not be called from other goroutines, so work asserts rather than
// requires.
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

// attempt is an element together with its result.
type attempt struct {
	item   catalog.NewProduct
	result catalog.CreateResult
}

// raceForKeys lets all writers create products with keys from one small pool.
func raceForKeys(t testing.TB, store catalog.Store, keepTaken bool) []attempt {
	var (
		mu       sync.Mutex
		attempts []attempt
	)

	concurrently(func(writer int) {
		random := rand.New(rand.NewPCG(uint64(writer), 7))

		for call := range callsPerWriter {
			items := make([]catalog.NewProduct, 0, itemsPerCall)
			for n := range itemsPerCall {
				next := item(fmt.Sprintf("p-%d-%d-%d", writer, call, n), randomKeys(random)...)
				next.KeepTaken = keepTaken
				items = append(items, next)
			}

			results, err := store.Create(t.Context(), items)
			if !assert.NoError(t, err) || !assert.Len(t, results, len(items)) {
				return
			}

			mu.Lock()
			for i := range items {
				attempts = append(attempts, attempt{items[i], results[i]})
			}
			mu.Unlock()
		}
	})

	require.Len(t, attempts, writers*callsPerWriter*itemsPerCall)

	return attempts
}

// randomKeys returns one to three keys out of the pool, each of its own tier.
func randomKeys(random *rand.Rand) []dedupe.Key {
	keys := keysOf(
		barcode(random.IntN(keyPool)), imageHash(random.IntN(keyPool)), nameBrand(fmt.Sprint(random.IntN(keyPool))))

	return keys[random.IntN(len(keys)):]
}

// allKeys returns every key of the pool.
func allKeys() []dedupe.Key {
	var keys []dedupe.Key
	for n := range keyPool {
		keys = append(keys, barcode(n), imageHash(n), nameBrand(fmt.Sprint(n)))
	}

	return keys
}

// However many write at once, a product that was created holds every key that it
// claimed, and one that was refused holds none and does not exist.
func concurrentOverlap(t testing.TB, h Harness) {
	var (
		store    = h.New(t)
		attempts = raceForKeys(t, store, false)
		want     = map[dedupe.Key]string{}
		ids      = map[string]bool{}
	)

	for _, a := range attempts {
		id := a.item.Product.ID

		switch a.result.Result {
		case catalog.ResultCreated:
			ids[id] = true

			for _, key := range a.item.Keys {
				require.NotContains(t, want, key, "two products were granted the same key")
				want[key] = id
			}
		case catalog.ResultTaken:
			require.NotEmpty(t, a.result.Holders)
			requireAbsent(t, store, id)
		default:
			require.Fail(t, "unexpected result", "%q: %v", id, a.result)
		}
	}

	held, err := store.Lookup(t.Context(), allKeys())
	require.NoError(t, err)
	require.Equal(t, want, held)
	require.Less(t, len(ids), len(attempts), "the race was one")

	for _, a := range attempts {
		for key, holder := range a.result.Holders {
			require.Contains(t, a.item.Keys, key)
			require.Equal(t, held[key], holder, "the holder that a refused element was told")
		}
	}

	listed := allIDs(t, store, 100)
	require.Len(t, listed, len(ids))

	for _, id := range listed {
		require.True(t, ids[id])
	}
}

// With KeepTaken everything is written, and each key still has one holder, among
// the products that asked for it.
func concurrentKeepTaken(t testing.TB, h Harness) {
	var (
		store    = h.New(t)
		attempts = raceForKeys(t, store, true)
		asked    = map[dedupe.Key][]string{}
	)

	for _, a := range attempts {
		require.Equal(t, created(), a.result)

		for _, key := range a.item.Keys {
			asked[key] = append(asked[key], a.item.Product.ID)
		}
	}

	require.Len(t, allIDs(t, store, 100), len(attempts))

	held, err := store.Lookup(t.Context(), allKeys())
	require.NoError(t, err)
	require.Len(t, held, len(asked), "every key asked for has a holder")

	for key, holder := range held {
		require.Contains(t, asked[key], holder)
	}

	requireEmptiable(t, store)
}

// Several workers that run the same chunk, after a lease has moved: every
// element is written once.
func concurrentSame(t testing.TB, h Harness) {
	const count = 8 * itemsPerCall

	var (
		store   = h.New(t)
		mu      sync.Mutex
		winners = map[string]int{}
	)

	concurrently(func(int) {
		for first := 0; first < count; first += itemsPerCall {
			items := make([]catalog.NewProduct, 0, itemsPerCall)
			for n := first; n < first+itemsPerCall; n++ {
				items = append(items, item(fmt.Sprintf("p%d", n), barcode(n), nameBrand(fmt.Sprint(n))))
			}

			results, err := store.Create(t.Context(), items)
			if !assert.NoError(t, err) || !assert.Len(t, results, len(items)) {
				return
			}

			mu.Lock()
			for i, result := range results {
				if result.Result == catalog.ResultCreated {
					winners[items[i].Product.ID]++
				} else {
					assert.Equal(t, catalog.ResultExists, result.Result)
				}
			}
			mu.Unlock()
		}
	})

	for _, id := range allIDs(t, store, 25) {
		require.Equal(t, 1, winners[id], "times that %s was created", id)
		delete(winners, id)
	}

	require.Empty(t, winners, "created but not there")
}

// Products come and go; what is there in the end holds its keys and nothing
// else is held.
func concurrentDelete(t testing.TB, h Harness) {
	store := h.New(t)

	concurrently(func(writer int) {
		random := rand.New(rand.NewPCG(uint64(writer), 11))

		for call := range callsPerWriter * 2 {
			id := fmt.Sprintf("p-%d-%d", writer, call)
			next := item(id, randomKeys(random)...)
			next.KeepTaken = call%2 == 0

			results, err := store.Create(t.Context(), []catalog.NewProduct{next})
			if !assert.NoError(t, err) || !assert.Len(t, results, 1) {
				return
			}

			if results[0].Result == catalog.ResultCreated && random.IntN(2) == 0 {
				assert.NoError(t, store.Delete(t.Context(), id))
			}
		}
	})

	requireEmptiable(t, store)
}

// requireEmptiable requires that every holder of a key exists, and that no key
// is held once all products are deleted.
func requireEmptiable(t testing.TB, store catalog.Store) {
	t.Helper()

	held, err := store.Lookup(t.Context(), allKeys())
	require.NoError(t, err)

	ids := allIDs(t, store, 100)
	for key, holder := range held {
		require.Contains(t, ids, holder, "holder of %s", key)
	}

	for _, id := range ids {
		require.NoError(t, store.Delete(t.Context(), id))
	}

	held, err = store.Lookup(t.Context(), allKeys())
	require.NoError(t, err)
	require.Empty(t, held, "held by products that are gone")
}

// Whoever sees a key held finds the product that holds it, and whoever sees a
// product finds all of its keys held.
func concurrentReaders(t testing.TB, h Harness) {
	const count = 100

	store := h.New(t)
	id := func(n int) string { return fmt.Sprintf("p%03d", n) }

	concurrently(func(writer int) {
		for n := range count {
			if writer == 0 {
				_, err := store.Create(t.Context(), []catalog.NewProduct{item(id(n), barcode(n), nameBrand(id(n)))})
				assert.NoError(t, err)

				continue
			}

			held, err := store.Lookup(t.Context(), keysOf(barcode(n)))
			assert.NoError(t, err)

			if _, ok := held[barcode(n)]; ok {
				products, err := store.Get(t.Context(), []string{id(n)})
				assert.NoError(t, err)
				assert.Len(t, products, 1, "key seen before its product")
			}

			products, err := store.Get(t.Context(), []string{id(n)})
			assert.NoError(t, err)

			if len(products) == 1 {
				held, err := store.Lookup(t.Context(), keysOf(barcode(n), nameBrand(id(n))))
				assert.NoError(t, err)
				assert.Len(t, held, 2, "product seen before its keys")
			}
		}
	})
}
