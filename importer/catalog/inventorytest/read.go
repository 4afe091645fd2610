package inventorytest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/importer/catalog"
)

func readCases() []testCase {
	return []testCase{
		{Name: "Items/OrderOfIDs", Run: itemsInOrder},
		{Name: "Items/OfOneStore", Run: itemsOfOneStore},
		{Name: "List/Empty", Run: listEmpty},
		{Name: "List/ByteOrder", Run: listByteOrder},
		{Name: "List/Pages", Run: listPages},
		{Name: "List/AfterNeedNotExist", Run: listAfter},
		{Name: "List/LargestPage", Run: listLargestPage},
		{Name: "List/BetweenWrites", Run: listBetweenWrites},
		{Name: "List/WholeItems", Run: listWholeItems},
		{Name: "Hostile/IDs", Run: hostileIDs},
	}
}

func itemsInOrder(t testing.TB, h Harness) {
	inventory := h.New(t)
	put(t, inventory, item("a", "job", 2, "1"), item("b", "job", 3, "2"), item("c", "job", 4, "3"))

	items, err := inventory.Items(t.Context(), storeID, []string{"c", "missing", "a", "", "c", "\xff"})
	require.NoError(t, err)

	var ids []string
	for _, item := range items {
		ids = append(ids, item.ProductID)
	}

	require.Equal(t, []string{"c", "a", "c"}, ids)

	items, err = inventory.Items(t.Context(), storeID, nil)
	require.NoError(t, err)
	require.Empty(t, items)
}

func itemsOfOneStore(t testing.TB, h Harness) {
	inventory := h.New(t)
	put(t, inventory, item("a", "job", 2, "1"))

	for _, store := range []string{"store-2", "store-", "store-1a", "", "\xff", strings.Repeat("x", 5000)} {
		requireAbsent(t, inventory, store, "a")
		require.Empty(t, listIDs(t, inventory, store, "", 0))
	}
}

func listEmpty(t testing.TB, h Harness) {
	inventory := h.New(t)
	require.Empty(t, listIDs(t, inventory, storeID, "", 0))
	require.Empty(t, listIDs(t, inventory, storeID, "x", 10))
}

func listByteOrder(t testing.TB, h Harness) {
	inventory := h.New(t)
	ids := []string{"b", "a", "B", "aa", "a-", "9", "10", "é", "z", "中", "a\x00", "😀", "\uffff"}

	for i, id := range ids {
		put(t, inventory, item(id, "job", int64(i+2), "1"))
	}

	slices.Sort(ids)
	require.Equal(t, ids, listIDs(t, inventory, storeID, "", 0))
}

func listPages(t testing.TB, h Harness) {
	const count = 50

	var (
		inventory = h.New(t)
		want      = numbered(count)
	)

	for i := range count {
		id := want[i*37%count]
		put(t, inventory, item(id, "job", int64(i+2), "1"), at("store-2", item(id+"x", "job", int64(i+2), "1")))
	}

	for _, limit := range []int{1, 7, 10, 49, 50, 51} {
		require.Equal(t, want, allIDs(t, inventory, storeID, limit), "pages of %d", limit)
	}

	require.Equal(t, want[10:17], listIDs(t, inventory, storeID, want[9], 7), "after is not part of the page")
	require.Empty(t, listIDs(t, inventory, storeID, want[count-1], 7))
}

func listAfter(t testing.TB, h Harness) {
	inventory := h.New(t)
	put(t, inventory, item("b", "job", 2, "1"), item("d", "job", 3, "1"), item("d\x00", "job", 4, "1"))

	require.Equal(t, []string{"b", "d", "d\x00"}, listIDs(t, inventory, storeID, "a", 0))
	require.Equal(t, []string{"d", "d\x00"}, listIDs(t, inventory, storeID, "c", 0))
	require.Equal(t, []string{"d\x00"}, listIDs(t, inventory, storeID, "d", 0))
	require.Empty(t, listIDs(t, inventory, storeID, "e", 0))
}

func listLargestPage(t testing.TB, h Harness) {
	const count = catalog.MaxPage + 5

	var (
		inventory = h.New(t)
		items     []catalog.InventoryItem
	)

	for i := range count {
		items = append(items, item(fmt.Sprintf("p%05d", i), "job", int64(i+2), "1"))
	}

	put(t, inventory, items...)

	for _, limit := range []int{-1, 0, catalog.MaxPage, catalog.MaxPage + 1, 1 << 40} {
		require.Len(t, listIDs(t, inventory, storeID, "", limit), catalog.MaxPage, "limit %d", limit)
	}

	require.Len(t, listIDs(t, inventory, storeID, items[catalog.MaxPage-1].ProductID, 0), 5)
}

func listBetweenWrites(t testing.TB, h Harness) {
	inventory := h.New(t)
	put(t, inventory, item("d", "job", 2, "1"), item("b", "job", 3, "1"))
	require.Equal(t, []string{"b", "d"}, listIDs(t, inventory, storeID, "", 0))

	put(t, inventory, item("a", "job", 4, "1"), item("e", "job", 5, "1"), item("b", "job", 6, "2"))
	require.Equal(t, []string{"a", "b", "d", "e"}, listIDs(t, inventory, storeID, "", 0))
}

func listWholeItems(t testing.TB, h Harness) {
	inventory := h.New(t)
	put(t, inventory, fullItem("rice"))

	items, err := inventory.ListItems(t.Context(), storeID, "", 0)
	require.NoError(t, err)
	require.Len(t, items, 1)
	require.Equal(t, plain(fullItem("rice")), plain(items[0]))
}

// hostileTexts are ids that an inventory might confuse with each other, or with
// something of its own: prefixes of one another, separators, paths, escapes.
func hostileTexts() []string {
	return []string{
		"a", "a\x00", "a\x00b", "a/", "a/b", "a:b", "a#b", "a b", "a%2Fb", "a\\b", "A", "á", "a\u0301",
		"/", ":", "#", "\x00", "\x01a", "\x00\x01a", " ", "..", "../../etc/passwd", "\x7f", "\u0080",
		"c/i/a", "c/p/a", "i/a", "<script>", "'; DROP TABLE items; --", "${a}", "%s%n", "\r\n", "\ufeff", "\ufffd", "\U0010ffff",
		strings.Repeat("x", 511), strings.Repeat("x", catalog.MaxID), strings.Repeat("中", catalog.MaxID/3),
	}
}

// Every hostile text is a store that keeps every hostile text. What one store and
// product hold is told apart from what all others do.
func hostileIDs(t testing.TB, h Harness) {
	var (
		inventory = h.New(t)
		texts     = hostileTexts()
		quantity  = func(store, product int) string { return strconv.Itoa(1000*store + product) }
	)

	for s, store := range texts {
		items := make([]catalog.InventoryItem, 0, len(texts))
		for p, product := range texts {
			items = append(items, at(store, item(product, "job", 2, quantity(s, p))))
		}

		put(t, inventory, items...)
	}

	sorted := slices.Sorted(slices.Values(texts))

	for s, store := range texts {
		require.Equal(t, sorted, allIDs(t, inventory, store, 7), "store %q", store)

		items, err := inventory.Items(t.Context(), store, texts)
		require.NoError(t, err)
		require.Len(t, items, len(texts))

		for p := range texts {
			require.Equal(t, plain(at(store, item(texts[p], "job", 2, quantity(s, p)))), plain(items[p]))
		}
	}
}
