package csvschema_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"github.com/vyapaarai/bulkimport/csvschema"
)

// encode writes text in an encoding, without a byte order mark.
func encode(t testing.TB, text string, e csvschema.Encoding) []byte {
	t.Helper()
	var out string
	var err error
	switch e {
	case csvschema.UTF16LE:
		out, err = unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewEncoder().String(text)
	case csvschema.UTF16BE:
		out, err = unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM).NewEncoder().String(text)
	case csvschema.Windows1252:
		out, err = charmap.Windows1252.NewEncoder().String(text)
	default:
		out = text
	}
	require.NoError(t, err)
	return []byte(out)
}

func compress(t testing.TB, file []byte, c csvschema.Compression) []byte {
	t.Helper()
	var packed bytes.Buffer
	var w io.WriteCloser
	switch c {
	case csvschema.Gzip:
		w = gzip.NewWriter(&packed)
	case csvschema.Zstd:
		z, err := zstd.NewWriter(&packed)
		require.NoError(t, err)
		w = z
	default:
		return file
	}
	_, err := w.Write(file)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return packed.Bytes()
}

// requireResumable reads a file from the end of each of its records and requires the
// rest each time. stored is what the file is kept as, and may be compressed.
func requireResumable(t testing.TB, stored []byte, d csvschema.Dialect, limits csvschema.Limits) {
	t.Helper()
	whole := readAll(t, bytes.NewReader(stored), d, &csvschema.ReaderOptions{Limits: limits})
	for i, record := range whole.records {
		src := stored
		if d.Compression == csvschema.Uncompressed {
			require.LessOrEqual(t, record.End.Offset, int64(len(stored)))
			src = stored[record.End.Offset:]
		}
		rest := readAll(t, bytes.NewReader(src), d, &csvschema.ReaderOptions{Limits: limits, Start: record.End})
		require.Equal(t, whole.records[i+1:], nonNil(rest.records), "behind record %d", i)
		require.Equal(t, whole.codes[i+1:], append([]csvschema.Code{}, rest.codes...), "behind record %d", i)

		// A checkpoint stores a position as JSON.
		text, err := json.Marshal(record.End)
		require.NoError(t, err)
		var restored csvschema.Position
		require.NoError(t, json.Unmarshal(text, &restored))
		require.Equal(t, record.End, restored)
	}
	for i, record := range whole.records {
		if i > 0 {
			require.GreaterOrEqual(t, record.Start.Offset, whole.records[i-1].End.Offset)
			require.GreaterOrEqual(t, record.Start.Row, whole.records[i-1].End.Row)
		}
		require.Greater(t, record.End.Offset, record.Start.Offset)
		require.Equal(t, record.Start.Row+1, record.End.Row)
		require.Greater(t, record.End.Line, record.Start.Line)
	}
}

func nonNil(records []csvschema.Record) []csvschema.Record {
	return append([]csvschema.Record{}, records...)
}

// randomText makes a file of all that readers stumble over.
func randomText(rng *rand.Rand, letters []string) string {
	pieces := append([]string{
		"a", "bc", ",", ",", ",", ";", "\n", "\n", "\r\n", "\r", `"`, `"`, `""`, `","`, "\",\n", " ", ` "x"`, "'", "\x00", "\u0085",
	}, letters...)
	var b strings.Builder
	for range rng.IntN(120) {
		b.WriteString(pieces[rng.IntN(len(pieces))])
	}
	return b.String()
}

func TestResumeAtEveryRecord(t *testing.T) {
	t.Parallel()
	wide := []string{"é", "€", "पनीर", "चा", "😀", "日本"}
	for _, tc := range []struct {
		name    string
		dialect csvschema.Dialect
		mark    string
		letters []string
	}{
		{name: "UTF-8", letters: append(wide, "\xe9", "\xff\xfe", "\xe0\xa4")},
		{name: "UTF-8 with byte order mark", dialect: csvschema.Dialect{BOM: 3}, mark: "\ufeff", letters: wide},
		{name: "UTF-16LE", dialect: csvschema.Dialect{Encoding: csvschema.UTF16LE, BOM: 2}, mark: "\ufeff", letters: wide},
		{name: "UTF-16BE", dialect: csvschema.Dialect{Encoding: csvschema.UTF16BE, BOM: 2}, mark: "\ufeff", letters: wide},
		{name: "Windows-1252", dialect: csvschema.Dialect{Encoding: csvschema.Windows1252}, letters: []string{"é", "€", "“"}},
		{name: "gzip", dialect: csvschema.Dialect{Compression: csvschema.Gzip}, letters: wide},
		{name: "zstd, UTF-16", dialect: csvschema.Dialect{Compression: csvschema.Zstd, Encoding: csvschema.UTF16LE}, letters: wide},
		{name: "separator line", dialect: csvschema.Dialect{SeparatorLine: 7, Delimiter: ';'}, mark: "sep=;\r\n", letters: wide},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			rng := rand.New(rand.NewPCG(1, 2))
			for range 60 {
				text := randomText(rng, tc.letters)
				if tc.dialect.Encoding == csvschema.Windows1252 {
					text = strings.ReplaceAll(text, "\u0085", "…")
				}
				file := compress(t, encode(t, tc.mark+text, tc.dialect.Encoding), tc.dialect.Compression)
				// Small limits reach the paths that large records take.
				limits := csvschema.Limits{RecordBytes: 8 + rng.IntN(60), FieldBytes: 20, Fields: 6}
				requireResumable(t, file, tc.dialect, limits)
				requireResumable(t, file, tc.dialect, csvschema.Limits{})
			}
		})
	}
}

func TestResumeInDamagedUTF16(t *testing.T) {
	t.Parallel()
	file := encode(t, "a,b\nc,d\n", csvschema.UTF16LE)
	lone := []byte{0x3d, 0xd8} // half of a pair
	file = append(append(file, lone...), encode(t, "x,y\n", csvschema.UTF16LE)...)
	file = append(append(file, lone...), encode(t, "\nz\n", csvschema.UTF16LE)...)
	file = append(file, 'q') // half of a character
	d := csvschema.Dialect{Encoding: csvschema.UTF16LE}
	requireResumable(t, file, d, csvschema.Limits{})

	got := readAll(t, bytes.NewReader(file), d, nil)
	require.Equal(t, [][]string{{"a", "b"}, {"c", "d"}, {"\ufffdx", "y"}, {"\ufffd"}, {"z"}, {"\ufffd"}}, got.fields())
	require.Equal(t, int64(len(file)), got.records[5].End.Offset)
}

func TestResumeNeedsTheWholeCompressedFile(t *testing.T) {
	t.Parallel()
	file := compress(t, []byte("a,b\nc,d\n"), csvschema.Gzip)
	r, err := csvschema.NewReader(bytes.NewReader(file), csvschema.Dialect{Compression: csvschema.Gzip},
		&csvschema.ReaderOptions{Start: csvschema.Position{Offset: 100, Row: 9, Line: 9}})
	require.NoError(t, err)
	_, err = r.Read()
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
}

func TestReaderSurvivesHostileFiles(t *testing.T) {
	t.Parallel()
	const size = 1 << 20
	for _, tc := range []struct {
		name string
		line string
	}{
		{"a quote opened on every line", "\"abc\n"},
		{"a quote opened once for all", "abc,\"\n"},
		{"doubled quotes that open on every line", "\"\"a\n"},
		{"a quote that opens and closes on every line", "a\",\"b\n"},
		{"a quote behind padding", " \"a, \"b, \"\"c\n"},
		{"lone delimiters", ",\n"},
		{"one endless line", "abcdefgh,"},
		{"one endless quoted line", "\"a\"\""},
		{"one endless line of spaces in quotes", "\"  "},
		{"line ends only", "\n"},
		{"quotes only", "\""},
		{"NUL only", "\x00"},
		{"a stray quote on every line", "\"a\"b\n"},
		{"a stray quote inside what an open quote holds", "a\",\"b\n\"\"x\n"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			text := strings.Repeat(tc.line, size/len(tc.line))
			r, err := csvschema.NewReader(strings.NewReader("\"\n"+text), csvschema.Dialect{},
				&csvschema.ReaderOptions{Limits: csvschema.Limits{RecordBytes: 64 << 10}})
			require.NoError(t, err)
			for _, err := range r.Records() {
				if err != nil && !errors.As(err, new(*csvschema.RecordError)) {
					require.NoError(t, err)
				}
			}
			require.Equal(t, int64(len(text)+2), r.Position().Offset)
			require.LessOrEqual(t, r.Scanned(), int64(5*size), "bytes scanned")
			require.LessOrEqual(t, r.WindowBytes(), 128<<10, "bytes held")
		})
	}
}

func TestReaderMemoryDoesNotGrowWithTheFile(t *testing.T) {
	t.Parallel()
	line := "name,category,\"some, text\",8901030875391\r\n"
	src := io.LimitReader(&repeater{text: line}, int64(len(line))*100_000)
	r, err := csvschema.NewReader(src, csvschema.Dialect{}, nil)
	require.NoError(t, err)
	rows := 0
	for _, err := range r.Records() {
		require.NoError(t, err)
		rows++
	}
	require.Equal(t, 100_000, rows)
	require.LessOrEqual(t, r.WindowBytes(), 64<<10)
}

// repeater gives the same text for ever.
type repeater struct {
	text string
	at   int
}

func (r *repeater) Read(p []byte) (int, error) {
	for n := 0; n < len(p); {
		copied := copy(p[n:], r.text[r.at:])
		r.at = (r.at + copied) % len(r.text)
		n += copied
	}
	return len(p), nil
}

func TestCompressedFiles(t *testing.T) {
	t.Parallel()
	text := []byte("name,category\n" + strings.Repeat("Tea,Drinks\n", 10_000))
	for _, c := range []csvschema.Compression{csvschema.Gzip, csvschema.Zstd} {
		t.Run(string(c), func(t *testing.T) {
			t.Parallel()
			d := csvschema.Dialect{Compression: c}
			packed := compress(t, text, c)
			require.Len(t, readAll(t, bytes.NewReader(packed), d, nil).records, 10_001)
			require.Len(t, readAll(t, bytes.NewReader(append(packed, packed...)), d, nil).records, 20_002, "two members")

			for name, tc := range map[string]struct {
				file []byte
				max  int64
				is   error
			}{
				"cut off":      {file: packed[:len(packed)-9], is: csvschema.ErrCompressed},
				"damaged":      {file: flip(packed, len(packed)-3), is: csvschema.ErrCompressed},
				"not that":     {file: []byte("name,category\nTea,Drinks\n"), is: csvschema.ErrCompressed},
				"empty":        {file: nil, is: csvschema.ErrCompressed},
				"a large file": {file: packed, max: int64(len(text)) - 1, is: csvschema.ErrTooLarge},
			} {
				r, err := csvschema.NewReader(bytes.NewReader(tc.file), d, &csvschema.ReaderOptions{MaxDecompressedBytes: tc.max})
				require.NoError(t, err)
				for err == nil {
					_, err = r.Read()
				}
				require.NoError(t, r.Close())
				if c == csvschema.Zstd && name == "empty" {
					require.ErrorIs(t, err, io.EOF) // no frame at all is a valid zstd stream
					continue
				}
				require.ErrorIs(t, err, tc.is, name)
				var file *csvschema.FileError
				require.ErrorAs(t, err, &file)
				require.NotEmpty(t, file.Message)
			}

			r, err := csvschema.NewReader(bytes.NewReader(packed), d, &csvschema.ReaderOptions{MaxDecompressedBytes: int64(len(text))})
			require.NoError(t, err)
			for err == nil {
				_, err = r.Read()
			}
			require.ErrorIs(t, err, io.EOF, "content of exactly the allowed size")
		})
	}
}

func TestCompressedFileDistinguishesErrorsOfTheSource(t *testing.T) {
	t.Parallel()
	packed := compress(t, []byte(strings.Repeat("Tea,Drinks\n", 10_000)), csvschema.Gzip)
	broken := fmt.Errorf("connection lost")
	src := io.MultiReader(bytes.NewReader(packed[:20]), &failing{broken})
	r, err := csvschema.NewReader(src, csvschema.Dialect{Compression: csvschema.Gzip}, nil)
	require.NoError(t, err)
	for err == nil {
		_, err = r.Read()
	}
	require.ErrorIs(t, err, broken)
	require.NotErrorIs(t, err, csvschema.ErrCompressed)
}

type failing struct{ err error }

func (f *failing) Read([]byte) (int, error) { return 0, f.err }

func flip(file []byte, i int) []byte {
	out := bytes.Clone(file)
	out[i] ^= 0xff
	return out
}
