package dedupe_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/dedupe"
)

func barcode(n int) dedupe.Key {
	return dedupe.Key{Tier: dedupe.TierBarcode, Value: fmt.Sprintf("%014d", n)}
}

func imageHash(n int) dedupe.Key {
	return dedupe.Key{Tier: dedupe.TierImageHash, Value: fmt.Sprintf("%016x", n)}
}

func nameBrand(name string) dedupe.Key {
	return dedupe.Key{Tier: dedupe.TierNameBrand, Value: "brand#" + name}
}

func TestMatchStrongestTierFirst(t *testing.T) {
	t.Parallel()

	matcher := dedupe.NewMatcher(map[dedupe.Key]string{
		barcode(1):     "by-barcode",
		barcode(2):     "by-second-barcode",
		imageHash(1):   "by-image",
		nameBrand("a"): "by-name",
	})

	tests := []struct {
		name string
		keys []dedupe.Key
		want string // empty: no match
	}{
		{"all tiers", []dedupe.Key{barcode(1), imageHash(1), nameBrand("a")}, "by-barcode"},
		{"weaker tiers first", []dedupe.Key{nameBrand("a"), imageHash(1), barcode(1)}, "by-barcode"},
		{"image before name", []dedupe.Key{barcode(9), imageHash(1), nameBrand("a")}, "by-image"},
		{"name alone", []dedupe.Key{barcode(9), nameBrand("a")}, "by-name"},
		{"two of a tier, in key order", []dedupe.Key{barcode(2), barcode(1)}, "by-second-barcode"},
		{"none held", []dedupe.Key{barcode(9), nameBrand("b")}, ""},
		{"no keys", nil, ""},
	}

	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()

			match, ok := matcher.Match(test.keys)
			require.Equal(t, test.want != "", ok)
			require.Equal(t, test.want, match.ProductID)

			if ok {
				require.Contains(t, test.keys, match.Key)
				require.Equal(t, match.Key.Tier, match.Tier)
			}
		})
	}
}

func TestMatchFuncSkipsWhatIsNotAccepted(t *testing.T) {
	t.Parallel()

	matcher := dedupe.NewMatcher(map[dedupe.Key]string{imageHash(1): "one", nameBrand("a"): "two"})
	keys := []dedupe.Key{imageHash(1), nameBrand("a")}

	match, ok := matcher.MatchFunc(keys, func(m dedupe.Match) bool { return m.ProductID != "one" })
	require.True(t, ok)
	require.Equal(t, dedupe.Match{Tier: dedupe.TierNameBrand, Key: nameBrand("a"), ProductID: "two"}, match)

	_, ok = matcher.MatchFunc(keys, func(dedupe.Match) bool { return false })
	require.False(t, ok)
}

func TestClaim(t *testing.T) {
	t.Parallel()

	held := map[dedupe.Key]string{barcode(1): "old"}
	matcher := dedupe.NewMatcher(held)

	matcher.Claim([]dedupe.Key{barcode(1), nameBrand("a"), nameBrand("a")}, "row2")
	matcher.Claim([]dedupe.Key{nameBrand("a"), nameBrand("b")}, "row3")

	requireHolder(t, matcher, barcode(1), "old")
	requireHolder(t, matcher, nameBrand("a"), "row2")
	requireHolder(t, matcher, nameBrand("b"), "row3")
	require.Len(t, held, 1, "the caller's map is left alone")
}

func TestRelease(t *testing.T) {
	t.Parallel()

	matcher := dedupe.NewMatcher(map[dedupe.Key]string{barcode(1): "old"})
	matcher.Claim([]dedupe.Key{barcode(1), nameBrand("a")}, "row2")
	matcher.Claim([]dedupe.Key{nameBrand("a"), nameBrand("b")}, "row3")

	matcher.Release("row2")
	requireHolder(t, matcher, barcode(1), "old")
	requireHolder(t, matcher, nameBrand("a"), "")
	requireHolder(t, matcher, nameBrand("b"), "row3")

	matcher.Claim([]dedupe.Key{nameBrand("a")}, "row4")
	matcher.Release("row2")
	matcher.Release("nobody")
	requireHolder(t, matcher, nameBrand("a"), "row4")
}

func TestHoldStandsAboveClaims(t *testing.T) {
	t.Parallel()

	matcher := dedupe.NewMatcher(nil)
	matcher.Claim([]dedupe.Key{nameBrand("a"), nameBrand("b")}, "row2")

	matcher.Hold(nameBrand("a"), "elsewhere")
	matcher.Release("row2")

	requireHolder(t, matcher, nameBrand("a"), "elsewhere")
	requireHolder(t, matcher, nameBrand("b"), "")

	matcher.Claim([]dedupe.Key{nameBrand("a")}, "row3")
	requireHolder(t, matcher, nameBrand("a"), "elsewhere")
}

// A file taken chunk by chunk, each with a fresh Matcher over what was written
// before, comes out as the file taken row by row with nothing but a table.
func TestMatcherEqualsOneByOne(t *testing.T) {
	t.Parallel()

	random := rand.New(rand.NewPCG(1, 2))

	for range 200 {
		rows := randomRows(random, 60)
		chunk := 1 + random.IntN(20)

		require.Equal(t, oneByOne(rows), byChunks(rows, chunk), "chunks of %d", chunk)
	}
}

func randomRows(random *rand.Rand, n int) [][]dedupe.Key {
	rows := make([][]dedupe.Key, n)

	for i := range rows {
		candidates := []dedupe.Key{
			barcode(random.IntN(20)), barcode(random.IntN(20)),
			imageHash(random.IntN(20)), nameBrand(fmt.Sprint(random.IntN(20))),
		}

		for _, key := range candidates {
			if random.IntN(3) > 0 {
				rows[i] = append(rows[i], key)
			}
		}
	}

	return rows
}

// oneByOne says for each row which row it repeats: itself, where it is new.
func oneByOne(rows [][]dedupe.Key) []string {
	var (
		table   = map[dedupe.Key]string{}
		outcome []string
	)

	for i, keys := range rows {
		id := fmt.Sprint(i)

		for tier := dedupe.TierNameBrand; tier >= dedupe.TierBarcode; tier-- {
			for k := len(keys) - 1; k >= 0; k-- {
				if holder, ok := table[keys[k]]; ok && keys[k].Tier == tier {
					id = holder
				}
			}
		}

		if id == fmt.Sprint(i) {
			for _, key := range keys {
				table[key] = id
			}
		}

		outcome = append(outcome, id)
	}

	return outcome
}

func byChunks(rows [][]dedupe.Key, size int) []string {
	var (
		catalogue = map[dedupe.Key]string{}
		outcome   []string
	)

	for first := 0; first < len(rows); first += size {
		var (
			chunk    = rows[first:min(first+size, len(rows))]
			matcher  = dedupe.NewMatcher(catalogue)
			accepted = map[string][]dedupe.Key{}
		)

		for i, keys := range chunk {
			id := fmt.Sprint(first + i)

			if match, ok := matcher.Match(keys); ok {
				id = match.ProductID
			} else {
				matcher.Claim(keys, id)
				accepted[id] = keys
			}

			outcome = append(outcome, id)
		}

		for id, keys := range accepted {
			for _, key := range keys {
				catalogue[key] = id
			}
		}
	}

	return outcome
}

func requireHolder(t *testing.T, matcher *dedupe.Matcher, key dedupe.Key, want string) {
	t.Helper()

	match, ok := matcher.Match([]dedupe.Key{key})
	require.Equal(t, want != "", ok)
	require.Equal(t, want, match.ProductID)
}

func BenchmarkMatcher(b *testing.B) {
	held := make(map[dedupe.Key]string)
	for i := range 500 {
		held[barcode(2*i)] = "old"
	}

	rows := make([][]dedupe.Key, 1000)
	for i := range rows {
		rows[i] = []dedupe.Key{barcode(i), nameBrand(fmt.Sprint(i))}
	}

	b.ReportAllocs()

	for b.Loop() {
		matcher := dedupe.NewMatcher(held)

		for _, keys := range rows {
			if _, ok := matcher.Match(keys); !ok {
				matcher.Claim(keys, "new")
			}
		}
	}

	b.ReportMetric(float64(b.N*len(rows))/b.Elapsed().Seconds(), "rows/s")
}
