package suitecheck_test

import (
	"os"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/internal/conformance"
	"github.com/vyapaarai/bulkimport/internal/suitecheck"
)

// number is a harness: its backend is a number, which has to be even and positive.
type (
	number int
	defect = suitecheck.Defect[number]
)

func suite() suitecheck.Suite[number] {
	return suitecheck.Suite[number]{Cases: []conformance.Case[number]{
		{Name: "even", Run: func(t testing.TB, n number) { require.Zero(t, n%2) }},
		{Name: "positive", Run: func(t testing.TB, n number) { require.Positive(t, n) }, Alone: true},
		{Name: "half is even", Run: func(t testing.TB, n number) {
			if n == 2 {
				t.Skip("two has no such half")
			}

			require.Zero(t, n/2%2)
		}},
	}}
}

// TestSuite is over a suite that finds what it has to.
func TestSuite(t *testing.T) {
	odd, negative, six := defect{"odd", 5, "even"}, defect{"negative", -4, "positive"}, defect{"six", 6, "half is even"}

	suite().Finds(t, []defect{odd, negative, six})
	suite().Covers(t, []defect{odd, negative, six})
	suite().Accepts(t, 4)
	suite().Accepts(t, 2, "half*")
	require.True(t, suite().Watch(t, "even", 3).Failed())

	around := 0
	wrapped := suite()
	wrapped.Around = func(t *testing.T, run func(*testing.T)) { around++; run(t) }
	wrapped.Accepts(t, 4)
	require.Equal(t, len(wrapped.Cases), around)
}

// shortcoming names, to a process of this test, which of shortcomings it is to have.
const shortcoming = "SUITECHECK_SHORTCOMING"

// shortcomings are those of suites, which have to fail the tests of these.
func shortcomings() map[string]func(*testing.T) {
	twice, nameless := suite(), suite()
	twice.Cases = append(twice.Cases, twice.Cases[0])
	nameless.Cases[0].Name = ""

	return map[string]func(*testing.T){
		"defect not found":        func(t *testing.T) { suite().Finds(t, []defect{{"none", 4, "even"}}) },
		"defect found by others":  func(t *testing.T) { suite().Finds(t, []defect{{"odd", 5, "positive"}}) },
		"defect not looked for":   func(t *testing.T) { suite().Finds(t, []defect{{"two", 2, "half is even"}}) },
		"no such case":            func(t *testing.T) { suite().Finds(t, []defect{{"odd", 5, "odd"}}) },
		"case without a defect":   func(t *testing.T) { suite().Covers(t, []defect{{"odd", 5, "even"}}) },
		"sound backend refused":   func(t *testing.T) { suite().Accepts(t, 6) },
		"skipped unasked":         func(t *testing.T) { suite().Accepts(t, 2) },
		"pattern of no case":      func(t *testing.T) { suite().Accepts(t, 4, "halves*") },
		"pattern that is none":    func(t *testing.T) { suite().Accepts(t, 4, "[") },
		"not skipped":             func(t *testing.T) { suite().Accepts(t, 4, "half*") },
		"two cases of one name":   func(t *testing.T) { twice.Accepts(t, 4) },
		"a case without any name": func(t *testing.T) { nameless.Accepts(t, 4) },
	}
}

// TestShortcomings runs each in a process of its own, whose tests have to fail.
func TestShortcomings(t *testing.T) {
	t.Parallel()

	if name := os.Getenv(shortcoming); name != "" {
		shortcomings()[name](t)
		return
	}

	for name := range shortcomings() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			test := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestShortcomings$")
			test.Env = append(os.Environ(), shortcoming+"="+name)

			output, err := test.CombinedOutput()
			require.Error(t, err)
			require.Contains(t, string(output), "Error Trace:", "the test failed by a check")
		})
	}
}
