// Package position holds the place of a job in the order of jobstore.Store.List:
// its order-preserving encoding, and the cursor made of it.
package position

import (
	"cmp"
	"encoding/binary"
	"errors"
	"time"
	"unicode/utf8"

	"github.com/vyapaarai/bulkimport/jobstore"
)

// Position is a place in an order of jobs by a time, then by id.
type Position struct {
	Time time.Time
	ID   string
}

// Of returns the position of a job by its creation time: the oldest comes first,
// so List goes backwards.
func Of(j *jobstore.Job) Position {
	return Position{Time: j.CreatedAt, ID: j.ID}
}

// Compare returns -1, 0 or +1 as p comes before q, is the same place or comes
// after it.
func (p Position) Compare(q Position) int {
	return cmp.Or(p.Time.Compare(q.Time), cmp.Compare(p.ID, q.ID))
}

// timeBytes is the length of an encoded time: the seconds since 1970 in eight
// bytes, the nanoseconds in four.
const timeBytes = 12

// errEncoding reports bytes that are no encoded position.
var errEncoding = errors.New("position: malformed encoding")

// AppendTime appends twelve bytes that sort as times do, for every time that a
// record can hold (years 0 to 9999: nanoseconds since 1970 in one integer would
// end in 2262).
func AppendTime(b []byte, t time.Time) []byte {
	// With the sign bit flipped, times before 1970 sort before the others.
	b = binary.BigEndian.AppendUint64(b, uint64(t.Unix())^(1<<63))

	return binary.BigEndian.AppendUint32(b, uint32(t.Nanosecond()))
}

// Append appends the encoding of p. Encodings sort bytewise as positions do; the
// id comes last and as it is, so that no id can be taken for another with a
// suffix.
func (p Position) Append(b []byte) []byte {
	return append(AppendTime(b, p.Time), p.ID...)
}

// Parse reads what Append has written. It accepts nothing else: Append of the
// result gives b again.
func Parse(b []byte) (Position, error) {
	if len(b) <= timeBytes || !utf8.Valid(b[timeBytes:]) {
		return Position{}, errEncoding
	}

	seconds := int64(binary.BigEndian.Uint64(b) ^ (1 << 63))
	nanoseconds := binary.BigEndian.Uint32(b[8:])

	if nanoseconds >= uint32(time.Second) {
		return Position{}, errEncoding
	}

	return Position{
		Time: time.Unix(seconds, int64(nanoseconds)).UTC(),
		ID:   string(b[timeBytes:]),
	}, nil
}
