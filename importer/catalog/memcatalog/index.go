package memcatalog

import (
	"iter"
	"slices"
)

// index holds the ids of products in ascending order. Writing is cheap and
// unsorted; reading sorts what was written since the last reading and merges it
// in. A listing in pages, with no writing in between, sorts nothing.
type index struct {
	sorted []string
	fresh  []string // added since, in no order
}

// add adds an id. One that was deleted and is added again is there twice until
// the next merge.
func (x *index) add(id string) { x.fresh = append(x.fresh, id) }

// after returns the ids greater than id, in ascending order. Ids of products
// deleted are among them until the next merge, which exists decides.
func (x *index) after(id string, exists func(string) bool) iter.Seq[string] {
	if len(x.fresh) > 0 {
		x.merge(exists)
	}

	first, found := slices.BinarySearch(x.sorted, id)
	if found {
		first++
	}

	return slices.Values(x.sorted[first:])
}

// merge brings fresh into sorted. It fills the room behind sorted from the end,
// so that nothing is overwritten before it has been moved.
func (x *index) merge(exists func(string) bool) {
	slices.Sort(x.fresh)

	from := len(x.sorted)
	x.sorted = append(x.sorted, x.fresh...)

	for to := len(x.sorted) - 1; len(x.fresh) > 0; to-- {
		last := len(x.fresh) - 1

		if from > 0 && x.sorted[from-1] > x.fresh[last] {
			from--
			x.sorted[to] = x.sorted[from]
		} else {
			x.sorted[to] = x.fresh[last]
			x.fresh = x.fresh[:last]
		}
	}

	x.sorted = slices.Compact(x.sorted)
	x.sorted = slices.DeleteFunc(x.sorted, func(id string) bool { return !exists(id) })
}
