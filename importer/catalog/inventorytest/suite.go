// Package inventorytest is the conformance suite of [catalog.Inventory]. A backend
// runs it from its tests:
//
//	func TestInventoryConformance(t *testing.T) {
//		inventorytest.Run(t, inventorytest.Harness{
//			New: func(testing.TB) catalog.Inventory { return memcatalog.New(nil) },
//		})
//	}
//
// Every backend runs it. An inventory that passes keeps the whole
// contract. That the suite notices one that does not is shown by its own tests, which
// run it against inventories with planted defects.
package inventorytest

import (
	"slices"
	"testing"

	"github.com/vyapaarai/bulkimport/importer/catalog"
	"github.com/vyapaarai/bulkimport/internal/conformance"
)

// Harness says how to get at the inventories of a backend. What a backend cannot do
// is left nil; the cases about it are skipped.
type Harness struct {
	// New returns an empty inventory that shares nothing with any other. It releases
	// what the inventory holds through t.Cleanup. Required; called concurrently.
	New func(t testing.TB) catalog.Inventory
	// Reopen closes an inventory that New returned and opens its data again, as after
	// a restart of the process. Nil: the data does not outlive the inventory.
	Reopen func(t testing.TB, inventory catalog.Inventory) catalog.Inventory
	// Close closes an inventory that New returned; after that its methods give
	// catalog.ErrClosed. Nil: inventories are never closed.
	Close func(inventory catalog.Inventory) error
}

// Run runs every case of the suite as a parallel subtest of t.
func Run(t *testing.T, h Harness) {
	t.Helper()

	conformance.Run(t, h, cases())
}

// testCase is one obligation of an inventory.
type testCase = conformance.Case[Harness]

// cases returns the whole suite.
func cases() []testCase {
	return slices.Concat(
		putCases(),
		repeatCases(),
		readCases(),
		roundTripCases(),
		concurrencyCases(),
		lifeCases(),
	)
}
