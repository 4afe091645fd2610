package csvschema_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/csvschema"
)

var fuzzEncodings = []csvschema.Encoding{
	csvschema.UTF8, csvschema.UTF16LE, csvschema.UTF16BE, csvschema.Windows1252,
}

// FuzzReader reads anything in any dialect: it must not panic, it must go forward, and
// reading must be able to go on behind every record.
func FuzzReader(f *testing.F) {
	for _, seed := range []string{
		"name,category\nTea,Drinks\r\n\"a\nb\",\"c\"\"d\"\r", "\"a\nb\nc", "\"abc,1\n\"def\",2\n",
		"a\",\"b\na\",\"b\na\",\"b\n", "\"\"a\n\"\"a\n", " \"a\" , \"b\nc\"", ",,\n\n \n,x", "caf\xe9,\"\xe9\"\"\"\n",
		"\"\"\"\"\"\n\"\"\"", "\r\n\r\r\n\"\r\",\n", strings.Repeat("x", 100) + "\ny", "\"" + strings.Repeat("x\n", 60),
		"\"Milk\" 500ml,Dairy\nBread,Bakery\nPipe 12\",Hardware", "a\",\"b\n\"\"x\na\",\"b\n\"\"x\n", "a\n\x1a\n\x7f,\x00\nb",
		"\xd8\x3d\xd8\x3d\xde\x00\n\x00", "\xdd\xdd\xdd\"", "\"a\"  \"b\"\n",
	} {
		for encoding := range len(fuzzEncodings) {
			f.Add([]byte(seed), uint8(encoding), uint8(20))
		}
	}
	f.Fuzz(func(t *testing.T, file []byte, encoding, limit uint8) {
		if len(file) > 1<<10 {
			return
		}
		d := csvschema.Dialect{Encoding: fuzzEncodings[int(encoding)%len(fuzzEncodings)]}
		limits := csvschema.Limits{RecordBytes: int(limit) + 1, FieldBytes: 1 + int(limit)/2, Fields: 5}
		requireResumable(t, file, d, limits)
		for _, record := range readAll(t, bytes.NewReader(file), d, nil).records {
			for _, field := range record.Fields {
				require.True(t, utf8.ValidString(field))
			}
		}
	})
}

// FuzzDetect looks at anything: what it finds must be a dialect that can be read.
func FuzzDetect(f *testing.F) {
	for _, seed := range []string{
		"", "name;category\n", "sep=;\na;b\n", "'a','b'\n", "\xff\xfea\x00,\x00", "\xef\xbb\xbfa|b\n", "a\x00,\x00b\x00\n\x00",
		"caf\xe9,x\n", "PK\x03\x04", "\x1f\x8b\x08", "\x28\xb5\x2f\xfd", "{\"a\":1}", "\"sep=\t\"\r\na\tb",
	} {
		f.Add([]byte(seed), true)
		f.Add([]byte(seed), false)
	}
	f.Add(compress(f, []byte("name;category\n"), csvschema.Gzip), true)
	f.Add(compress(f, []byte("name;category\n"), csvschema.Zstd), true)
	f.Fuzz(func(t *testing.T, head []byte, complete bool) {
		d, _, err := csvschema.Detect(head, complete)
		if err != nil {
			require.ErrorAs(t, err, new(*csvschema.FileError))
			return
		}
		r, err := csvschema.NewReader(bytes.NewReader(head), d, &csvschema.ReaderOptions{MaxDecompressedBytes: 1 << 20})
		require.NoError(t, err)
		for _, err := range r.Records() {
			if err != nil && !errors.As(err, new(*csvschema.RecordError)) {
				require.ErrorAs(t, err, new(*csvschema.FileError))
			}
		}
		require.NoError(t, r.Close())
	})
}

// FuzzHeader maps any header, and reads it back from its own error report.
func FuzzHeader(f *testing.F) {
	for _, seed := range []string{
		"name,category", "Product Name,CATEGORY,ean,upc", "name,category,row_number,error_code,error_message",
		"name,category,nutrition_fat,regional_names_in-mh,image_11,,", "\ufeffname*:,category", ",,", "'=name,category,name",
		"name,\tcategory", "row number,name,category",
		"name,category,regional_names_ß,regional_names_SS",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, line string) {
		header := strings.Split(line, ",")
		columns, _, err := csvschema.MapProductHeader(header, nil)
		if err != nil {
			var bad *csvschema.HeaderError
			require.ErrorAs(t, err, &bad)
			require.NotEmpty(t, bad.Message)
			require.LessOrEqual(t, utf8.RuneCountInString(bad.Message), 6000)
			return
		}
		seen := make(map[string]bool)
		for _, m := range columns.Mapping() {
			if m.Use == csvschema.UseKnown {
				require.False(t, seen[m.Column], m.Column)
				seen[m.Column] = true
			}
		}
		require.True(t, seen["name"] && seen["category"])

		record := csvschema.Record{Fields: header}
		row, _, _ := columns.ParseRow(record)
		require.True(t, !utf8.ValidString(line) || utf8.ValidString(row.Name))
		if !utf8.ValidString(line) {
			return
		}

		var report bytes.Buffer
		w := csvschema.NewReportWriter(&report, columns.Header())
		require.NoError(t, w.Write(2, columns.Original(record), "code", "message"))
		require.NoError(t, w.Flush())
		got := readAll(t, &report, csvschema.Dialect{BOM: 3}, nil)
		again, _, err := csvschema.MapProductHeader(got.records[0].Fields, nil)
		require.NoError(t, err)
		require.True(t, again.IsReport())
		require.Equal(t, columns.Header(), again.Header())
		require.Equal(t, columns.Original(record), again.Original(got.records[1]))
	})
}

// FuzzBarcode reads any barcode: what is accepted is 8 to 13 digits, in the order in
// which the cell has them.
func FuzzBarcode(f *testing.F) {
	for _, seed := range []string{
		"8901030875391", "8901030875391.0", "8.90103E+12", "8,901030875391e+12", "8.901.030.875.391,00", `="8901030875391"`,
		"'8901030875391", "८९०१०३०८७५३९१", "89-0103 0875391", "1e1000000000000", "", "-", "0.0E-0", "12345678E0", "1234567.8E1",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, cell string) {
		row, _, errs := parseCell(t, "barcode", cell)
		if len(errs) > 0 || row.Barcode == "" {
			require.Empty(t, row.Barcode)
			return
		}
		require.Regexp(t, `^[0-9]{8,13}$`, row.Barcode)
		again, warnings, errs := parseCell(t, "barcode", row.Barcode)
		require.Empty(t, errs)
		require.Equal(t, row.Barcode, again.Barcode)
		require.NotContains(t, warningCodes(warnings), csvschema.CodeBarcodeRepaired)

		if !strings.ContainsFunc(cell, func(r rune) bool { return r >= 0x80 }) {
			digits := strings.Map(func(r rune) rune {
				if r < '0' || r > '9' {
					return -1
				}
				return r
			}, cell)
			require.True(t, strings.HasPrefix(digits, row.Barcode), "no digit of %s is invented", row.Barcode)
		}
	})
}

// FuzzCell guards any cell against formulas and takes the guard off again.
func FuzzCell(f *testing.F) {
	for _, seed := range []string{"", "=1", "'=1", "''=1", "-5", "'-5", "+1e5", "-1,2", "＝1", "'＝1", "\t", "'\r", "'tis", "\xef\xbc"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, cell string) {
		guarded := csvschema.NeutraliseCell(cell)
		require.Equal(t, cell, csvschema.RestoreCell(guarded))
		if guarded == cell {
			require.NotRegexp(t, `^'+[=@\t\r\n＝＋－＠]`, guarded, "a guard that is the cell's own would be taken off")
			require.NotRegexp(t, `^[=@\t\r\n＝＋－＠]`, guarded)
		} else {
			require.Equal(t, "'"+cell, guarded)
		}
	})
}
