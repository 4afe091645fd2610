package inventorytest

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/importer/catalog"
)

// repeatCases are about chunks that come again after a crash.
func repeatCases() []testCase {
	return []testCase{
		{Name: "Repeat/SameCall", Run: repeatSame},
		{Name: "Repeat/AfterHalf", Run: repeatHalf},
		{Name: "Repeat/NeverGoesBack", Run: repeatNeverBack},
		{Name: "Repeat/InsertionOverwrittenByOthers", Run: repeatOverwritten},
		{Name: "Repeat/OtherBounds", Run: repeatOtherBounds},
		{Name: "Repeat/RowsOfOtherJobs", Run: repeatOtherJobs},
	}
}

func repeatSame(t testing.TB, h Harness) {
	inventory := h.New(t)
	put(t, inventory, item("old", "first", 2, "1"))

	chunk := []catalog.InventoryItem{item("new", "job", 2, "5"), item("old", "job", 3, "6")}
	want := put(t, inventory, chunk...)
	require.Equal(t, []catalog.ItemResult{catalog.ItemInserted, catalog.ItemUpdated}, want)

	later := slices.Clone(chunk)
	for i := range later {
		later[i].CreatedAt, later[i].UpdatedAt = moment().AddDate(0, 0, 1), moment().AddDate(0, 0, 1)
	}

	require.Equal(t, want, put(t, inventory, later...), "the results of the first call")
	requireItem(t, inventory, item("new", "job", 2, "5"))
}

func repeatHalf(t testing.TB, h Harness) {
	inventory := h.New(t)
	put(t, inventory, item("old", "first", 2, "1"))

	chunk := []catalog.InventoryItem{
		item("a", "job", 2, "5"), item("b", "job", 3, "6"), item("old", "job", 4, "7"), item("c", "job", 5, "8"),
	}
	put(t, inventory, chunk[1], chunk[2])

	require.Equal(t, []catalog.ItemResult{
		catalog.ItemInserted, catalog.ItemInserted, catalog.ItemUpdated, catalog.ItemInserted,
	}, put(t, inventory, chunk...))
}

// The chunk of row 10 comes again after that of row 600 was written.
func repeatNeverBack(t testing.TB, h Harness) {
	var (
		inventory = h.New(t)
		first     = item("rice", "job", 10, "5")
		second    = item("rice", "job", 600, "7")
	)

	first.Notes = "of the first row"

	require.Equal(t, []catalog.ItemResult{catalog.ItemInserted}, put(t, inventory, first))
	require.Equal(t, []catalog.ItemResult{catalog.ItemUpdated}, put(t, inventory, second))

	want := second
	want.Created, want.CreatedAt, want.Notes = first.Created, first.CreatedAt, first.Notes
	requireItem(t, inventory, want)

	require.Equal(t, []catalog.ItemResult{catalog.ItemInserted}, put(t, inventory, first))
	requireItem(t, inventory, want)

	require.Equal(t, []catalog.ItemResult{catalog.ItemUpdated}, put(t, inventory, second))
	requireItem(t, inventory, want)
}

func repeatOverwritten(t testing.TB, h Harness) {
	var (
		inventory = h.New(t)
		first     = item("rice", "job", 10, "5")
	)

	put(t, inventory, first)
	put(t, inventory, item("rice", "other", 2, "7"))

	require.Equal(t, []catalog.ItemResult{catalog.ItemInserted}, put(t, inventory, first))
	requireItem(t, inventory, first)
}

// The second run's chunks are longer: the rows 10 and 600 come as one item.
func repeatOtherBounds(t testing.TB, h Harness) {
	var (
		inventory = h.New(t)
		first     = item("rice", "job", 10, "5")
		both      = item("rice", "job", 600, "7")
	)

	both.Created = first.Created

	put(t, inventory, first)
	require.Equal(t, []catalog.ItemResult{catalog.ItemInserted}, put(t, inventory, both))

	want := both
	want.CreatedAt = first.CreatedAt
	requireItem(t, inventory, want)

	require.Equal(t, []catalog.ItemResult{catalog.ItemInserted}, put(t, inventory, first))
	requireItem(t, inventory, want)
}

// Row numbers of different jobs say nothing of each other.
func repeatOtherJobs(t testing.TB, h Harness) {
	inventory := h.New(t)
	put(t, inventory, item("rice", "first", 600, "5"))

	second := item("rice", "second", 2, "6")
	require.Equal(t, []catalog.ItemResult{catalog.ItemUpdated}, put(t, inventory, second))

	want := second
	want.Created, want.CreatedAt = item("rice", "first", 600, "5").Created, item("rice", "first", 600, "5").CreatedAt
	requireItem(t, inventory, want)
}
