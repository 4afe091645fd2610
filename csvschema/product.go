package csvschema

import (
	"slices"
	"strings"
)

// ProductRow is one row of a product file, cleaned and checked. Its strings may share
// the memory of the record they come from.
type ProductRow struct {
	// Row is the number of the row as a spreadsheet shows it; the header is 1.
	Row      int64
	Name     string
	Brand    string
	Category string
	// Barcode is 8 to 13 ASCII digits as the file has them, not filled up with
	// zeros, or empty.
	Barcode string
	// AdditionalBarcodes are of the same form, without the row's own and without
	// repetitions.
	AdditionalBarcodes []string
	Description        string
	Size               string
	Unit               string
	Weight             string
	PackSize           string
	Manufacturer       string
	CountryOfOrigin    string
	Ingredients        string
	// ImageURLs are the addresses of image_url_1 to image_url_10 in this order,
	// without empty and invalid ones.
	ImageURLs []string
	// Nutrition maps what follows "nutrition_" in a column's name to its value;
	// nil where there is none.
	Nutrition map[string]string
	// RegionalNames maps a region code in upper case to the names used there; nil
	// where there is none.
	RegionalNames map[string][]string
}

// ProductColumns is the header of a product file that was understood. It is safe for
// concurrent use.
type ProductColumns struct {
	*Columns
	bound []boundProductColumn
}

// boundProductColumn is a column with its place in the records of a file.
type boundProductColumn struct {
	productColumn
	index int
}

// MapProductHeader understands the header record of a product file; l may be nil. The
// warnings concern the file: columns that are unknown or have no name.
//
// A header that cannot be used gives a [*HeaderError], which wraps [ErrHeader]: it is
// empty, too long or too wide, lacks the column name or category, has a known column
// twice, under whatever names, or too many of a family such as nutrition_*. Limits that make no sense give an error that wraps
// [ErrOptions].
func MapProductHeader(header []string, l *Limits) (*ProductColumns, []Warning, error) {
	columns, warnings, err := productSchema().mapHeader(header, l)
	if err != nil {
		return nil, nil, err
	}

	known := make(map[string]productColumn)
	rank := make(map[string]int)
	for i, column := range productColumns() {
		known[column.name] = column
		rank[column.name] = i + 1
	}
	c := &ProductColumns{Columns: columns}
	for _, m := range columns.mapping {
		if m.Use != UseKnown {
			continue
		}
		column, ok := known[m.Column]
		if !ok {
			column = familyMember(m.Column)
			rank[m.Column] = len(known) + 1
		}
		c.bound = append(c.bound, boundProductColumn{column, m.Index})
	}
	// Rules run in the order of the schema, so that image addresses come in order and
	// the findings of a row do not depend on the order of its columns.
	slices.SortStableFunc(c.bound, func(a, b boundProductColumn) int {
		return rank[a.name] - rank[b.name]
	})
	return c, warnings, nil
}

// familyMember returns the column of a name that belongs to a family.
func familyMember(name string) productColumn {
	if code, ok := strings.CutPrefix(name, regionalPrefix); ok {
		return productColumn{
			column: column{name: name, maxRunes: MaxNameLength}, rule: readRegionalNames, key: code,
		}
	}
	return productColumn{
		column: column{name: name, maxRunes: MaxTermLength}, rule: readNutrition,
		key: strings.TrimPrefix(name, nutritionPrefix),
	}
}

// ParseRow reads the row of a record. A row without errors is good, whatever the
// warnings; one with errors must not be used. At most 100 of each are returned.
//
// Three kinds of records are for the caller, not for ParseRow: that of a [RecordError] is
// in error already, a Blank one is no record, and one that [Columns.IsBlank] is no row.
func (c *ProductColumns) ParseRow(rec Record) (ProductRow, []Warning, []*RowError) {
	p := productParser{findings: findings{row: rec.Start.Row}}
	p.out.Row = rec.Start.Row
	if e := c.unreadBefore(rec); e != nil {
		return p.out, nil, []*RowError{e}
	}
	if rec.Repaired > 0 {
		p.warn("", CodeEncodingRepaired,
			"the row has bytes that are not UTF-8, which were read as Windows-1252", "")
	}
	for i := range c.bound {
		column := &c.bound[i]
		column.rule(&p, &column.productColumn, c.cell(rec, column.index))
	}
	p.checkExtra(c.surplus(rec), len(c.kept))
	return p.out, p.warnings, p.errors
}

// productParser reads one row.
type productParser struct {
	findings
	out ProductRow
}

// lineInto returns the rule of a column with a value of one line.
func lineInto(field func(*ProductRow) *string) productRule {
	return func(p *productParser, c *productColumn, cell string) {
		*field(&p.out) = p.line(&c.column, cell)
	}
}

// blockInto returns the rule of a column with a value of several lines.
func blockInto(field func(*ProductRow) *string) productRule {
	return func(p *productParser, c *productColumn, cell string) {
		*field(&p.out) = p.block(&c.column, cell)
	}
}

func readBarcode(p *productParser, c *productColumn, cell string) {
	p.out.Barcode = p.barcode(&c.column, cell)
}

func readAdditionalBarcodes(p *productParser, c *productColumn, cell string) {
	// The schema lists the row's own barcode first, so it is read already.
	p.out.AdditionalBarcodes = p.barcodes(&c.column, cell, p.out.Barcode)
}

func readImageURL(p *productParser, c *productColumn, cell string) {
	if address := p.webAddress(&c.column, cell); address != "" {
		p.out.ImageURLs = append(p.out.ImageURLs, address)
	}
}

func readNutrition(p *productParser, c *productColumn, cell string) {
	value := p.line(&c.column, cell)
	if value == "" {
		return
	}
	if p.out.Nutrition == nil {
		p.out.Nutrition = make(map[string]string)
	}
	p.out.Nutrition[c.key] = value
}

func readRegionalNames(p *productParser, c *productColumn, cell string) {
	names := p.list(&c.column, cell, "|", p.failLong)
	if len(names) == 0 {
		return
	}
	if p.out.RegionalNames == nil {
		p.out.RegionalNames = make(map[string][]string)
	}
	p.out.RegionalNames[c.key] = names
}
