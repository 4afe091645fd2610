package importer_test

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/csvschema"
	"github.com/vyapaarai/bulkimport/dedupe"
	"github.com/vyapaarai/bulkimport/importer"
	"github.com/vyapaarai/bulkimport/importer/catalog"
	"github.com/vyapaarai/bulkimport/jobstore"
)

// newStoreEngine is an engine whose files are the inventory of a store.
func newStoreEngine(t *testing.T) *engine {
	t.Helper()

	e := newEngine(t)
	e.storeID = "store-1"

	return e
}

// items returns the inventory of a store, one line for each item, without the times.
func (e *engine) items(storeID string) []string {
	e.t.Helper()

	if storeID == "" {
		return nil
	}

	var lines []string

	for _, i := range inventoryOf(e.t, e.inventory(), storeID) {
		lines = append(lines, fmt.Sprintf("%s %s cost %s price %s level %s %q %q %q written by %s %d, inserted by %s %d",
			i.ProductID, i.Quantity, number(i.CostPrice), number(i.SellingPrice), number(i.ReorderLevel),
			i.Supplier, i.Location, i.Notes, i.Origin.JobID, i.Origin.Row, i.Created.JobID, i.Created.Row))
	}

	return lines
}

// inventoryOf returns the whole inventory of a store.
func inventoryOf(t *testing.T, inventory catalog.Inventory, storeID string) []catalog.InventoryItem {
	t.Helper()

	var all []catalog.InventoryItem

	for after := ""; ; {
		page, err := inventory.ListItems(t.Context(), storeID, after, 0)
		require.NoError(t, err)

		all = append(all, page...)
		if len(page) < catalog.MaxPage {
			return all
		}

		after = page[len(page)-1].ProductID
	}
}

// stockByName returns the quantities of a store's products by their names.
func (e *engine) stockByName() map[string]string {
	e.t.Helper()

	stock := map[string]string{}

	for _, i := range inventoryOf(e.t, e.inventory(), e.storeID) {
		found, err := e.catalog.Get(e.t.Context(), []string{i.ProductID})
		require.NoError(e.t, err)
		require.Len(e.t, found, 1, "every item is of a product")

		stock[found[0].Name] = i.Quantity.String()
	}

	return stock
}

// manyStock is an inventory whose rows end in every way: new products and known ones,
// products that are told by their barcode, by brand and name, or by their name in the
// store alone, that come again within a chunk of ten and far behind it, and errors.
func manyStock(n int) string {
	var b strings.Builder

	b.WriteString("name,brand,category,barcode,quantity,cost_price,selling_price,location\n")

	for i := range n {
		switch {
		case i%23 == 10: // the product of a row shortly before, by its barcode alone
			fmt.Fprintf(&b, ",,,%012d,%d.5,,%d,\n", 1000+i-2, i, i)
		case i%29 == 20: // nobody knows this barcode
			fmt.Fprintf(&b, ",,,%012d,1,,,\n", 900_000+i)
		case i%11 == 3: // an earlier one, by name and brand
			fmt.Fprintf(&b, "PRODUCT %d,brand,,,%d,,,Shelf %d\n", i-2, i, i)
		case i%13 == 5:
			fmt.Fprintf(&b, "Product %d,Brand,Category,,minus one,,,\n", i)
		case i%17 == 9:
			fmt.Fprintf(&b, "\"Unended %d,Brand,Category\n", i)
		case i%19 == 12: // one of a few products of the store's own
			fmt.Fprintf(&b, "Loose grain no. %d,,Loose,,0.%03d,,%d,\n\n", i%5, i%1000, i)
		case i%7 == 6: // one product all along, with what it costs now and then
			cost := ""
			if i%2 == 0 {
				cost = fmt.Sprint(i)
			}

			fmt.Fprintf(&b, "Evergreen,Brand,Category,8901719101038,%d,%s,\"1,%03d.00\",\n", i, cost, i%1000)
		default:
			fmt.Fprintf(&b, "Product %d,Brand,Category,%012d,%d,10,12.50,\n", i, 1000+i, i)
		}
	}

	return b.String()
}

// stocked is a store engine in which a job before has left products and items behind.
func stocked(t *testing.T, before string) *engine {
	t.Helper()

	e := newStoreEngine(t)
	require.True(t, e.imported(before, nil).Status.Terminal())

	return e
}

func TestInventory(t *testing.T) {
	t.Parallel()

	for _, backend := range backends() {
		t.Run(backend, func(t *testing.T) {
			t.Parallel()

			e := newEngineOn(t, backend)

			known := e.imported("name,brand,category,barcode\nParle-G,Parle,Biscuits,8901719101038\nMaggi,Nestle,Noodles,\n", nil)
			require.Equal(t, jobstore.StatusCompleted, known.Status)

			e.storeID = "store-1"
			job := e.imported("Item Name,Brand,Category,EAN,Qty,Purchase Price,Sale Price,Min Stock,Vendor,Rack,Remarks\n"+
				"anything,,,8901719101038,24,₹8.50,Rs. 10,6,Gupta Traders,A1,\n"+
				"MAGGI,nestlé,,,12,,,,,,\n"+
				"Loose Rice,,Grains,,12.5,40,\"1,048.00\",,,,\n"+
				"Tea,Tata,Drinks,,-1,,,,,,\n"+
				"Parle-G,Parle,,8901719101038,20,,,,,B2,two broken\n", nil)

			require.Equal(t, jobstore.StatusCompletedWithErrors, job.Status)
			require.Equal(t, "store-1", job.StoreID)
			require.True(t, strings.HasPrefix(job.ID, "store_inventory_"), job.ID)
			require.Equal(t, "store-inventory/"+job.ID+"/input.csv", job.InputKey)
			require.Equal(t, int64(4), job.Progress.Successful)
			require.Zero(t, job.Progress.Duplicates)
			require.Equal(t, int64(1), job.Progress.Errors)
			require.Equal(t, jobstore.InventoryCounts{Created: 1, Matched: 3, Updated: 1}, job.Progress.Inventory)
			require.Equal(t, map[string]string{"Parle-G": "20", "Maggi": "12", "Loose Rice": "12.5"}, e.stockByName())

			all := map[string]catalog.Product{}
			for _, p := range products(t, e.catalog) {
				all[p.Name] = p
			}

			require.Len(t, all, 3)

			results := e.report(job.ID, importer.ReportResults)
			require.Contains(t, results, "row_number,outcome,product_id,matched_by,error_code,warnings,details,item\n")
			require.Contains(t, results, "2,successful,"+all["Parle-G"].ID+",barcode,,,,added\n")
			require.Contains(t, results, "5,error,,,number_negative,,,\n")
			require.Contains(t, results, "6,successful,"+all["Parle-G"].ID+",barcode,,,,updated\n")

			loose := all["Loose Rice"]
			require.Contains(t, results, "4,successful,"+loose.ID+",,,,,added\n")
			require.Equal(t, "Loose Rice", loose.Name)
			require.Equal(t, importer.VerificationPending, loose.VerificationStatus)
			require.Equal(t, string(jobstore.TypeStoreInventoryUpload), loose.ImportSource)
			require.Empty(t, loose.NameBrandKey, "its key is one of the store, not of a brand")
			require.Equal(t, int64(1), sumOf(job.Progress.Quality), "the score of the product that was created")
			require.Equal(t, int64(loose.QualityScore), job.Progress.QualitySum)

			items := strings.Join(e.items("store-1"), "\n")
			require.Contains(t, items, `20 cost 8.5 price 10 level 6 "Gupta Traders" "B2" "two broken"`)
			require.Contains(t, items, `12.5 cost 40 price 1048 level none "" "" ""`)
		})
	}
}

func sumOf(counts map[string]int64) (sum int64) {
	for _, n := range counts {
		sum += n
	}

	return sum
}

// The same file again, in a job of its own: all of it is known, and nothing changes, not
// even a time.
func TestInventoryAgainChangesNothing(t *testing.T) {
	t.Parallel()

	e := newStoreEngine(t)
	file := manyStock(200)

	first := e.imported(file, nil)
	require.Positive(t, first.Progress.Inventory.Created)

	// Of products that come several times, the last row is what stays.
	e.clock.advance(time.Hour)
	e.imported(file, nil)

	settled := inventoryOf(t, e.inventory(), "store-1")
	catalogue := products(t, e.catalog)

	e.clock.advance(time.Hour)

	once := "name,brand,category,barcode,quantity\nTea,Tata,Drinks,2000000000015,5\nLoose Rice,,Grains,,2\n"
	e.imported(once, nil)

	before := inventoryOf(t, e.inventory(), "store-1")
	require.Len(t, before, len(settled)+2)
	require.Len(t, products(t, e.catalog), len(catalogue)+2)

	e.clock.advance(time.Hour)

	job := e.imported(once, nil)
	require.Equal(t, jobstore.InventoryCounts{Matched: 2, Updated: 2}, job.Progress.Inventory)
	require.Equal(t, before, inventoryOf(t, e.inventory(), "store-1"))
	require.Len(t, products(t, e.catalog), len(catalogue)+2)
}

// A file that is imported again finds every product, whatever told it.
func TestInventoryFindsEveryProductAgain(t *testing.T) {
	t.Parallel()

	e := newStoreEngine(t)
	file := manyStock(200)
	first, second := e.imported(file, nil), e.imported(file, nil)

	require.Equal(t, first.Progress.Successful, second.Progress.Successful)
	require.Zero(t, second.Progress.Inventory.Created)
	require.Equal(t, second.Progress.Successful, second.Progress.Inventory.Matched)
	require.Equal(t, second.Progress.Successful, second.Progress.Inventory.Updated)
	require.Len(t, products(t, e.catalog), int(first.Progress.Inventory.Created))
}

// withoutWriters leaves out which row has last written the items. That is a matter of
// chunks: where one row changes an item and a later one changes it back, nothing is
// written if both are of one chunk.
func withoutWriters(f footprint) footprint {
	f.Items = slices.Clone(f.Items)
	for i, item := range f.Items {
		f.Items[i] = regexp.MustCompile(`written by \S+ \d+, `).ReplaceAllString(item, "")
	}

	return f
}

// What rows end as does not depend on where chunks begin.
func TestInventoryInChunksOfAnySize(t *testing.T) {
	t.Parallel()

	before, file := manyStock(30), manyStock(150)
	want := stocked(t, before)
	wanted := want.footprint(want.imported(file, nil).ID)

	for _, rows := range []int{1, 2, 3, 50, 1000} {
		e := stocked(t, before)
		e.workerOptions.ChunkRows = rows
		require.Equal(t, withoutWriters(wanted), withoutWriters(e.footprint(e.imported(file, nil).ID)), "chunks of %d", rows)
	}
}

// The last row of a file is what counts, wherever the others are, and what it leaves out
// stays from those before.
func TestInventoryLastRowWins(t *testing.T) {
	t.Parallel()

	e := newStoreEngine(t)

	var file strings.Builder

	file.WriteString("name,brand,category,quantity,selling_price,location\n")

	for i := range 40 {
		price := ""
		if i%10 == 3 {
			price = fmt.Sprint(100 + i)
		}

		fmt.Fprintf(&file, "Tea,Tata,Drinks,%d,%s,\n", i, price)
	}

	job := e.imported(file.String(), nil)
	require.Equal(t, jobstore.InventoryCounts{Created: 1, Matched: 39, Updated: 39}, job.Progress.Inventory)

	items := e.items("store-1")
	require.Len(t, items, 1)
	require.Contains(t, items[0], " 39 cost none price 133 level none")
	require.Contains(t, items[0], fmt.Sprintf("written by %s 41, inserted by %s 2", job.ID, job.ID))
}

// A product without brand and barcode is the store's own: another store has another one.
func TestInventoryOfStoresOwnProducts(t *testing.T) {
	t.Parallel()

	e := newStoreEngine(t)
	file := "name,category,quantity\nLoose Rice,Grains,5\nLOOSE-RICE,Grains,6\n***,Grains,7\n"

	first := e.imported(file, nil)
	require.Equal(t, jobstore.InventoryCounts{Created: 1, Matched: 1, Updated: 1}, first.Progress.Inventory)
	require.Equal(t, "name_missing", first.RecentErrors[0].Code)
	require.Equal(t, "***", first.RecentErrors[0].Name)

	e.storeID = "store-2"
	second := e.imported(file, nil)
	require.Equal(t, jobstore.InventoryCounts{Created: 1, Matched: 1, Updated: 1}, second.Progress.Inventory)

	require.Len(t, products(t, e.catalog), 2)
	require.Len(t, e.items("store-1"), 1)
	require.Len(t, e.items("store-2"), 1)
}

// Rows without a name or category are of use where their product is known, also by a row
// before them in the same file.
func TestInventoryRowsThatCannotBecomeProducts(t *testing.T) {
	t.Parallel()

	e := newStoreEngine(t)
	job := e.imported("name,brand,category,barcode,quantity\n"+
		",,,2000000000015,1\n"+ // not known yet
		"Tea,Tata,,,1\n"+ // no category
		"Tea,Tata,Drinks,2000000000015,2\n"+
		",,,2000000000015,3\n"+
		"Tea,Tata,,,4\n", nil)

	require.Equal(t, int64(2), job.Progress.Errors)
	require.Equal(t, jobstore.InventoryCounts{Created: 1, Matched: 2, Updated: 2}, job.Progress.Inventory)
	require.Equal(t, "name_missing;category_missing", job.RecentErrors[0].Code)
	require.Equal(t, "category_missing", job.RecentErrors[1].Code)
	require.Equal(t, "Tea", job.RecentErrors[1].Name)
	require.Equal(t, map[string]string{"Tea": "4"}, e.stockByName())

	// The report is corrected and uploaded.
	report := e.report(job.ID, importer.ReportErrors)
	fixed := strings.Replace(report, ",,,2000000000015,1,", "Tea,Tata,Drinks,2000000000015,7,", 1)
	fixed = strings.Replace(fixed, "Tea,Tata,,,1,", "Tea,Tata,Drinks,,8,", 1)

	again := e.imported(fixed, nil)
	require.Equal(t, jobstore.StatusCompleted, again.Status)
	require.Equal(t, jobstore.InventoryCounts{Matched: 2, Updated: 2}, again.Progress.Inventory)
	require.Equal(t, map[string]string{"Tea": "8"}, e.stockByName())
}

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

	for _, mode := range []crashMode{crashBefore, crashHalf, crashAfter} {
		t.Run(string(mode), func(t *testing.T) {
			t.Parallel()

			for n := 1; ; n++ {
				e := stocked(t, before)
				id := e.queued(file, nil)
				lived := e.runDoomed(id, n, mode)

				e.clock.advance(time.Hour) // the lease of the dead process runs out

				if result := e.run(id); result == importer.RunSkipped {
					require.True(t, e.job(id).Status.Terminal(), "crash at call %d", n)
				}

				require.Equal(t, want, e.footprint(id), "crash at call %d", n)

				if lived {
					require.Greater(t, n, 20, "the calls must reach the job's end")

					return
				}
			}
		})
	}
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
			modes := []crashMode{crashAfter, crashHalf, crashBefore}

			crashes := 0
			for ; !e.job(id).Status.Terminal() || e.job(id).Notification == jobstore.NotificationPending; crashes++ {
				require.Less(t, crashes, 200, "no progress")

				e.workerOptions.ChunkRows = 5 + 4*(crashes%3)
				e.runDoomed(id, calls, modes[crashes%len(modes)])
				e.clock.advance(time.Hour)
			}

			require.Greater(t, crashes, 3)
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

// The bounds of numbers are those of the port: what is parsed can be stored.
func TestNumbersOfAnInventoryCanBeStored(t *testing.T) {
	t.Parallel()

	require.Equal(t, catalog.QuantityDigits, csvschema.QuantityDecimals)
	require.Equal(t, catalog.PriceDigits, csvschema.PriceDecimals)
	require.Equal(t, catalog.WholeDigits, csvschema.MaxWholeDigits)
}

// number shows a number that may be absent.
func number(n decimal.NullDecimal) string {
	if !n.Valid {
		return "none"
	}

	return n.Decimal.String()
}

func TestStoresOfUploads(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	ofStore := importer.Caller{UserID: "meena", StoreID: "store-1", SeesAll: true}
	inventory, products := jobstore.TypeStoreInventoryUpload, jobstore.TypeAdminProductImport

	tests := []struct {
		name   string
		caller importer.Caller
		typ    jobstore.Type
		store  string
		code   string // of the error, if any
		of     string
	}{
		{"admin, named store", owner, inventory, "store-2", "", "store-2"},
		{"admin, no store", owner, inventory, "", "store_missing", ""},
		{"admin, products", owner, products, "", "", ""},
		{"admin, products of a store", owner, products, "store-1", "store_unexpected", ""},
		{"owner, own store", ofStore, inventory, "store-1", "", "store-1"},
		{"owner, no store", ofStore, inventory, "", "", "store-1"},
		{"owner, other store", ofStore, inventory, "store-2", "store_other", ""},
		{"owner, products", ofStore, products, "", "store_unexpected", ""},
		{"owner, no type", ofStore, "", "", "store_unexpected", ""},
		{"path", owner, inventory, "../store-1", "store_invalid", ""},
		{"points", owner, inventory, "..", "store_invalid", ""},
		{"longest", owner, inventory, strings.Repeat("s", 128), "", strings.Repeat("s", 128)},
		{"too long", owner, inventory, strings.Repeat("s", 129), "store_invalid", ""},
		{"other script", owner, inventory, "दुकान", "store_invalid", ""},
	}

	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			upload, err := e.service().CreateUpload(t.Context(), test.caller, importer.UploadRequest{
				Type: test.typ, StoreID: test.store, Filename: "stock.csv",
			})
			if test.code != "" {
				var reason *importer.Error

				require.ErrorAs(t, err, &reason)
				require.ErrorIs(t, err, importer.ErrInvalid)
				require.Equal(t, test.code, reason.Code)

				return
			}

			require.NoError(t, err)
			require.Equal(t, test.of, e.job(upload.JobID).StoreID)
		})
	}
}

// A caller that is bound to a store has no other jobs, whatever else it may.
func TestCallersOfAStore(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	product := e.upload("name,category\na,b\n")

	e.storeID = "store-1"
	here := e.upload("name,quantity\na,1\n")

	e.storeID = "store-2"
	there := e.upload("name,quantity\na,1\n")

	for name, c := range map[string]struct {
		caller importer.Caller
		sees   []string
	}{
		"creator":                   {owner, []string{there, here, product}},
		"creator, in the store":     {importer.Caller{UserID: owner.UserID, StoreID: "store-1"}, []string{here}},
		"other, in the store":       {importer.Caller{UserID: "ravi", StoreID: "store-1"}, nil},
		"sees all, in the store":    {importer.Caller{UserID: "ravi", StoreID: "store-1", SeesAll: true}, []string{here}},
		"sees all, in no store":     {importer.Caller{UserID: "ravi", SeesAll: true}, []string{there, here, product}},
		"sees all, in a third":      {importer.Caller{UserID: "ravi", StoreID: "store", SeesAll: true}, nil},
		"nobody, in the store":      {importer.Caller{StoreID: "store-1", SeesAll: true}, []string{here}},
		"creator, in another store": {importer.Caller{UserID: owner.UserID, StoreID: "store-2"}, []string{there}},
	} {
		page, err := e.service().List(t.Context(), c.caller, jobstore.Query{StoreID: "store-2"}) // the query cannot widen it
		if c.caller.StoreID == "" {
			page, err = e.service().List(t.Context(), c.caller, jobstore.Query{})
		}

		require.NoError(t, err, name)

		var listed []string
		for _, job := range page.Jobs {
			listed = append(listed, job.ID)
		}

		require.ElementsMatch(t, c.sees, listed, name)

		for _, id := range []string{here, there, product} {
			_, err := e.service().Status(t.Context(), c.caller, id)
			if slices.Contains(c.sees, id) {
				require.NoError(t, err, name)
			} else {
				require.ErrorIs(t, err, importer.ErrNotFound, name)
				_, err = e.service().Cancel(t.Context(), c.caller, id)
				require.ErrorIs(t, err, importer.ErrNotFound, name)
				_, err = e.service().Process(t.Context(), c.caller, id, nil)
				require.ErrorIs(t, err, importer.ErrNotFound, name)
			}
		}
	}
}

// What the record of a job says, its products wait for verification and are there once.
func TestInventoryOptionsAreFixed(t *testing.T) {
	t.Parallel()

	e := newStoreEngine(t)
	id := e.queued("name,brand,category,quantity\nTea,Tata,Drinks,1\nTea,Tata,Drinks,2\n", nil)

	_, err := e.jobs.Update(t.Context(), id, func(j *jobstore.Job) error {
		j.Options.AutoVerify, j.Options.SkipDuplicates, j.Options.DefaultVerificationStatus = true, false, "verified"

		return nil
	})
	require.NoError(t, err)
	require.Equal(t, importer.RunEnded, e.run(id))

	all := products(t, e.catalog)
	require.Len(t, all, 1)
	require.Equal(t, importer.VerificationPending, all[0].VerificationStatus)
}
