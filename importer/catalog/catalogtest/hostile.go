package catalogtest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/dedupe"
	"github.com/vyapaarai/bulkimport/importer/catalog"
)

func hostileCases() []testCase {
	return []testCase{
		{Name: "Hostile/IDs", Run: hostileIDs},
		{Name: "Hostile/Keys", Run: hostileKeys},
	}
}

// hostileTexts are texts that a store might confuse with each other, or with
// something of its own: prefixes of one another, separators, paths, escapes.
func hostileTexts() []string {
	return []string{
		"a", "a\x00", "a\x00b", "a/", "a/b", "a//b", "a:b", "a#b", "a b", "a%2Fb", "a\\b", "A", "á", "a\u0301",
		"/", "//", ":", "#", "\x00", "\x00\x00", " ", ".", "..", "../..", "../../etc/passwd", "\x7f", "\u0080",
		"c/p/a", "c/k/a", "c/k/barcode:a", "p/a", "k/a", "j/a", "barcode:a", "image_hash:a", "name_brand:a",
		"<script>", "'; DROP TABLE products; --", "${a}", "%s%n", "\r\n", "\ufeff", "\ufffd", "\U0010ffff",
		strings.Repeat("x", 500), strings.Repeat("x", 501), strings.Repeat("中", catalog.MaxID/3),
	}
}

func hostileIDs(t testing.TB, h Harness) {
	var (
		store = h.New(t)
		ids   = append(hostileTexts(), strings.Repeat("x", catalog.MaxID))
	)

	for i, id := range ids {
		mustCreate(t, store, item(id, barcode(i)))
	}

	for i, id := range ids {
		require.Equal(t, item(id).Product, get(t, store, id))
		requireHolder(t, store, id, barcode(i))
	}

	sorted := slices.Sorted(slices.Values(ids))
	paged := allIDs(t, store, 5)
	slices.Sort(paged)
	require.Equal(t, sorted, paged)

	for i, id := range ids {
		require.NoError(t, store.Delete(t.Context(), id))
		requireAbsent(t, store, id)
		requireHolder(t, store, "", barcode(i))

		sorted = slices.DeleteFunc(sorted, func(other string) bool { return other == id })
		require.Equal(t, sorted, sortedIDs(t, store), "after deleting %q", id)
	}
}

func hostileKeys(t testing.TB, h Harness) {
	store := h.New(t)

	var keys []dedupe.Key

	for _, text := range append(hostileTexts(), strings.Repeat("x", catalog.MaxKey-len("name_brand:"))) {
		for _, tier := range []dedupe.Tier{dedupe.TierBarcode, dedupe.TierImageHash, dedupe.TierNameBrand} {
			keys = append(keys, dedupe.Key{Tier: tier, Value: text})
		}
	}

	// Each id is the text of another product's key, where it is short enough.
	ids := make([]string, 0, len(keys))
	for i := range keys {
		id := keys[len(keys)-1-i].String()
		if len(id) > catalog.MaxID {
			id = fmt.Sprintf("long %d", i)
		}

		ids = append(ids, id)
	}

	for i, key := range keys {
		mustCreate(t, store, item(ids[i], key))
	}

	for i, key := range keys {
		requireHolder(t, store, ids[i], key)
	}

	for i, key := range keys {
		require.NoError(t, store.Delete(t.Context(), ids[i]))
		requireHolder(t, store, "", key)

		if next := i + 1; next < len(keys) {
			requireHolder(t, store, ids[next], keys[next])
		}
	}
}
