package inventorytest

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/importer/catalog"
)

// lifeCases are about calls that are cut off, and about the life of an inventory.
func lifeCases() []testCase {
	return []testCase{
		{Name: "Cancel/EveryMethod", Run: cancelEveryMethod},
		{Name: "Cancel/PutAgain", Run: cancelPutAgain},
		{Name: "Durability/Items", Run: durableItems},
		{Name: "Close/EveryMethod", Run: closedEveryMethod},
	}
}

func cancelled(t testing.TB) context.Context {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()

	return ctx
}

func cancelEveryMethod(t testing.TB, h Harness) {
	inventory := h.New(t)
	put(t, inventory, item("rice", "job", 2, "1"))

	ctx := cancelled(t)

	_, err := inventory.Items(ctx, storeID, []string{"rice"})
	require.ErrorIs(t, err, context.Canceled, "Items")

	results, err := inventory.PutItems(ctx, []catalog.InventoryItem{item("dal", "job", 3, "1")})
	require.ErrorIs(t, err, context.Canceled, "PutItems")
	require.Nil(t, results, "PutItems")

	_, err = inventory.ListItems(ctx, storeID, "", 0)
	require.ErrorIs(t, err, context.Canceled, "ListItems")

	requireItem(t, inventory, item("rice", "job", 2, "1"))
}

// Whatever a cancelled call has left behind, calling again finishes it.
func cancelPutAgain(t testing.TB, h Harness) {
	var (
		inventory = h.New(t)
		chunk     = []catalog.InventoryItem{item("a", "job", 2, "1"), item("b", "job", 3, "2")}
	)

	_, err := inventory.PutItems(cancelled(t), chunk)
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, []catalog.ItemResult{catalog.ItemInserted, catalog.ItemInserted}, put(t, inventory, chunk...))

	for i := range chunk {
		requireItem(t, inventory, chunk[i])
	}
}

func durableItems(t testing.TB, h Harness) {
	if h.Reopen == nil {
		t.Skip("the backend's data does not outlive the inventory")
	}

	inventory := h.New(t)
	put(t, inventory, fullItem("full"), item("rice", "job", 20, "1"))

	inventory = h.Reopen(t, inventory)

	requireItem(t, inventory, fullItem("full"))
	require.Equal(t, []string{"full", "rice"}, listIDs(t, inventory, storeID, "", 0))

	// Who wrote what is part of what is kept.
	require.Equal(t, []catalog.ItemResult{catalog.ItemUpdated}, put(t, inventory, item("rice", "job", 10, "5")))
	requireItem(t, inventory, item("rice", "job", 20, "1"))
	require.Equal(t, []catalog.ItemResult{catalog.ItemInserted}, put(t, inventory, item("rice", "job", 20, "1")))
}

func closedEveryMethod(t testing.TB, h Harness) {
	if h.Close == nil {
		t.Skip("the backend's inventories are never closed")
	}

	inventory := h.New(t)
	put(t, inventory, item("rice", "job", 2, "1"))
	require.NoError(t, h.Close(inventory))

	_, err := inventory.Items(t.Context(), storeID, []string{"rice"})
	require.ErrorIs(t, err, catalog.ErrClosed, "Items")

	_, err = inventory.PutItems(t.Context(), []catalog.InventoryItem{item("dal", "job", 3, "1")})
	require.ErrorIs(t, err, catalog.ErrClosed, "PutItems")

	_, err = inventory.ListItems(t.Context(), storeID, "", 0)
	require.ErrorIs(t, err, catalog.ErrClosed, "ListItems")
}
