package importer_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/importer/catalog"
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

// number shows a number that may be absent.
func number(n decimal.NullDecimal) string {
	if !n.Valid {
		return "none"
	}

	return n.Decimal.String()
}
