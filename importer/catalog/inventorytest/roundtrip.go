package inventorytest

import (
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/importer/catalog"
)

func roundTripCases() []testCase {
	return []testCase{
		{Name: "RoundTrip/EveryField", Run: roundTripFull},
		{Name: "RoundTrip/Numbers", Run: roundTripNumbers},
		{Name: "Ownership/PassedIn", Run: ownershipPassedIn},
	}
}

func roundTripFull(t testing.TB, h Harness) {
	inventory := h.New(t)
	put(t, inventory, fullItem("rice"))
	requireItem(t, inventory, fullItem("rice"))
}

// Numbers keep their value to the last digit, and zero is not nothing.
func roundTripNumbers(t testing.TB, h Harness) {
	inventory := h.New(t)

	for i, quantity := range []string{"0", "0.001", "0.1", "0.3", "1", "10", "100000000", "999999999.999", "123456789.123"} {
		exact := item("rice"+quantity, "job", int64(i+2), quantity)
		put(t, inventory, exact)
		requireItem(t, inventory, exact)
	}

	for i, price := range []decimal.NullDecimal{{}, present("0"), present("0.01"), present("0.1"), present("999999999.99"), present("1e3")} {
		for _, set := range []func(*catalog.InventoryItem){
			func(i *catalog.InventoryItem) { i.ProductID, i.CostPrice = "cost", price },
			func(i *catalog.InventoryItem) { i.ProductID, i.SellingPrice = "selling", price },
			func(i *catalog.InventoryItem) { i.ProductID, i.ReorderLevel = "level", price },
		} {
			exact := item("", "job", int64(i+2), "1")
			set(&exact)
			exact.ProductID += shown(price)
			put(t, inventory, exact)
			requireItem(t, inventory, exact)
		}
	}

	// The zero value of a decimal is a zero as well.
	nothing := item("nothing", "job", 2, "0")
	nothing.Quantity = decimal.Decimal{}
	put(t, inventory, nothing)
	requireItem(t, inventory, nothing)
}

// What was passed in may be changed afterwards.
func ownershipPassedIn(t testing.TB, h Harness) {
	var (
		inventory = h.New(t)
		items     = []catalog.InventoryItem{item("rice", "job", 2, "1"), item("dal", "job", 3, "2")}
	)

	_, err := inventory.PutItems(t.Context(), items)
	require.NoError(t, err)

	items[0], items[1] = items[1], items[0]
	items[0].Quantity = number("9")

	requireItem(t, inventory, item("rice", "job", 2, "1"))
	requireItem(t, inventory, item("dal", "job", 3, "2"))
}
