package csvschema

// Template returns a CSV file with every column of the product schema and some example
// rows, for people to fill in: UTF-8 with a byte order mark, so that spreadsheets show
// every script, commas and CRLF. It imports without an error or a warning.
//
// Of the families of columns it has the common members; more may be added. Image
// addresses are under example.com, which serves no images.
func Template() []byte {
	var header []string
	for _, c := range productColumns() {
		header = append(header, c.name)
	}
	header = append(header,
		"nutrition_energy", "nutrition_fat", "nutrition_carbohydrates", "nutrition_sugar",
		"nutrition_protein", "nutrition_salt",
		"regional_names_IN-MH", "regional_names_IN-TN")

	return template(header, templateRows())
}

// InventoryTemplate returns a CSV file with every column of the inventory schema and some
// example rows, in the form of [Template]. It imports without an error or a warning.
func InventoryTemplate() []byte {
	var header []string
	for _, c := range inventoryColumns() {
		header = append(header, c.name)
	}
	return template(header, inventoryTemplateRows())
}

// template returns a file with these columns and rows.
func template(header []string, rows []map[string]string) []byte {
	file := appendRecord([]byte(utf8BOM), header)
	for _, row := range rows {
		cells := make([]string, len(header))
		for i, name := range header {
			cells[i] = row[name]
		}
		file = appendRecord(file, cells)
	}
	return file
}

// templateRows are made-up products, by column. Their barcodes are in a range that GS1
// leaves to shops for use within their own walls, so that they are nobody's.
func templateRows() []map[string]string {
	return []map[string]string{
		{
			"name": "Roasted Chickpeas with Lime", "brand": "Example Foods", "category": "Snacks",
			"barcode": "2000000000015", "additional_barcodes": "2000000000022|2000000000039",
			"description": "Crunchy chickpeas, roasted with lime and salt.",
			"size":        "200 g", "unit": "g", "weight": "200", "pack_size": "1",
			"manufacturer": "Example Foods Ltd, Pune", "country_of_origin": "India",
			"ingredients": "Chickpeas, lime, salt",
			"image_url_1": "https://images.example.com/chickpeas-front.jpg",
			"image_url_2": "https://images.example.com/chickpeas-back.jpg",

			"nutrition_energy": "364 kcal", "nutrition_fat": "6", "nutrition_carbohydrates": "61",
			"nutrition_sugar": "11", "nutrition_protein": "19", "nutrition_salt": "1.2",
			"regional_names_IN-MH": "भाजलेले चणे|लिंबू चणे", "regional_names_IN-TN": "வறுத்த கொண்டைக்கடலை",
		},
		{
			"name": "बासमती चावल", "brand": "Example Mills", "category": "Rice & Grains",
			"barcode": "2000000000046", "size": "1 kg", "unit": "kg", "weight": "1", "pack_size": "1",
			"country_of_origin":    "India",
			"regional_names_IN-MH": "बासमती तांदूळ",
		},
		{"name": "Steel Water Bottle, 750 ml", "category": "Kitchen"},
	}
}

// inventoryTemplateRows are what a shop might have of the products of the product
// template.
func inventoryTemplateRows() []map[string]string {
	return []map[string]string{
		{
			"name": "Roasted Chickpeas with Lime", "brand": "Example Foods", "category": "Snacks",
			"barcode": "2000000000015", "quantity": "24", "cost_price": "38.50", "selling_price": "45",
			"reorder_level": "6", "supplier": "Example Traders, Pune", "location": "Shelf A2", "notes": "sells best in the evening",
		},
		{
			"name": "बासमती चावल", "brand": "Example Mills", "category": "Rice & Grains", "barcode": "2000000000046",
			"quantity": "12.5", "cost_price": "84", "selling_price": "99", "reorder_level": "5", "supplier": "Example Mills",
		},
		{"name": "Steel Water Bottle, 750 ml", "category": "Kitchen", "quantity": "3", "selling_price": "1299.00"},
	}
}
