// Package catalogtest is the conformance suite of [catalog.Store]. A backend
// runs it from its tests:
//
//	func TestConformance(t *testing.T) {
//		catalogtest.Run(t, catalogtest.Harness{
//			New:     func(testing.TB) catalog.Store { return memcatalog.New(nil) },
//			Ordered: true,
//		})
//	}
//
// A store that passes keeps the whole contract. That the suite notices one that
// does not is shown by its own tests, which run it against stores with planted
// defects.
package catalogtest

import (
	"slices"
	"testing"

	"github.com/vyapaarai/bulkimport/importer/catalog"
	"github.com/vyapaarai/bulkimport/internal/conformance"
)

// Harness says how to get at the stores of a backend. What a backend cannot do
// is left nil; the cases about it are skipped.
type Harness struct {
	// New returns an empty store that shares nothing with any other. It releases
	// what the store holds through t.Cleanup. Required; called concurrently.
	New func(t testing.TB) catalog.Store
	// Reopen closes a store that New returned and opens its data again, as after
	// a restart of the process. Nil: the data does not outlive the store.
	Reopen func(t testing.TB, store catalog.Store) catalog.Store
	// Close closes a store that New returned; after that its methods give
	// catalog.ErrClosed. Nil: stores are never closed.
	Close func(store catalog.Store) error
	// Ordered: List goes in ascending byte order of the ids.
	Ordered bool
}

// Run runs every case of the suite as a parallel subtest of t.
func Run(t *testing.T, h Harness) {
	t.Helper()

	conformance.Run(t, h, cases())
}

// testCase is one obligation of a store.
type testCase = conformance.Case[Harness]

// needReopen skips a case that makes no sense where data does not outlive the store.
func needReopen(t testing.TB, h Harness) {
	t.Helper()

	if h.Reopen == nil {
		t.Skip("the backend's data does not outlive the store")
	}
}

// needClose skips a case that makes no sense where stores are never closed.
func needClose(t testing.TB, h Harness) {
	t.Helper()

	if h.Close == nil {
		t.Skip("the backend's stores are never closed")
	}
}

// needOrder skips a case that makes no sense where ids are listed in any order.
func needOrder(t testing.TB, h Harness) {
	t.Helper()

	if !h.Ordered {
		t.Skip("the backend lists in an order of its own")
	}
}

// cases returns the whole suite.
func cases() []testCase {
	return slices.Concat(
		createCases(),
		claimCases(),
		deleteCases(),
		lookupCases(),
		listCases(),
		roundTripCases(),
		ownershipCases(),
		hostileCases(),
		cancelCases(),
		concurrencyCases(),
		durabilityCases(),
		closeCases(),
	)
}
