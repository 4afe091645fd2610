package csvschema_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/csvschema"
)

func TestMapProductHeaderNames(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ cell, want string }{
		{"Barcode", "barcode"},
		{"  BAR-CODE\t", "barcode"},
		{"\ufeffbarcode\u200b", "barcode"},
		{"EAN 13", "barcode"},
		{"ean13", "barcode"},
		{"GTIN", "barcode"},
		{"upc", "barcode"},
		{"Barcode*", "barcode"},
		{"Barcode:", "barcode"},
		{"Pack\u00a0Size", "pack_size"},
		{"pack - size", "pack_size"},
		{"pack\u2013size", "pack_size"},
		{"PackSize", "pack_size"},
		{"_pack__size_", "pack_size"},
		{"Country of\nOrigin", "country_of_origin"},
		{"image", "image_url_1"},
		{"Image URL", "image_url_1"},
		{"image-10", "image_url_10"},
		{"image_url_11", ""},
		{"image_url_0", ""},
		{"nutrition_saturated fat", "nutrition_saturated_fat"},
		{"Nutrition-Fat", "nutrition_fat"},
		{"nutrition_" + strings.Repeat("अ", 64), "nutrition_" + strings.Repeat("अ", 64)},
		{"nutrition_" + strings.Repeat("x", 65), ""},
		{"NutritionFat", ""},
		{"nutrition_", ""},
		{"nutrition", ""},
		{"regional_names_in-mh", "regional_names_IN-MH"},
		{"Regional Names in_mh", "regional_names_IN-MH"},
		{"regional_name_hi", "regional_names_HI"},
		{"regional_names_महाराष्ट्र", "regional_names_महाराष्ट्र"},
		{"regional_names_", ""},
		{"regional_names_a/b", ""},
		{"regional_names_" + strings.Repeat("x", 33), ""},
		{"mrp", ""},
		{"row_number", ""},
	} {
		t.Run(tc.cell, func(t *testing.T) {
			t.Parallel()
			columns, warnings, err := csvschema.MapProductHeader([]string{"name", "category", tc.cell}, nil)
			require.NoError(t, err)
			m := columns.Mapping()[2]
			require.Equal(t, tc.want, m.Column)
			require.Equal(t, tc.cell, m.Header)
			if tc.want != "" {
				require.Equal(t, csvschema.UseKnown, m.Use)
				require.Empty(t, warnings)
				return
			}
			require.Equal(t, csvschema.UseUnknown, m.Use)
			require.Equal(t, []string{tc.cell}, columns.Unknown())
			require.Equal(t, []csvschema.Code{csvschema.CodeColumnsUnknown}, warningCodes(warnings))
			require.Zero(t, warnings[0].Row)
		})
	}
}

func TestMapProductHeaderErrors(t *testing.T) {
	t.Parallel()
	wide := make([]string, csvschema.DefaultFields+1)
	for _, tc := range []struct {
		name   string
		header []string
		limits *csvschema.Limits
		code   csvschema.Code
		column string
		says   []string
	}{
		{name: "nothing", header: nil, code: csvschema.CodeHeaderEmpty},
		{name: "blanks", header: []string{"", "\u00a0", "*"}, code: csvschema.CodeHeaderEmpty},
		{name: "no category", header: []string{"name", "Price"}, code: csvschema.CodeColumnMissing, column: "category", says: []string{`"category" is missing`, `"name", "Price"`}},
		{name: "no name", header: []string{"category"}, code: csvschema.CodeColumnMissing, column: "name", says: []string{`"name" is missing`}},
		{name: "neither", header: []string{"a;b"}, code: csvschema.CodeColumnMissing, column: "name", says: []string{`"name", "category" are missing`, `"a;b"`}},
		{name: "twice", header: []string{"name", "category", "Name "}, code: csvschema.CodeColumnDuplicate, column: "name", says: []string{`"name" (number 1)`, `"Name " (number 3)`}},
		{name: "twice by an alias", header: []string{"name", "ean", "category", "Barcode"}, code: csvschema.CodeColumnDuplicate, column: "barcode", says: []string{`"ean"`, `"Barcode"`, `"barcode"`}},
		{name: "one region twice", header: []string{"name", "category", "regional_names_in-mh", "REGIONAL NAMES IN MH"}, code: csvschema.CodeColumnDuplicate, column: "regional_names_IN-MH"},
		{name: "too wide", header: wide, code: csvschema.CodeHeaderTooWide, says: []string{"2049", "2048"}},
		{name: "too long", header: []string{"name", "category"}, limits: &csvschema.Limits{HeaderBytes: 11}, code: csvschema.CodeHeaderTooLong, says: []string{"12", "11"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, _, err := csvschema.MapProductHeader(tc.header, tc.limits)
			require.ErrorIs(t, err, csvschema.ErrHeader)
			var bad *csvschema.HeaderError
			require.ErrorAs(t, err, &bad)
			require.Equal(t, tc.code, bad.Code)
			require.Equal(t, tc.column, bad.Column)
			for _, text := range tc.says {
				require.Contains(t, bad.Message, text)
			}
			require.Equal(t, bad.Message, err.Error())
		})
	}

	t.Run("messages are bounded", func(t *testing.T) {
		t.Parallel()
		var header []string
		for i := range 2000 {
			header = append(header, fmt.Sprintf("%s %d", strings.Repeat("é", 10), i))
		}
		_, _, err := csvschema.MapProductHeader(header, nil)
		require.ErrorIs(t, err, csvschema.ErrHeader)
		require.Contains(t, err.Error(), "and 1980 more")

		_, warnings, err := csvschema.MapProductHeader(append([]string{"name", "category"}, header...), nil)
		require.NoError(t, err)
		require.Contains(t, warnings[0].Message, "and 1980 more")
	})
	t.Run("columns of a family are bounded", func(t *testing.T) {
		t.Parallel()
		for _, prefix := range []string{"nutrition_", "regional_names_"} {
			header := []string{"name", "category"}
			for i := range 100 {
				header = append(header, fmt.Sprintf("%s%d", prefix, i))
			}
			_, _, err := csvschema.MapProductHeader(header, nil)
			require.NoError(t, err)
			_, _, err = csvschema.MapProductHeader(append(header, prefix+"more"), nil)
			var bad *csvschema.HeaderError
			require.ErrorAs(t, err, &bad)
			require.Equal(t, csvschema.CodeTooManyColumns, bad.Code)
			require.Equal(t, prefix+"*", bad.Column)
			require.Equal(t, "the header has more than 100 columns "+prefix+"*, which is the most; remove the others", bad.Message)
		}
	})
	t.Run("how the columns are understood is told nevertheless", func(t *testing.T) {
		t.Parallel()
		for _, tt := range []struct {
			header  []string
			code    csvschema.Code
			missing []string
			columns []string
		}{
			{[]string{"सामान", "EAN", "rack"}, csvschema.CodeColumnMissing, []string{"name", "category"}, []string{"", "barcode", ""}},
			{[]string{"Item Name", "Barcode", "EAN", "Qty", "Category"}, csvschema.CodeColumnDuplicate, nil,
				[]string{"name", "barcode", "barcode", "", "category"}},
			{[]string{" ", ""}, csvschema.CodeHeaderEmpty, nil, nil},
		} {
			_, _, err := csvschema.MapProductHeader(tt.header, nil)
			var bad *csvschema.HeaderError
			require.ErrorAs(t, err, &bad)
			require.Equal(t, tt.code, bad.Code)
			require.Equal(t, tt.missing, bad.Missing)
			require.Len(t, bad.Mapping, len(tt.columns))
			for i, column := range tt.columns {
				require.Equal(t, column, bad.Mapping[i].Column, tt.header[i])
				require.Equal(t, tt.header[i], bad.Mapping[i].Header)
			}
		}
	})
	t.Run("column names in messages are cut", func(t *testing.T) {
		t.Parallel()
		long := "nutrition_" + strings.Repeat("x", 64)
		_, _, err := csvschema.MapProductHeader([]string{"name", "category", long, long}, nil)
		require.ErrorIs(t, err, csvschema.ErrHeader)
		require.NotContains(t, err.Error(), long)
		_, warnings, errs := parseCell(t, long, "\x01"+strings.Repeat("x", csvschema.MaxTermLength+1))
		require.Equal(t, long, errs[0].Column)
		require.NotContains(t, errs[0].Message, long)
		require.NotContains(t, warnings[0].Message, long)
	})
	t.Run("limits that make no sense", func(t *testing.T) {
		t.Parallel()
		_, _, err := csvschema.MapProductHeader([]string{"name", "category"}, &csvschema.Limits{Fields: -1})
		require.ErrorIs(t, err, csvschema.ErrOptions)
	})
}

func TestColumnsOfAFile(t *testing.T) {
	t.Parallel()
	columns, warnings, err := csvschema.MapProductHeader([]string{"", "Name", "MRP", "mrp", "category", "", " "}, nil)
	require.NoError(t, err)
	require.False(t, columns.IsReport())
	require.Equal(t, []string{"", "Name", "MRP", "mrp", "category", "", " "}, columns.Header())
	require.Equal(t, []string{"MRP", "mrp"}, columns.Unknown(), "unknown columns may repeat")
	require.Equal(t, []csvschema.Code{csvschema.CodeColumnsUnknown, csvschema.CodeColumnsUnnamed}, warningCodes(warnings))
	require.Equal(t, []csvschema.ColumnMapping{
		{Index: 0, Use: csvschema.UseUnknown},
		{Index: 1, Header: "Name", Column: "name", Use: csvschema.UseKnown},
		{Index: 2, Header: "MRP", Use: csvschema.UseUnknown},
		{Index: 3, Header: "mrp", Use: csvschema.UseUnknown},
		{Index: 4, Header: "category", Column: "category", Use: csvschema.UseKnown},
		{Index: 5, Use: csvschema.UseUnknown},
		{Index: 6, Header: " ", Use: csvschema.UseUnknown},
	}, columns.Mapping())
	require.Contains(t, warnings[1].Message, "number 1, 6, 7")
	require.Equal(t, []string{"1", "'=x", "10", "", "", "", ""},
		columns.Original(csvschema.Record{Fields: []string{"1", "'=x", "10"}}))
	require.Equal(t, []string{"1", "2", "3", "4", "5", "6", "7", "", "'=9"},
		columns.Original(csvschema.Record{Fields: []string{"1", "2", "3", "4", "5", "6", "7", "", "'=9", "", " "}}))

	columns.Header()[1] = "changed"
	columns.Mapping()[1].Header = "changed"
	require.Equal(t, "Name", columns.Header()[1])
	require.Equal(t, "Name", columns.Mapping()[1].Header)
}

func TestColumnsOfAnErrorReport(t *testing.T) {
	t.Parallel()
	columns, warnings, err := csvschema.MapProductHeader(
		[]string{"Error Code", "name", "row_number", "'=mrp", "category", "Row Number", "error_message"}, nil)
	require.NoError(t, err)
	require.True(t, columns.IsReport())
	require.Equal(t, []string{"name", "row_number", "=mrp", "category"}, columns.Header(), "the file's own row_number stays")
	require.Equal(t, []string{"row_number", "=mrp"}, columns.Unknown())
	require.Equal(t, []csvschema.Code{csvschema.CodeColumnsUnknown}, warningCodes(warnings))
	require.Equal(t, csvschema.UseReport, columns.Mapping()[0].Use)

	record := csvschema.Record{Fields: []string{"name_missing", "'-tea-", "1", "'@10", "'quoted'", "17", "name is empty"}}
	require.Equal(t, []string{"-tea-", "1", "@10", "'quoted'"}, columns.Original(record))
	row, _, errs := columns.ParseRow(record)
	require.Empty(t, errs)
	require.Equal(t, "-tea-", row.Name)
	require.Equal(t, "'quoted'", row.Category)
}

func TestProductSchemaIsConsistent(t *testing.T) {
	t.Parallel()
	meanings := make(map[string]string)
	for _, info := range csvschema.ProductSchema() {
		require.Positive(t, info.MaxLength, info.Name)
		for _, name := range append([]string{info.Name}, info.Aliases...) {
			key := strings.ReplaceAll(name, "_", "")
			require.NotContains(t, meanings, key, "%s and %s", meanings[key], info.Name)
			meanings[key] = info.Name

			// Every name is understood, as the column that it is listed under.
			header := []string{strings.ReplaceAll(name, "*", "x")}
			want := strings.ReplaceAll(strings.ReplaceAll(info.Name, "names_*", "names_X"), "*", "x")
			for _, required := range []string{"name", "category"} {
				if info.Name != required {
					header = append(header, required)
				}
			}
			columns, _, err := csvschema.MapProductHeader(header, nil)
			require.NoError(t, err)
			require.Equal(t, want, columns.Mapping()[0].Column)
		}
	}
	require.Len(t, csvschema.ProductSchema(), 25)
}
