package csvschema

import (
	"strconv"
	"strings"
	"unicode"
)

// Limits of product values, in characters. Longer values are an error of the row, but
// for image addresses, which are left out with a warning.
const (
	MaxNameLength = 500 // the longest names seen in real catalogues have some 160
	MaxTermLength = 200 // brand, category, nutrition values
	// MaxTextLength bounds description and ingredients: real lists of ingredients
	// reach 4,029 characters.
	MaxTextLength         = 10_000
	MaxMeasureLength      = 100 // size, unit, weight, pack size
	MaxManufacturerLength = 500 // often with an address
	MaxImageURLLength     = 2048
	MaxImageURLs          = 10
)

// maxBarcodeCell bounds one barcode as it is written, before anything is dropped.
const maxBarcodeCell = 200

const (
	maxRegionLength   = 32 // of a region code: "IN-MH" and longer ones
	maxNutrientLength = 64 // of what follows nutrition_
	// maxFamilyColumns bounds the nutrition_* columns of a file, and the
	// regional_names_* ones: there are fewer nutrients on a label and fewer languages
	// in a country.
	maxFamilyColumns = 100
)

// productColumns lists the columns in the order of the template.
func productColumns() []ruledColumn {
	columns := []ruledColumn{
		{column: column{
			name: "name", required: true, maxRunes: MaxNameLength,
			aliases: []string{"product_name", "product_title", "title", "item_name", "नाम", "उत्पाद_का_नाम"},
		}, rule: lineInto(func(r *ProductRow) *string { return &r.Name })},
		{column: column{
			name: "brand", maxRunes: MaxTermLength,
			aliases: []string{"brand_name", "product_brand", "ब्रांड"},
		}, rule: lineInto(func(r *ProductRow) *string { return &r.Brand })},
		{column: column{
			name: "category", required: true, maxRunes: MaxTermLength,
			aliases: []string{"category_name", "product_category", "item_category", "श्रेणी"},
		}, rule: lineInto(func(r *ProductRow) *string { return &r.Category })},
		{column: column{
			name: "barcode", maxRunes: maxBarcodeCell,
			aliases: []string{
				"barcode_number", "product_barcode", "ean", "ean_8", "ean_13", "ean_code",
				"upc", "upc_a", "upc_code", "gtin", "gtin_8", "gtin_12", "gtin_13",
				"बारकोड",
			},
		}, rule: readBarcode},
		{column: column{
			name: "additional_barcodes", maxRunes: maxBarcodeCell,
			aliases: []string{"additional_barcode", "other_barcodes", "alternative_barcodes", "alternate_barcodes"},
		}, rule: readAdditionalBarcodes},
		{column: column{
			name: "description", maxRunes: MaxTextLength,
			aliases: []string{"product_description", "item_description"},
		}, rule: blockInto(func(r *ProductRow) *string { return &r.Description })},
		{column: column{
			name: "size", maxRunes: MaxMeasureLength,
			aliases: []string{"product_size"},
		}, rule: lineInto(func(r *ProductRow) *string { return &r.Size })},
		{column: column{
			name: "unit", maxRunes: MaxMeasureLength,
			aliases: []string{"uom", "unit_of_measure"},
		}, rule: lineInto(func(r *ProductRow) *string { return &r.Unit })},
		{column: column{
			name: "weight", maxRunes: MaxMeasureLength,
			aliases: []string{"net_weight", "net_wt", "product_weight"},
		}, rule: lineInto(func(r *ProductRow) *string { return &r.Weight })},
		{column: column{
			name: "pack_size", maxRunes: MaxMeasureLength,
			aliases: []string{"package_size", "packaging_size"},
		}, rule: lineInto(func(r *ProductRow) *string { return &r.PackSize })},
		{column: column{
			name: "manufacturer", maxRunes: MaxManufacturerLength,
			aliases: []string{"manufacturer_name", "manufactured_by", "producer"},
		}, rule: lineInto(func(r *ProductRow) *string { return &r.Manufacturer })},
		{column: column{
			name: "country_of_origin", maxRunes: MaxTermLength,
			aliases: []string{"country", "origin", "origin_country", "made_in"},
		}, rule: lineInto(func(r *ProductRow) *string { return &r.CountryOfOrigin })},
		{column: column{
			name: "ingredients", maxRunes: MaxTextLength,
			aliases: []string{"ingredient_list", "ingredients_text"},
		}, rule: blockInto(func(r *ProductRow) *string { return &r.Ingredients })},
	}
	for n := 1; n <= MaxImageURLs; n++ {
		columns = append(columns, imageColumn(n))
	}
	return columns
}

// imageColumn returns the column of the nth image. The first one's number may be left
// out of the aliases.
func imageColumn(n int) ruledColumn {
	number := strconv.Itoa(n)
	aliases := []string{"image_" + number, "image_link_" + number, "img_url_" + number}
	if n == 1 {
		aliases = append(aliases, "image_url", "image", "image_link", "img_url")
	}
	return ruledColumn{
		column: column{name: "image_url_" + number, aliases: aliases, maxRunes: MaxImageURLLength},
		rule:   readImageURL,
	}
}

const (
	nutritionPrefix = "nutrition_"
	regionalPrefix  = "regional_names_"
)

// productFamilies lists the families of columns.
func productFamilies() []family {
	return []family{
		{prefix: nutritionPrefix, suffix: nutrient, maxRunes: MaxTermLength, maxColumns: maxFamilyColumns},
		{
			prefix: regionalPrefix, aliases: []string{"regional_name_"}, suffix: region,
			maxRunes: MaxNameLength, maxColumns: maxFamilyColumns,
		},
	}
}

// nutrient takes any name that is not too long.
func nutrient(s string) (string, bool) {
	return s, s != "" && !tooManyRunes(s, maxNutrientLength)
}

// region returns the code of a region in upper case, with hyphens, as in IN-MH.
func region(s string) (string, bool) {
	if s == "" || tooManyRunes(s, maxRegionLength) {
		return "", false
	}
	for _, r := range s {
		if r != '_' && !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r) {
			return "", false
		}
	}
	return strings.ToUpper(strings.ReplaceAll(s, "_", "-")), true
}

// productSchema returns the schema of a product file.
func productSchema() *rowSchema {
	return &rowSchema{columns: productColumns(), families: productFamilies(), member: familyMember}
}

// ColumnInfo describes a column that a schema knows, for documentation and forms.
type ColumnInfo struct {
	// Name is the canonical name. That of a family of columns ends with a star, as
	// in nutrition_*.
	Name string `json:"name"`
	// Aliases are the other names that are understood.
	Aliases  []string `json:"aliases,omitempty"`
	Required bool     `json:"required,omitempty"`
	// MaxLength bounds a value, or each value of a list, in characters.
	MaxLength int `json:"max_length"`
}

// ProductSchema returns the columns of a product file in the order of the template.
func ProductSchema() []ColumnInfo { return productSchema().describe() }

// describe returns the columns of a schema, then its families.
func (s *rowSchema) describe() []ColumnInfo {
	var infos []ColumnInfo
	for _, c := range s.columns {
		infos = append(infos, ColumnInfo{
			Name: c.name, Aliases: c.aliases, Required: c.required, MaxLength: c.maxRunes,
		})
	}
	for _, f := range s.families {
		info := ColumnInfo{Name: f.prefix + "*", MaxLength: f.maxRunes}
		for _, alias := range f.aliases {
			info.Aliases = append(info.Aliases, alias+"*")
		}
		infos = append(infos, info)
	}
	return infos
}
