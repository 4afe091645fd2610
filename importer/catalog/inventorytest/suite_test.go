package inventorytest

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/importer/catalog"
	"github.com/vyapaarai/bulkimport/internal/suitecheck"
)

// Every planted defect is found by the case that is there for it. Other cases may fail
// along with it.
func TestSuiteFindsDefects(t *testing.T) {
	t.Parallel()

	defects := []struct {
		name      string
		inventory func() catalog.Inventory
		foundBy   string
	}{
		{"last write wins", byRule(lastWriteWins), "Repeat/NeverGoesBack"},
		{"last write wins, with many writers", byRule(lastWriteWins), "Concurrency/LatestRowWins"},
		{"rows of all jobs in one order", byRule(rowsOfAllJobs), "Repeat/RowsOfOtherJobs"},
		{"insertion not recognised", byRule(insertedOnlyOnce), "Repeat/SameCall"},
		{"insertion not recognised after half", byRule(insertedOnlyOnce), "Repeat/AfterHalf"},
		{"insertion not recognised, with many writers", byRule(insertedOnlyOnce), "Concurrency/SameChunk"},
		{"insertion recognised by the last writer", byRule(insertedByLastWriter), "Repeat/InsertionOverwrittenByOthers"},
		{"insertion recognised by the last row", byRule(insertedByLastWriter), "Repeat/OtherBounds"},
		{"what is left out is lost", byRule(replaces), "Put/LeftOutStays"},
		{"equal values change the origin", byRule(touches), "Put/EqualChangesNothing"},
		{"an update takes over the insertion", byRule(recreates), "Put/Updates"},
		{"reads and writes in steps", inSteps, "Concurrency/NothingIsLost"},
		{"inserts in steps", inSteps, "Concurrency/OneInserts"},
		{"invalid items skipped", skipsInvalid, "Put/Invalid"},
		{"two items for one product", oneByOne, "Put/TwiceInOneCall"},
		{
			"results out of order",
			changingResults(func(results []catalog.ItemResult) { slices.Reverse(results) }),
			"Put/ResultsInOrder",
		},
		{
			"everything is an update",
			changingResults(func(results []catalog.ItemResult) {
				for i := range results {
					results[i] = catalog.ItemUpdated
				}
			}),
			"Put/Inserts",
		},
		{
			"stores mixed up",
			func() catalog.Inventory { return wrongPlace{sound(), func(string) string { return "s" }, same} },
			"Put/SeveralStores",
		},
		{
			"long ids cut",
			func() catalog.Inventory {
				return wrongPlace{sound(), same, func(id string) string { return id[:min(len(id), 511)] }}
			},
			"Hostile/IDs",
		},
		{"a field lost", changingItems(func(i *catalog.InventoryItem) { i.Location = "" }), "RoundTrip/EveryField"},
		{
			"times cut to seconds",
			changingItems(func(i *catalog.InventoryItem) { i.UpdatedAt = i.UpdatedAt.Truncate(time.Second) }),
			"RoundTrip/EveryField",
		},
		{"numbers as floats", changingReads(asFloats), "RoundTrip/Numbers"},
		{"no price of zero", changingReads(withoutZero), "RoundTrip/Numbers"},
		{
			"items in another order",
			changingReads(func(items []catalog.InventoryItem) []catalog.InventoryItem {
				slices.Reverse(items)

				return items
			}),
			"List/ByteOrder",
		},
		{
			"list loses the last of a page",
			changingReads(func(items []catalog.InventoryItem) []catalog.InventoryItem { return items[:max(0, len(items)-1)] }),
			"List/Pages",
		},
		{"list repeats the end of a page", func() catalog.Inventory { return inclusiveAfter{sound()} }, "List/Pages"},
		{"items sorted", func() catalog.Inventory { return sortedItems{sound()} }, "Items/OrderOfIDs"},
		{"cancelling ignored", func() catalog.Inventory { return deafToCancel{sound()} }, "Cancel/EveryMethod"},
	}

	for _, defect := range defects {
		t.Run(defect.name, func(t *testing.T) {
			t.Parallel()

			c := caseNamed(t, defect.foundBy)
			broken := Harness{New: func(testing.TB) catalog.Inventory { return defect.inventory() }}

			require.Empty(t, failuresOf(t, c, Harness{New: func(testing.TB) catalog.Inventory { return sound() }}),
				"the case passes without the defect")
			require.NotEmpty(t, failuresOf(t, c, broken), "the case fails with the defect")
		})
	}
}

// A backend that forgets its data on reopening, or that answers after it was closed, is
// found as well.
func TestSuiteFindsDefectsOfTheWholeLife(t *testing.T) {
	t.Parallel()

	broken := Harness{
		New:    func(testing.TB) catalog.Inventory { return sound() },
		Reopen: func(testing.TB, catalog.Inventory) catalog.Inventory { return sound() },
		Close:  func(catalog.Inventory) error { return nil },
	}

	for _, name := range []string{"Durability/Items", "Close/EveryMethod"} {
		require.NotEmpty(t, failuresOf(t, caseNamed(t, name), broken), name)
	}
}

func TestCasesHaveNamesOfTheirOwn(t *testing.T) {
	t.Parallel()

	names := map[string]bool{}
	for _, c := range cases() {
		require.False(t, names[c.name], c.name)
		names[c.name] = true
	}
}

// A field that is added to the item has to be added to the sample, or its loss would go
// unnoticed.
func TestSampleSetsEveryField(t *testing.T) {
	t.Parallel()

	value := reflect.ValueOf(fullItem("p"))
	for i := range value.NumField() {
		require.False(t, value.Field(i).IsZero(), value.Type().Field(i).Name)
	}

	require.Equal(t, value.NumField(), reflect.TypeFor[plainItem]().NumField(), "what is compared is every field")
	require.NotEqual(t, decimal.NullDecimal{}, fullItem("p").ReorderLevel)
}

func caseNamed(t *testing.T, name string) testCase {
	t.Helper()

	i := slices.IndexFunc(cases(), func(c testCase) bool { return c.name == name })
	require.GreaterOrEqual(t, i, 0, "case %s", name)

	return cases()[i]
}

// failuresOf runs a case against a backend and returns how it failed.
func failuresOf(t *testing.T, c testCase, h Harness) []string {
	t.Helper()

	return suitecheck.Watch(t, func(tb testing.TB) { c.run(tb, h) }).Failures
}
