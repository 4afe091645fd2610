package catalogtest

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/importer/catalog"
)

func cancelCases() []testCase {
	return []testCase{
		{Name: "Cancel/EveryMethod", Run: cancelEveryMethod},
		{Name: "Cancel/CreateAgain", Run: cancelCreateAgain},
	}
}

func cancelled(t testing.TB) context.Context {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()

	return ctx
}

func cancelEveryMethod(t testing.TB, h Harness) {
	store := h.New(t)
	mustCreate(t, store, item("p", barcode(1)))

	ctx := cancelled(t)

	_, err := store.Lookup(ctx, keysOf(barcode(1)))
	require.ErrorIs(t, err, context.Canceled, "Lookup")

	results, err := store.Create(ctx, []catalog.NewProduct{item("q", barcode(2))})
	require.ErrorIs(t, err, context.Canceled, "Create")
	require.Nil(t, results, "Create")

	_, err = store.Get(ctx, []string{"p"})
	require.ErrorIs(t, err, context.Canceled, "Get")

	_, err = store.List(ctx, "", 0)
	require.ErrorIs(t, err, context.Canceled, "List")

	require.ErrorIs(t, store.Delete(ctx, "p"), context.Canceled, "Delete")
	require.ErrorIs(t, store.Delete(ctx, "missing"), context.Canceled, "Delete of nothing")

	require.Equal(t, "p", get(t, store, "p").ID)
	requireHolder(t, store, "p", barcode(1))
}

// Whatever a cancelled call has left behind, calling again finishes it.
func cancelCreateAgain(t testing.TB, h Harness) {
	var (
		store = h.New(t)
		items = []catalog.NewProduct{item("a", barcode(1)), item("b", barcode(2)), item("c", barcode(3))}
	)

	_, err := store.Create(cancelled(t), items)
	require.ErrorIs(t, err, context.Canceled)

	for _, result := range create(t, store, items...) {
		require.Contains(t, []catalog.Result{catalog.ResultCreated, catalog.ResultExists}, result.Result)
	}

	for i, item := range items {
		require.Equal(t, item.Product, get(t, store, item.Product.ID))
		requireHolder(t, store, item.Product.ID, barcode(i+1))
	}
}
