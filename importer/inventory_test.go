package importer_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/csvschema"
	"github.com/vyapaarai/bulkimport/importer"
	"github.com/vyapaarai/bulkimport/importer/catalog"
	"github.com/vyapaarai/bulkimport/jobstore"
)

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

// valuesOf returns items without what tells of their last writer: its row and time.
func valuesOf(items []catalog.InventoryItem) []catalog.InventoryItem {
	items = slices.Clone(items)
	for i := range items {
		items[i].Origin, items[i].UpdatedAt = catalog.Origin{}, time.Time{}
	}

	return items
}

// The same file again, in a job of its own: all of it is known, and every item ends with the
// values that it had. Where the rows of each product lie in one chunk, nothing is written.
func TestInventoryAgainChangesNothing(t *testing.T) {
	t.Parallel()

	for name, test := range map[string]struct {
		chunkRows int
		unmoved   bool
	}{
		"rows of a product in many chunks": {chunkRows: 7},
		"one chunk":                        {chunkRows: 1000, unmoved: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			e := newStoreEngine(t)
			e.workerOptions.ChunkRows = test.chunkRows
			file := manyStock(200)

			first := e.imported(file, nil)
			require.Positive(t, first.Progress.Inventory.Created)
			require.Positive(t, first.Progress.Inventory.Updated, "there are products with several rows")

			before, catalogue := inventoryOf(t, e.inventory(), "store-1"), products(t, e.catalog)

			e.clock.advance(time.Hour)

			second := e.imported(file, nil)
			require.Zero(t, second.Progress.Inventory.Created)
			require.Equal(t, second.Progress.Successful, second.Progress.Inventory.Updated)

			after := inventoryOf(t, e.inventory(), "store-1")
			require.Equal(t, valuesOf(before), valuesOf(after))
			require.Equal(t, catalogue, products(t, e.catalog))

			if test.unmoved {
				require.Equal(t, before, after)

				return
			}

			// What a row changes and a row of a later chunk changes back was written twice.
			moved := map[string]bool{}

			for i := range after {
				if after[i].Origin != before[i].Origin {
					moved[after[i].Origin.JobID] = true
					require.True(t, after[i].UpdatedAt.After(before[i].UpdatedAt))
				}
			}

			require.Equal(t, map[string]bool{second.ID: true}, moved)
		})
	}
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

// The bounds of numbers are those of the port: what is parsed can be stored.
func TestNumbersOfAnInventoryCanBeStored(t *testing.T) {
	t.Parallel()

	require.Equal(t, catalog.QuantityDigits, csvschema.QuantityDecimals)
	require.Equal(t, catalog.PriceDigits, csvschema.PriceDecimals)
	require.Equal(t, catalog.WholeDigits, csvschema.MaxWholeDigits)
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
