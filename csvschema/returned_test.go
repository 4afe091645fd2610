package csvschema_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/csvschema"
)

// importOnce reads a file as an importer does, and returns its report, the codes of its
// rows in error and the good rows.
func importOnce(t testing.TB, file []byte, limits *csvschema.Limits) (report []byte, codes []csvschema.Code, good []csvschema.ProductRow) {
	t.Helper()
	d, _, err := csvschema.Detect(file, true)
	require.NoError(t, err)
	r, err := csvschema.NewReader(bytes.NewReader(file), d, &csvschema.ReaderOptions{Limits: *limits})
	require.NoError(t, err)
	defer func() { require.NoError(t, r.Close()) }()
	header, err := r.Read()
	require.NoError(t, err)
	columns, _, err := csvschema.MapProductHeader(header.Fields, limits)
	require.NoError(t, err)

	var out bytes.Buffer
	w := csvschema.NewReportWriter(&out, columns.Header())
	fail := func(rec csvschema.Record, code csvschema.Code, message string) {
		codes = append(codes, code)
		require.NoError(t, w.Write(rec.Start.Row, columns.Original(rec), string(code), message))
	}
	for record, err := range r.Records() {
		var damaged *csvschema.RecordError
		if errors.As(err, &damaged) {
			fail(record, damaged.Code, damaged.Message)
			continue
		}
		require.NoError(t, err)
		if columns.IsBlank(record) {
			continue
		}
		row, _, errs := columns.ParseRow(record)
		if len(errs) > 0 {
			last := errs[len(errs)-1] // extra_fields where it is among them
			fail(record, last.Code, last.Message)
		} else {
			good = append(good, row)
		}
	}
	require.NoError(t, w.Flush())
	return out.Bytes(), codes, good
}

func TestUntouchedReportFailsAgain(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		text string
		code csvschema.Code
	}{
		{"Tea,Drinks,x,green,,=1+1,", csvschema.CodeExtraFields},
		{"\"Milk\" 500ml,Dairy,x", csvschema.CodeQuoteUnterminated},
		{"\"a, \"\"b, c,Dairy,x", csvschema.CodeQuoteUnterminated},
		{"Tea,Drinks,\"y,z", csvschema.CodeQuoteUnterminated},
		{"Tea,Drinks," + strings.Repeat("long ", 400), csvschema.CodeFieldTooLong},
		{"Tea,Drinks" + strings.Repeat(",long", 4000), csvschema.CodeRecordTooLong},
		{"Tea,Drinks" + strings.Repeat(",x", 60), csvschema.CodeTooManyFields},
	} {
		for _, header := range []string{"name,category,note", "name,category,", "name,category,\"=a;b\""} {
			t.Run(string(row.code)+" under "+header, func(t *testing.T) {
				t.Parallel()
				limits := &csvschema.Limits{RecordBytes: 8 << 10, FieldBytes: 1 << 10, Fields: 50}
				file := []byte(header + "\n" + row.text + "\n" + row.text)
				report, codes, good := importOnce(t, file, limits)
				require.Equal(t, []csvschema.Code{row.code, row.code}, codes)
				require.Empty(t, good)
				if row.code == csvschema.CodeRecordTooLong || row.code == csvschema.CodeFieldTooLong {
					// What is shown of them is larger than these limits, though not than
					// the defaults.
					limits = &csvschema.Limits{}
				}
				for range 2 {
					again, codes, good := importOnce(t, report, limits)
					require.Equal(t, []csvschema.Code{row.code, row.code}, codes)
					require.Empty(t, good)
					require.Equal(t, string(report), string(again))
				}
			})
		}
	}
}

func TestUntouchedReportsOfRandomFiles(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(3, 4))
	seen := make(map[csvschema.Code]int)
	for range 300 {
		text := strings.ReplaceAll(randomText(rng, []string{"=", "'", "é", "\t", "|"}), "\x00", "") // those are binary files
		file := []byte("name,category\n" + text)
		report, codes, _ := importOnce(t, file, &csvschema.Limits{})

		// The first report has the row numbers of the file; from the second on they are
		// its own.
		second, again, good := importOnce(t, report, &csvschema.Limits{})
		require.Empty(t, good, "%q", file)
		require.Equal(t, codes, again, "%q", file)
		third, again, good := importOnce(t, second, &csvschema.Limits{})
		require.Empty(t, good)
		require.Equal(t, codes, again)
		require.Equal(t, string(second), string(third))
		for _, code := range codes {
			seen[code]++
		}
	}
	for _, code := range []csvschema.Code{csvschema.CodeExtraFields, csvschema.CodeQuoteUnterminated} {
		require.Greater(t, seen[code], 20, code)
	}
}

func TestReportSavedByASpreadsheetFailsAgain(t *testing.T) {
	t.Parallel()
	// Every row is as wide as the widest one, the header too.
	file := "name,category,row_number,error_code,error_message,,\r\n" +
		"Tea,Drinks,2,extra_fields,m,green,\r\nRice,,3,category_missing,m,,\r\n"
	_, codes, _ := importOnce(t, []byte(file), &csvschema.Limits{})
	require.Equal(t, []csvschema.Code{csvschema.CodeExtraFields, csvschema.CodeCategoryMissing}, codes)

	file = strings.Replace(file, "Tea,Drinks,2,extra_fields,m,green,", "Tea,Green Drinks,2,extra_fields,m,,", 1)
	_, codes, good := importOnce(t, []byte(file), &csvschema.Limits{})
	require.Equal(t, []csvschema.Code{csvschema.CodeCategoryMissing}, codes)
	require.Equal(t, []csvschema.ProductRow{{Row: 2, Name: "Tea", Category: "Green Drinks"}}, good)
}

func TestRowThatWasNotReadIsVouchedFor(t *testing.T) {
	t.Parallel()
	columns, _, err := csvschema.MapProductHeader([]string{"name", "category", "row_number", "error_code", "error_message"}, nil)
	require.NoError(t, err)
	for _, tc := range []struct {
		code, message string
		want          string // of the error; empty for a good row
	}{
		{"", "the row is odd", ""},
		{"category_missing", "", ""},
		{" quote_unterminated ", "a quote; correct the row, then empty its cell in error_code", "a quote"},
		{"record_too_long", "", "the row could not be read"},
		{"field_too_long", strings.Repeat("x", 300), strings.Repeat("x", 199) + "…"},
		{"too_many_fields", "'=x", "=x"},
	} {
		_, warnings, errs := columns.ParseRow(csvschema.Record{Fields: []string{"Tea", "Drinks", "2", tc.code, tc.message}})
		require.Empty(t, warnings)
		if tc.want == "" {
			require.Empty(t, errs, tc.code)
			continue
		}
		require.Len(t, errs, 1)
		require.Equal(t, csvschema.Code(strings.TrimSpace(tc.code)), errs[0].Code)
		require.Equal(t, tc.want, errs[0].Message)
	}

	// In other files the column is an unknown one.
	columns, _, err = csvschema.MapProductHeader([]string{"name", "category", "error_code"}, nil)
	require.NoError(t, err)
	_, _, errs := columns.ParseRow(csvschema.Record{Fields: []string{"Tea", "Drinks", "record_too_long"}})
	require.Empty(t, errs)
}

func TestIsBlank(t *testing.T) {
	t.Parallel()
	report, _, err := csvschema.MapProductHeader([]string{"name", "category", "row_number", "error_code", "error_message"}, nil)
	require.NoError(t, err)
	plain, _, err := csvschema.MapProductHeader([]string{"name", "category", "row_number"}, nil)
	require.NoError(t, err)
	for _, tc := range []struct {
		columns *csvschema.ProductColumns
		fields  string
		want    bool
	}{
		{report, ",,2,name_missing,name is empty", true},
		{report, " ,'\t,2,quote_unterminated,x,,\x1a", true},
		{report, "", true},
		{report, "x,,2,name_missing,name is empty", false},
		{report, ",,2,extra_fields,x,,y", false},
		{plain, ",,2", false},
		{plain, "\u200b,\u00a0,", true},
	} {
		require.Equal(t, tc.want, tc.columns.IsBlank(csvschema.Record{Fields: strings.Split(tc.fields, ",")}), fmt.Sprintf("%q", tc.fields))
	}
}
