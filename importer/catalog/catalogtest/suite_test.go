package catalogtest

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/dedupe"
	"github.com/vyapaarai/bulkimport/importer/catalog"
	"github.com/vyapaarai/bulkimport/internal/suitecheck"
)

func suite() suitecheck.Suite[Harness] { return suitecheck.Suite[Harness]{Cases: cases()} }

// harnessOf makes stores in memory, which are there again after reopening.
func harnessOf(store func() catalog.Store) Harness {
	return Harness{
		New:     func(testing.TB) catalog.Store { return store() },
		Reopen:  func(_ testing.TB, store catalog.Store) catalog.Store { return store },
		Ordered: true,
	}
}

// The failures that defects are found by come from the defects. Stores in memory are
// not closed.
func TestSuiteAcceptsSoundStore(t *testing.T) {
	t.Parallel()

	suite().Accepts(t, harnessOf(sound), "Close/*")
}

// Every planted defect is found by the case that is there for it.
func TestSuiteFindsDefects(t *testing.T) {
	t.Parallel()

	defects := []struct {
		name    string
		store   func() catalog.Store
		foundBy string
	}{
		{"claims checked and made in steps", newClaimsInSteps, "Concurrency/OverlappingKeys"},
		{"later claim wins", newClaimsInSteps, "Claims/KeepTaken"},
		{"claims forgotten with the product", newClaimsInSteps, "Delete/ReleasesItsKeys"},
		{"refused elements written", writesRefused, "Claims/TakenWritesNothing"},
		{"later product replaces the first", overwrites, "Create/RepeatedCall"},
		{"invalid elements skipped", ignoresInvalid, "Create/Invalid"},
		{
			"only the first barcode is a key",
			changingItems(func(n *catalog.NewProduct) { n.Keys = n.Keys[:min(1, len(n.Keys))] }),
			"Claims/FurtherBarcodes",
		},
		{
			"KeepTaken ignored",
			changingItems(func(n *catalog.NewProduct) { n.KeepTaken = false }),
			"Claims/KeepTaken",
		},
		{
			"KeepTaken always",
			changingItems(func(n *catalog.NewProduct) { n.KeepTaken = true }),
			"Claims/TakenNamesEveryHolder",
		},
		{
			"origin not compared",
			changingItems(func(n *catalog.NewProduct) { n.Product.Origin = catalog.Origin{} }),
			"Create/IDConflict",
		},
		{
			"a field lost",
			changingItems(func(n *catalog.NewProduct) { n.Product.Attributes.PackSize = "" }),
			"RoundTrip/EveryField",
		},
		{
			"times cut to seconds",
			changingItems(func(n *catalog.NewProduct) {
				n.Product.UpdatedAt = n.Product.UpdatedAt.Truncate(time.Second)
			}),
			"RoundTrip/EveryField",
		},
		{
			"tiers mixed up",
			changingItems(func(n *catalog.NewProduct) {
				n.Keys = slices.Clone(n.Keys)
				for i := range n.Keys {
					n.Keys[i].Tier = dedupe.TierBarcode
				}
			}),
			"Claims/TiersAreApart",
		},
		{
			"holders not named",
			changingResults(func(results []catalog.CreateResult) []catalog.CreateResult {
				for i := range results {
					results[i].Holders = nil
				}

				return results
			}),
			"Claims/TakenNamesEveryHolder",
		},
		{
			"results out of order",
			changingResults(func(results []catalog.CreateResult) []catalog.CreateResult {
				slices.Reverse(results)

				return results
			}),
			"Create/ResultsInOrder",
		},
		{"delete keeps the keys", newKeepsKeysOfDeleted, "Delete/ReleasesItsKeys"},
		{"delete releases keys of others", newReleasesKeysOfOthers, "Delete/LeavesKeysOfOthers"},
		{"delete of nothing is fine", func() catalog.Store { return silentDelete{sound()} }, "Delete/NotFound"},
		{
			"list in another order",
			changingPages(func(page []catalog.Product) []catalog.Product {
				slices.Reverse(page)

				return page
			}),
			"List/ByteOrder",
		},
		{
			"list loses the last of a page",
			changingPages(func(page []catalog.Product) []catalog.Product { return page[:max(0, len(page)-1)] }),
			"List/Pages",
		},
		{"list repeats the end of a page", func() catalog.Store { return inclusiveAfter{sound()} }, "List/Pages"},
		{"get in another order", func() catalog.Store { return sortedGet{sound()} }, "Get/OrderOfIDs"},
		{
			"keys cut short",
			func() catalog.Store {
				return wrongLookup{sound(), func(key dedupe.Key) dedupe.Key {
					key.Value = key.Value[:min(14, len(key.Value))]

					return key
				}}
			},
			"Hostile/Keys",
		},
		{"cancelling ignored", func() catalog.Store { return deafToCancel{sound()} }, "Cancel/EveryMethod"},
		{"values passed in are kept", newSharesValues, "Ownership/ValuesPassedIn"},
		{"values handed out are shared", newSharesValues, "Ownership/ValuesHandedOut"},
	}

	var planted []suitecheck.Defect[Harness]
	for _, d := range defects {
		planted = append(planted, suitecheck.Defect[Harness]{Name: d.name, Harness: harnessOf(d.store), FoundBy: d.foundBy})
	}

	suite().Finds(t, planted)
}

// A backend that forgets its data on reopening, or that answers after it was
// closed, is found as well.
func TestSuiteFindsDefectsOfTheWholeLife(t *testing.T) {
	t.Parallel()

	broken := Harness{
		New:    func(testing.TB) catalog.Store { return sound() },
		Reopen: func(testing.TB, catalog.Store) catalog.Store { return sound() },
		Close:  func(catalog.Store) error { return nil },
	}

	for _, name := range []string{"Durability/ProductsAndClaims", "Close/EveryMethod", "Close/Twice"} {
		require.True(t, suite().Watch(t, name, broken).Failed(), name)
	}
}

// What a backend cannot do is skipped, and nothing else is.
func TestMissingAbilities(t *testing.T) {
	t.Parallel()

	h := Harness{New: func(testing.TB) catalog.Store { return sound() }}
	suite().Accepts(t, h, "Durability/*", "Close/*", "List/ByteOrder", "List/AfterNeedNotExist")
}

// A field that is added to Product has to be added to the sample, or its loss
// would go unnoticed.
func TestSampleSetsEveryField(t *testing.T) {
	t.Parallel()

	requireSet(t, "Product", reflect.ValueOf(fullProduct("p")))
}

func requireSet(t *testing.T, name string, value reflect.Value) {
	t.Helper()

	require.False(t, value.IsZero(), name)

	if value.Kind() != reflect.Struct || value.Type() == reflect.TypeFor[time.Time]() {
		return
	}

	for i := range value.NumField() {
		requireSet(t, name+"."+value.Type().Field(i).Name, value.Field(i))
	}
}
