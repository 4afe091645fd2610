package csvschema

import "slices"

// What the schemas share of reading rows: a file's columns with their rules, bound to
// places in its records.

// rule reads a cell of one column into a row.
type rule func(p *rowParser, c *ruledColumn, cell string)

// ruledColumn is a column of a schema, or a member of one of its families, with how it
// is read.
type ruledColumn struct {
	column
	rule rule
	// key is what follows the prefix of a family: a nutrient, a region.
	key string
}

// rowSchema is a schema together with how its cells are read.
type rowSchema struct {
	// columns are in the order of the template.
	columns  []ruledColumn
	families []family
	// member returns the column of a name that belongs to a family.
	member func(name string) ruledColumn
}

// withoutRules returns the schema without its rules, as the header needs it.
func (s *rowSchema) withoutRules() *schema {
	plain := &schema{families: s.families}
	for _, c := range s.columns {
		plain.columns = append(plain.columns, c.column)
	}
	return plain
}

// rowColumns is a header that was understood, with the rules of its columns. It is safe
// for concurrent use.
type rowColumns struct {
	*Columns
	bound []boundColumn
}

// boundColumn is a column with its place in the records of a file.
type boundColumn struct {
	ruledColumn
	index int
}

// bind understands a header record.
func (s *rowSchema) bind(header []string, l *Limits) (*rowColumns, []Warning, error) {
	columns, warnings, err := s.withoutRules().mapHeader(header, l)
	if err != nil {
		return nil, nil, err
	}

	known := make(map[string]ruledColumn)
	rank := make(map[string]int)
	for i, column := range s.columns {
		known[column.name] = column
		rank[column.name] = i + 1
	}
	c := &rowColumns{Columns: columns}
	for _, m := range columns.mapping {
		if m.Use != UseKnown {
			continue
		}
		column, ok := known[m.Column]
		if !ok {
			column = s.member(m.Column)
			rank[m.Column] = len(known) + 1
		}
		c.bound = append(c.bound, boundColumn{column, m.Index})
	}
	// Rules run in the order of the schema, so that image addresses come in order and
	// the findings of a row do not depend on the order of its columns.
	slices.SortStableFunc(c.bound, func(a, b boundColumn) int {
		return rank[a.name] - rank[b.name]
	})
	return c, warnings, nil
}

// rowParser reads one row, of whatever schema.
type rowParser struct {
	findings
	out InventoryRow // of which a product file fills Product alone
}

// read reads the row of a record.
func (c *rowColumns) read(rec Record) rowParser {
	p := rowParser{findings: findings{row: rec.Start.Row}}
	p.out.Product.Row = rec.Start.Row
	if e := c.unreadBefore(rec); e != nil {
		p.errors = []*RowError{e}
		return p
	}
	if rec.Repaired > 0 {
		p.warn("", CodeEncodingRepaired,
			"the row has bytes that are not UTF-8, which were read as Windows-1252", "")
	}
	for i := range c.bound {
		column := &c.bound[i]
		column.rule(&p, &column.ruledColumn, c.cell(rec, column.index))
	}
	p.checkExtra(c.surplus(rec), len(c.kept))
	return p
}
