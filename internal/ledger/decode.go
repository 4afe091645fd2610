package ledger

import (
	"bytes"
	"encoding/json"
	"fmt"
	"iter"
)

// Segment is a segment that was read back.
type Segment struct {
	Header Header
	lines  []byte
}

// Parse reads the header of a segment. The error wraps ErrCorrupt.
func Parse(data []byte) (*Segment, error) {
	head, lines, found := bytes.Cut(data, []byte{'\n'})
	if !found {
		return nil, fmt.Errorf("%w: segment without a header", ErrCorrupt)
	}

	s := &Segment{lines: lines}
	if err := json.Unmarshal(head, &s.Header); err != nil {
		return nil, fmt.Errorf("%w: header: %w", ErrCorrupt, err)
	}

	if s.Header.Version != Version {
		return nil, fmt.Errorf("%w: version %d, want %d", ErrCorrupt, s.Header.Version, Version)
	}

	return s, nil
}

// Entries yields the entries in order. It ends with an error that wraps
// ErrCorrupt where a line cannot be read, where the rows do not ascend within the
// segment's span, or where their number is not the header's.
func (s *Segment) Entries() iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		rows, last := int64(0), s.Header.FirstRow-1

		for line := range bytes.Lines(s.lines) {
			var e Entry
			if !parsePlain(line, &e) {
				e = Entry{}

				if err := json.Unmarshal(line, &e); err != nil {
					yield(Entry{}, fmt.Errorf("%w: entry after row %d: %w", ErrCorrupt, last, err))

					return
				}
			}

			if e.Row <= last || e.Row >= s.Header.NextRow {
				yield(Entry{}, fmt.Errorf("%w: row %d after row %d in a segment that ends before row %d",
					ErrCorrupt, e.Row, last, s.Header.NextRow))

				return
			}

			rows, last = rows+1, e.Row
			if !yield(e, nil) {
				return
			}
		}

		if rows != s.Header.Rows {
			yield(Entry{}, fmt.Errorf("%w: %d entries, the header says %d", ErrCorrupt, rows, s.Header.Rows))
		}
	}
}
