package csvschema

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// Use says what becomes of a column of the file.
type Use string

const (
	// UseKnown: the schema knows the column and reads it.
	UseKnown Use = "known"
	// UseUnknown: the column is kept for the error report only.
	UseUnknown Use = "unknown"
	// UseReport: the column was added by an error report; it is ignored.
	UseReport Use = "report"
)

// ColumnMapping says how one column of the file is understood.
type ColumnMapping struct {
	// Index is the place of the column in a record, from 0.
	Index int `json:"index"`
	// Header is the header cell as it stands in the file.
	Header string `json:"header"`
	// Column is the canonical name, empty unless Use is UseKnown.
	Column string `json:"column,omitempty"`
	Use    Use    `json:"use"`
}

// Columns is a header that was understood: which column of the file means what. It is
// safe for concurrent use.
type Columns struct {
	mapping []ColumnMapping
	kept    []int // the columns that are not the error report's own
	header  []string
	own     []int // the error report's own, in the order of reportColumns
	most    int   // values that Original returns, so that a report can be read again
}

// IsReport says whether the file is an error report that was filled in: it has the
// columns row_number, error_code and error_message. These are no columns of the file,
// and the apostrophes of [NeutraliseCell] are taken off again. See [ReportWriter] for the
// one thing that error_code is read for.
func (c *Columns) IsReport() bool { return c.own != nil }

// Header returns the header cells of the file in their order, those without a name
// included, without the columns that an error report has added. The slice is the
// caller's.
func (c *Columns) Header() []string { return slices.Clone(c.header) }

// Original returns the values of a record as they stand in the file, with the apostrophes
// of an error report taken off: first those of the columns of Header, filled up with
// empty ones, then the surplus ones that lie beyond the header, without blank ones at the
// end. There are never more than Limits.Fields less the three columns of a report, unless
// Header has more. It does for the Record of a [RecordError], too.
func (c *Columns) Original(rec Record) []string {
	surplus := c.surplus(rec)
	surplus = surplus[:min(len(surplus), max(c.most-len(c.kept), 0))]
	for len(surplus) > 0 && isBlankText(surplus[len(surplus)-1]) {
		surplus = surplus[:len(surplus)-1]
	}
	values := make([]string, len(c.kept), len(c.kept)+len(surplus))
	for i, index := range c.kept {
		values[i] = c.cell(rec, index)
	}
	return append(values, surplus...)
}

// IsBlank says whether nothing stands in a record but what an error report has added: all
// its other values are empty, white space or control characters. Such a row of a report
// was emptied by hand and is no row. The Reader skips the blank records of all files.
func (c *Columns) IsBlank(rec Record) bool {
	for _, index := range c.kept {
		if !isBlankText(c.cell(rec, index)) {
			return false
		}
	}
	return !slices.ContainsFunc(c.surplus(rec), func(s string) bool { return !isBlankText(s) })
}

// surplus returns the values beyond the header. The slice may be the record's.
func (c *Columns) surplus(rec Record) []string {
	if len(rec.Fields) <= c.width() {
		return nil
	}
	values := rec.Fields[c.width():]
	if c.IsReport() {
		values = restoreAll(values)
	}
	return values
}

// cell returns one value of a record, which may be too short.
func (c *Columns) cell(rec Record, index int) string {
	if index >= len(rec.Fields) {
		return ""
	}
	if c.IsReport() {
		return RestoreCell(rec.Fields[index])
	}
	return rec.Fields[index]
}

// Mapping returns how each column of the file is understood, in their order. The slice
// is the caller's.
func (c *Columns) Mapping() []ColumnMapping { return slices.Clone(c.mapping) }

// Unknown returns the header cells that the schema does not know, in their order,
// without empty ones.
func (c *Columns) Unknown() []string {
	var unknown []string
	for _, m := range c.mapping {
		if m.Use == UseUnknown && strings.TrimSpace(m.Header) != "" {
			unknown = append(unknown, m.Header)
		}
	}
	return unknown
}

// width is how many fields a record may have. It is that of the header as it stands in
// the file: values under a header cell without a name are those of an unknown column.
func (c *Columns) width() int { return len(c.mapping) }

// mapHeader understands a header record. Its errors are HeaderErrors, but for limits
// that make no sense.
func (s *schema) mapHeader(header []string, l *Limits) (*Columns, []Warning, error) {
	limits, err := l.withDefaults()
	if err != nil {
		return nil, nil, err
	}
	if err := checkHeaderSize(header, limits); err != nil {
		return nil, nil, err
	}

	normalised := normaliseHeader(header)
	own := ownColumns(normalised)
	if own != nil {
		header = restoreAll(header)
		normalised = normaliseHeader(header)
	}
	if !slices.ContainsFunc(normalised, func(name string) bool { return name != "" }) {
		return nil, nil, &HeaderError{
			Code:    CodeHeaderEmpty,
			Message: "the first row is empty; it must hold the names of the columns",
		}
	}

	width := len(header)
	if own != nil {
		// A spreadsheet makes every row as wide as the widest one: empty header cells
		// behind the report's columns stand above surplus values of rows in error,
		// which must not pass for those of a column.
		for edge := slices.Max(own) + 1; width > edge && normalised[width-1] == ""; {
			width--
		}
	}
	c := &Columns{own: own, most: limits.Fields - len(reportColumns)}
	if err := s.assign(c, header[:width], normalised[:width]); err != nil {
		return nil, nil, err
	}
	return c, c.warnings(), nil
}

// ownColumns returns the columns that an error report has added, or nil where the header
// is not that of a report. They are the last ones of their names: a file may have had a
// row_number before.
func ownColumns(normalised []string) []int {
	var own []int
	for _, name := range reportColumns {
		last := -1
		for i := range normalised {
			if normalised[i] == name {
				last = i
			}
		}
		if last < 0 {
			return nil
		}
		own = append(own, last)
	}
	return own
}

// assign gives every column its use. It goes through all of them also where the header
// cannot be used, so that its error can tell how each is understood.
func (s *schema) assign(c *Columns, header, normalised []string) error {
	names := s.names()
	seen := make(map[string]int)
	members := make(map[*family]int)
	var bad *HeaderError
	for i, name := range normalised {
		m := ColumnMapping{Index: i, Header: header[i], Use: UseUnknown}
		var kin *family
		canonical, known := names[joined(name)]
		if !known {
			canonical, kin = s.member(name)
			known = kin != nil
		}
		switch {
		case slices.Contains(c.own, i):
			m.Use = UseReport
		case known:
			first, twice := seen[canonical]
			if twice && bad == nil {
				bad = duplicateColumn(canonical, header, first, i)
			}
			if kin != nil && !twice {
				if members[kin]++; members[kin] > kin.maxColumns && bad == nil {
					bad = tooManyMembers(kin)
				}
			}
			if !twice {
				seen[canonical] = i
			}
			m.Use, m.Column = UseKnown, canonical
		}
		c.mapping = append(c.mapping, m)
		if m.Use != UseReport {
			c.kept = append(c.kept, i)
			c.header = append(c.header, header[i])
		}
	}

	var missing []string
	for _, column := range s.columns {
		if _, ok := seen[column.name]; column.required && !ok {
			missing = append(missing, column.name)
		}
	}
	if len(missing) > 0 && bad == nil {
		bad = missingColumns(missing, header)
	}
	if bad != nil {
		bad.Missing, bad.Mapping = missing, c.mapping
		return bad
	}
	return nil
}

func checkHeaderSize(header []string, limits Limits) error {
	if len(header) > limits.Fields {
		return &HeaderError{
			Code:    CodeHeaderTooWide,
			Message: fmt.Sprintf("the header has %d columns, the most is %d", len(header), limits.Fields),
		}
	}
	size := 0
	for _, cell := range header {
		size += len(cell)
	}
	if size > limits.HeaderBytes {
		return &HeaderError{
			Code:    CodeHeaderTooLong,
			Message: fmt.Sprintf("the header is %d bytes long, the most is %d", size, limits.HeaderBytes),
		}
	}
	return nil
}

func duplicateColumn(name string, header []string, first, second int) *HeaderError {
	return &HeaderError{
		Code:   CodeColumnDuplicate,
		Column: name,
		Cells:  []int{first, second},
		Message: fmt.Sprintf("the columns %s (number %d) and %s (number %d) both mean %s; keep one of them",
			quoteShort(header[first]), first+1, quoteShort(header[second]), second+1, quoteShort(name)),
	}
}

func tooManyMembers(f *family) *HeaderError {
	name := f.prefix + "*"
	return &HeaderError{
		Code:   CodeTooManyColumns,
		Column: name,
		Message: fmt.Sprintf("the header has more than %d columns %s, which is the most; remove the others",
			f.maxColumns, name),
	}
}

func missingColumns(missing, header []string) *HeaderError {
	what := fmt.Sprintf("the column %q is missing", missing[0])
	if len(missing) > 1 {
		what = fmt.Sprintf("the columns %s are missing", quoteList(missing, listedNames))
	}
	return columnMissing(missing, what, header)
}

// columnMissing says what is missing in the header, and what it has.
func columnMissing(missing []string, what string, header []string) *HeaderError {
	return &HeaderError{
		Code:    CodeColumnMissing,
		Column:  missing[0],
		Missing: missing,
		Message: fmt.Sprintf("%s; the first row must name the columns, and it has %s",
			what, quoteList(header, listedNames)),
	}
}

// warnings are what the person who uploaded the file should know about its columns.
func (c *Columns) warnings() []Warning {
	var warnings []Warning
	if unknown := c.Unknown(); len(unknown) > 0 {
		warnings = append(warnings, Warning{
			Code:    CodeColumnsUnknown,
			Message: "unknown columns are not imported: " + quoteList(unknown, listedNames),
		})
	}

	var unnamed []string
	for _, m := range c.mapping {
		if m.Use == UseUnknown && strings.TrimSpace(m.Header) == "" {
			unnamed = append(unnamed, fmt.Sprint(m.Index+1))
		}
	}
	if len(unnamed) > 0 {
		shown := strings.Join(unnamed[:min(len(unnamed), listedNames)], ", ")
		if len(unnamed) > listedNames {
			shown += fmt.Sprintf(" and %d more", len(unnamed)-listedNames)
		}
		warnings = append(warnings, Warning{
			Code:    CodeColumnsUnnamed,
			Message: "columns without a name are not imported: number " + shown,
		})
	}
	return warnings
}

// restoreAll takes off the apostrophes of an error report.
func restoreAll(header []string) []string {
	restored := make([]string, len(header))
	for i, cell := range header {
		restored[i] = RestoreCell(cell)
	}
	return restored
}

// normaliseHeader brings the header cells into the form of canonical names.
func normaliseHeader(header []string) []string {
	normalised := make([]string, len(header))
	for i, cell := range header {
		normalised[i] = normaliseName(cell)
	}
	return normalised
}

// normaliseName brings a header cell into the form of canonical names: trimmed, in
// lower case, spaces, hyphens and underscores as one underscore. Characters that cannot
// be seen are dropped, and so are the full stop behind a word, as in "Qty.", and the star
// and the colon that mark a column as required or as a label.
func normaliseName(cell string) string {
	var b strings.Builder
	gap, stop := false, false
	for _, r := range strings.ToLower(cell) {
		switch {
		case r == '_' || unicode.IsSpace(r) || unicode.Is(unicode.Dash, r):
			gap, stop = true, false
		case unicode.IsControl(r) || isInvisible(r):
		case r == '.' && !stop && !gap && b.Len() > 0:
			stop = true
		default:
			if stop {
				b.WriteByte('.')
			}
			stop = false
			if gap && b.Len() > 0 {
				b.WriteByte('_')
			}
			gap = false
			b.WriteRune(r)
		}
	}
	return strings.Trim(b.String(), "*:_")
}
