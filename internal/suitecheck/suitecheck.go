// Package suitecheck tests conformance suites. A suite is only worth its name if it
// finds a backend that breaks the contract, so each suite is run over backends with a
// planted defect, and over sound ones, which have to pass.
package suitecheck

import (
	"path"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/internal/conformance"
)

// Suite is a suite that is put to the test. Its methods fail t where it falls short.
type Suite[H any] struct {
	Cases []conformance.Case[H]
	// Around runs a case in surroundings of its own, such as virtual time. Nil: in none.
	Around func(t *testing.T, run func(t *testing.T))
}

// Defect is a way to break the contract.
type Defect[H any] struct {
	Name string
	// Harness makes backends that have the defect.
	Harness H
	// FoundBy names the case that has to fail. Others may fail along with it.
	FoundBy string
}

// Finds tests, in a subtest for each defect, that the case which is there for it fails.
func (s Suite[H]) Finds(t *testing.T, defects []Defect[H]) {
	t.Helper()

	for _, d := range defects {
		t.Run(d.Name, func(t *testing.T) {
			if !s.named(t, d.FoundBy).Alone {
				t.Parallel()
			}

			require.True(t, s.Watch(t, d.FoundBy, d.Harness).Failed(), "the case %q does not find it", d.FoundBy)
		})
	}
}

// Covers tests that each case is shown to be able to fail, by one of the defects.
func (s Suite[H]) Covers(t *testing.T, defects []Defect[H]) {
	t.Helper()

	for _, c := range s.Cases {
		require.True(t, slices.ContainsFunc(defects, func(d Defect[H]) bool { return d.FoundBy == c.Name }),
			"no defect shows that the case %q can fail", c.Name)
	}
}

// Accepts tests that each case has a name of its own and passes with h, whose backends
// are sound. What they do not offer is said by skipped, patterns of path.Match: the
// cases of these names skip themselves and say why, and no others do.
func (s Suite[H]) Accepts(t *testing.T, h H, skipped ...string) {
	t.Helper()

	for _, pattern := range skipped {
		require.True(t, slices.ContainsFunc(s.Cases, func(c conformance.Case[H]) bool { return Matches([]string{pattern}, c.Name) }),
			"no case has a name like %q", pattern)
	}

	for _, c := range s.Cases {
		outcome := s.Watch(t, c.Name, h)
		require.Empty(t, outcome.Failures, c.Name)
		require.Equal(t, Matches(skipped, c.Name), outcome.Skipped, "%s skips itself: %s", c.Name, outcome.Reason)
		require.Equal(t, outcome.Skipped, outcome.Reason != "", "%s: a skip says why", c.Name)
	}
}

// Watch runs the case of a name, and returns how it went.
func (s Suite[H]) Watch(t *testing.T, name string, h H) (outcome Outcome) {
	t.Helper()

	c := s.named(t, name)
	run := func(t *testing.T) {
		outcome = Watch(t, func(tb testing.TB) { c.Run(tb, h) })
	}

	if s.Around == nil {
		run(t)
	} else {
		s.Around(t, run)
	}

	return outcome
}

// named returns the one case of a name.
func (s Suite[H]) named(t *testing.T, name string) conformance.Case[H] {
	t.Helper()

	var found []conformance.Case[H]

	for _, c := range s.Cases {
		if c.Name == name {
			found = append(found, c)
		}
	}

	require.NotEmpty(t, name)
	require.Len(t, found, 1, "cases of the name %q", name)

	return found[0]
}

// Matches reports whether a name is one of the patterns, which are those of path.Match.
func Matches(patterns []string, name string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		matched, err := path.Match(pattern, name)

		return err == nil && matched
	})
}
