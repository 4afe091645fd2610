package csvschema_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/csvschema"
)

// parse reads one row under a header.
func parse(t testing.TB, header, fields []string) (csvschema.ProductRow, []csvschema.Warning, []*csvschema.RowError) {
	t.Helper()
	columns, _, err := csvschema.MapProductHeader(header, nil)
	require.NoError(t, err)
	return columns.ParseRow(csvschema.Record{Fields: fields, Start: csvschema.Position{Row: 7}})
}

// parseCell reads one cell of a row that is good otherwise.
func parseCell(t testing.TB, column, cell string) (csvschema.ProductRow, []csvschema.Warning, []*csvschema.RowError) {
	t.Helper()
	switch column {
	case "name":
		return parse(t, []string{"name", "category"}, []string{cell, "c"})
	case "category":
		return parse(t, []string{"name", "category"}, []string{"n", cell})
	}
	return parse(t, []string{"name", "category", column}, []string{"n", "c", cell})
}

func warningCodes(warnings []csvschema.Warning) []csvschema.Code {
	var codes []csvschema.Code
	for _, w := range warnings {
		codes = append(codes, w.Code)
	}
	return codes
}

func TestParseRowReadsEveryColumn(t *testing.T) {
	t.Parallel()
	row, warnings, errs := parse(t,
		[]string{
			"Image URL 2", "Product Name", "BRAND", "category", "EAN-13", "additional_barcodes", "description",
			"size", "UOM", "net weight", "pack-size", "manufacturer", "Country", "ingredients", "image",
			"nutrition_fat", "Nutrition Saturated Fat", "regional_names_in-mh", "regional_names_hi", "mrp",
		},
		[]string{
			"https://example.com/2.jpg", " Tea  ", "B", "C", "89-0103 0875391", "2000000000015|8901030875391| |2000000000015",
			" line 1\r\nline 2 ", "S", "U", "W", "P", "M", "India", "I", "http://example.com/1 a.jpg",
			"1.5", "", "चहा | टी |", "", "10",
		})
	require.Empty(t, errs)
	require.Equal(t, []csvschema.Code{csvschema.CodeBarcodeCheckDigit}, warningCodes(warnings))
	require.Equal(t, csvschema.ProductRow{
		Row: 7, Name: "Tea", Brand: "B", Category: "C", Barcode: "8901030875391",
		AdditionalBarcodes: []string{"2000000000015"}, Description: "line 1\nline 2",
		Size: "S", Unit: "U", Weight: "W", PackSize: "P", Manufacturer: "M", CountryOfOrigin: "India",
		Ingredients:   "I",
		ImageURLs:     []string{"http://example.com/1%20a.jpg", "https://example.com/2.jpg"},
		Nutrition:     map[string]string{"fat": "1.5"},
		RegionalNames: map[string][]string{"IN-MH": {"चहा", "टी"}},
	}, row)
}

func TestParseRowText(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		cell string
		want string
		warn []csvschema.Code
	}{
		{name: "plain", cell: "Green Tea", want: "Green Tea"},
		{name: "white space collapsed", cell: "\t Green \r\n\n Tea\u00a0\u2003x ", want: "Green Tea x"},
		{name: "invisible characters trimmed", cell: "\ufeff\u200b Tea \u2060\u200b", want: "Tea"},
		{name: "joiners kept", cell: "क्\u200dष", want: "क्\u200dष"},
		{name: "entities kept", cell: "5&quot; pipe &amp; x", want: "5&quot; pipe &amp; x"},
		{name: "control characters", cell: "T\x00e\x07a\x7f", want: "Tea", warn: []csvschema.Code{csvschema.CodeControlCharacters}},
		{name: "C1 characters", cell: "Tea \u0096 5\u0080\u0085", want: "Tea – 5€…", warn: []csvschema.Code{csvschema.CodeEncodingRepaired}},
		{name: "C1 characters without a letter", cell: "Tea\u0081", want: "Tea", warn: []csvschema.Code{csvschema.CodeControlCharacters}},
		{name: "lost letters", cell: "Caf\ufffd", want: "Caf\ufffd", warn: []csvschema.Code{csvschema.CodeEncodingDamaged}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			row, warnings, errs := parseCell(t, "name", tc.cell)
			require.Empty(t, errs)
			require.Equal(t, tc.want, row.Name)
			require.Equal(t, tc.warn, warningCodes(warnings))
			for _, w := range warnings {
				require.Equal(t, int64(7), w.Row)
				require.Equal(t, "name", w.Column)
				require.Equal(t, tc.cell, w.Value)
			}
		})
	}

	t.Run("blocks keep their lines", func(t *testing.T) {
		t.Parallel()
		row, warnings, errs := parseCell(t, "ingredients", " a\r\nb\rc\n\n d\t e \x01\v ")
		require.Empty(t, errs)
		require.Equal(t, "a\nb\nc\n\n d\t e", row.Ingredients)
		require.Equal(t, []csvschema.Code{csvschema.CodeControlCharacters}, warningCodes(warnings))
	})

	t.Run("bytes repaired by the reader", func(t *testing.T) {
		t.Parallel()
		columns, _, err := csvschema.MapProductHeader([]string{"name", "category"}, nil)
		require.NoError(t, err)
		_, warnings, errs := columns.ParseRow(csvschema.Record{Fields: []string{"é", "c"}, Repaired: 1})
		require.Empty(t, errs)
		require.Equal(t, []csvschema.Code{csvschema.CodeEncodingRepaired}, warningCodes(warnings))
		require.Empty(t, warnings[0].Column)
	})
}

func TestParseRowErrors(t *testing.T) {
	t.Parallel()
	var regions, barcodes []string
	for i := range csvschema.MaxListValues + 1 {
		regions = append(regions, strings.Repeat("x", i+1))
		barcodes = append(barcodes, strings.Repeat("1", i+1))
	}
	for _, tc := range []struct {
		name   string
		column string
		cell   string
		code   csvschema.Code
	}{
		{"no name", "name", "", csvschema.CodeNameMissing},
		{"blank name", "name", " \u00a0\u200b", csvschema.CodeNameMissing},
		{"name of control characters", "name", "\x01\x02", csvschema.CodeNameMissing},
		{"no category", "category", "", csvschema.CodeCategoryMissing},
		{"long name", "name", strings.Repeat("अ", csvschema.MaxNameLength+1), csvschema.CodeValueTooLong},
		{"long category", "category", strings.Repeat("x", csvschema.MaxTermLength+1), csvschema.CodeValueTooLong},
		{"long description", "description", strings.Repeat("x", csvschema.MaxTextLength+1), csvschema.CodeValueTooLong},
		{"long nutrition", "nutrition_fat", strings.Repeat("x", csvschema.MaxTermLength+1), csvschema.CodeValueTooLong},
		{"long regional name", "regional_names_in", "a|" + strings.Repeat("x", csvschema.MaxNameLength+1), csvschema.CodeValueTooLong},
		{"many regional names", "regional_names_in", strings.Join(regions, "|"), csvschema.CodeTooManyValues},
		{"many barcodes", "additional_barcodes", strings.Join(barcodes, "|"), csvschema.CodeTooManyValues},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, _, errs := parseCell(t, tc.column, tc.cell)
			require.Len(t, errs, 1)
			require.Equal(t, tc.code, errs[0].Code)
			require.Equal(t, int64(7), errs[0].Row)
			require.True(t, strings.EqualFold(tc.column, errs[0].Column), errs[0].Column)
			require.Contains(t, errs[0].Message, errs[0].Column)
			require.LessOrEqual(t, len([]rune(errs[0].Value)), 200)
			require.Contains(t, errs[0].Error(), "row 7, column ")
		})
	}

	t.Run("values at the limit are good", func(t *testing.T) {
		t.Parallel()
		name := strings.Repeat("अ", csvschema.MaxNameLength)
		row, _, errs := parseCell(t, "name", name)
		require.Empty(t, errs)
		require.Equal(t, name, row.Name)
	})
	t.Run("short rows are filled up", func(t *testing.T) {
		t.Parallel()
		row, warnings, errs := parse(t, []string{"name", "category", "brand", "barcode"}, []string{"n", "c"})
		require.Empty(t, errs)
		require.Empty(t, warnings)
		require.Equal(t, csvschema.ProductRow{Row: 7, Name: "n", Category: "c"}, row)
	})
	t.Run("several at once", func(t *testing.T) {
		t.Parallel()
		_, _, errs := parse(t, []string{"barcode", "category", "name"}, []string{"x"})
		require.Len(t, errs, 3)
		require.Equal(t, csvschema.CodeNameMissing, errs[0].Code)
		require.Equal(t, csvschema.CodeCategoryMissing, errs[1].Code)
		require.Equal(t, csvschema.CodeBarcodeInvalid, errs[2].Code)
	})
	t.Run("values beyond the header", func(t *testing.T) {
		t.Parallel()
		_, _, errs := parse(t, []string{"name", "category", "", " "}, []string{"n", "c", "", " ", "", "\u00a0"})
		require.Empty(t, errs, "empty ones are fine")
		_, _, errs = parse(t, []string{"name", "category", ""}, []string{"n", "c", "", "green"})
		require.Len(t, errs, 1)
		require.Equal(t, csvschema.CodeExtraFields, errs[0].Code)
		require.Contains(t, errs[0].Message, `"green"`)
		require.Contains(t, errs[0].Message, "the last of 3 columns")
		require.NotContains(t, errs[0].Error(), "column :")
		_, _, errs = parse(t, []string{"name", "category", ""}, []string{"n", "c", "green"})
		require.Empty(t, errs, "a column without a name is one")
		_, _, errs = parse(t, []string{"name", "category"}, []string{"n", "c", "\x1a"})
		require.Empty(t, errs, "nothing is left of control characters")
	})
	t.Run("findings are bounded", func(t *testing.T) {
		t.Parallel()
		_, warnings, errs := parseCell(t, "regional_names_in",
			strings.Repeat("\x01|"+strings.Repeat("x", csvschema.MaxNameLength+1)+"|", 500))
		require.Len(t, warnings, 100)
		require.Len(t, errs, 100)
	})
}

func TestParseRowImageURLs(t *testing.T) {
	t.Parallel()
	for cell, want := range map[string]string{
		"https://example.com/a.jpg":            "https://example.com/a.jpg",
		" HTTP://example.com:8080/a?b=c#d ":    "HTTP://example.com:8080/a?b=c#d",
		"https://example.com/a b.jpg":          "https://example.com/a%20b.jpg",
		"https://proxy/?u=https://a.com/x":     "https://proxy/?u=https://a.com/x",
		"https://उदाहरण.भारत/चित्र.jpg":        "https://उदाहरण.भारत/चित्र.jpg",
		"https://[2001:db8::1]/a":              "https://[2001:db8::1]/a",
		"www.example.com/a.jpg":                "",
		"//example.com/a.jpg":                  "",
		"ftp://example.com/a.jpg":              "",
		"file:///etc/passwd":                   "",
		"javascript:alert(1)":                  "",
		"data:image/png;base64,AAAA":           "",
		"https://":                             "",
		"https:///a.jpg":                       "",
		"http:example.com":                     "",
		"https://user@example.com/":            "",
		"https://user:secret@example.com/":     "",
		"https://example.com:port/":            "",
		"https://exa mple.com/a.jpg":           "",
		"https://a.com/1.jpg|https://a.com/2":  "",
		"https://a.com/1.jpg, https://a.com/2": "",
		"https://a.com/" + strings.Repeat("x", csvschema.MaxImageURLLength): "",
		`http:\\example.com\a.jpg`: "",
	} {
		row, warnings, errs := parseCell(t, "image_url_3", cell)
		require.Empty(t, errs, cell)
		if want == "" {
			require.Empty(t, row.ImageURLs, cell)
			require.Equal(t, []csvschema.Code{csvschema.CodeImageURLInvalid}, warningCodes(warnings), cell)
			require.Equal(t, "image_url_3", warnings[0].Column)
			continue
		}
		require.Equal(t, []string{want}, row.ImageURLs)
		require.Empty(t, warnings, cell)
	}
}

func TestWarningsDoNotDependOnTheValue(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		column string
		cells  []string
		code   csvschema.Code
	}{
		{"barcode", []string{"2000000000015.0", "'96385074"}, csvschema.CodeBarcodeRepaired},
		{"barcode", []string{"2000000000016", "96385075"}, csvschema.CodeBarcodeCheckDigit},
		{"additional_barcodes", []string{"123", "abc", "8.9E+12", strings.Repeat("1", 201)}, csvschema.CodeAdditionalBarcodeInvalid},
	} {
		var messages []string
		for _, cell := range tc.cells {
			_, warnings, errs := parseCell(t, tc.column, cell)
			require.Empty(t, errs, cell)
			require.Equal(t, []csvschema.Code{tc.code}, warningCodes(warnings))
			require.Equal(t, []rune(cell)[0], []rune(warnings[0].Value)[0])
			messages = append(messages, warnings[0].Message)
		}
		for _, message := range messages {
			require.Equal(t, messages[0], message)
		}
	}

	columns, _, err := csvschema.MapProductHeader([]string{"name", "category"}, nil)
	require.NoError(t, err)
	_, one, _ := columns.ParseRow(csvschema.Record{Fields: []string{"é", "c"}, Repaired: 1})
	_, two, _ := columns.ParseRow(csvschema.Record{Fields: []string{"éé", "c"}, Repaired: 2})
	require.Equal(t, one, two)
}
