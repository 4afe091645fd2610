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

// Every planted defect is found by the case that is there for it. Other cases
// may fail along with it.
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

	for _, defect := range defects {
		t.Run(defect.name, func(t *testing.T) {
			t.Parallel()

			c := caseNamed(t, defect.foundBy)
			broken := Harness{New: func(T) catalog.Store { return defect.store() }}

			require.Empty(t, failuresOf(t, c, Harness{New: func(T) catalog.Store { return sound() }}),
				"the case passes without the defect")
			require.NotEmpty(t, failuresOf(t, c, broken), "the case fails with the defect")
		})
	}
}

// A backend that forgets its data on reopening, or that answers after it was
// closed, is found as well.
func TestSuiteFindsDefectsOfTheWholeLife(t *testing.T) {
	t.Parallel()

	broken := Harness{
		New:    func(T) catalog.Store { return sound() },
		Reopen: func(T, catalog.Store) catalog.Store { return sound() },
		Close:  func(catalog.Store) error { return nil },
	}

	for _, name := range []string{"Durability/ProductsAndClaims", "Close/EveryMethod", "Close/Twice"} {
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

// Gaps of a backend are skipped, and nothing else is.
func TestMissingAbilities(t *testing.T) {
	t.Parallel()

	for _, c := range cases() {
		require.Equal(t, c.needs == needNothing, c.needs.missing(Harness{}) == "", c.name)
	}
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
