package importer

import (
	"slices"
	"strings"

	"github.com/vyapaarai/bulkimport/csvschema"
)

// ColumnStatus says what an import does with a column of the file.
type ColumnStatus string

// What an import does with a column.
const (
	// ColumnRecognised: the column is read. Those that an error report has added are
	// recognised too.
	ColumnRecognised ColumnStatus = "recognised"
	// ColumnUnknown: the column is not imported.
	ColumnUnknown ColumnStatus = "unknown"
	// ColumnRepeated: the column is not imported, and has the header of one before it; or
	// it means the same as one before it, which no import takes (see HeaderError).
	ColumnRepeated ColumnStatus = "repeated"
)

// ValidatedColumn is a column of the file, as an import understands it.
type ValidatedColumn struct {
	// Position is the place of the column, from 1.
	Position int
	// Header is its header, at most maxColumnText characters of it.
	Header string
	// Column is what it is read as; empty unless it is recognised and read.
	Column string
	Status ColumnStatus
	// Samples are the first few different values, cut in the same way.
	Samples []string
}

const (
	// maxColumnText is how much of a header or value is shown, in characters.
	maxColumnText = 100
	// maxColumnSamples is how many values of a column are shown.
	maxColumnSamples = 3
	// sampleRows is how many rows samples are looked for in.
	sampleRows = 200
)

// columnSamples collects the first values of every column.
type columnSamples struct {
	columns []ValidatedColumn
	rows    int
}

func newColumnSamples(mapping []csvschema.ColumnMapping) *columnSamples {
	s := &columnSamples{columns: make([]ValidatedColumn, len(mapping))}
	seen, meant := map[string]bool{}, map[string]bool{}

	for i, m := range mapping {
		name := strings.ToLower(strings.TrimSpace(m.Header))
		c := ValidatedColumn{
			Position: m.Index + 1, Header: cutText(m.Header), Column: m.Column,
			Status: ColumnRecognised, Samples: []string{},
		}

		switch {
		case m.Use == csvschema.UseUnknown && name != "" && seen[name]:
			c.Status = ColumnRepeated
		case m.Use == csvschema.UseUnknown:
			c.Status = ColumnUnknown
		case m.Column != "" && meant[m.Column]:
			c.Status = ColumnRepeated
		}

		seen[name], meant[m.Column] = true, true
		s.columns[i] = c
	}

	return s
}

// add looks at one row.
func (s *columnSamples) add(row *Row) {
	if row.Malformed || s.rows >= sampleRows {
		return
	}

	s.rows++

	for i, value := range row.Record.Fields[:min(len(row.Record.Fields), len(s.columns))] {
		c := &s.columns[i]
		if len(c.Samples) >= maxColumnSamples {
			continue
		}

		if text := cutText(strings.TrimSpace(value)); text != "" && !slices.Contains(c.Samples, text) {
			c.Samples = append(c.Samples, text)
		}
	}
}

func (s *columnSamples) list() []ValidatedColumn { return s.columns }

// cutText returns the beginning of a text as memory of its own: the rest of its record
// need not be kept for it.
func cutText(text string) string {
	count := 0

	for i := range text {
		if count == maxColumnText {
			return text[:i] + "…"
		}

		count++
	}

	return strings.Clone(text)
}
