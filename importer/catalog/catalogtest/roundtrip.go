package catalogtest

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/importer/catalog"
)

func roundTripCases() []testCase {
	return []testCase{
		{Name: "RoundTrip/EveryField", Run: roundTripFull},
		{Name: "RoundTrip/Bare", Run: roundTripBare},
		{Name: "RoundTrip/Texts", Run: roundTripTexts},
		{Name: "RoundTrip/Times", Run: roundTripTimes},
	}
}

func roundTripFull(t testing.TB, h Harness) {
	var (
		store = h.New(t)
		want  = fullProduct("p")
	)

	mustCreate(t, store, catalog.NewProduct{Product: want, Keys: keysOf(barcode(1))})
	require.Equal(t, want, get(t, store, "p"))
}

func roundTripBare(t testing.TB, h Harness) {
	var (
		store = h.New(t)
		want  = catalog.Product{ID: "p"}
	)

	mustCreate(t, store, catalog.NewProduct{Product: want})
	require.Equal(t, want, get(t, store, "p"))
}

func roundTripTexts(t testing.TB, h Harness) {
	store := h.New(t)

	texts := []string{
		"<b>Tom & Jerry's</b> \"best\"", "a\x00b", "line\r\nbreak\ttab", "\u2028\u2029\ufeff\ufffd",
		"नूडल्स", "بسكويت", "👩‍🍳", "\\u0041 \\", strings.Repeat("long ", 13_000),
	}

	for i, text := range texts {
		want := fullProduct(strings.Repeat("p", i+1))
		want.Name = text
		want.Attributes.Description = text
		want.AdditionalBarcodes = []string{text, text}
		want.Attributes.Nutrition = map[string]string{text[:min(len(text), catalog.MaxKey)]: text}

		mustCreate(t, store, catalog.NewProduct{Product: want})
		require.Equal(t, want, get(t, store, want.ID))
	}
}

func roundTripTimes(t testing.TB, h Harness) {
	store := h.New(t)

	times := map[string]time.Time{
		"zone":      moment().In(time.FixedZone("IST", 5*3600+1800)),
		"old":       time.Date(1969, time.December, 31, 23, 59, 59, 999_999_000, time.UTC),
		"far":       time.Date(9999, time.December, 31, 23, 59, 59, 0, time.UTC),
		"zero time": {},
	}

	for id, at := range times {
		product := item(id)
		product.Product.CreatedAt = at

		mustCreate(t, store, product)

		got := get(t, store, id).CreatedAt
		require.True(t, at.Equal(got), "%s: wrote %s, read %s", id, at, got)
	}
}
