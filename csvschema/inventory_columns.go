package csvschema

import (
	"slices"

	"github.com/shopspring/decimal"
)

// Limits of the values of an inventory file.
const (
	// QuantityDecimals is how many digits a quantity or reorder level may have behind
	// the point: loose goods are weighed to the gram.
	QuantityDecimals = 3
	// PriceDecimals is how many digits a price may have behind the point: paise.
	PriceDecimals = 2
	// MaxWholeDigits is how many digits a number may have before the point. What is
	// longer is a barcode in the wrong column.
	MaxWholeDigits = 9
	// MaxNotesLength bounds the notes, in characters.
	MaxNotesLength = 2000
)

// maxNumberCell bounds a number as it is written, with its currency and zeros.
const maxNumberCell = 60

// inventoryColumns lists the columns in the order of the template. Those that say which
// product it is are those of a product file. Which of them a row needs is another
// matter: a product that is in the catalogue is found by its barcode alone.
func inventoryColumns() []ruledColumn {
	var columns []ruledColumn
	for _, c := range productColumns() {
		if slices.Contains([]string{"name", "brand", "category", "barcode"}, c.name) {
			c.required = false
			columns = append(columns, c)
		}
	}
	return append(columns, []ruledColumn{
		{column: column{
			name: "quantity", required: true, maxRunes: maxNumberCell,
			aliases: []string{
				"qty", "stock", "stock_qty", "stock_quantity", "quantity_in_stock", "qty_in_stock", "in_stock",
				"on_hand", "qty_on_hand", "quantity_on_hand", "stock_on_hand", "current_stock", "closing_stock",
				"available_stock", "available_qty", "available_quantity", "मात्रा", "स्टॉक",
			},
		}, rule: readQuantity},
		{column: column{
			name: "cost_price", maxRunes: maxNumberCell,
			aliases: []string{
				"cost", "cp", "purchase_price", "purchase_rate", "buying_price", "cost_rate", "landing_cost",
				"landing_price", "लागत_मूल्य", "खरीद_मूल्य", "क्रय_मूल्य",
			},
		}, rule: numberInto(priceForm, func(r *InventoryRow) *decimal.NullDecimal { return &r.CostPrice })},
		{column: column{
			name: "selling_price", maxRunes: maxNumberCell,
			aliases: []string{
				"price", "sp", "sale_price", "sales_price", "sell_price", "selling_rate", "sale_rate", "retail_price",
				"विक्रय_मूल्य", "बिक्री_मूल्य",
			},
		}, rule: readSellingPrice},
		{column: column{
			name: "reorder_level", maxRunes: maxNumberCell,
			aliases: []string{
				"reorder_point", "min_stock", "minimum_stock", "min_stock_level", "minimum_stock_level", "min_qty",
				"min_quantity", "minimum_quantity", "low_stock", "low_stock_alert", "alert_quantity", "न्यूनतम_स्टॉक",
			},
		}, rule: numberInto(quantityForm, func(r *InventoryRow) *decimal.NullDecimal { return &r.ReorderLevel })},
		{column: column{
			name: "supplier", maxRunes: MaxManufacturerLength,
			aliases: []string{"supplier_name", "vendor", "vendor_name", "distributor", "distributor_name", "सप्लायर", "आपूर्तिकर्ता"},
		}, rule: stockLineInto(func(r *InventoryRow) *string { return &r.Supplier })},
		{column: column{
			name: "location", maxRunes: MaxTermLength,
			aliases: []string{
				"shelf", "shelf_location", "rack", "rack_no", "rack_number", "bin", "aisle", "storage_location", "godown", "स्थान",
			},
		}, rule: stockLineInto(func(r *InventoryRow) *string { return &r.Location })},
		{column: column{
			name: "notes", maxRunes: MaxNotesLength,
			aliases: []string{"note", "remarks", "remark", "comments", "comment", "टिप्पणी"},
		}, rule: func(p *rowParser, c *ruledColumn, cell string) { p.out.Notes = p.block(&c.column, cell) }},
	}...)
}

// inventorySchema returns the schema of an inventory file.
func inventorySchema() *rowSchema { return &rowSchema{columns: inventoryColumns()} }

// InventorySchema returns the columns of an inventory file in the order of its template.
func InventorySchema() []ColumnInfo { return inventorySchema().describe() }

// stockLineInto returns the rule of a column of the inventory's own with a value of one
// line.
func stockLineInto(field func(*InventoryRow) *string) rule {
	return func(p *rowParser, c *ruledColumn, cell string) {
		*field(&p.out) = p.line(&c.column, cell)
	}
}

// numberInto returns the rule of a column with a number that may be absent.
func numberInto(form numberForm, field func(*InventoryRow) *decimal.NullDecimal) rule {
	return func(p *rowParser, c *ruledColumn, cell string) {
		*field(&p.out) = p.number(&c.column, cell, form)
	}
}

func readQuantity(p *rowParser, c *ruledColumn, cell string) {
	p.out.Quantity = p.number(&c.column, cell, quantityForm).Decimal
}

// readSellingPrice also holds the price against the cost, which the schema lists before.
func readSellingPrice(p *rowParser, c *ruledColumn, cell string) {
	price := p.number(&c.column, cell, priceForm)
	p.out.SellingPrice = price
	if cost := p.out.CostPrice; price.Valid && cost.Valid && price.Decimal.LessThan(cost.Decimal) {
		p.warn(c.name, CodePriceBelowCost, c.shown()+" is below the cost price", cell)
	}
}
