package csvschema

import "github.com/shopspring/decimal"

// InventoryRow is one row of an inventory file, cleaned and checked. Its strings may
// share the memory of the record they come from.
type InventoryRow struct {
	// Product says which product the row is about. Of its fields a file has the row
	// number, the name, the brand, the category and the barcode; all but the number
	// may be empty, though not both name and barcode.
	Product ProductRow
	// Quantity is 0 or more, with up to [QuantityDecimals] digits behind the point.
	Quantity decimal.Decimal
	// CostPrice and SellingPrice are 0 or more, with up to [PriceDecimals] digits
	// behind the point, and not Valid where the file has none.
	CostPrice    decimal.NullDecimal
	SellingPrice decimal.NullDecimal
	// ReorderLevel is as Quantity is, and not Valid where the file has none.
	ReorderLevel decimal.NullDecimal
	Supplier     string
	Location     string
	// Notes may have several lines.
	Notes string
}

// InventoryColumns is the header of an inventory file that was understood. It is safe
// for concurrent use.
type InventoryColumns struct{ rowColumns }

// MapInventoryHeader understands the header record of an inventory file; l may be nil.
// Warnings and errors are those of [MapProductHeader], but for the columns that must be
// there: quantity, and name or barcode.
func MapInventoryHeader(header []string, l *Limits) (*InventoryColumns, []Warning, error) {
	columns, warnings, err := inventorySchema().bind(header, l)
	if err != nil {
		return nil, nil, err
	}
	if !columns.has("name") && !columns.has("barcode") {
		bad := columnMissing([]string{"name"}, `a column "name" or "barcode" is missing`, header)
		bad.Mapping = columns.mapping
		return nil, nil, bad
	}
	return &InventoryColumns{*columns}, warnings, nil
}

// has says whether the file has a column.
func (c *rowColumns) has(name string) bool {
	for i := range c.bound {
		if c.bound[i].name == name {
			return true
		}
	}
	return false
}

// ParseRow reads the row of a record, as [ProductColumns.ParseRow] does. A row with
// neither name nor barcode is in error: it says of no product that it is about it.
func (c *InventoryColumns) ParseRow(rec Record) (InventoryRow, []Warning, []*RowError) {
	p := c.read(rec)
	if product := &p.out.Product; len(p.errors) == 0 && product.Name == "" && product.Barcode == "" {
		p.fail("name", CodeNameMissing, "name and barcode are empty; one of them must say which product this is", "")
	}
	return p.out, p.warnings, p.errors
}

// NewProductProblems returns what an inventory row lacks to make a new product of: a
// name and a category. There are none where the row can become a product.
func (r *InventoryRow) NewProductProblems() []*RowError {
	const advice = " is empty, and no product of the catalogue has the barcode, or the name and brand, of this row"
	var problems []*RowError
	for _, required := range []struct {
		column, value string
		code          Code
	}{
		{"name", r.Product.Name, CodeNameMissing},
		{"category", r.Product.Category, CodeCategoryMissing},
	} {
		if required.value == "" {
			problems = append(problems, &RowError{
				Row: r.Product.Row, Column: required.column, Code: required.code, Message: required.column + advice,
			})
		}
	}
	return problems
}
