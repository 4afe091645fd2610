package catalogtest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/dedupe"
	"github.com/vyapaarai/bulkimport/importer/catalog"
)

func lookupCases() []testCase {
	return []testCase{
		{Name: "Lookup/HeldKeysOnly", Run: lookupHeldOnly},
		{Name: "Lookup/Nothing", Run: lookupNothing},
		{Name: "Lookup/ImpossibleKeys", Run: lookupImpossible},
		{Name: "Lookup/Many", Run: lookupMany},
	}
}

func lookupHeldOnly(t testing.TB, h Harness) {
	store := h.New(t)
	mustCreate(t, store, item("one", barcode(1), nameBrand("x")), item("two", barcode(2)))

	held, err := store.Lookup(t.Context(),
		keysOf(barcode(2), barcode(3), nameBrand("x"), barcode(2), imageHash(2), nameBrand("y")))
	require.NoError(t, err)
	require.Equal(t, map[dedupe.Key]string{barcode(2): "two", nameBrand("x"): "one"}, held)
}

func lookupNothing(t testing.TB, h Harness) {
	store := h.New(t)

	for _, keys := range [][]dedupe.Key{nil, {}, {barcode(1)}} {
		held, err := store.Lookup(t.Context(), keys)
		require.NoError(t, err)
		require.NotNil(t, held)
		require.Empty(t, held)
	}
}

// Keys that no product can hold are held by nobody, which is no error.
func lookupImpossible(t testing.TB, h Harness) {
	store := h.New(t)
	mustCreate(t, store, item("one", barcode(1)))

	held, err := store.Lookup(t.Context(), keysOf(
		dedupe.Key{},
		dedupe.Key{Tier: dedupe.TierBarcode},
		dedupe.Key{Tier: 9, Value: "1"},
		nameBrand(strings.Repeat("x", 100_000)),
		nameBrand("\xff"),
		barcode(1),
	))
	require.NoError(t, err)
	require.Equal(t, map[dedupe.Key]string{barcode(1): "one"}, held)
}

func lookupMany(t testing.TB, h Harness) {
	const (
		count    = 3_000
		perOwner = 50
	)

	var (
		store = h.New(t)
		items []catalog.NewProduct
		keys  = make([]dedupe.Key, 0, count)
		want  = map[dedupe.Key]string{}
	)

	for i := range count {
		keys = append(keys, barcode(i))

		if i%2 == 1 {
			continue
		}

		if i%(2*perOwner) == 0 {
			items = append(items, item(fmt.Sprintf("p%04d", i)))
		}

		owner := &items[len(items)-1]
		owner.Keys = append(owner.Keys, barcode(i))
		want[barcode(i)] = owner.Product.ID
	}

	create(t, store, items...)

	held, err := store.Lookup(t.Context(), keys)
	require.NoError(t, err)
	require.Equal(t, want, held)
}
