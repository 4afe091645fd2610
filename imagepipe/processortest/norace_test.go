//go:build !race

package processortest

// underRace reports that the race detector watches.
const underRace = false
