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

func suite() suitecheck.Suite[Harness] { return suitecheck.Suite[Harness]{Cases: cases()} }

// harnessOf makes inventories in memory, which are there again after reopening.
func harnessOf(inventory func() catalog.Inventory) Harness {
	return Harness{
		New:    func(testing.TB) catalog.Inventory { return inventory() },
		Reopen: func(_ testing.TB, inventory catalog.Inventory) catalog.Inventory { return inventory },
	}
}

// The failures that defects are found by come from the defects. Inventories in memory
// are not closed.
func TestSuiteAcceptsSoundInventory(t *testing.T) {
	t.Parallel()

	suite().Accepts(t, harnessOf(sound), "Close/*")
}

// Every planted defect is found by the case that is there for it.
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

	var planted []suitecheck.Defect[Harness]
	for _, d := range defects {
		planted = append(planted, suitecheck.Defect[Harness]{Name: d.name, Harness: harnessOf(d.inventory), FoundBy: d.foundBy})
	}

	suite().Finds(t, planted)
}

// A backend that forgets its data on reopening, or that answers after it was
// closed, is found as well.
func TestSuiteFindsDefectsOfTheWholeLife(t *testing.T) {
	t.Parallel()

	broken := Harness{
		New:    func(testing.TB) catalog.Inventory { return sound() },
		Reopen: func(testing.TB, catalog.Inventory) catalog.Inventory { return sound() },
		Close:  func(catalog.Inventory) error { return nil },
	}

	for _, name := range []string{"Durability/Items", "Close/EveryMethod"} {
		require.True(t, suite().Watch(t, name, broken).Failed(), name)
	}
}

// What a backend cannot do is skipped, and nothing else is.
func TestMissingAbilities(t *testing.T) {
	t.Parallel()

	h := Harness{New: func(testing.TB) catalog.Inventory { return sound() }}
	suite().Accepts(t, h, "Durability/*", "Close/*")
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
