package catalogtest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/dedupe"
	"github.com/vyapaarai/bulkimport/importer/catalog"
)

// barcode returns the n-th of many barcode keys.
func barcode(n int) dedupe.Key {
	return dedupe.Key{Tier: dedupe.TierBarcode, Value: fmt.Sprintf("%014d", n)}
}

// imageHash returns the n-th of many image hash keys.
func imageHash(n int) dedupe.Key {
	return dedupe.Key{Tier: dedupe.TierImageHash, Value: fmt.Sprintf("%016x", n)}
}

// nameBrand returns the key of brand and name with this name.
func nameBrand(name string) dedupe.Key {
	return dedupe.Key{Tier: dedupe.TierNameBrand, Value: "brand#" + name}
}

// item returns a product with this id to be created with these keys. Its origin
// is particular to the id.
func item(id string, keys ...dedupe.Key) catalog.NewProduct {
	return catalog.NewProduct{
		Product: catalog.Product{
			ID:                 id,
			Name:               "name of " + id,
			Category:           "category",
			VerificationStatus: "admin_created",
			Origin:             catalog.Origin{JobID: "job of " + id, Row: 2},
			CreatedAt:          moment(),
			UpdatedAt:          moment(),
		},
		Keys: keys,
	}
}

// keeping returns the item with KeepTaken set.
func keeping(n catalog.NewProduct) catalog.NewProduct {
	n.KeepTaken = true

	return n
}

// moment is a time that a store must not lose anything of.
func moment() time.Time { return time.Date(2025, time.January, 6, 10, 30, 0, 123_456_000, time.UTC) }

// fullProduct returns a product with every field set.
func fullProduct(id string) catalog.Product {
	return catalog.Product{
		ID:                 id,
		Name:               "Maggi 2-Minute Noodles",
		Brand:              "Nestlé",
		Category:           "Noodles",
		Barcode:            "8901058000290",
		AdditionalBarcodes: []string{"8901058000306", "036000291452"},
		NameBrandKey:       "nestle#maggi2minutenoodles",
		ImageHash:          "a1b2c3d4e5f60718",
		CanonicalImageURLs: map[string]string{"original": "https://example.com/o.jpg", "thumbnail": "https://example.com/t.jpg"},
		SourceImageURLs:    []string{"https://example.com/1.png", "https://example.com/2.png"},
		Attributes: catalog.Attributes{
			Description:     "Instant noodles",
			Size:            "70",
			Unit:            "g",
			Weight:          "70 g",
			PackSize:        "12",
			Manufacturer:    "Nestlé India",
			CountryOfOrigin: "IN",
			Ingredients:     "Wheat flour, palm oil, salt",
			Nutrition:       map[string]string{"fat": "13.5", "protein": "8.2"},
		},
		RegionalNames:      map[string][]string{"IN-MH": {"मॅगी", "नूडल्स"}, "IN-TN": {"மேகி"}},
		PrimaryRegions:     []string{"IN-MH", "IN-TN"},
		QualityScore:       85,
		VerificationStatus: "admin_created",
		CreatedBy:          "user-1",
		ImportSource:       "products.csv",
		Origin:             catalog.Origin{JobID: "admin_import_20250106_abc123", Row: 17},
		CreatedAt:          moment(),
		UpdatedAt:          moment().Add(time.Hour),
	}
}

// create writes items in one call and returns the results.
func create(t testing.TB, store catalog.Store, items ...catalog.NewProduct) []catalog.CreateResult {
	t.Helper()

	results, err := store.Create(t.Context(), items)
	require.NoError(t, err)
	require.Len(t, results, len(items), "one result per element")

	return results
}

// mustCreate writes items one call each and requires that all are written.
func mustCreate(t testing.TB, store catalog.Store, items ...catalog.NewProduct) {
	t.Helper()

	for _, item := range items {
		require.Equal(t, created(), create(t, store, item)[0], "creating %q", item.Product.ID)
	}
}

// created is the result of an element that was written.
func created() catalog.CreateResult { return catalog.CreateResult{Result: catalog.ResultCreated} }

// taken is the result of an element whose keys these products hold.
func taken(holders map[dedupe.Key]string) catalog.CreateResult {
	return catalog.CreateResult{Result: catalog.ResultTaken, Holders: holders}
}

// get returns the one product with this id, which must exist.
func get(t testing.TB, store catalog.Store, id string) catalog.Product {
	t.Helper()

	products, err := store.Get(t.Context(), []string{id})
	require.NoError(t, err)
	require.Len(t, products, 1, "product %q exists", id)

	return inUTC(products[0])
}

// requireAbsent requires that there is no product with this id.
func requireAbsent(t testing.TB, store catalog.Store, id string) {
	t.Helper()

	products, err := store.Get(t.Context(), []string{id})
	require.NoError(t, err)
	require.Empty(t, products, "product %q does not exist", id)
}

// requireHolder requires that the product with this id holds the keys; the empty
// id stands for nobody.
func requireHolder(t testing.TB, store catalog.Store, id string, keys ...dedupe.Key) {
	t.Helper()

	held, err := store.Lookup(t.Context(), keys)
	require.NoError(t, err)

	want := map[dedupe.Key]string{}

	for _, key := range keys {
		if id != "" {
			want[key] = id
		}
	}

	require.Equal(t, want, held)
}

// listIDs returns the ids of one page.
func listIDs(t testing.TB, store catalog.Store, after string, limit int) []string {
	t.Helper()

	products, err := store.List(t.Context(), after, limit)
	require.NoError(t, err)

	ids := make([]string, 0, len(products))
	for _, product := range products {
		ids = append(ids, product.ID)
	}

	return ids
}

// allIDs returns the ids of all products, page by page. A store whose pages get
// nowhere fails the case rather than keep it busy for ever.
func allIDs(t testing.TB, store catalog.Store, limit int) []string {
	t.Helper()

	var (
		all   = []string{}
		seen  = map[string]bool{}
		after string
	)

	for {
		page := listIDs(t, store, after, limit)
		require.LessOrEqual(t, len(page), limit, "size of a page")

		for _, id := range page {
			require.False(t, seen[id], "%q appears twice", id)
			seen[id] = true
			after = id
		}

		all = append(all, page...)

		if len(page) < limit {
			return all
		}
	}
}

// sortedIDs returns the ids of all products in ascending order.
func sortedIDs(t testing.TB, store catalog.Store) []string {
	t.Helper()

	ids := allIDs(t, store, catalog.MaxPage)
	slices.Sort(ids)

	return ids
}

// inUTC returns the product with its times in UTC, so that products can be
// compared whatever zone a store hands times out in.
func inUTC(p catalog.Product) catalog.Product {
	p.CreatedAt = p.CreatedAt.UTC()
	p.UpdatedAt = p.UpdatedAt.UTC()

	return p
}
