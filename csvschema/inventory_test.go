package csvschema_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/csvschema"
)

// parseStock reads a row with one more cell than a good row needs.
func parseStock(t *testing.T, column, cell string) (csvschema.InventoryRow, []csvschema.Warning, []*csvschema.RowError) {
	t.Helper()
	header, fields := []string{"name", column}, []string{"Rice", cell}
	if column != "quantity" {
		header, fields = append(header, "quantity"), append(fields, "1")
	}
	columns, _, err := csvschema.MapInventoryHeader(header, nil)
	require.NoError(t, err)
	return columns.ParseRow(csvschema.Record{Fields: fields, Start: csvschema.Position{Row: 2}})
}

func TestInventoryHeader(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]string{
		"Item Name,QTY,Rate,MRP,Sale Price":                                      "name,quantity,,,selling_price",
		"EAN-13,Closing Stock.,Purchase Rate,Min. Stock,Vendor,Rack No.,Remarks": "barcode,quantity,cost_price,reorder_level,supplier,location,notes",
		"Barcode,Stock,Min Stock,Price":                                          "barcode,quantity,reorder_level,selling_price",
		"नाम,ब्रांड,श्रेणी,बारकोड,मात्रा":                                        "name,brand,category,barcode,quantity",
		"उत्पाद का नाम,स्टॉक,खरीद मूल्य,बिक्री मूल्य":                            "name,quantity,cost_price,selling_price",
		"name,quantity,न्यूनतम स्टॉक,सप्लायर,स्थान":                              "name,quantity,reorder_level,supplier,location",
		"name,quantity,description,image_url_1":                                  "name,quantity,,",
	} {
		columns, _, err := csvschema.MapInventoryHeader(strings.Split(header, ","), nil)
		require.NoError(t, err, header)
		var got []string
		for _, m := range columns.Mapping() {
			got = append(got, m.Column)
		}
		require.Equal(t, want, strings.Join(got, ","), header)
	}

	for header, want := range map[string]string{
		"name,category":           `the column "quantity" is missing`,
		"brand,quantity":          `a column "name" or "barcode" is missing`,
		"name,qty,Stock":          `both mean "quantity"`,
		"name,quantity,price,sp":  `both mean "selling_price"`,
		"quantity,Notes,location": `a column "name" or "barcode" is missing`,
	} {
		_, _, err := csvschema.MapInventoryHeader(strings.Split(header, ","), nil)
		require.ErrorIs(t, err, csvschema.ErrHeader, header)
		require.ErrorContains(t, err, want, header)

		var bad *csvschema.HeaderError
		require.ErrorAs(t, err, &bad)
		require.Len(t, bad.Mapping, strings.Count(header, ",")+1, header)
		if bad.Code == csvschema.CodeColumnMissing {
			require.Equal(t, []string{bad.Column}, bad.Missing, header)
		}
	}
}

// A product file is understood as before: nothing of an inventory belongs to it.
func TestProductHeaderHasNoInventory(t *testing.T) {
	t.Parallel()
	columns, _, err := csvschema.MapProductHeader([]string{"name", "category", "quantity", "price"}, nil)
	require.NoError(t, err)
	require.Equal(t, []string{"quantity", "price"}, columns.Unknown())
}

func TestNumbers(t *testing.T) {
	t.Parallel()
	tests := []struct {
		cell            string
		quantity, price string // the value, or the code of the error
	}{
		{"0", "0", "0"},
		{"12", "12", "12"},
		{"007", "7", "7"},
		{"12.5", "12.5", "12.5"},
		{"12.50", "12.5", "12.5"},
		{"12.500", "12.5", "12.5"},
		{"45.0000", "45", "45"},
		{"1.299", "1.299", "number_too_precise"},
		{"0.0005", "number_too_precise", "number_too_precise"},
		{".5", "0.5", "0.5"},
		{"5.", "5", "5"},
		{"+5", "5", "5"},
		{"-0", "0", "0"},
		{"-0.00", "0", "0"},
		{"1,299", "1299", "1299"},
		{"1,299.00", "1299", "1299"},
		{"1,29,900", "129900", "129900"},
		{"12,34,567.89", "1234567.89", "1234567.89"},
		{"1,234,567", "1234567", "1234567"},
		{"1.299,00", "1299", "1299"},
		{"1.234.567", "1234567", "1234567"},
		{"1.234.567,5", "1234567.5", "1234567.5"},
		{"1 299.50", "1299.5", "1299.5"},
		{"1\u00a0299", "1299", "1299"},
		{"999999999.99", "999999999.99", "999999999.99"},
		{"1000000000", "number_too_large", "number_too_large"},
		{"8901030875391", "number_too_large", "number_too_large"},
		{"00000000000000000005", "5", "5"},
		{"१२.५", "12.5", "12.5"},
		{"१,२९९", "1299", "1299"},
		{"٣٫٥", "3.5", "3.5"},
		{"１２．５", "12.5", "12.5"},
		{"'12", "12", "12"},
		{`="12"`, "12", "12"},
		{"-1", "number_negative", "number_negative"},
		{"−1.5", "number_negative", "number_negative"},
		{"- 5", "number_negative", "number_negative"},
		{"5-", "number_negative", "number_negative"},
		{"12,50", "number_ambiguous", "number_ambiguous"},
		{"0,5", "number_ambiguous", "number_ambiguous"},
		{"1,2345", "number_ambiguous", "number_ambiguous"},
		{",299", "number_ambiguous", "number_ambiguous"},
		{"1,,299", "number_ambiguous", "number_ambiguous"},
		{"12,34.5", "number_ambiguous", "number_ambiguous"},
		{"1.2,3.4", "number_ambiguous", "number_ambiguous"},
		{"1,299,00", "number_ambiguous", "number_ambiguous"},
		{"12.05.2026", "number_ambiguous", "number_ambiguous"},
		{"1 2", "number_ambiguous", "number_ambiguous"},
		{"1 299,000.00", "number_ambiguous", "number_ambiguous"},
		{"five", "number_invalid", "number_invalid"},
		{"5 kg", "number_invalid", "number_invalid"},
		{"5pcs", "number_invalid", "number_invalid"},
		{"1e3", "number_invalid", "number_invalid"},
		{"1.5E+05", "number_invalid", "number_invalid"},
		{"(45)", "number_invalid", "number_invalid"},
		{"--5", "number_invalid", "number_invalid"},
		{"NaN", "number_invalid", "number_invalid"},
		{"Inf", "number_invalid", "number_invalid"},
		{"#REF!", "number_invalid", "number_invalid"},
		{"0x10", "number_invalid", "number_invalid"},
		{"-", "number_invalid", "number_invalid"},
		{".", "number_invalid", "number_invalid"},
		{",", "number_invalid", "number_invalid"},
		{"½", "number_invalid", "number_invalid"},
		{"$45", "number_invalid", "number_invalid"},
		{"₹1,299.00", "number_invalid", "1299"},
		{"₹ 45", "number_invalid", "45"},
		{"Rs. 45", "number_invalid", "45"},
		{"Rs.45.50", "number_invalid", "45.5"},
		{"RS 45/-", "number_invalid", "45"},
		{"45/-", "number_invalid", "45"},
		{"45 Rs.", "number_invalid", "45"},
		{"INR 1,29,900.00", "number_invalid", "129900"},
		{"रु. १२", "number_invalid", "12"},
		{"₹-45", "number_invalid", "number_negative"},
		{"-₹45", "number_invalid", "number_negative"},
		{"₹", "number_invalid", "number_invalid"},
		{"Rs", "number_invalid", "number_invalid"},
		{"45 per kg", "number_invalid", "number_invalid"},
		{strings.Repeat("9", 61), "value_too_long", "value_too_long"},
	}
	for _, test := range tests {
		outcome := func(number decimal.Decimal, errs []*csvschema.RowError) string {
			if len(errs) == 0 {
				return number.String()
			}
			require.Len(t, errs, 1)
			return string(errs[0].Code)
		}
		row, warnings, errs := parseStock(t, "quantity", test.cell)
		require.Equal(t, test.quantity, outcome(row.Quantity, errs), "quantity %q", test.cell)
		require.Empty(t, warnings)
		row, _, errs = parseStock(t, "reorder_level", test.cell)
		require.Equal(t, test.quantity, outcome(row.ReorderLevel.Decimal, errs), "reorder_level %q", test.cell)
		row, _, errs = parseStock(t, "cost_price", test.cell)
		require.Equal(t, test.price, outcome(row.CostPrice.Decimal, errs), "cost_price %q", test.cell)
		require.Equal(t, len(errs) == 0, row.CostPrice.Valid)
		row, _, errs = parseStock(t, "selling_price", test.cell)
		require.Equal(t, test.price, outcome(row.SellingPrice.Decimal, errs), "selling_price %q", test.cell)
	}
}

func TestNumberErrorsSayWhatToDo(t *testing.T) {
	t.Parallel()
	for cell, want := range map[string]string{
		"5 kg":          `quantity holds 'k'; write it in digits alone, as in 1299.50`,
		"-":             `quantity is no number; write it in digits alone, as in 1299.50`,
		"12,50":         `quantity can be read in more than one way; write it with a point before the decimals and without other marks, as in 1299.50`,
		"-1":            `quantity is negative; it must be 0 or more`,
		"8901030875391": `quantity has more than 9 digits before the point; it may belong into another column`,
		"1.2345":        `quantity has more than 3 digits behind the point; round it, or leave the point out if it parts thousands`,
		"":              `quantity is empty`,
	} {
		_, _, errs := parseStock(t, "quantity", cell)
		require.Len(t, errs, 1, cell)
		require.Equal(t, want, errs[0].Message)
		require.Equal(t, "quantity", errs[0].Column)
		require.Equal(t, int64(2), errs[0].Row)
	}
}

func TestInventoryRow(t *testing.T) {
	t.Parallel()
	header := []string{"Item Name", "Brand", "Category", "EAN", "Qty", "Cost", "Price", "Min Stock", "Vendor", "Rack", "Remarks"}
	columns, warnings, err := csvschema.MapInventoryHeader(header, nil)
	require.NoError(t, err)
	require.Empty(t, warnings)

	row, warnings, errs := columns.ParseRow(csvschema.Record{
		Fields: []string{
			"  Toor  Dal ", "Tata Sampann", "Pulses", "2000000000015.0", "12.5", "₹118", "₹135.50", "5",
			"गुप्ता ट्रेडर्स", "A 2", "keep dry\r\n2nd line",
		}, Start: csvschema.Position{Row: 7},
	})
	require.Empty(t, errs)
	require.Equal(t, []csvschema.Code{csvschema.CodeBarcodeRepaired}, warningCodes(warnings))
	require.Equal(t, csvschema.ProductRow{
		Row: 7, Name: "Toor Dal", Brand: "Tata Sampann", Category: "Pulses", Barcode: "2000000000015",
	}, row.Product)
	require.Equal(t, "12.5", row.Quantity.String())
	require.Equal(t, "118", row.CostPrice.Decimal.String())
	require.Equal(t, "135.5", row.SellingPrice.Decimal.String())
	require.Equal(t, "5", row.ReorderLevel.Decimal.String())
	require.Equal(t, []string{"गुप्ता ट्रेडर्स", "A 2", "keep dry\n2nd line"}, []string{row.Supplier, row.Location, row.Notes})
	require.Empty(t, row.NewProductProblems())

	row, _, errs = columns.ParseRow(csvschema.Record{Fields: []string{"", "", "", "2000000000015", "0"}})
	require.Empty(t, errs)
	require.False(t, row.CostPrice.Valid || row.SellingPrice.Valid || row.ReorderLevel.Valid)
	problems := row.NewProductProblems()
	require.Len(t, problems, 2)
	require.Equal(t, csvschema.CodeNameMissing, problems[0].Code)
	require.Equal(t, csvschema.CodeCategoryMissing, problems[1].Code)

	_, _, errs = columns.ParseRow(csvschema.Record{Fields: []string{"", "Tata", "Pulses", "", "5"}})
	require.Len(t, errs, 1)
	require.Equal(t, csvschema.CodeNameMissing, errs[0].Code)

	_, _, errs = columns.ParseRow(csvschema.Record{Fields: []string{"Dal", "", "", "12", "x", "-1", "1,5", "", "", "", ""}})
	require.Len(t, errs, 4, "every wrong cell is named at once")
}

func TestPriceBelowCost(t *testing.T) {
	t.Parallel()
	// The order of the columns makes no difference.
	columns, _, err := csvschema.MapInventoryHeader([]string{"selling_price", "name", "quantity", "cost_price"}, nil)
	require.NoError(t, err)
	for fields, want := range map[string]bool{"9.99,a,1,10": true, "10,a,1,10.00": false, ",a,1,10": false, "1,a,1,": false, "0,a,1,10": true} {
		_, warnings, errs := columns.ParseRow(csvschema.Record{Fields: strings.Split(fields, ",")})
		require.Empty(t, errs)
		require.Equal(t, want, len(warnings) == 1 && warnings[0].Code == csvschema.CodePriceBelowCost, fields)
	}
}

func TestInventoryTemplateImports(t *testing.T) {
	t.Parallel()
	template := csvschema.InventoryTemplate()
	require.True(t, bytes.HasPrefix(template, []byte("\ufeff")))
	d, warnings, err := csvschema.Detect(template, true)
	require.NoError(t, err)
	require.Empty(t, warnings)
	got := readAll(t, bytes.NewReader(template), d, nil)
	columns, warnings, err := csvschema.MapInventoryHeader(got.records[0].Fields, nil)
	require.NoError(t, err)
	require.Empty(t, warnings)

	var names []string
	for _, m := range columns.Mapping() {
		names = append(names, m.Column)
	}
	require.Equal(t, []string{
		"name", "brand", "category", "barcode", "quantity", "cost_price", "selling_price", "reorder_level",
		"supplier", "location", "notes",
	}, names)
	for _, record := range got.records[1:] {
		row, warnings, errs := columns.ParseRow(record)
		require.Empty(t, errs)
		require.Empty(t, warnings)
		require.Empty(t, row.NewProductProblems())
	}
}

// The report of an inventory is corrected and read again as any other.
func TestInventoryReportComesBack(t *testing.T) {
	t.Parallel()
	header := []string{"name", "quantity", "price", "=mrp"}
	columns, _, err := csvschema.MapInventoryHeader(header, nil)
	require.NoError(t, err)
	record := csvschema.Record{Fields: []string{"Rice", "-5", "₹1,299.00", "=1+1"}, Start: csvschema.Position{Row: 9}}
	_, _, errs := columns.ParseRow(record)
	require.Len(t, errs, 1)

	var report bytes.Buffer
	w := csvschema.NewReportWriter(&report, columns.Header())
	require.NoError(t, w.Write(9, columns.Original(record), string(errs[0].Code), errs[0].Message))
	require.NoError(t, w.Flush())

	fixed := strings.Replace(report.String(), ",-5,", ",5,", 1)
	got := readAll(t, strings.NewReader(fixed), csvschema.Dialect{BOM: 3}, nil)
	again, warnings, err := csvschema.MapInventoryHeader(got.records[0].Fields, nil)
	require.NoError(t, err)
	require.Equal(t, []csvschema.Code{csvschema.CodeColumnsUnknown}, warningCodes(warnings))
	require.True(t, again.IsReport())
	row, _, errs := again.ParseRow(got.records[1])
	require.Empty(t, errs)
	require.Equal(t, "5", row.Quantity.String())
	require.Equal(t, "1299", row.SellingPrice.Decimal.String())
}

// FuzzNumber reads any number: what is accepted is within its bounds, is read as the same
// again, and has no digit that the cell has not.
func FuzzNumber(f *testing.F) {
	for _, seed := range []string{
		"12", "1,299.00", "₹1,29,900", "Rs. 45/-", "1.299,00", "-0", "12,50", "٣٫٥", "१२.५", "1 299", ".5", "5.", "'5", `="5"`,
		"999999999.999", "1.2.3", ",,", "-₹ 5", "rs.rs.5", "0000000000000005",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, cell string) {
		for _, column := range []string{"quantity", "selling_price"} {
			row, _, errs := parseStock(t, column, cell)
			number, decimals := row.Quantity, int32(csvschema.QuantityDecimals)
			if column == "selling_price" {
				number, decimals = row.SellingPrice.Decimal, csvschema.PriceDecimals
			}
			if len(errs) > 0 {
				require.True(t, number.IsZero())
				require.NotEmpty(t, errs[0].Message)
				continue
			}
			require.False(t, number.IsNegative())
			require.GreaterOrEqual(t, number.Exponent(), -decimals)
			require.True(t, number.LessThan(decimal.New(1, csvschema.MaxWholeDigits)))

			if strings.ContainsFunc(cell, func(r rune) bool { return r >= 0x80 }) {
				continue
			}
			digits := strings.Map(func(r rune) rune {
				if r < '0' || r > '9' {
					return -1
				}
				return r
			}, cell)
			require.Equal(t, strings.Trim(digits, "0"),
				strings.Trim(strings.ReplaceAll(number.String(), ".", ""), "0"), "%q is %s", cell, number)
		}
	})
}

// FuzzInventoryHeader maps any header of an inventory, and parses it as a row.
func FuzzInventoryHeader(f *testing.F) {
	for _, seed := range []string{
		"name,quantity", "EAN,Qty,MRP", "name,qty,stock", "नाम,मात्रा", "name,quantity,row_number,error_code,error_message", ",,",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, line string) {
		header := strings.Split(line, ",")
		columns, _, err := csvschema.MapInventoryHeader(header, nil)
		if err != nil {
			require.ErrorAs(t, err, new(*csvschema.HeaderError))
			return
		}
		row, _, errs := columns.ParseRow(csvschema.Record{Fields: header})
		require.True(t, len(errs) > 0 || row.Product.Name != "" || row.Product.Barcode != "")
	})
}
