package catalogtest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/dedupe"
	"github.com/vyapaarai/bulkimport/importer/catalog"
)

func claimCases() []testCase {
	return []testCase{
		{Name: "Claims/TakenNamesEveryHolder", Run: takenNamesHolders},
		{Name: "Claims/TakenWritesNothing", Run: takenWritesNothing},
		{Name: "Claims/KeepTaken", Run: keepTaken},
		{Name: "Claims/NoKeys", Run: noKeys},
		{Name: "Claims/RepeatedKey", Run: repeatedKey},
		{Name: "Claims/FurtherBarcodes", Run: furtherBarcodes},
		{Name: "Claims/AsManyAsAllowed", Run: mostKeys},
		{Name: "Claims/TiersAreApart", Run: tiersApart},
		{Name: "Claims/SharedInOneCall", Run: sharedInOneCall},
		{Name: "Claims/SharedInOneCallKeepTaken", Run: sharedKeepTaken},
		{Name: "Claims/RefusedElementHoldsNothing", Run: refusedHoldsNothing},
	}
}

func keysOf(keys ...dedupe.Key) []dedupe.Key { return keys }

func takenNamesHolders(t testing.TB, h Harness) {
	store := h.New(t)
	mustCreate(t, store, item("one", barcode(1)), item("two", nameBrand("x"), imageHash(1)))

	result := create(t, store, item("three", barcode(1), barcode(2), imageHash(1), nameBrand("x")))[0]

	require.Equal(t, taken(map[dedupe.Key]string{
		barcode(1):     "one",
		imageHash(1):   "two",
		nameBrand("x"): "two",
	}), result)
}

func takenWritesNothing(t testing.TB, h Harness) {
	store := h.New(t)
	mustCreate(t, store, item("one", nameBrand("x")))

	refused := item("two", barcode(1), nameBrand("x"), imageHash(1))
	require.Equal(t, catalog.ResultTaken, create(t, store, refused)[0].Result)

	requireAbsent(t, store, "two")
	require.Equal(t, []string{"one"}, sortedIDs(t, store))
	requireHolder(t, store, "", barcode(1), imageHash(1))
	requireHolder(t, store, "one", nameBrand("x"))

	mustCreate(t, store, item("three", barcode(1), imageHash(1)))
}

func keepTaken(t testing.TB, h Harness) {
	store := h.New(t)
	mustCreate(t, store, item("one", barcode(1)))

	mustCreate(t, store,
		keeping(item("two", barcode(1), barcode(2))),
		keeping(item("three", barcode(1), barcode(2))))

	requireHolder(t, store, "one", barcode(1))
	requireHolder(t, store, "two", barcode(2))
	require.Equal(t, "three", get(t, store, "three").ID)

	require.Equal(t, catalog.ResultTaken, create(t, store, item("four", barcode(2)))[0].Result)
}

func noKeys(t testing.TB, h Harness) {
	store := h.New(t)
	mustCreate(t, store, item("one"), item("two"), keeping(item("three")))
	require.Equal(t, []string{"one", "three", "two"}, sortedIDs(t, store))
}

func repeatedKey(t testing.TB, h Harness) {
	store := h.New(t)
	mustCreate(t, store, item("one", barcode(1), barcode(1)), keeping(item("two", barcode(2), barcode(2))))
	requireHolder(t, store, "one", barcode(1))
	requireHolder(t, store, "two", barcode(2))

	require.NoError(t, store.Delete(t.Context(), "one"))
	requireHolder(t, store, "", barcode(1))
}

// Every barcode of a product is a key, the twentieth as much as the first.
func furtherBarcodes(t testing.TB, h Harness) {
	const count = 20

	store := h.New(t)

	keys := make([]dedupe.Key, 0, count)
	for i := range count {
		keys = append(keys, barcode(i))
	}

	mustCreate(t, store, item("one", keys...))
	requireHolder(t, store, "one", keys...)

	for _, key := range keys {
		result := create(t, store, item("two", barcode(1000), key))[0]
		require.Equal(t, taken(map[dedupe.Key]string{key: "one"}), result)
	}
}

func mostKeys(t testing.TB, h Harness) {
	store := h.New(t)

	keys := make([]dedupe.Key, 0, catalog.MaxKeys)
	for i := range catalog.MaxKeys {
		keys = append(keys, barcode(i))
	}

	mustCreate(t, store, item("one", keys...))
	requireHolder(t, store, "one", keys...)

	refused := create(t, store, item("two", keys...))[0]
	require.Equal(t, catalog.ResultTaken, refused.Result)
	require.Len(t, refused.Holders, len(keys))

	require.NoError(t, store.Delete(t.Context(), "one"))
	requireHolder(t, store, "", keys...)
	mustCreate(t, store, keeping(item("three", keys...)))
}

func tiersApart(t testing.TB, h Harness) {
	store := h.New(t)

	for _, tier := range []dedupe.Tier{dedupe.TierBarcode, dedupe.TierImageHash, dedupe.TierNameBrand} {
		mustCreate(t, store, item(tier.String(), dedupe.Key{Tier: tier, Value: "same"}))
	}
}

func sharedInOneCall(t testing.TB, h Harness) {
	store := h.New(t)

	results := create(t, store,
		item("a", barcode(1), nameBrand("shared")),
		item("b", nameBrand("shared"), barcode(2)))
	require.ElementsMatch(t, []catalog.Result{catalog.ResultCreated, catalog.ResultTaken}, resultsOf(results))

	winner, loser := "a", "b"
	free := barcode(2)

	if results[1].Result == catalog.ResultCreated {
		winner, loser = "b", "a"
		free = barcode(1)
	}

	for _, result := range results {
		if result.Result == catalog.ResultTaken {
			require.Equal(t, map[dedupe.Key]string{nameBrand("shared"): winner}, result.Holders)
		}
	}

	requireHolder(t, store, winner, nameBrand("shared"))
	requireHolder(t, store, "", free)
	requireAbsent(t, store, loser)
}

func sharedKeepTaken(t testing.TB, h Harness) {
	store := h.New(t)

	results := create(t, store,
		keeping(item("a", barcode(1), nameBrand("shared"))),
		keeping(item("b", barcode(2), nameBrand("shared"))))
	require.Equal(t, []catalog.CreateResult{created(), created()}, results)

	requireHolder(t, store, "a", barcode(1))
	requireHolder(t, store, "b", barcode(2))

	held, err := store.Lookup(t.Context(), keysOf(nameBrand("shared")))
	require.NoError(t, err)
	require.Contains(t, []string{"a", "b"}, held[nameBrand("shared")])
}

// What a refused element would have claimed is free for the others of its call.
func refusedHoldsNothing(t testing.TB, h Harness) {
	store := h.New(t)
	mustCreate(t, store, item("one", barcode(1)))

	results := create(t, store, item("two", barcode(1), barcode(2)), item("three", barcode(2)))
	require.Equal(t, []catalog.Result{catalog.ResultTaken, catalog.ResultCreated}, resultsOf(results))
	require.Equal(t, "one", results[0].Holders[barcode(1)])
	requireHolder(t, store, "three", barcode(2))
}
