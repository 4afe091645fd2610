package inventorytest

import (
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/importer/catalog"
)

func putCases() []testCase {
	return []testCase{
		{Name: "Put/Nothing", Run: putNothing},
		{Name: "Put/Inserts", Run: putInserts},
		{Name: "Put/ResultsInOrder", Run: putResultsInOrder},
		{Name: "Put/Updates", Run: putUpdates},
		{Name: "Put/LeftOutStays", Run: putLeftOut},
		{Name: "Put/EqualChangesNothing", Run: putEqual},
		{Name: "Put/SeveralStores", Run: putSeveralStores},
		{Name: "Put/Invalid", Run: putInvalid},
		{Name: "Put/TwiceInOneCall", Run: putTwins},
		{Name: "Put/ManyItems", Run: putMany},
	}
}

func putNothing(t testing.TB, h Harness) {
	inventory := h.New(t)
	require.Empty(t, put(t, inventory))
	require.Empty(t, listIDs(t, inventory, storeID, "", 0))
}

func putInserts(t testing.TB, h Harness) {
	var (
		inventory = h.New(t)
		rice      = item("rice", "job", 2, "5")
	)

	require.Equal(t, []catalog.ItemResult{catalog.ItemInserted}, put(t, inventory, rice))
	requireItem(t, inventory, rice)
	requireAbsent(t, inventory, storeID, "dal")
}

func putResultsInOrder(t testing.TB, h Harness) {
	inventory := h.New(t)
	put(t, inventory, item("b", "first", 2, "1"), item("d", "first", 3, "1"))

	require.Equal(t, []catalog.ItemResult{
		catalog.ItemUpdated, catalog.ItemInserted, catalog.ItemUpdated, catalog.ItemInserted,
	}, put(t, inventory,
		item("d", "second", 2, "2"), item("c", "second", 3, "2"), item("b", "second", 4, "2"), item("a", "second", 5, "2")))
}

// An update puts the values in place, and leaves who inserted the item, and when.
func putUpdates(t testing.TB, h Harness) {
	var (
		inventory = h.New(t)
		before    = item("rice", "first", 10, "5")
		after     = item("rice", "second", 3, "7.5")
	)

	after.SellingPrice, after.Notes = present("99"), "new sacks"

	put(t, inventory, before)
	require.Equal(t, []catalog.ItemResult{catalog.ItemUpdated}, put(t, inventory, after))

	after.Created, after.CreatedAt = before.Created, before.CreatedAt
	requireItem(t, inventory, after)
}

func putLeftOut(t testing.TB, h Harness) {
	var (
		inventory = h.New(t)
		full      = fullItem("rice")
		next      = item("rice", "second", 2, "1")
	)

	next.SellingPrice = present("0")

	put(t, inventory, full)
	put(t, inventory, next)

	want := full
	want.Quantity, want.SellingPrice = next.Quantity, next.SellingPrice
	want.Origin, want.UpdatedAt = next.Origin, next.UpdatedAt
	requireItem(t, inventory, want)
}

// Putting what is there already leaves no trace: neither origin nor time change.
func putEqual(t testing.TB, h Harness) {
	var (
		inventory = h.New(t)
		full      = fullItem("rice")
		same      = fullItem("rice")
	)

	same.Quantity, same.CostPrice = number("12.1250"), present("10.50")
	same.Origin = catalog.Origin{JobID: "second", Row: 99}
	same.Created = same.Origin
	same.CreatedAt, same.UpdatedAt = same.CreatedAt.AddDate(0, 0, 1), same.UpdatedAt.AddDate(0, 0, 1)

	put(t, inventory, full)
	require.Equal(t, []catalog.ItemResult{catalog.ItemUpdated}, put(t, inventory, same))
	requireItem(t, inventory, full)
}

func putSeveralStores(t testing.TB, h Harness) {
	var (
		inventory = h.New(t)
		here      = item("rice", "job", 2, "5")
		there     = at("store-2", item("rice", "job", 2, "9"))
	)

	require.Equal(t, []catalog.ItemResult{catalog.ItemInserted, catalog.ItemInserted}, put(t, inventory, here, there))
	requireItem(t, inventory, here)
	requireItem(t, inventory, there)

	there.Quantity, there.Origin.Row = number("1"), 3
	put(t, inventory, there)
	requireItem(t, inventory, here)
	requireItem(t, inventory, there)
}

func putInvalid(t testing.TB, h Harness) {
	tests := map[string]func(*catalog.InventoryItem){
		"no store":          func(i *catalog.InventoryItem) { i.StoreID = "" },
		"no product":        func(i *catalog.InventoryItem) { i.ProductID = "" },
		"no job":            func(i *catalog.InventoryItem) { i.Origin.JobID, i.Created.JobID = "", "" },
		"long product":      func(i *catalog.InventoryItem) { i.ProductID = strings.Repeat("x", catalog.MaxID+1) },
		"store not UTF-8":   func(i *catalog.InventoryItem) { i.StoreID = "\xff" },
		"created later":     func(i *catalog.InventoryItem) { i.Created.Row++ },
		"negative quantity": func(i *catalog.InventoryItem) { i.Quantity = number("-0.001") },
		"huge quantity":     func(i *catalog.InventoryItem) { i.Quantity = decimal.New(1, 1<<30) },
		"price of a tenth of a paisa": func(i *catalog.InventoryItem) {
			i.SellingPrice = present("1.001")
		},
	}

	for name, change := range tests {
		inventory := h.New(t)
		broken := item("broken", "job", 3, "1")
		change(&broken)

		results, err := inventory.PutItems(t.Context(), []catalog.InventoryItem{item("sound", "job", 2, "1"), broken})
		require.ErrorIs(t, err, catalog.ErrInvalid, name)
		require.Nil(t, results, name)
		require.Empty(t, listIDs(t, inventory, storeID, "", 0), "nothing is written: %s", name)
	}
}

func putTwins(t testing.TB, h Harness) {
	inventory := h.New(t)

	_, err := inventory.PutItems(t.Context(), []catalog.InventoryItem{item("rice", "job", 2, "1"), item("rice", "job", 3, "2")})
	require.ErrorIs(t, err, catalog.ErrInvalid)
	requireAbsent(t, inventory, storeID, "rice")
}

// A call may be as large as a chunk.
func putMany(t testing.TB, h Harness) {
	var (
		inventory = h.New(t)
		items     []catalog.InventoryItem
	)

	for i, id := range numbered(300) {
		items = append(items, item(id, "job", int64(i+2), "1"))
	}

	for _, result := range put(t, inventory, items...) {
		require.Equal(t, catalog.ItemInserted, result)
	}

	require.Equal(t, numbered(300), allIDs(t, inventory, storeID, 70))
}
