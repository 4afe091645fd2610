package csvschema

import "fmt"

// Position is where a record begins. It is what a checkpoint stores: a [Reader]
// started at a record's End reads exactly the rest of the file.
type Position struct {
	// Offset is in bytes from the start of the file; for a compressed file, from
	// the start of its decompressed content.
	Offset int64 `json:"offset"`
	// Row is the row number of the record that begins here, as a spreadsheet
	// shows it: the header is row 1, every record counts as one row whatever its
	// physical lines, and blank ones count too.
	Row int64 `json:"row"`
	// Line is the physical line, from 1.
	Line int64 `json:"line"`
}

// firstPosition is where the first record of a file begins.
func firstPosition(d Dialect) Position {
	p := Position{Offset: int64(d.BOM + d.SeparatorLine), Row: 1, Line: 1}
	if d.SeparatorLine > 0 {
		p.Line++
	}
	return p
}

// check returns an error that wraps ErrOptions where p cannot be resumed from.
func (p Position) check() error {
	if p.Offset < 0 || p.Row < 1 || p.Line < 1 {
		return fmt.Errorf("%w: position %+v", ErrOptions, p)
	}
	return nil
}

// Record is one record of a CSV file.
type Record struct {
	// Fields are the values, unquoted, in UTF-8. They are the record's own memory
	// and may be kept; all of them share one string, so that keeping one field
	// keeps the bytes of its record.
	Fields []string
	// Start is where the record begins, End where the next one does.
	Start, End Position
	// Repaired counts the bytes that were not UTF-8 although the file is, and
	// that were read as Windows-1252.
	Repaired int
	// Blank says that this is no record but a stretch of more than 64 KiB of blank
	// ones, without Fields; Start and End span it. Consumers skip it: it exists so
	// that a caller can look at its context between stretches.
	Blank bool
}
