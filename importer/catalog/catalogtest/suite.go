// Package catalogtest is the conformance suite of [catalog.Store]. A backend
// runs it from its tests:
//
//	func TestConformance(t *testing.T) {
//		catalogtest.Run(t, catalogtest.Harness{
//			New:     func(catalogtest.T) catalog.Store { return memcatalog.New(nil) },
//			Ordered: true,
//		})
//	}
//
// A store that passes keeps the whole contract. That the suite notices one that
// does not is shown by its own tests, which run it against stores with planted
// defects.
package catalogtest

import (
	"context"
	"slices"
	"testing"

	"github.com/vyapaarai/bulkimport/importer/catalog"
)

// Harness says how to get at the stores of a backend. What a backend cannot do
// is left nil; the cases about it are skipped.
type Harness struct {
	// New returns an empty store that shares nothing with any other. It releases
	// what the store holds through t.Cleanup. Required; called concurrently.
	New func(t T) catalog.Store
	// Reopen closes a store that New returned and opens its data again, as after
	// a restart of the process. Nil: the data does not outlive the store.
	Reopen func(t T, store catalog.Store) catalog.Store
	// Close closes a store that New returned; after that its methods give
	// catalog.ErrClosed. Nil: stores are never closed.
	Close func(store catalog.Store) error
	// Ordered: List goes in ascending byte order of the ids.
	Ordered bool
}

// T is what the suite needs of *testing.T. It is an interface so that the
// suite's own tests can see a case fail.
type T interface {
	Helper()
	Errorf(format string, args ...any)
	FailNow()
	Context() context.Context
	TempDir() string
	Cleanup(func())
}

// Run runs every case of the suite as a parallel subtest of t.
func Run(t *testing.T, h Harness) {
	for _, c := range cases() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()

			if reason := c.needs.missing(h); reason != "" {
				t.Skip(reason)
			}

			c.run(t, h)
		})
	}
}

// testCase is one obligation of a store.
type testCase struct {
	name  string
	needs need
	run   func(t T, h Harness)
}

// need is an ability of the backend without which a case makes no sense.
type need int

const (
	needNothing need = iota
	needReopen
	needClose
	needOrder
)

// missing says why a harness does not meet the need, or "".
func (n need) missing(h Harness) string {
	switch {
	case n == needReopen && h.Reopen == nil:
		return "the backend's data does not outlive the store"
	case n == needClose && h.Close == nil:
		return "the backend's stores are never closed"
	case n == needOrder && !h.Ordered:
		return "the backend lists in an order of its own"
	}

	return ""
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
