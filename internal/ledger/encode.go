package ledger

import (
	"encoding/json"
	"fmt"
	"strconv"
)

// Builder makes one segment, entry by entry.
type Builder struct {
	lines []byte
	rows  int64
	last  int64
}

// Add appends an entry. Entries come in ascending order of their rows.
func (b *Builder) Add(e *Entry) error {
	if e.Row <= b.last {
		return fmt.Errorf("%w: row %d after row %d", ErrCorrupt, e.Row, b.last)
	}

	if plain(e) {
		b.addPlain(e)
	} else {
		line, err := json.Marshal(e)
		if err != nil {
			return fmt.Errorf("ledger: encode row %d: %w", e.Row, err)
		}

		b.lines = append(append(b.lines, line...), '\n')
	}

	b.last = e.Row
	b.rows++

	return nil
}

// Finish returns the segment. h.Version and h.Rows are filled in.
func (b *Builder) Finish(h Header) ([]byte, error) {
	h.Version, h.Rows = Version, b.rows

	head, err := json.Marshal(h)
	if err != nil {
		return nil, fmt.Errorf("ledger: encode header: %w", err)
	}

	segment := make([]byte, 0, len(head)+1+len(b.lines))
	segment = append(append(segment, head...), '\n')

	return append(segment, b.lines...), nil
}

// plain reports whether nothing of the entry needs escaping, as is so for nearly
// all rows. encoding/json costs several times as much, for each of millions.
func plain(e *Entry) bool {
	if len(e.Details) > 0 || len(e.Problems) > 0 || len(e.Values) > 0 || !bare(e.ProductID) || !bare(e.MatchedBy) || !bare(string(e.Item)) {
		return false
	}

	for _, code := range e.Warnings {
		if !bare(code) {
			return false
		}
	}

	return true
}

// bare reports whether s can stand between quotation marks as it is.
func bare(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' {
			return false
		}
	}

	return true
}

// addPlain writes what encoding/json would write.
func (b *Builder) addPlain(e *Entry) {
	b.lines = append(b.lines, `{"r":`...)
	b.lines = strconv.AppendInt(b.lines, e.Row, 10)
	b.lines = append(b.lines, `,"o":"`...)
	b.lines = append(b.lines, e.Outcome...)
	b.lines = append(b.lines, '"')

	if e.ProductID != "" {
		b.lines = append(append(append(b.lines, `,"p":"`...), e.ProductID...), '"')
	}

	if e.MatchedBy != "" {
		b.lines = append(append(append(b.lines, `,"t":"`...), e.MatchedBy...), '"')
	}

	if e.Item != "" {
		b.lines = append(append(append(b.lines, `,"i":"`...), e.Item...), '"')
	}

	for i, code := range e.Warnings {
		opening := `,"`
		if i == 0 {
			opening = `,"w":["`
		}

		b.lines = append(append(append(b.lines, opening...), code...), '"')
	}

	if len(e.Warnings) > 0 {
		b.lines = append(b.lines, ']')
	}

	b.lines = append(b.lines, '}', '\n')
}
