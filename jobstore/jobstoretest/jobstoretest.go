// Package jobstoretest is the conformance suite of jobstore.Store. A backend
// passes a [Harness] to [Run] in a test of its own; the suite proves every
// sentence of the port's contract that can be observed from outside.
//
// The suite sets the clock of the store, and relies on nothing else of a backend:
// it takes an empty store for each case, so cases run in parallel.
package jobstoretest

import (
	"slices"
	"testing"
	"time"

	"github.com/vyapaarai/bulkimport/internal/conformance"
	"github.com/vyapaarai/bulkimport/jobstore"
)

// Harness tells the suite how to get at the stores of a backend, and what the
// backend does not offer. Each gap is reported as a skipped test.
type Harness struct {
	// New returns an empty store that nobody else uses and that takes the time
	// from now. It is released, with all that it rests on, when the test ends
	// (t.Cleanup).
	New func(t testing.TB, now func() time.Time) jobstore.Store

	// Reopen closes a store that New or Reopen returned, with all that it rests
	// on, and opens another on the same data. Nil where records do not outlive
	// the store.
	Reopen func(t testing.TB, s jobstore.Store, now func() time.Time) jobstore.Store

	// NoExpirer: the store is no jobstore.Expirer, because its database removes
	// expired records by itself.
	NoExpirer bool

	// NoUserRecords: the store is no jobstore.UserRecords.
	NoUserRecords bool

	// NoClose: the store is no io.Closer.
	NoClose bool

	// ListLag is how long List may take to see what a finished call has written;
	// 0 where it sees it at once.
	ListLag time.Duration
}

// Run runs the whole suite as subtests of t.
func Run(t *testing.T, h Harness) {
	t.Helper()

	conformance.Run(t, h, cases())
}

// testCase is one test of the suite.
type testCase struct {
	// name is topic/behaviour.
	name string
	run  func(e *env)
}

// cases returns the suite, topic by topic.
func cases() []conformance.Case[Harness] {
	var all []conformance.Case[Harness]

	for _, c := range slices.Concat(
		createCases(),
		recordCases(),
		aliasCases(),
		updateCases(),
		cancelCases(),
		leaseCases(),
		listCases(),
		cursorCases(),
		modelCases(),
		keyCases(),
		expiryCases(),
		sweepCases(),
		userCases(),
		closeCases(),
		reopenCases(),
	) {
		all = append(all, conformance.Case[Harness]{Name: c.name, Run: func(t testing.TB, h Harness) {
			clock := newClock()
			c.run(&env{TB: t, harness: h, clock: clock, store: h.New(t, clock.Now)})
		}})
	}

	return all
}
