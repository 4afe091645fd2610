package catalogtest

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/importer/catalog"
)

func deleteCases() []testCase {
	return []testCase{
		{Name: "Delete/NotFound", Run: deleteNotFound},
		{Name: "Delete/ReleasesItsKeys", Run: deleteReleases},
		{Name: "Delete/LeavesKeysOfOthers", Run: deleteLeavesOthers},
		{Name: "Delete/KeyMovesOn", Run: deleteKeyMovesOn},
		{Name: "Delete/IDIsFreeAgain", Run: deleteFreesID},
	}
}

func deleteNotFound(t testing.TB, h Harness) {
	store := h.New(t)
	mustCreate(t, store, item("p"))

	for _, id := range []string{"missing", "", "p\x00", strings.Repeat("x", catalog.MaxID+1), "\xff"} {
		require.ErrorIs(t, store.Delete(t.Context(), id), catalog.ErrNotFound, "id %q", id)
	}

	require.NoError(t, store.Delete(t.Context(), "p"))
	require.ErrorIs(t, store.Delete(t.Context(), "p"), catalog.ErrNotFound, "the second time")
}

func deleteReleases(t testing.TB, h Harness) {
	store := h.New(t)
	keys := keysOf(barcode(1), barcode(2), imageHash(1), nameBrand("x"))

	mustCreate(t, store, item("p", keys...), item("q", barcode(3)))
	require.NoError(t, store.Delete(t.Context(), "p"))

	requireAbsent(t, store, "p")
	require.Equal(t, []string{"q"}, sortedIDs(t, store))
	requireHolder(t, store, "", keys...)
	requireHolder(t, store, "q", barcode(3))

	mustCreate(t, store, item("r", keys...))
}

// A product written with KeepTaken does not take the keys it did not get with
// it when it goes.
func deleteLeavesOthers(t testing.TB, h Harness) {
	store := h.New(t)
	mustCreate(t, store,
		item("first", barcode(1)),
		keeping(item("second", barcode(1), barcode(2))))

	require.NoError(t, store.Delete(t.Context(), "second"))
	requireHolder(t, store, "first", barcode(1))
	requireHolder(t, store, "", barcode(2))
}

// A key that a product asked for and did not get is not its own later either,
// when the holder has gone.
func deleteKeyMovesOn(t testing.TB, h Harness) {
	store := h.New(t)
	mustCreate(t, store,
		item("first", barcode(1)),
		keeping(item("second", barcode(1))))

	require.NoError(t, store.Delete(t.Context(), "first"))
	requireHolder(t, store, "", barcode(1))

	mustCreate(t, store, item("third", barcode(1)))
	require.NoError(t, store.Delete(t.Context(), "second"))
	requireHolder(t, store, "third", barcode(1))
}

func deleteFreesID(t testing.TB, h Harness) {
	store := h.New(t)
	mustCreate(t, store, item("p", barcode(1)), item("q"))
	require.Equal(t, []string{"p", "q"}, sortedIDs(t, store))
	require.NoError(t, store.Delete(t.Context(), "p"))

	other := item("p", barcode(2))
	other.Product.Origin.Row++
	mustCreate(t, store, other)

	require.Equal(t, other.Product, get(t, store, "p"))
	require.Equal(t, []string{"p", "q"}, sortedIDs(t, store))
	requireHolder(t, store, "", barcode(1))
	requireHolder(t, store, "p", barcode(2))
}
