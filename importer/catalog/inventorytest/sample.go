package inventorytest

import (
	"fmt"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/importer/catalog"
)

// storeID is the store of cases that need but one.
const storeID = "store-1"

func number(text string) decimal.Decimal { return decimal.RequireFromString(text) }

func present(text string) decimal.NullDecimal { return decimal.NewNullDecimal(number(text)) }

// moment is a time that an inventory must not lose anything of.
func moment() time.Time { return time.Date(2026, time.November, 24, 10, 30, 0, 123_456_000, time.UTC) }

// item is what a row of a job says of a product of the store: a quantity. Later rows
// come later.
func item(productID, job string, row int64, quantity string) catalog.InventoryItem {
	origin := catalog.Origin{JobID: job, Row: row}
	at := moment().Add(time.Duration(row) * time.Second)

	return catalog.InventoryItem{
		StoreID: storeID, ProductID: productID, Quantity: number(quantity),
		Origin: origin, Created: origin, CreatedAt: at, UpdatedAt: at,
	}
}

// at returns the item as one of another store.
func at(store string, i catalog.InventoryItem) catalog.InventoryItem {
	i.StoreID = store

	return i
}

// fullItem returns an item with every field set.
func fullItem(productID string) catalog.InventoryItem {
	return catalog.InventoryItem{
		StoreID: storeID, ProductID: productID,
		Quantity: number("12.125"), CostPrice: present("10.5"), SellingPrice: present("1299.99"), ReorderLevel: present("0.25"),
		Supplier: "गुप्ता ट्रेडर्स", Location: "Aisle 3 / शेल्फ B", Notes: "keep dry\n\"fragile\"",
		Origin:    catalog.Origin{JobID: "store_inventory_20261124_abc123", Row: 17},
		Created:   catalog.Origin{JobID: "store_inventory_20261124_abc123", Row: 9},
		CreatedAt: moment(), UpdatedAt: moment().Add(time.Hour),
	}
}

// put writes items in one call and returns the results.
func put(t testing.TB, inventory catalog.Inventory, items ...catalog.InventoryItem) []catalog.ItemResult {
	t.Helper()

	results, err := inventory.PutItems(t.Context(), items)
	require.NoError(t, err)
	require.Len(t, results, len(items), "one result per item")

	return results
}

// requireItem requires that the inventory holds exactly this for its store and product.
func requireItem(t testing.TB, inventory catalog.Inventory, want catalog.InventoryItem) {
	t.Helper()

	items, err := inventory.Items(t.Context(), want.StoreID, []string{want.ProductID})
	require.NoError(t, err)
	require.Len(t, items, 1, "item of store %q for product %q", want.StoreID, want.ProductID)
	require.Equal(t, plain(want), plain(items[0]))
}

// requireAbsent requires that the store has no item for the product.
func requireAbsent(t testing.TB, inventory catalog.Inventory, store, productID string) {
	t.Helper()

	items, err := inventory.Items(t.Context(), store, []string{productID})
	require.NoError(t, err)
	require.Empty(t, items)
}

// plainItem is an item that can be compared with ==, whatever zeros its numbers end
// with and whatever zone its times are in.
type plainItem struct {
	storeID, productID                              string
	quantity, costPrice, sellingPrice, reorderLevel string
	supplier, location, notes                       string
	origin, created                                 catalog.Origin
	createdAt, updatedAt                            time.Time
}

func plain(i catalog.InventoryItem) plainItem {
	return plainItem{
		i.StoreID, i.ProductID,
		i.Quantity.String(), shown(i.CostPrice), shown(i.SellingPrice), shown(i.ReorderLevel),
		i.Supplier, i.Location, i.Notes,
		i.Origin, i.Created, i.CreatedAt.UTC(), i.UpdatedAt.UTC(),
	}
}

// shown tells an absent number from zero.
func shown(n decimal.NullDecimal) string {
	if !n.Valid {
		return "absent"
	}

	return n.Decimal.String()
}

// listIDs returns the product ids of one page.
func listIDs(t testing.TB, inventory catalog.Inventory, store, after string, limit int) []string {
	t.Helper()

	items, err := inventory.ListItems(t.Context(), store, after, limit)
	require.NoError(t, err)

	ids := make([]string, 0, len(items))
	for _, item := range items {
		require.Equal(t, store, item.StoreID)

		ids = append(ids, item.ProductID)
	}

	return ids
}

// allIDs returns the product ids of a store, page by page. Pages that get nowhere fail
// the case rather than keep it busy for ever.
func allIDs(t testing.TB, inventory catalog.Inventory, store string, limit int) []string {
	t.Helper()

	var (
		all   = []string{}
		after string
	)

	for {
		page := listIDs(t, inventory, store, after, limit)
		for _, id := range page {
			require.Greater(t, id, after, "ids of a page ascend, from after on")
			after = id
		}

		all = append(all, page...)

		if len(page) < limit {
			return all
		}
	}
}

// numbered returns the ids p000, p001, and so on.
func numbered(count int) []string {
	ids := make([]string, count)
	for i := range ids {
		ids[i] = fmt.Sprintf("p%03d", i)
	}

	return ids
}
