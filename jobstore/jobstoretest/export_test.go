package jobstoretest

import "testing"

// CaseNames returns the names of all cases.
func CaseNames() []string {
	var names []string
	for _, c := range cases() {
		names = append(names, c.name)
	}

	return names
}

// RunCase runs one case.
func RunCase(t testing.TB, name string, h Harness) {
	for _, c := range cases() {
		if c.name == name {
			c.runWith(t, h)

			return
		}
	}

	t.Fatalf("there is no case %q", name)
}
