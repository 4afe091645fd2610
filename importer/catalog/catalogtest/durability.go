package catalogtest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/importer/catalog"
)

func durabilityCases() []testCase {
	return []testCase{
		{Name: "Durability/ProductsAndClaims", Run: durableProducts},
		{Name: "Durability/Deletes", Run: durableDeletes},
		{Name: "Durability/WhoHoldsWhat", Run: durableHolders},
	}
}

func durableProducts(t testing.TB, h Harness) {
	needReopen(t, h)

	var (
		store = h.New(t)
		full  = catalog.NewProduct{Product: fullProduct("full"), Keys: keysOf(barcode(1), nameBrand("x"))}
	)

	mustCreate(t, store, full, item("other", barcode(2)))

	store = h.Reopen(t, store)

	require.Equal(t, full.Product, get(t, store, "full"))
	require.Equal(t, []string{"full", "other"}, sortedIDs(t, store))
	requireHolder(t, store, "full", barcode(1), nameBrand("x"))
	require.Equal(t, catalog.ResultExists, create(t, store, full)[0].Result)
	require.Equal(t, catalog.ResultTaken, create(t, store, item("new", barcode(2)))[0].Result)

	mustCreate(t, store, item("new", barcode(3)))
	store = h.Reopen(t, store)
	require.Equal(t, []string{"full", "new", "other"}, sortedIDs(t, store))
}

func durableDeletes(t testing.TB, h Harness) {
	needReopen(t, h)

	store := h.New(t)
	mustCreate(t, store, item("p", barcode(1)))
	require.NoError(t, store.Delete(t.Context(), "p"))

	store = h.Reopen(t, store)

	requireAbsent(t, store, "p")
	requireHolder(t, store, "", barcode(1))
	require.ErrorIs(t, store.Delete(t.Context(), "p"), catalog.ErrNotFound)
}

// Which of its keys a product got is part of what is kept.
func durableHolders(t testing.TB, h Harness) {
	needReopen(t, h)

	store := h.New(t)
	mustCreate(t, store,
		item("first", barcode(1)),
		keeping(item("second", barcode(1), barcode(2))))

	store = h.Reopen(t, store)

	require.NoError(t, store.Delete(t.Context(), "second"))
	requireHolder(t, store, "first", barcode(1))
	requireHolder(t, store, "", barcode(2))
}
