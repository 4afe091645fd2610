// Package conformance runs the cases of a conformance suite. What a case needs to get
// at the backend that it tests is the suite's own: its harness, H.
//
// That a suite notices backends which break the contract is for package suitecheck.
package conformance

import "testing"

// Case is one obligation of a backend.
type Case[H any] struct {
	// Name is unique in the suite.
	Name string
	// Run tests the backend. It skips itself where the harness does not offer what it
	// needs. It takes a testing.TB, so that the suite's own tests can see it fail.
	Run func(t testing.TB, h H)
	// Alone keeps the case from running while others do. The testing package starts
	// those that are parallel when all others are over.
	Alone bool
}

// Run runs each case as a subtest of t.
func Run[H any](t *testing.T, h H, cases []Case[H]) {
	t.Helper()

	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			if !c.Alone {
				t.Parallel()
			}

			c.Run(t, h)
		})
	}
}
