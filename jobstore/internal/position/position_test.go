package position_test

import (
	"bytes"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/jobstore"
	"github.com/vyapaarai/bulkimport/jobstore/internal/position"
)

// ascending returns positions in ascending order.
func ascending() []position.Position {
	var all []position.Position

	for _, at := range []time.Time{
		{},
		time.Date(1600, time.January, 1, 0, 0, 0, 0, time.UTC),
		time.Unix(-1, 0),
		time.Unix(-1, 999999999),
		time.Unix(0, 0),
		time.Unix(0, 1),
		time.Unix(1, 0),
		time.Date(2025, time.January, 6, 9, 30, 0, 0, time.FixedZone("IST", 19800)),
		time.Date(2025, time.January, 6, 9, 30, 0, 0, time.UTC),
		time.Date(2300, time.January, 1, 0, 0, 0, 0, time.UTC),
		time.Date(9999, time.December, 31, 23, 59, 59, 999999999, time.UTC),
	} {
		for _, id := range []string{"\x00", "A", "a", "a\x00", "ab", "b", "ä", "\U0010ffff"} {
			all = append(all, position.Position{Time: at, ID: id})
		}
	}

	return all
}

func TestEncodingKeepsTheOrder(t *testing.T) {
	t.Parallel()

	all := ascending()
	for i, p := range all {
		for k, q := range all {
			want := slices.Compare([]int{i}, []int{k})
			require.Equal(t, want, p.Compare(q), "%v and %v", p, q)
			require.Equal(t, want, bytes.Compare(p.Append(nil), q.Append(nil)), "%v and %v", p, q)
		}
	}
}

func TestParse(t *testing.T) {
	t.Parallel()

	for _, p := range ascending() {
		got, err := position.Parse(p.Append(nil))
		require.NoError(t, err)
		require.Zero(t, p.Compare(got), "%v and %v", p, got)
		require.Equal(t, time.UTC, got.Time.Location())
	}

	good := position.Position{Time: time.Unix(1, 0), ID: "a"}.Append(nil)
	for name, b := range map[string][]byte{
		"nothing":              nil,
		"no id":                good[:len(good)-1],
		"cut time":             good[:5],
		"id is not UTF-8":      append(slices.Clone(good), 0xff),
		"too many nanoseconds": append([]byte{0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff}, 'a'),
	} {
		_, err := position.Parse(b)
		require.Error(t, err, name)
	}
}

func TestCursor(t *testing.T) {
	t.Parallel()

	q := jobstore.Query{CreatedBy: "user-1", Status: jobstore.StatusQueued, Limit: 10}
	seen := map[string]bool{}

	for _, p := range ascending() {
		cursor := position.Cursor(q, p)

		next := q
		next.Cursor, next.Limit = cursor, 20
		got, err := position.ParseCursor(next)
		require.NoError(t, err)
		require.Zero(t, p.Compare(got))

		seen[cursor] = true
	}

	require.Len(t, seen, len(ascending()))

	// base64 leaves bits of the last character unused; they may not be anything.
	for cursor := range seen {
		for _, last := range "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_" {
			next := q
			if next.Cursor = cursor[:len(cursor)-1] + string(last); next.Cursor == cursor {
				continue
			}

			_, err := position.ParseCursor(next)
			require.ErrorIs(t, err, jobstore.ErrInvalid, "%s for %s", next.Cursor, cursor)
		}
	}

	for name, cursor := range map[string]string{
		"empty":         "",
		"one byte":      "AQ",
		"other version": "Ag" + position.Cursor(q, ascending()[0])[2:],
		"not base64":    "*",
	} {
		_, err := position.ParseCursor(jobstore.Query{CreatedBy: "user-1", Status: jobstore.StatusQueued, Cursor: cursor})
		require.ErrorIs(t, err, jobstore.ErrInvalid, name)
	}
}

func FuzzParse(f *testing.F) {
	for _, p := range ascending() {
		f.Add(p.Append(nil))
	}

	f.Add(position.AppendTime(nil, time.Unix(math.MaxInt64, 0)))

	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := position.Parse(b)
		if err == nil {
			require.Equal(t, b, p.Append(nil))
		}
	})
}

func FuzzParseCursor(f *testing.F) {
	q := jobstore.Query{CreatedBy: "user-1"}
	for _, p := range ascending() {
		f.Add("user-1", position.Cursor(q, p))
	}

	f.Add("", "")
	f.Add("user-1", "AQAA\n")

	f.Fuzz(func(t *testing.T, user, cursor string) {
		q := jobstore.Query{CreatedBy: user, Cursor: cursor}

		p, err := position.ParseCursor(q)
		if err != nil {
			require.ErrorIs(t, err, jobstore.ErrInvalid)

			return
		}

		require.Equal(t, cursor, position.Cursor(q, p), "a cursor has one spelling")
	})
}
