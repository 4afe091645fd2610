package dynamojobstore

import (
	"cmp"
	"encoding/binary"
	"errors"
	"strings"
	"unicode/utf8"
)

// place is where a job is in the indexes: List goes from the greatest to the smallest.
// Items of others may have another form of sort key, and keep their place all the same.
type place struct {
	sort string
	id   string
}

// isAlone reports whether no other job can have this sort key: it holds the whole id.
func (p *place) isAlone() bool {
	return len(p.sort) == len(sortTime)+len("#")+len(p.id) && strings.HasSuffix(p.sort, "#"+p.id) && len(p.id) < sortIDBytes
}

// descending is the order of List.
func descending(a, b place) int { return b.compare(&a) }

func (p *place) compare(q *place) int {
	return cmp.Or(cmp.Compare(p.sort, q.sort), cmp.Compare(p.id, q.id))
}

// errPlace reports bytes that are no encoded place.
var errPlace = errors.New("malformed place")

// append appends the length of the sort key in two bytes, the sort key and the id.
func (p *place) append(b []byte) []byte {
	b = binary.BigEndian.AppendUint16(b, uint16(len(p.sort)))
	b = append(b, p.sort...)

	return append(b, p.id...)
}

func parsePlace(b []byte) (place, error) {
	if len(b) < 2 || !utf8.Valid(b[2:]) {
		return place{}, errPlace
	}

	n, b := int(binary.BigEndian.Uint16(b)), b[2:]
	if n == 0 || n >= len(b) {
		return place{}, errPlace
	}

	return place{sort: string(b[:n]), id: string(b[n:])}, nil
}
