package catalogtest

import (
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/importer/catalog"
)

func closeCases() []testCase {
	return []testCase{
		{name: "Close/EveryMethod", needs: needClose, run: closedEveryMethod},
		{name: "Close/Twice", needs: needClose, run: closedTwice},
		{name: "Close/UnderLoad", needs: needClose, run: closedUnderLoad},
	}
}

func closedEveryMethod(t T, h Harness) {
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

func closedTwice(t T, h Harness) {
	store := h.New(t)
	require.NoError(t, h.Close(store))
	require.ErrorIs(t, h.Close(store), catalog.ErrClosed)
}

// Calls under way when a store is closed end either way, but they end.
func closedUnderLoad(t T, h Harness) {
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
