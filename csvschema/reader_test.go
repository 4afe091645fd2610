package csvschema_test

import (
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/csvschema"
)

// read is what a Reader made of a file: records and damaged ones in their order.
type read struct {
	records []csvschema.Record
	codes   []csvschema.Code // empty for a good record
}

func (r read) fields() [][]string {
	var all [][]string
	for _, record := range r.records {
		all = append(all, record.Fields)
	}
	return all
}

func readAll(t testing.TB, src io.Reader, d csvschema.Dialect, opts *csvschema.ReaderOptions) read {
	t.Helper()
	r, err := csvschema.NewReader(src, d, opts)
	require.NoError(t, err)
	defer func() { require.NoError(t, r.Close()) }()

	var out read
	first := r.Position().Row
	for record, err := range r.Records() {
		require.False(t, record.Blank)
		var damaged *csvschema.RecordError
		var code csvschema.Code
		if errors.As(err, &damaged) {
			code = damaged.Code
			require.Equal(t, record, damaged.Record)
		} else {
			require.NoError(t, err)
		}
		out.records = append(out.records, record)
		out.codes = append(out.codes, code)
	}
	require.Equal(t, r.Position().Row-first, int64(len(out.records))+r.BlankRecords(), "every row is accounted for")
	return out
}

func TestReaderSplitsRecords(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name    string
		dialect csvschema.Dialect
		text    string
		want    [][]string
	}{
		{name: "no line end at the end", text: "a,b\nc,d", want: [][]string{{"a", "b"}, {"c", "d"}}},
		{name: "LF, CRLF and CR mixed", text: "a,b\r\nc,d\re,f\ng", want: [][]string{{"a", "b"}, {"c", "d"}, {"e", "f"}, {"g"}}},
		{name: "CR only", text: "a,b\rc,d\r", want: [][]string{{"a", "b"}, {"c", "d"}}},
		{name: "blank lines", text: "\n\r\na\n\n \t\n\u00a0,\nb\n\n", want: [][]string{{"a"}, {"b"}}},
		{name: "lines of control characters", text: "a\n\x1a\n\"\x00\",\x7f \n\u200b\n\u0081\n\u0085\n\x1a", want: [][]string{{"a"}, {"\u0085"}}},
		{name: "records of empty fields", text: "a,b\n,,,\n\"\",\" \"\nc,d\n", want: [][]string{{"a", "b"}, {"c", "d"}}},
		{name: "empty fields at the edges", text: ",a,\n,\"b\",\"\"", want: [][]string{{"", "a", ""}, {"", "b", ""}}},
		{name: "delimiter and line ends in quotes", text: "\"a,b\",\"c\r\nd\re\n\"\nf", want: [][]string{{"a,b", "c\r\nd\re\n"}, {"f"}}},
		{name: "doubled quotes", text: `"say ""hi""",""""` + "\n", want: [][]string{{`say "hi"`, `"`}}},
		{name: "bare quotes in unquoted fields", text: `5" pipe,a"b"c`, want: [][]string{{`5" pipe`, `a"b"c`}}},
		{name: "stray quote in a quoted field", text: `"5" pipe, long","b ""c" d"`, want: [][]string{{`5" pipe, long`, `b "c" d`}}},
		{name: "quoted field at the end of the file", text: `a,"b` + "\n" + `c"`, want: [][]string{{"a", "b\nc"}}},
		{name: "spaces around quoted fields", text: `a, "b, c"  ,  "d"` + "\n" + `"e" ,f`, want: [][]string{{"a", "b, c", "d"}, {"e", "f"}}},
		{name: "spaces before text in quotes", text: `a, "Best" tea, "x` + "\n" + `b, y"`, want: [][]string{{"a", ` "Best" tea`, ` "x`}, {"b", ` y"`}}},
		{name: "spaces of unquoted fields", text: " a , b\nc ,", want: [][]string{{" a ", " b"}, {"c ", ""}}},
		{name: "NUL is content", text: "a\x00b,c\n", want: [][]string{{"a\x00b", "c"}}},
		{name: "semicolons", dialect: csvschema.Dialect{Delimiter: ';'}, text: "a,b;c\n", want: [][]string{{"a,b", "c"}}},
		{name: "tabs", dialect: csvschema.Dialect{Delimiter: '\t'}, text: "a b\t\t\"c\td\"\n", want: [][]string{{"a b", "", "c\td"}}},
		{name: "single quotes", dialect: csvschema.Dialect{Quote: '\''}, text: "'a,b','it''s',\"c\"\n", want: [][]string{{"a,b", "it's", `"c"`}}},
		{name: "empty file", text: "", want: nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got := readAll(t, strings.NewReader(tc.text), tc.dialect, nil)
			require.Equal(t, tc.want, got.fields())
			for _, code := range got.codes {
				require.Empty(t, code)
			}
			// However small the pieces are in which the source gives its bytes.
			got = readAll(t, iotest.OneByteReader(strings.NewReader(tc.text)), tc.dialect, nil)
			require.Equal(t, tc.want, got.fields())
		})
	}
}

func TestReaderCountsRowsAndLines(t *testing.T) {
	t.Parallel()
	const text = "name,text\r\n" + // row 1, line 1
		"\r\n" + // row 2, line 2
		"a,\"1\r\n2\r3\n4\"\r\n" + // row 3, lines 3 to 6
		",\n" + // row 4, line 7
		"b,\"x\n" + // row 5, line 8: damaged
		"c,\"y\"z\n" + // row 6, line 9: a stray quote, never closed
		"d,e" // row 7, line 10

	got := readAll(t, strings.NewReader(text), csvschema.Dialect{}, nil)
	var places [][3]int64
	for _, record := range got.records {
		places = append(places, [3]int64{record.Start.Row, record.Start.Line, record.Start.Offset})
	}
	require.Equal(t, [][3]int64{{1, 1, 0}, {3, 3, 13}, {5, 8, 29}, {6, 9, 34}, {7, 10, 41}}, places)
	require.Equal(t, []csvschema.Code{"", "", csvschema.CodeQuoteUnterminated, csvschema.CodeQuoteUnterminated, ""}, got.codes)
	require.Equal(t, int64(len(text)), got.records[4].End.Offset)
}

func TestReaderDamageCostsOneRecord(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 200)
	for _, tc := range []struct {
		name   string
		text   string
		limits csvschema.Limits
		want   [][]string
		codes  []csvschema.Code
		is     error
	}{
		{
			name: "open quote at the end of the file", text: "a,b\n\"c,d\ne,f\n",
			want:  [][]string{{"a", "b"}, {`"c`, "d"}, {"e", "f"}},
			codes: []csvschema.Code{"", csvschema.CodeQuoteUnterminated, ""},
			is:    csvschema.ErrUnterminatedQuote,
		},
		{
			name: "open quote before a quoted field", text: "\"abc,1\n\"def\",2\n\"g\",3\n",
			want:  [][]string{{`"abc`, "1"}, {"def", "2"}, {"g", "3"}},
			codes: []csvschema.Code{csvschema.CodeQuoteUnterminated, "", ""},
			is:    csvschema.ErrUnterminatedQuote,
		},
		{
			name: "stray quote before a line end", text: "\"Milk\" 500ml,Dairy\nBread,Bakery\nPipe 12\",Hardware",
			want:  [][]string{{`"Milk" 500ml`, "Dairy"}, {"Bread", "Bakery"}, {`Pipe 12"`, "Hardware"}},
			codes: []csvschema.Code{csvschema.CodeQuoteUnterminated, "", ""},
			is:    csvschema.ErrUnterminatedQuote,
		},
		{
			name: "stray quote in an earlier field", text: "\"a\"b\",\"c\nd\"\ne\n",
			want:  [][]string{{`a"b`, "c\nd"}, {"e"}},
			codes: []csvschema.Code{"", ""},
		},
		{
			name: "open quote up to the record limit", text: "\"a,b\n" + strings.Repeat("c,d\n", 50),
			limits: csvschema.Limits{RecordBytes: 64},
			want:   append([][]string{{`"a`, "b"}}, repeat([]string{"c", "d"}, 50)...),
			codes:  append([]csvschema.Code{csvschema.CodeQuoteUnterminated}, make([]csvschema.Code, 50)...),
			is:     csvschema.ErrUnterminatedQuote,
		},
		{
			name: "record over the limit", text: "a,b\n" + long + ",\"q\n" + "c,d\n",
			limits: csvschema.Limits{RecordBytes: 64},
			want:   [][]string{{"a", "b"}, {long[:65]}, {"c", "d"}},
			codes:  []csvschema.Code{"", csvschema.CodeRecordTooLong, ""},
			is:     csvschema.ErrRecordTooLong,
		},
		{
			name: "record over the limit behind a quoted line end", text: "\"a\nb\"," + long + "\nc,d\n",
			limits: csvschema.Limits{RecordBytes: 64},
			want:   [][]string{{`"a`}, {"c", "d"}},
			codes:  []csvschema.Code{csvschema.CodeRecordTooLong, ""},
			is:     csvschema.ErrRecordTooLong,
		},
		{
			name: "first line over the limit in quotes", text: "\"" + long + "\nc,d\n",
			limits: csvschema.Limits{RecordBytes: 64},
			want:   [][]string{{`"` + long[:64]}, {"c", "d"}},
			codes:  []csvschema.Code{csvschema.CodeQuoteUnterminated, ""},
			is:     csvschema.ErrUnterminatedQuote,
		},
		{
			name: "spaces behind a quote up to the limit", text: "\"a\nb\"" + strings.Repeat(" ", 200) + "\nc,d\n",
			limits: csvschema.Limits{RecordBytes: 64},
			want:   [][]string{{`"a`}, {`b"` + strings.Repeat(" ", 63)}, {"c", "d"}},
			codes:  []csvschema.Code{csvschema.CodeQuoteUnterminated, csvschema.CodeRecordTooLong, ""},
		},
		{
			name: "record at the limit", text: "a," + long[:62] + "\r\n\"" + long[:62] + "\"\n",
			limits: csvschema.Limits{RecordBytes: 64},
			want:   [][]string{{"a", long[:62]}, {long[:62]}},
			codes:  []csvschema.Code{"", ""},
		},
		{
			name: "field over the limit", text: "a,12345\nb,\"123\n56\"\nc,1234\n",
			limits: csvschema.Limits{FieldBytes: 4},
			want:   [][]string{{"a", "12345"}, {"b", `"123`}, {"c", "1234"}},
			codes:  []csvschema.Code{csvschema.CodeFieldTooLong, csvschema.CodeFieldTooLong, ""},
			is:     csvschema.ErrFieldTooLong,
		},
		{
			name: "too many fields", text: "a,b,c,d,e\na,b\n",
			limits: csvschema.Limits{Fields: 2},
			want:   [][]string{{"a", "b"}, {"a", "b"}},
			codes:  []csvschema.Code{csvschema.CodeTooManyFields, ""},
			is:     csvschema.ErrTooManyFields,
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			opts := &csvschema.ReaderOptions{Limits: tc.limits}
			got := readAll(t, strings.NewReader(tc.text), csvschema.Dialect{}, opts)
			require.Equal(t, tc.want, got.fields())
			require.Equal(t, tc.codes, got.codes)

			r, err := csvschema.NewReader(strings.NewReader(tc.text), csvschema.Dialect{}, opts)
			require.NoError(t, err)
			for _, err := range r.Records() {
				if err != nil && tc.is != nil {
					require.ErrorIs(t, err, tc.is)
					require.Contains(t, err.Error(), "row ")
				}
			}
		})
	}
}

func TestReaderShowsTheBeginningOfALongRecord(t *testing.T) {
	t.Parallel()
	text := "a," + strings.Repeat("é", csvschema.DefaultRecordBytes) + "\nb,c\n"
	got := readAll(t, strings.NewReader(text), csvschema.Dialect{}, nil)
	require.Equal(t, []csvschema.Code{csvschema.CodeRecordTooLong, ""}, got.codes)
	require.Equal(t, []string{"a", strings.Repeat("é", 32<<10-1)}, got.records[0].Fields)
}

func repeat(record []string, n int) [][]string {
	var out [][]string
	for range n {
		out = append(out, record)
	}
	return out
}

func TestReaderRepairsBytesOfAnotherEncoding(t *testing.T) {
	t.Parallel()
	got := readAll(t, strings.NewReader("caf\xe9 \"\"\"\"\x93,\"\"\"na\xefve\"\"\"\nपनीर,\"a\"\"b\"\n"), csvschema.Dialect{}, nil)
	require.Equal(t, [][]string{{`café """"“`, `"naïve"`}, {"पनीर", `a"b`}}, got.fields())
	require.Equal(t, 3, got.records[0].Repaired)
	require.Zero(t, got.records[1].Repaired)
	require.Equal(t, int64(23), got.records[0].End.Offset)
}

func TestReaderErrors(t *testing.T) {
	t.Parallel()

	t.Run("of the source end the reading", func(t *testing.T) {
		t.Parallel()
		broken := errors.New("connection lost")
		for _, head := range []string{"", "a,b\n", "a,b\nc,\"d", "a,b\nc,d", "a,b\nc,d\r"} {
			src := io.MultiReader(strings.NewReader(head), iotest.ErrReader(broken))
			r, err := csvschema.NewReader(src, csvschema.Dialect{}, nil)
			require.NoError(t, err)
			for err = nil; err == nil; {
				var before = r.Position()
				if _, err = r.Read(); err != nil {
					require.Equal(t, before, r.Position())
				}
			}
			require.ErrorIs(t, err, broken)
			_, err = r.Read()
			require.ErrorIs(t, err, broken)
		}
	})

	t.Run("of a source that gives nothing", func(t *testing.T) {
		t.Parallel()
		r, err := csvschema.NewReader(silent{}, csvschema.Dialect{}, nil)
		require.NoError(t, err)
		_, err = r.Read()
		require.ErrorIs(t, err, io.ErrNoProgress)
	})

	t.Run("while a long record is skipped", func(t *testing.T) {
		t.Parallel()
		broken := errors.New("connection lost")
		src := io.MultiReader(strings.NewReader("a\n"+strings.Repeat("x", 300)), iotest.ErrReader(broken))
		r, err := csvschema.NewReader(src, csvschema.Dialect{}, &csvschema.ReaderOptions{Limits: csvschema.Limits{RecordBytes: 64}})
		require.NoError(t, err)
		_, err = r.Read()
		require.NoError(t, err)
		_, err = r.Read()
		require.ErrorIs(t, err, broken)
		require.Equal(t, csvschema.Position{Offset: 2, Row: 2, Line: 2}, r.Position())
	})

	t.Run("after Close", func(t *testing.T) {
		t.Parallel()
		r, err := csvschema.NewReader(strings.NewReader("a"), csvschema.Dialect{}, nil)
		require.NoError(t, err)
		require.NoError(t, r.Close())
		_, err = r.Read()
		require.ErrorIs(t, err, csvschema.ErrClosed)
	})

	t.Run("of options", func(t *testing.T) {
		t.Parallel()
		for name, tc := range map[string]struct {
			dialect csvschema.Dialect
			opts    csvschema.ReaderOptions
		}{
			"delimiter":     {dialect: csvschema.Dialect{Delimiter: 'a'}},
			"quote":         {dialect: csvschema.Dialect{Quote: '`'}},
			"encoding":      {dialect: csvschema.Dialect{Encoding: "koi8-r"}},
			"compression":   {dialect: csvschema.Dialect{Compression: "lzma"}},
			"mark":          {dialect: csvschema.Dialect{BOM: -1}},
			"record limit":  {opts: csvschema.ReaderOptions{Limits: csvschema.Limits{RecordBytes: -1}}},
			"huge limit":    {opts: csvschema.ReaderOptions{Limits: csvschema.Limits{RecordBytes: 1 << 30}}},
			"start":         {opts: csvschema.ReaderOptions{Start: csvschema.Position{Offset: 5}}},
			"negative row":  {opts: csvschema.ReaderOptions{Start: csvschema.Position{Offset: 5, Row: -1, Line: 1}}},
			"offset before": {opts: csvschema.ReaderOptions{Start: csvschema.Position{Offset: -5, Row: 1, Line: 1}}},
		} {
			_, err := csvschema.NewReader(strings.NewReader(""), tc.dialect, &tc.opts)
			require.ErrorIs(t, err, csvschema.ErrOptions, name)
		}
	})
}

func TestReadReturnsBetweenBlankRecords(t *testing.T) {
	t.Parallel()
	const stretch = 64 << 10
	file := "a\n" + strings.Repeat("\n", stretch) + "b\n" + strings.Repeat(",\n", 5*stretch/4) + "c\n" + strings.Repeat("\n", 2*stretch)

	open := func(at csvschema.Position) *csvschema.Reader {
		r, err := csvschema.NewReader(strings.NewReader(file[at.Offset:]), csvschema.Dialect{}, &csvschema.ReaderOptions{Start: at})
		require.NoError(t, err)
		return r
	}
	r := open(csvschema.Position{})
	var records []csvschema.Record
	rows := int64(0)
	for {
		record, err := r.Read()
		if err == io.EOF {
			break
		}
		require.NoError(t, err)
		require.Equal(t, record.End, r.Position())
		records = append(records, record)
		if record.Blank {
			require.Empty(t, record.Fields)
			require.Greater(t, record.End.Offset-record.Start.Offset, int64(stretch))
			require.LessOrEqual(t, record.End.Offset-record.Start.Offset, int64(stretch+2))
		} else {
			rows++
		}
		require.Equal(t, r.Position().Row-1, rows+r.BlankRecords())
	}
	var kinds []string
	for _, record := range records {
		kinds = append(kinds, strings.Join(record.Fields, "|"))
	}
	// A run of no more than 64 KiB is skipped silently, and so is the rest of a longer one.
	require.Equal(t, []string{"a", "b", "", "", "c", ""}, kinds)
	require.Equal(t, records[1].End, records[2].Start)
	require.Equal(t, records[2].End, records[3].Start)

	for i, record := range records {
		rest := open(record.End)
		for _, want := range records[i+1:] {
			got, err := rest.Read()
			require.NoError(t, err)
			require.Equal(t, want, got, "behind record %d", i)
		}
		_, err := rest.Read()
		require.ErrorIs(t, err, io.EOF)
	}
	require.Equal(t, [][]string{{"a"}, {"b"}, {"c"}}, readAll(t, strings.NewReader(file), csvschema.Dialect{}, nil).fields())
}

// silent is a source that never returns anything.
type silent struct{}

func (silent) Read([]byte) (int, error) { return 0, nil }

func TestRecordsGoOnAfterABreak(t *testing.T) {
	t.Parallel()
	r, err := csvschema.NewReader(strings.NewReader("a\nb\nc\n"), csvschema.Dialect{}, nil)
	require.NoError(t, err)
	for record, err := range r.Records() {
		require.NoError(t, err)
		require.Equal(t, []string{"a"}, record.Fields)
		break
	}
	require.Equal(t, csvschema.Position{Offset: 2, Row: 2, Line: 2}, r.Position())
	record, err := r.Read()
	require.NoError(t, err)
	require.Equal(t, []string{"b"}, record.Fields)
}

// testData returns the path of a real file, and skips the test where it is absent.
func testData(t testing.TB, name string) string {
	t.Helper()
	dir := os.Getenv("BULKIMPORT_TESTDATA")
	if dir == "" {
		dir = "../../shared/data"
	}
	path := dir + "/" + name
	if _, err := os.Stat(path); err != nil {
		t.Skipf("no test data: %v; set BULKIMPORT_TESTDATA to its folder", err)
	}
	return path
}
