package csvschema_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/csvschema"
)

func TestDetectSymbols(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name      string
		text      string
		delimiter csvschema.Symbol
		quote     csvschema.Symbol
		sepLine   int
		first     []string
	}{
		{name: "comma", text: "name,category\nTea,Drinks\n", delimiter: ','},
		{name: "semicolon", text: "name;category\nTea;Drinks\n", delimiter: ';'},
		{name: "tab", text: "name\tcategory\nTea, green\tDrinks\n", delimiter: '\t'},
		{name: "pipe", text: "name|category\nTea|Drinks\n", delimiter: '|'},
		{name: "header only", text: "name|category", delimiter: '|'},
		{name: "one column", text: "name\nTea\nCoffee, ground\n", delimiter: ','},
		{name: "commas within values", text: "name;category\nTea, green, loose;Drinks, hot\nA, b, c;D, e\n", delimiter: ';'},
		{name: "decimal commas", text: "name;weight;category\nTea;1,5;Drinks\nRice;0,5;Food\n", delimiter: ';'},
		{name: "semicolons in quotes", text: "name,category\n\"a;b;c\",x\n\"d;e;f\",y\n", delimiter: ','},
		{name: "lists at pipes", text: "name,additional_barcodes\nTea,1|2|3\nRice,4|5|6\n", delimiter: ','},
		{name: "line ends in quotes", text: "name;text\n\"a,b\nc,d\ne,f\";x\n\"g,h\ni,j\";y\n", delimiter: ';'},
		{name: "rows of several lengths", text: "a,b,c,d\n1,2\n1,2,3,4\n1;2,3\n", delimiter: ','},
		{name: "CR only", text: "name;category\rTea;Drinks\r", delimiter: ';'},
		{name: "quoted header", text: "\"name\";\"category\"\n\"Tea\";\"Drinks\"\n", delimiter: ';', first: []string{"name", "category"}},
		{name: "single quotes", text: "'name','category'\n'Tea, green','Drinks'\n", delimiter: ',', quote: '\'', first: []string{"name", "category"}},
		{name: "single quotes where needed", text: "name,category\n'Tea, green',Drinks\nRice,Food\n", delimiter: ',', quote: '\''},
		{name: "apostrophes of spreadsheets", text: "name,barcode\nTea,'8901030875391\n'n' Joy,'8901030875391\n", delimiter: ','},
		{name: "apostrophes in text", text: "name,category\n'tis tea,'Drinks'\nRock 'n' Roll,x\n", delimiter: ','},
		{name: "double quotes before single ones", text: "\"name\",\"category\"\n'Tea, green','Drinks'\n", delimiter: ','},
		{name: "inches", text: "name,category\n\"Pipe, 5\"\" long\",Tools\n'Pipe' 5\",Tools\n", delimiter: ','},
		{name: "separator line", text: "sep=;\r\nname;category,x,y\r\n", delimiter: ';', sepLine: 7, first: []string{"name", "category,x,y"}},
		{name: "quoted separator line", text: "\"sep=|\"\nname|category\n", delimiter: '|', sepLine: 8, first: []string{"name", "category"}},
		{name: "unusual separator", text: "SEP=^\nname^category\n", delimiter: '^', sepLine: 6, first: []string{"name", "category"}},
		{name: "blank lines first", text: "\n\nname;category\nTea;Drinks\n", delimiter: ';'},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			d, warnings, err := csvschema.Detect([]byte(tc.text), true)
			require.NoError(t, err)
			require.Empty(t, warnings)
			if tc.quote == 0 {
				tc.quote = '"'
			}
			require.Equal(t, csvschema.Dialect{
				Encoding: csvschema.UTF8, Delimiter: tc.delimiter, Quote: tc.quote, SeparatorLine: tc.sepLine,
			}, d)
			if tc.first != nil {
				got := readAll(t, strings.NewReader(tc.text), d, nil)
				require.Equal(t, tc.first, got.records[0].Fields)
				require.Equal(t, int64(1), got.records[0].Start.Row)
			}
		})
	}
}

func TestDetectEncoding(t *testing.T) {
	t.Parallel()
	const text = "name;category\nचाय;Drinks\n"
	for _, tc := range []struct {
		name string
		file []byte
		want csvschema.Dialect
		warn csvschema.Code
	}{
		{name: "UTF-8", file: []byte(text), want: csvschema.Dialect{Encoding: csvschema.UTF8}},
		{name: "UTF-8 with mark", file: []byte("\ufeff" + text), want: csvschema.Dialect{Encoding: csvschema.UTF8, BOM: 3}},
		{name: "UTF-8 with damage", file: []byte(text + "caf\xe9;x\n"), want: csvschema.Dialect{Encoding: csvschema.UTF8}},
		{name: "UTF-16LE", file: encode(t, "\ufeff"+text, csvschema.UTF16LE), want: csvschema.Dialect{Encoding: csvschema.UTF16LE, BOM: 2}},
		{name: "UTF-16BE", file: encode(t, "\ufeff"+text, csvschema.UTF16BE), want: csvschema.Dialect{Encoding: csvschema.UTF16BE, BOM: 2}},
		{name: "UTF-16LE without mark", file: encode(t, text, csvschema.UTF16LE), want: csvschema.Dialect{Encoding: csvschema.UTF16LE}, warn: csvschema.CodeEncodingAssumed},
		{name: "UTF-16BE without mark", file: encode(t, text, csvschema.UTF16BE), want: csvschema.Dialect{Encoding: csvschema.UTF16BE}, warn: csvschema.CodeEncodingAssumed},
		{name: "Windows-1252", file: []byte("name;category\ncaf\xe9 \x80;x\n"), want: csvschema.Dialect{Encoding: csvschema.Windows1252}, warn: csvschema.CodeEncodingFallback},
		{name: "UTF-16 separator line", file: encode(t, "\ufeffsep=;\n"+text, csvschema.UTF16LE), want: csvschema.Dialect{Encoding: csvschema.UTF16LE, BOM: 2, SeparatorLine: 12}},
		{name: "gzip", file: compress(t, []byte(text), csvschema.Gzip), want: csvschema.Dialect{Compression: csvschema.Gzip, Encoding: csvschema.UTF8}},
		{name: "zstd, UTF-16", file: compress(t, encode(t, "\ufeff"+text, csvschema.UTF16LE), csvschema.Zstd), want: csvschema.Dialect{Compression: csvschema.Zstd, Encoding: csvschema.UTF16LE, BOM: 2}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			d, warnings, err := csvschema.Detect(tc.file, true)
			require.NoError(t, err)
			tc.want.Delimiter, tc.want.Quote = ';', '"'
			require.Equal(t, tc.want, d)
			if tc.warn == "" {
				require.Empty(t, warnings)
			} else {
				require.Len(t, warnings, 1)
				require.Equal(t, tc.warn, warnings[0].Code)
				require.Zero(t, warnings[0].Row)
			}
			got := readAll(t, bytes.NewReader(tc.file), d, nil)
			require.Equal(t, []string{"name", "category"}, got.records[0].Fields)
			requireResumable(t, tc.file, d, csvschema.Limits{})

			stored, err := json.Marshal(d)
			require.NoError(t, err)
			var restored csvschema.Dialect
			require.NoError(t, json.Unmarshal(stored, &restored))
			require.Equal(t, d, restored)
		})
	}
}

func TestDetectJudgesHeads(t *testing.T) {
	t.Parallel()

	t.Run("a character cut in two is no damage", func(t *testing.T) {
		t.Parallel()
		head := []byte("name,category\nचाय")
		for n := len(head); n > len(head)-4; n-- {
			d, warnings, err := csvschema.Detect(head[:n], false)
			require.NoError(t, err)
			require.Empty(t, warnings)
			require.Equal(t, csvschema.UTF8, d.Encoding)
		}
		d, _, err := csvschema.Detect([]byte("a,b\n\xe0\xa4"), true)
		require.NoError(t, err)
		require.Equal(t, csvschema.Windows1252, d.Encoding, "at the end of the file it is")
	})

	t.Run("a quoted field cut off is no damage", func(t *testing.T) {
		t.Parallel()
		head := "'name';'text'\n'a,b';'c'\n'd;" + strings.Repeat("\nx,y,z", 500)
		d, _, err := csvschema.Detect([]byte(head), false)
		require.NoError(t, err)
		require.Equal(t, csvschema.Symbol('\''), d.Quote)
		require.Equal(t, csvschema.Symbol(';'), d.Delimiter)
	})

	t.Run("a compressed head cut off is no damage", func(t *testing.T) {
		t.Parallel()
		var text strings.Builder
		text.WriteString("name;category\n")
		for i := range 100_000 {
			fmt.Fprintf(&text, "Tea %d;%x\n", i, i*i*7919)
		}
		for _, c := range []csvschema.Compression{csvschema.Gzip, csvschema.Zstd} {
			packed := compress(t, []byte(text.String()), c)
			require.Greater(t, len(packed), csvschema.DetectBytes)
			d, _, err := csvschema.Detect(packed[:csvschema.DetectBytes], false)
			require.NoError(t, err)
			require.Equal(t, csvschema.Dialect{Compression: c, Encoding: csvschema.UTF8, Delimiter: ';', Quote: '"'}, d)
		}
	})

	t.Run("more than it wants is cut", func(t *testing.T) {
		t.Parallel()
		head := "name,category\n" + strings.Repeat("a,b\n", csvschema.DetectBytes)
		d, _, err := csvschema.Detect([]byte(head), true)
		require.NoError(t, err)
		require.Equal(t, csvschema.Symbol(','), d.Delimiter)
	})
}

func TestDetectRefusesOtherFormats(t *testing.T) {
	t.Parallel()
	random := make([]byte, 4096)
	_, err := rand.NewChaCha8([32]byte{}).Read(random)
	require.NoError(t, err)
	for _, tc := range []struct {
		name string
		head string
		says string
	}{
		{"xlsx", "PK\x03\x04\x14\x00\x06\x00[Content_Types].xml", "Excel workbook"},
		{"xls", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00\x00", "Excel workbook"},
		{"ods", "PK\x03\x04mimetypeapplication/vnd.oasis.opendocument.spreadsheet", "OpenDocument"},
		{"zip", "PK\x03\x04\x14\x00products.csv", "zip archive"},
		{"pdf", "%PDF-1.7\n1 0 obj", "PDF"},
		{"html", "\ufeff\r\n <!DOCTYPE html><html>", "web page"},
		{"xml", "<?xml version=\"1.0\"?>", "XML"},
		{"json", "[\n  {\n \"name\": 1", "JSON"},
		{"png", "\x89PNG\r\n\x1a\n", "image"},
		{"jpeg", "\xff\xd8\xff\xe0", "image"},
		{"bzip2", "BZh91AY&SY\x00\x01", "bzip2"},
		{"xz", "\xfd7zXZ\x00\x00", "xz"},
		{"utf-32", "\xff\xfe\x00\x00n\x00\x00\x00", "UTF-32"},
		{"binary", string(random), "binary"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, _, err := csvschema.Detect([]byte(tc.head), false)
			require.ErrorIs(t, err, csvschema.ErrNotCSV)
			var file *csvschema.FileError
			require.ErrorAs(t, err, &file)
			require.Equal(t, csvschema.CodeFileNotCSV, file.Code)
			require.Contains(t, file.Message, tc.says)
		})
	}

	t.Run("compressed twice", func(t *testing.T) {
		t.Parallel()
		twice := compress(t, compress(t, []byte("name,category\n"), csvschema.Gzip), csvschema.Zstd)
		_, _, err := csvschema.Detect(twice, true)
		require.ErrorIs(t, err, csvschema.ErrNotCSV)
	})
	t.Run("but not headers that look like them", func(t *testing.T) {
		t.Parallel()
		for _, head := range []string{"BZh,name\n", "GIF8,x\n", "PAR1,name\n"} {
			_, _, err := csvschema.Detect([]byte(head), true)
			require.NoError(t, err, head)
		}
	})
}

func TestDetectEmptyAndDamagedFiles(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		file []byte
		is   error
	}{
		"nothing":      {nil, csvschema.ErrEmpty},
		"mark only":    {[]byte("\ufeff"), csvschema.ErrEmpty},
		"blank lines":  {[]byte("\r\n \r\n"), csvschema.ErrEmpty},
		"empty gzip":   {compress(t, nil, csvschema.Gzip), csvschema.ErrEmpty},
		"damaged gzip": {[]byte("\x1f\x8b\xff\xff\xff"), csvschema.ErrCompressed},
		"damaged zstd": {[]byte("\x28\xb5\x2f\xfd\xff\xff\xff\xff\xff\xff"), csvschema.ErrCompressed},
	} {
		_, _, err := csvschema.Detect(tc.file, true)
		require.ErrorIs(t, err, tc.is, name)
		var file *csvschema.FileError
		require.True(t, errors.As(err, &file), name)
		require.NotEmpty(t, file.Message)
	}
}

func TestSymbolText(t *testing.T) {
	t.Parallel()
	text, err := json.Marshal(csvschema.Dialect{Delimiter: '\t'})
	require.NoError(t, err)
	require.JSONEq(t, `{"encoding":"","delimiter":"\t","quote":""}`, string(text))

	var d csvschema.Dialect
	require.ErrorIs(t, json.Unmarshal([]byte(`{"delimiter":"::"}`), &d), csvschema.ErrOptions)
	require.ErrorIs(t, json.Unmarshal([]byte(`{"delimiter":"é"}`), &d), csvschema.ErrOptions)
}
