package catalog_test

import (
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/importer/catalog"
)

func number(text string) decimal.Decimal { return decimal.RequireFromString(text) }

func price(text string) decimal.NullDecimal { return decimal.NewNullDecimal(number(text)) }

// itemOf is what a row of a job says of one product: a quantity.
func itemOf(job string, row int64, quantity string) catalog.InventoryItem {
	origin := catalog.Origin{JobID: job, Row: row}
	at := time.Date(2026, time.November, 24, 9, 0, int(row), 0, time.UTC)

	return catalog.InventoryItem{
		StoreID: "store", ProductID: "product", Quantity: number(quantity),
		Origin: origin, Created: origin, CreatedAt: at, UpdatedAt: at,
	}
}

func TestPutOver(t *testing.T) {
	t.Parallel()

	stored := itemOf("first", 10, "5")

	t.Run("nothing", func(t *testing.T) {
		t.Parallel()

		next, changed, result := stored.PutOver(nil)
		require.Equal(t, stored, next)
		require.True(t, changed)
		require.Equal(t, catalog.ItemInserted, result)
	})

	tests := []struct {
		name    string
		item    catalog.InventoryItem
		changed bool
		result  catalog.ItemResult
	}{
		{"the same row again", itemOf("first", 10, "5"), false, catalog.ItemInserted},
		{"a later row", itemOf("first", 11, "6"), true, catalog.ItemUpdated},
		{"an earlier row, again", itemOf("first", 9, "6"), false, catalog.ItemUpdated},
		{"another job", itemOf("second", 2, "6"), true, catalog.ItemUpdated},
		{"another job, equal", itemOf("second", 20, "5.000"), false, catalog.ItemUpdated},
	}

	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()

			next, changed, result := test.item.PutOver(&stored)
			require.Equal(t, test.changed, changed)
			require.Equal(t, test.result, result)

			if !changed {
				require.Equal(t, stored, next)

				return
			}

			want := test.item
			want.Created, want.CreatedAt = stored.Created, stored.CreatedAt
			require.Equal(t, want, next)
		})
	}
}

// The row that inserted an item is recognised although later rows have written it.
func TestPutOverRecognisesItsInsertion(t *testing.T) {
	t.Parallel()

	inserted := itemOf("first", 10, "5")
	later, _, _ := itemOf("first", 900, "7").PutOver(&inserted)

	next, changed, result := itemOf("first", 10, "5").PutOver(&later)
	require.Equal(t, later, next)
	require.False(t, changed)
	require.Equal(t, catalog.ItemInserted, result)

	// The chunk may be longer in the second run: both rows come as one item.
	both := itemOf("first", 900, "7")
	both.Created = inserted.Created
	_, changed, result = both.PutOver(&inserted)
	require.True(t, changed)
	require.Equal(t, catalog.ItemInserted, result)
}

// What a row leaves out stays; a zero is not left out.
func TestPutOverKeepsWhatIsLeftOut(t *testing.T) {
	t.Parallel()

	stored := itemOf("first", 10, "5")
	stored.CostPrice, stored.SellingPrice, stored.ReorderLevel = price("10.50"), price("12"), price("3")
	stored.Supplier, stored.Location, stored.Notes = "Gupta Traders", "A1", "fragile"

	item := itemOf("second", 2, "5")
	item.SellingPrice, item.Location = price("0"), "B2"

	next, changed, _ := item.PutOver(&stored)
	require.True(t, changed)

	want := stored
	want.SellingPrice, want.Location = price("0"), "B2"
	want.Origin, want.UpdatedAt = item.Origin, item.UpdatedAt
	require.Equal(t, want, next)

	for name, change := range map[string]func(*catalog.InventoryItem){
		"quantity":      func(i *catalog.InventoryItem) { i.Quantity = number("6") },
		"cost price":    func(i *catalog.InventoryItem) { i.CostPrice = price("11") },
		"reorder level": func(i *catalog.InventoryItem) { i.ReorderLevel = price("0") },
		"supplier":      func(i *catalog.InventoryItem) { i.Supplier = "Shah & Sons" },
		"notes":         func(i *catalog.InventoryItem) { i.Notes = "damp" },
	} {
		item := itemOf("second", 2, "5")
		change(&item)

		_, changed, _ := item.PutOver(&stored)
		require.True(t, changed, name)
	}
}

func TestCheckItems(t *testing.T) {
	t.Parallel()

	valid := itemOf("job", 2, "1")

	tests := []struct {
		name   string
		change func(*catalog.InventoryItem)
		valid  bool
	}{
		{"as it is", func(*catalog.InventoryItem) {}, true},
		{"no store", func(i *catalog.InventoryItem) { i.StoreID = "" }, false},
		{"store not UTF-8", func(i *catalog.InventoryItem) { i.StoreID = "\xff" }, false},
		{"longest store", func(i *catalog.InventoryItem) { i.StoreID = strings.Repeat("x", catalog.MaxID) }, true},
		{"longer store", func(i *catalog.InventoryItem) { i.StoreID = strings.Repeat("x", catalog.MaxID+1) }, false},
		{"no product", func(i *catalog.InventoryItem) { i.ProductID = "" }, false},
		{"longer product", func(i *catalog.InventoryItem) { i.ProductID = strings.Repeat("x", catalog.MaxID+1) }, false},
		{"no job", func(i *catalog.InventoryItem) { i.Origin.JobID, i.Created.JobID = "", "" }, false},
		{"created by another job", func(i *catalog.InventoryItem) { i.Created.JobID = "other" }, false},
		{"created by a later row", func(i *catalog.InventoryItem) { i.Created.Row = 3 }, false},
		{"created by an earlier row", func(i *catalog.InventoryItem) { i.Created.Row = 1 }, true},
		{"created by no row", func(i *catalog.InventoryItem) { i.Created.Row = 0 }, false},
		{"quantity to the gram", func(i *catalog.InventoryItem) { i.Quantity = number("999999999.999") }, true},
		{"quantity below the gram", func(i *catalog.InventoryItem) { i.Quantity = number("0.0001") }, false},
		{"quantity too large", func(i *catalog.InventoryItem) { i.Quantity = number("1000000000") }, false},
		{"quantity negative", func(i *catalog.InventoryItem) { i.Quantity = number("-1") }, false},
		{"quantity with zeros", func(i *catalog.InventoryItem) { i.Quantity = number("1.50000") }, true},
		{"quantity beyond the stars", func(i *catalog.InventoryItem) { i.Quantity = decimal.New(1, 1<<30) }, false},
		{"quantity of dust", func(i *catalog.InventoryItem) { i.Quantity = decimal.New(1, -1<<30) }, false},
		{"cost of zero", func(i *catalog.InventoryItem) { i.CostPrice = price("0") }, true},
		{"cost below the paisa", func(i *catalog.InventoryItem) { i.CostPrice = price("0.005") }, false},
		{"price to the paisa", func(i *catalog.InventoryItem) { i.SellingPrice = price("12.95") }, true},
		{"price too large", func(i *catalog.InventoryItem) { i.SellingPrice = price("1000000000") }, false},
		{"price negative", func(i *catalog.InventoryItem) { i.SellingPrice = price("-0.01") }, false},
		{"level negative", func(i *catalog.InventoryItem) { i.ReorderLevel = price("-1") }, false},
	}

	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()

			item := valid
			test.change(&item)

			other := itemOf("job", 2, "1")
			other.ProductID = "other"

			err := catalog.CheckItems([]catalog.InventoryItem{other, item})
			if test.valid {
				require.NoError(t, err)
			} else {
				require.ErrorIs(t, err, catalog.ErrInvalid)
			}
		})
	}

	twin := itemOf("job", 3, "2")
	require.ErrorIs(t, catalog.CheckItems([]catalog.InventoryItem{valid, twin}), catalog.ErrInvalid)

	twin.StoreID = "another"
	require.NoError(t, catalog.CheckItems([]catalog.InventoryItem{valid, twin}))
	require.NoError(t, catalog.CheckItems(nil))
}
