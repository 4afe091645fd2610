package csvschema_test

import (
	"bytes"
	"errors"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/csvschema"
)

func TestNeutraliseCell(t *testing.T) {
	t.Parallel()
	for cell, want := range map[string]string{
		"":                "",
		"Tea":             "Tea",
		"a=b":             "a=b",
		" =1":             " =1",
		"=1+2":            "'=1+2",
		"+A1":             "'+A1",
		"-x":              "'-x",
		"-":               "'-",
		"@SUM(A1)":        "'@SUM(A1)",
		"\t=1":            "'\t=1",
		"\r=1":            "'\r=1",
		"\n=1":            "'\n=1",
		"＝1":              "'＝1",
		"＋1":              "'＋1",
		"－1":              "'－1",
		"＠x":              "'＠x",
		"'=1":             "''=1",
		"''=1":            "'''=1",
		"'-5":             "''-5",
		"'tis":            "'tis",
		"'":               "'",
		"-5":              "-5",
		"+91":             "+91",
		"-1,234.50":       "-1,234.50",
		"-.5":             "-.5",
		"+1.5E-07":        "+1.5E-07",
		"+-5":             "'+-5",
		"-5-5":            "'-5-5",
		"-1e":             "'-1e",
		"-1e+-5":          "'-1e+-5",
		"+91 98765":       "'+91 98765",
		"=\"8901030875\"": "'=\"8901030875\"",
	} {
		require.Equal(t, want, csvschema.NeutraliseCell(cell), "%q", cell)
		require.Equal(t, cell, csvschema.RestoreCell(want), "%q", cell)
	}
	require.Equal(t, "'tis", csvschema.RestoreCell("'tis"))
	require.Equal(t, "=1", csvschema.RestoreCell("=1"))
}

func TestErrorReportComesBack(t *testing.T) {
	t.Parallel()
	header := []string{"name", "=mrp;", "category", ""}
	rows := [][]string{
		{`say "tea", now`, "=1+2", "a;b|c\td", "x"},
		{"line 1\r\nline 2\rline 3", "-5", "'=1", ""},
		{" padded ", "'quoted'", "चाय", "\x00"},
		{"", "+", "", "only a name is missing"},
		{"short"},
	}
	var report bytes.Buffer
	w := csvschema.NewReportWriter(&report, header)
	for i, values := range rows {
		require.NoError(t, w.Write(int64(i+2), values, "name_missing", "=name, is empty"))
	}
	require.NoError(t, w.Flush())
	require.True(t, strings.HasPrefix(report.String(), "\ufeffname,\"'=mrp;\",category,,row_number,error_code,error_message\r\n"))

	d, warnings, err := csvschema.Detect(report.Bytes(), true)
	require.NoError(t, err)
	require.Empty(t, warnings)
	require.Equal(t, csvschema.Dialect{Encoding: csvschema.UTF8, BOM: 3, Delimiter: ',', Quote: '"'}, d)

	got := readAll(t, bytes.NewReader(report.Bytes()), d, nil)
	columns, _, err := csvschema.MapProductHeader(got.records[0].Fields, nil)
	require.NoError(t, err)
	require.True(t, columns.IsReport())
	require.Equal(t, header, columns.Header())
	for i, values := range rows {
		record := got.records[i+1]
		for len(values) < len(header) {
			values = append(values, "")
		}
		require.Equal(t, values, columns.Original(record))
		require.Equal(t, strconv.Itoa(i+2), record.Fields[4])
		require.Equal(t, "'=name, is empty", record.Fields[6])
	}
}

func TestReportWriter(t *testing.T) {
	t.Parallel()

	t.Run("without rows", func(t *testing.T) {
		t.Parallel()
		var report bytes.Buffer
		w := csvschema.NewReportWriter(&report, []string{"name"})
		require.NoError(t, w.Flush())
		require.NoError(t, w.Flush())
		require.Equal(t, "\ufeffname,row_number,error_code,error_message\r\n", report.String())
	})
	t.Run("does not touch the caller's header", func(t *testing.T) {
		t.Parallel()
		header := append(make([]string, 0, 9), "=a")
		require.NoError(t, csvschema.NewReportWriter(new(bytes.Buffer), header).Flush())
		require.Equal(t, []string{"=a"}, header)
		require.Empty(t, header[:2][1])
	})
	t.Run("surplus values", func(t *testing.T) {
		t.Parallel()
		var report bytes.Buffer
		w := csvschema.NewReportWriter(&report, []string{"name"})
		require.NoError(t, w.Write(2, []string{"a", "=b", "c,"}, "x", "y"))
		require.NoError(t, w.Flush())
		require.Equal(t, "\ufeffname,row_number,error_code,error_message\r\na,2,x,y,'=b,\"c,\"\r\n", report.String())
	})
	t.Run("a row that could not be read", func(t *testing.T) {
		t.Parallel()
		var report bytes.Buffer
		w := csvschema.NewReportWriter(&report, []string{"name"})
		require.NoError(t, w.Write(2, []string{"\"a"}, string(csvschema.CodeQuoteUnterminated), "y"))
		require.NoError(t, w.Flush())
		require.Contains(t, report.String(), ",\"y; correct the row, then empty its cell in error_code\"\r\n")
	})
	t.Run("failing destination", func(t *testing.T) {
		t.Parallel()
		full := errors.New("disk full")
		w := csvschema.NewReportWriter(failingWriter{full}, []string{"name"})
		require.NoError(t, w.Write(2, []string{"a"}, "x", "y"))
		require.ErrorIs(t, w.Flush(), full)
		require.ErrorIs(t, w.Write(3, []string{"a"}, "x", "y"), full)
	})
}

type failingWriter struct{ err error }

func (w failingWriter) Write([]byte) (int, error) { return 0, w.err }

func TestTemplateImports(t *testing.T) {
	t.Parallel()
	template := csvschema.Template()
	require.True(t, bytes.HasPrefix(template, []byte("\ufeff")), "spreadsheets need the byte order mark")
	d, warnings, err := csvschema.Detect(template, true)
	require.NoError(t, err)
	require.Empty(t, warnings)

	got := readAll(t, bytes.NewReader(template), d, nil)
	columns, warnings, err := csvschema.MapProductHeader(got.records[0].Fields, nil)
	require.NoError(t, err)
	require.Empty(t, warnings)
	named := make(map[string]bool)
	for _, m := range columns.Mapping() {
		require.Equal(t, m.Header, m.Column, "the template uses canonical names")
		named[m.Column] = true
	}
	for _, info := range csvschema.ProductSchema() {
		if family, ok := strings.CutSuffix(info.Name, "*"); ok {
			found := false
			for name := range named {
				found = found || strings.HasPrefix(name, family)
			}
			require.True(t, found, info.Name)
			continue
		}
		require.True(t, named[info.Name], info.Name)
	}

	require.Greater(t, len(got.records), 2)
	for _, record := range got.records[1:] {
		row, warnings, errs := columns.ParseRow(record)
		require.Empty(t, errs)
		require.Empty(t, warnings)
		require.NotEmpty(t, row.Name)
	}
}
