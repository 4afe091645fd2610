package ledger_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/internal/ledger"
)

func entries() []ledger.Entry {
	return []ledger.Entry{
		{Row: 2, Outcome: ledger.Success, ProductID: "prod_1"},
		{Row: 3, Outcome: ledger.Duplicate, ProductID: "prod_1", MatchedBy: "barcode", Warnings: []string{"a", "b"}},
		{Row: 5, Outcome: ledger.Success, ProductID: `quote " and <angle> & पोहे`, Warnings: []string{"c"}},
		{
			Row: 6, Outcome: ledger.Error,
			Problems: []ledger.Problem{{Code: "name_missing", Message: "the name is missing"}},
			Values:   []string{"", "a\nb", `"`},
		},
		{
			Row: 7, Outcome: ledger.Success, ProductID: "prod_7", Warnings: []string{"image_failed"},
			Details: []string{"image_failed: https://a.example/?b=c&d=\"e\": the server answered 404"},
		},
		{Row: 8, Outcome: ledger.Success, ProductID: "prod_8", Item: ledger.Inserted},
		{Row: 9, Outcome: ledger.Success, ProductID: "prod_1", MatchedBy: "barcode", Item: ledger.Updated, Warnings: []string{"a"}},
	}
}

func segment(t *testing.T, h ledger.Header, entries ...ledger.Entry) []byte {
	t.Helper()

	var b ledger.Builder
	for i := range entries {
		require.NoError(t, b.Add(&entries[i]))
	}

	data, err := b.Finish(h)
	require.NoError(t, err)

	return data
}

func header() ledger.Header {
	return ledger.Header{JobID: "job", FirstRow: 2, NextRow: 11, From: 20, To: 90, State: json.RawMessage(`{"a":[1,"b"]}`)}
}

func TestASegmentComesBack(t *testing.T) {
	t.Parallel()

	s, err := ledger.Parse(segment(t, header(), entries()...))
	require.NoError(t, err)

	want := header()
	want.Version, want.Rows = ledger.Version, 7
	require.Equal(t, want, s.Header)

	var got []ledger.Entry

	for e, err := range s.Entries() {
		require.NoError(t, err)

		got = append(got, e)
	}

	require.Equal(t, entries(), got)
}

// The builder writes plain lines itself; they must be what encoding/json writes.
func TestLinesAreThoseOfEncodingJSON(t *testing.T) {
	t.Parallel()

	lines := bytes.Split(segment(t, header(), entries()...), []byte{'\n'})
	for i, e := range entries() {
		want, err := json.Marshal(e)
		require.NoError(t, err)
		require.Equal(t, string(want), string(lines[i+1]))
	}
}

func TestRowsMustAscend(t *testing.T) {
	t.Parallel()

	var b ledger.Builder

	require.NoError(t, b.Add(&ledger.Entry{Row: 5, Outcome: ledger.Success}))
	require.ErrorIs(t, b.Add(&ledger.Entry{Row: 5, Outcome: ledger.Success}), ledger.ErrCorrupt)
	require.ErrorIs(t, b.Add(&ledger.Entry{Row: 4, Outcome: ledger.Success}), ledger.ErrCorrupt)
}

func TestDamageIsFound(t *testing.T) {
	t.Parallel()

	good := string(segment(t, header(), entries()...))

	for name, data := range map[string]string{
		"empty":         "",
		"no header":     "x\n",
		"other version": `{"v":99}` + "\n",
		"line missing":  good[:len(good)-len(good)/4],
		"half a line":   good[:len(good)-3],
		"twice a row":   string(append([]byte(good), []byte(`{"r":9,"o":"s"}`+"\n")...)),
		"row too far":   string(append([]byte(good), []byte(`{"r":11,"o":"s"}`+"\n")...)),
		"one too many":  string(append([]byte(good), []byte(`{"r":10,"o":"s"}`+"\n")...)),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.ErrorIs(t, readAll([]byte(data)), ledger.ErrCorrupt)
		})
	}

	require.NoError(t, readAll([]byte(good)))
}

func readAll(data []byte) error {
	s, err := ledger.Parse(data)
	if err != nil {
		return err
	}

	for _, err := range s.Entries() {
		if err != nil {
			return err
		}
	}

	return nil
}

func TestTheDigestTellsSegmentsAndTheirOrder(t *testing.T) {
	t.Parallel()

	a, b := []byte("a"), []byte("b")
	ab := ledger.Fold(ledger.Fold("", a), b)

	require.Len(t, ab, 64)
	require.NotEqual(t, ab, ledger.Fold(ledger.Fold("", b), a))
	require.NotEqual(t, ab, ledger.Fold("", []byte("ab")))
	require.Equal(t, ab, ledger.Fold(ledger.Fold("", a), b))
}

func TestSegmentKeysSortByRow(t *testing.T) {
	t.Parallel()

	require.Equal(t, "admin-imports/j/ledger/000000000002-7.jsonl", ledger.SegmentKey("admin-imports/j", 2, 7))
	require.Less(t, ledger.SegmentKey("f", 999, 1), ledger.SegmentKey("f", 1000, 1))
}

// Plain lines are read without encoding/json; both must read the same.
func FuzzLine(f *testing.F) {
	f.Add(`{"r":2,"o":"s","p":"prod_1"}`)
	f.Add(`{"r":2,"o":"d","p":"prod_1","t":"barcode","w":["a","b"]}`)
	f.Add(`{"r":2,"o":"s","p":"prod_1","t":"barcode","i":"u","w":["a"]}`)
	f.Add(`{"r":2,"o":"s","i":"x"}`)
	f.Add(`{"r":-2,"o":"s"}`)
	f.Add(`{"r":2,"o":"s","w":[]}`)
	f.Add(`{"r":2,"o":"s","p":"a\u0041"}`)
	f.Add(`{"r":02,"o":"s"}`)
	f.Add(`{"r":2,"o":"s","w":["a"}`)
	f.Add(`{"r":2,"o":"s","w":["a"],"d":["b"]}`)

	f.Fuzz(func(t *testing.T, line string) {
		if bytes.ContainsRune([]byte(line), '\n') {
			return
		}

		var want ledger.Entry
		if json.Unmarshal([]byte(line), &want) != nil || want.Row < 2 || want.Row > 7 {
			return
		}

		data := []byte(`{"v":1,"first":2,"next":8,"rows":1}` + "\n" + line + "\n")

		s, err := ledger.Parse(data)
		require.NoError(t, err)

		for got, err := range s.Entries() {
			require.NoError(t, err)
			require.Equal(t, want, got)
		}
	})
}

func FuzzParse(f *testing.F) {
	var b ledger.Builder

	e := ledger.Entry{Row: 2, Outcome: ledger.Success, ProductID: "p"}
	if err := b.Add(&e); err != nil {
		f.Fatal(err)
	}

	data, err := b.Finish(header())
	if err != nil {
		f.Fatal(err)
	}

	f.Add(data)
	f.Add([]byte(`{"v":1,"rows":-1}` + "\n"))

	f.Fuzz(func(t *testing.T, data []byte) {
		if err := readAll(data); err != nil {
			require.ErrorIs(t, err, ledger.ErrCorrupt)
		}
	})
}
