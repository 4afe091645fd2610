package csvschema

import "strings"

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
type ProductColumns struct{ rowColumns }

// MapProductHeader understands the header record of a product file; l may be nil. The
// warnings concern the file: columns that are unknown or have no name.
//
// A header that cannot be used gives a [*HeaderError], which wraps [ErrHeader]: it is
// empty, too long or too wide, lacks the column name or category, has a known column
// twice, under whatever names, or too many of a family such as nutrition_*. Limits that make no sense give an error that wraps
// [ErrOptions].
func MapProductHeader(header []string, l *Limits) (*ProductColumns, []Warning, error) {
	columns, warnings, err := productSchema().bind(header, l)
	if err != nil {
		return nil, nil, err
	}
	return &ProductColumns{*columns}, warnings, nil
}

// familyMember returns the column of a name that belongs to a family.
func familyMember(name string) ruledColumn {
	if code, ok := strings.CutPrefix(name, regionalPrefix); ok {
		return ruledColumn{
			column: column{name: name, maxRunes: MaxNameLength}, rule: readRegionalNames, key: code,
		}
	}
	return ruledColumn{
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
	p := c.read(rec)
	return p.out.Product, p.warnings, p.errors
}

// lineInto returns the rule of a column with a value of one line.
func lineInto(field func(*ProductRow) *string) rule {
	return func(p *rowParser, c *ruledColumn, cell string) {
		*field(&p.out.Product) = p.line(&c.column, cell)
	}
}

// blockInto returns the rule of a column with a value of several lines.
func blockInto(field func(*ProductRow) *string) rule {
	return func(p *rowParser, c *ruledColumn, cell string) {
		*field(&p.out.Product) = p.block(&c.column, cell)
	}
}

func readBarcode(p *rowParser, c *ruledColumn, cell string) {
	p.out.Product.Barcode = p.barcode(&c.column, cell)
}

func readAdditionalBarcodes(p *rowParser, c *ruledColumn, cell string) {
	// The schema lists the row's own barcode first, so it is read already.
	p.out.Product.AdditionalBarcodes = p.barcodes(&c.column, cell, p.out.Product.Barcode)
}

func readImageURL(p *rowParser, c *ruledColumn, cell string) {
	if address := p.webAddress(&c.column, cell); address != "" {
		p.out.Product.ImageURLs = append(p.out.Product.ImageURLs, address)
	}
}

func readNutrition(p *rowParser, c *ruledColumn, cell string) {
	value := p.line(&c.column, cell)
	if value == "" {
		return
	}
	if p.out.Product.Nutrition == nil {
		p.out.Product.Nutrition = make(map[string]string)
	}
	p.out.Product.Nutrition[c.key] = value
}

func readRegionalNames(p *rowParser, c *ruledColumn, cell string) {
	names := p.list(&c.column, cell, "|", p.failLong)
	if len(names) == 0 {
		return
	}
	if p.out.Product.RegionalNames == nil {
		p.out.Product.RegionalNames = make(map[string][]string)
	}
	p.out.Product.RegionalNames[c.key] = names
}
