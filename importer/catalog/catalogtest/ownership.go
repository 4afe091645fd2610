package catalogtest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/dedupe"
	"github.com/vyapaarai/bulkimport/importer/catalog"
)

func ownershipCases() []testCase {
	return []testCase{
		{Name: "Ownership/ValuesPassedIn", Run: ownershipIn},
		{Name: "Ownership/ValuesHandedOut", Run: ownershipOut},
	}
}

// scribble overwrites everything that a product reaches through slices and maps.
func scribble(p catalog.Product) {
	const mark = "scribble"

	for _, list := range [][]string{p.AdditionalBarcodes, p.SourceImageURLs, p.PrimaryRegions} {
		for i := range list {
			list[i] = mark
		}
	}

	for _, names := range p.RegionalNames {
		for i := range names {
			names[i] = mark
		}
	}

	p.CanonicalImageURLs[mark] = mark
	p.Attributes.Nutrition[mark] = mark
	p.RegionalNames[mark] = []string{mark}
}

func ownershipIn(t testing.TB, h Harness) {
	var (
		store = h.New(t)
		given = []catalog.NewProduct{{Product: fullProduct("p"), Keys: keysOf(barcode(1), barcode(2))}}
	)

	create(t, store, given...)
	require.Equal(t, fullProduct("p"), given[0].Product, "the store changes nothing of the caller's")
	require.Equal(t, keysOf(barcode(1), barcode(2)), given[0].Keys)

	scribble(given[0].Product)
	given[0].Keys[0] = barcode(3)

	require.Equal(t, fullProduct("p"), get(t, store, "p"))
	requireHolder(t, store, "p", barcode(1), barcode(2))

	require.NoError(t, store.Delete(t.Context(), "p"))
	requireHolder(t, store, "", barcode(1), barcode(2))
}

func ownershipOut(t testing.TB, h Harness) {
	store := h.New(t)
	mustCreate(t, store, catalog.NewProduct{Product: fullProduct("p"), Keys: keysOf(barcode(1))})

	read, err := store.Get(t.Context(), []string{"p"})
	require.NoError(t, err)
	scribble(read[0])

	listed, err := store.List(t.Context(), "", 0)
	require.NoError(t, err)
	scribble(listed[0])

	held, err := store.Lookup(t.Context(), keysOf(barcode(1)))
	require.NoError(t, err)

	held[barcode(1)] = "scribble"
	held[barcode(2)] = "scribble"

	refused := create(t, store, item("q", barcode(1)))[0]
	require.Equal(t, map[dedupe.Key]string{barcode(1): "p"}, refused.Holders)
	refused.Holders[barcode(1)] = "scribble"

	require.Equal(t, fullProduct("p"), get(t, store, "p"))
	requireHolder(t, store, "p", barcode(1))
	requireHolder(t, store, "", barcode(2))
}
