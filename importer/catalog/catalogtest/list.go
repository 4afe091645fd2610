package catalogtest

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/importer/catalog"
)

func listCases() []testCase {
	return []testCase{
		{Name: "List/Empty", Run: listEmpty},
		{Name: "List/ByteOrder", Run: listByteOrder},
		{Name: "List/Pages", Run: listPages},
		{Name: "List/AfterDeleted", Run: listAfterDeleted},
		{Name: "List/AfterNeedNotExist", Run: listAfter},
		{Name: "List/LargestPage", Run: listLargestPage},
		{Name: "List/BetweenWrites", Run: listBetweenWrites},
		{Name: "List/WholeProducts", Run: listWholeProducts},
	}
}

func listEmpty(t testing.TB, h Harness) {
	store := h.New(t)
	require.Empty(t, listIDs(t, store, "", 0))
}

func listByteOrder(t testing.TB, h Harness) {
	needOrder(t, h)

	store := h.New(t)
	ids := []string{"b", "a", "B", "aa", "a-", "9", "10", "é", "z", "中", "a\x00", "😀", "￿"}

	for _, id := range ids {
		mustCreate(t, store, item(id))
	}

	slices.Sort(ids)
	require.Equal(t, ids, listIDs(t, store, "", 0))
}

func listPages(t testing.TB, h Harness) {
	const count = 50

	var (
		store = h.New(t)
		want  = make([]string, 0, count)
	)

	for i := range count {
		mustCreate(t, store, item(fmt.Sprintf("p%02d", i*37%count)))
		want = append(want, fmt.Sprintf("p%02d", i))
	}

	order := allIDs(t, store, count)

	for _, limit := range []int{1, 7, 10, 49, 50, 51} {
		require.Equal(t, order, allIDs(t, store, limit), "pages of %d", limit)
	}

	require.Equal(t, order[10:17], listIDs(t, store, order[9], 7), "after is not part of the page")
	require.Empty(t, listIDs(t, store, order[count-1], 7))

	slices.Sort(order)
	require.Equal(t, want, order)
}

// A walk goes on where it was, also when the product that it had come to is gone.
func listAfterDeleted(t testing.TB, h Harness) {
	const count = 20

	store := h.New(t)
	for i := range count {
		mustCreate(t, store, item(fmt.Sprintf("p%02d", i)))
	}

	order := allIDs(t, store, count)

	for i := 4; i < count; i += 5 {
		require.NoError(t, store.Delete(t.Context(), order[i]))
		require.Equal(t, order[i+1:min(i+5, count)], listIDs(t, store, order[i], 4), "after product %d", i)
	}
}

func listAfter(t testing.TB, h Harness) {
	needOrder(t, h)

	store := h.New(t)
	mustCreate(t, store, item("b"), item("d"), item("d\x00"))

	require.Equal(t, []string{"b", "d", "d\x00"}, listIDs(t, store, "a", 0))
	require.Equal(t, []string{"d", "d\x00"}, listIDs(t, store, "c", 0))
	require.Equal(t, []string{"d\x00"}, listIDs(t, store, "d", 0))
	require.Empty(t, listIDs(t, store, "e", 0))
}

func listLargestPage(t testing.TB, h Harness) {
	const count = catalog.MaxPage + 5

	var (
		store = h.New(t)
		items = make([]catalog.NewProduct, 0, count)
	)

	for i := range count {
		items = append(items, item(fmt.Sprintf("p%05d", i)))
	}

	create(t, store, items...)

	for _, limit := range []int{-1, 0, catalog.MaxPage, catalog.MaxPage + 1, 1 << 40} {
		require.Len(t, listIDs(t, store, "", limit), catalog.MaxPage, "limit %d", limit)
	}

	require.Len(t, allIDs(t, store, catalog.MaxPage), count)
}

func listBetweenWrites(t testing.TB, h Harness) {
	store := h.New(t)
	mustCreate(t, store, item("d"), item("b"))
	require.Equal(t, []string{"b", "d"}, sortedIDs(t, store))

	mustCreate(t, store, item("a"), item("e"), item("c"))
	require.Equal(t, []string{"a", "b", "c", "d", "e"}, sortedIDs(t, store))

	require.NoError(t, store.Delete(t.Context(), "a"))
	require.NoError(t, store.Delete(t.Context(), "c"))
	require.ElementsMatch(t, []string{"b", "d"}, listIDs(t, store, "", 2), "deleted products do not fill a page")

	mustCreate(t, store, item("c"))
	require.NoError(t, store.Delete(t.Context(), "e"))
	require.Equal(t, []string{"b", "c", "d"}, sortedIDs(t, store))
}

func listWholeProducts(t testing.TB, h Harness) {
	var (
		store = h.New(t)
		want  = fullProduct("p")
	)

	mustCreate(t, store, catalog.NewProduct{Product: want})

	products, err := store.List(t.Context(), "", 0)
	require.NoError(t, err)
	require.Len(t, products, 1)
	require.Equal(t, want, inUTC(products[0]))
}
