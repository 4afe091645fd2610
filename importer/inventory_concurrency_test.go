package importer_test

import (
	"context"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/dedupe"
	"github.com/vyapaarai/bulkimport/importer"
	"github.com/vyapaarai/bulkimport/importer/catalog"
	"github.com/vyapaarai/bulkimport/jobstore"
)

// Several jobs of one file at once, of one store or of many: products are created once,
// and each store has what the file says.
func TestConcurrentInventories(t *testing.T) {
	t.Parallel()

	for _, backend := range backends() {
		for name, storeIDs := range map[string][]string{
			"one store": {"store-1", "store-1", "store-1", "store-1"}, "many stores": {"store-1", "store-2", "store-3", "store-4"},
		} {
			t.Run(backend+"/"+name, func(t *testing.T) {
				t.Parallel()
				inventoriesConcurrently(newEngineOn(t, backend), storeIDs)
			})
		}
	}
}

func inventoriesConcurrently(e *engine, storeIDs []string) {
	t := e.t
	file := manyStock(300)

	quiet := newStoreEngine(t)
	want := quiet.imported(file, nil).Progress
	wanted := quiet.stockByName()

	var (
		ids   []string
		group sync.WaitGroup
	)

	for _, storeID := range storeIDs {
		e.storeID = storeID
		ids = append(ids, e.queued(file, nil))
	}

	for _, id := range ids {
		group.Go(func() {
			if _, err := e.worker().RunJob(context.Background(), id); err != nil {
				t.Error(err)
			}
		})
	}

	group.Wait()

	all := products(t, e.catalog)
	requireUniqueKeys(t, all)

	var created, added int64

	for _, id := range ids {
		job := e.job(id)
		require.Equal(t, jobstore.StatusCompletedWithErrors, job.Status)

		p := job.Progress
		require.Zero(t, p.Duplicates)
		require.Equal(t, p.Successful, p.Inventory.Created+p.Inventory.Matched)
		require.Equal(t, p.ProcessedRows, p.Successful+p.Errors)
		require.GreaterOrEqual(t, p.Successful, want.Successful, "a row may find a product that a job further on has created")

		created += p.Inventory.Created
		added += p.Successful - p.Inventory.Updated
	}

	require.Len(t, all, int(created), "every product is created once")

	items := 0

	for _, storeID := range uniq(storeIDs) {
		e.storeID = storeID
		items += len(inventoryOf(t, e.inventory(), storeID))

		stock := e.stockByName()
		for name, quantity := range wanted {
			require.Contains(t, stock, name)

			if storeIDs[0] != storeIDs[1] {
				require.Equal(t, quantity, stock[name], "%s in %s", name, storeID)
			}
		}
	}

	require.Equal(t, int64(items), added, "every item is inserted once")
}

func uniq(values []string) []string {
	var unique []string

	seen := map[string]bool{}
	for _, v := range values {
		if !seen[v] {
			unique = append(unique, v)
		}

		seen[v] = true
	}

	return unique
}

// Another store brings the product into the catalogue right before this one does: the
// loser finds the winner's.
func TestInventoryLosesTheRaceForAProduct(t *testing.T) {
	t.Parallel()

	e := newStoreEngine(t)
	inventory := e.inventory()
	rival := catalog.NewProduct{Product: catalog.Product{ID: "rival", Name: "Rival", Barcode: "8901719101038"}}
	rival.Keys = dedupe.Identity{Barcodes: []string{rival.Product.Barcode}}.Keys()

	raced := racedCatalog{Store: e.catalog, before: sync.OnceFunc(func() {
		_, err := e.catalog.Create(context.Background(), []catalog.NewProduct{rival})
		assert.NoError(t, err)
	})}

	id := e.queued("name,brand,category,barcode,quantity\nParle-G,Parle,Biscuits,8901719101038,5\nPARLE G,parle,Biscuits,,6\n", nil)
	ports := e.ports()
	ports.Kinds = []importer.Kind{importer.NewInventoryKind(raced, inventory, nil)}

	worker, err := importer.NewWorker(ports, &e.workerOptions)
	require.NoError(t, err)
	_, err = worker.RunJob(t.Context(), id)
	require.NoError(t, err)

	require.Equal(t, jobstore.InventoryCounts{Created: 1, Matched: 1}, e.job(id).Progress.Inventory)
	require.Contains(t, e.report(id, importer.ReportResults), "2,successful,rival,barcode,,,,added\n")
	require.Equal(t, map[string]string{"Rival": "5", "PARLE G": "6"}, e.stockByName())
}

// racedCatalog is a catalogue in which something happens right before products are
// created.
type racedCatalog struct {
	catalog.Store

	before func()
}

func (s racedCatalog) Create(ctx context.Context, items []catalog.NewProduct) ([]catalog.CreateResult, error) {
	s.before()

	return s.Store.Create(ctx, items)
}
