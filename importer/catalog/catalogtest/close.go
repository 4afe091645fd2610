package catalogtest

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/importer/catalog"
)

func closeCases() []testCase {
	return []testCase{
		{Name: "Close/EveryMethod", Run: closedEveryMethod},
		{Name: "Close/Twice", Run: closedTwice},
		{Name: "Close/UnderLoad", Run: closedUnderLoad},
	}
}

func closedEveryMethod(t testing.TB, h Harness) {
	needClose(t, h)

	store := h.New(t)
	mustCreate(t, store, item("p", barcode(1)))
	require.NoError(t, h.Close(store))

	_, err := store.Lookup(t.Context(), keysOf(barcode(1)))
	require.ErrorIs(t, err, catalog.ErrClosed, "Lookup")

	_, err = store.Create(t.Context(), []catalog.NewProduct{item("q")})
	require.ErrorIs(t, err, catalog.ErrClosed, "Create")

	_, err = store.Get(t.Context(), []string{"p"})
	require.ErrorIs(t, err, catalog.ErrClosed, "Get")

	_, err = store.List(t.Context(), "", 0)
	require.ErrorIs(t, err, catalog.ErrClosed, "List")

	require.ErrorIs(t, store.Delete(t.Context(), "p"), catalog.ErrClosed, "Delete")
}

func closedTwice(t testing.TB, h Harness) {
	needClose(t, h)

	store := h.New(t)
	require.NoError(t, h.Close(store))
	require.ErrorIs(t, h.Close(store), catalog.ErrClosed)
}

// Calls under way when a store is closed end either way, but they end.
func closedUnderLoad(t testing.TB, h Harness) {
	needClose(t, h)

	store := h.New(t)

	concurrently(func(writer int) {
		if writer == 0 {
			assert.NoError(t, h.Close(store))
			return
		}

		for n := range 20 {
			_, err := store.Lookup(t.Context(), keysOf(barcode(n)))
			if err != nil {
				assert.ErrorIs(t, err, catalog.ErrClosed)
				return
			}
		}
	})
}
