package pebblecatalog_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/dedupe"
	"github.com/vyapaarai/bulkimport/importer/catalog"
	"github.com/vyapaarai/bulkimport/importer/catalog/pebblecatalog"
)

// perCall is the number of products in a call of Create, that of a chunk.
const perCall = 1_000

// BenchmarkCreate writes new products, with a barcode and a name+brand key each,
// to a catalogue that holds others already.
func BenchmarkCreate(b *testing.B) {
	forSizes(b, func(b *testing.B, store catalog.Store, size int) {
		items := benchmarkItems(size, perCall)
		next := size

		for b.Loop() {
			b.StopTimer()
			renumber(items, next)
			next += perCall
			b.StartTimer()

			_, err := store.Create(b.Context(), items)
			require.NoError(b, err)
		}

		b.ReportMetric(float64(b.N*perCall)/b.Elapsed().Seconds(), "products/s")
	})
}

// BenchmarkLookup looks up the keys of a chunk of which every other product is
// in the catalogue.
func BenchmarkLookup(b *testing.B) {
	forSizes(b, func(b *testing.B, store catalog.Store, size int) {
		var keys []dedupe.Key

		for i := range perCall {
			n := i * (size / perCall)
			if i%2 == 1 {
				n += 1_000_000_000
			}

			keys = append(keys, benchmarkKeys(n)...)
		}

		for b.Loop() {
			held, err := store.Lookup(b.Context(), keys)
			require.NoError(b, err)
			require.Len(b, held, len(keys)/2)
		}

		b.ReportMetric(float64(b.N*perCall)/b.Elapsed().Seconds(), "products/s")
	})
}

// forSizes runs a benchmark over catalogues of several sizes.
func forSizes(b *testing.B, run func(b *testing.B, store catalog.Store, size int)) {
	for _, size := range []int{50_000, 1_000_000} {
		b.Run(fmt.Sprintf("%dk", size/1000), func(b *testing.B) {
			if testing.Short() && size > 50_000 {
				b.Skip("filling the catalogue takes a minute")
			}

			run(b, filled(b, size), size)
		})
	}
}

// filled returns a store that holds size products.
func filled(b *testing.B, size int) catalog.Store {
	b.Helper()

	store, err := pebblecatalog.Open(b.TempDir(), nil)
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, store.Close()) })

	items := benchmarkItems(0, perCall)

	for first := 0; first < size; first += perCall {
		renumber(items, first)

		_, err := store.Create(b.Context(), items)
		require.NoError(b, err)
	}

	return store
}

// benchmarkItems returns count products as an import of a grocer's list makes
// them.
func benchmarkItems(first, count int) []catalog.NewProduct {
	items := make([]catalog.NewProduct, count)

	for i := range items {
		items[i].Product = catalog.Product{
			Name:     "Maggi 2-Minute Masala Instant Noodles",
			Brand:    "Nestle",
			Category: "Snacks & Branded Foods",
			Attributes: catalog.Attributes{
				Description:  "Instant noodles with the taste of masala, ready in two minutes. Add vegetables to taste.",
				Weight:       "70 g",
				Manufacturer: "Nestle India Limited",
			},
			SourceImageURLs:    []string{"https://images.example.com/products/noodles/masala/front.jpg"},
			QualityScore:       65,
			VerificationStatus: "admin_created",
			CreatedBy:          "user-1",
			ImportSource:       "products.csv",
			CreatedAt:          time.Date(2025, time.January, 6, 10, 30, 0, 0, time.UTC),
			UpdatedAt:          time.Date(2025, time.January, 6, 10, 30, 0, 0, time.UTC),
		}
	}

	renumber(items, first)

	return items
}

// renumber makes the items those of the rows from first on.
func renumber(items []catalog.NewProduct, first int) {
	for i := range items {
		n := first + i
		items[i].Keys = benchmarkKeys(n)

		product := &items[i].Product
		product.ID = fmt.Sprintf("prod_4f9d2c81e6a35b07%010d", n)
		product.Barcode = items[i].Keys[0].Value[1:]
		product.NameBrandKey = items[i].Keys[1].Value
		product.Origin = catalog.Origin{JobID: "admin_import_20250106_abc123", Row: int64(n)}
	}
}

// benchmarkKeys returns the keys of the n-th product. Their values are scattered
// all over, as barcodes and names are with respect to rows.
func benchmarkKeys(n int) []dedupe.Key {
	scattered := uint64(n+1) * 0x9e3779b97f4a7c15

	return []dedupe.Key{
		{Tier: dedupe.TierBarcode, Value: fmt.Sprintf("0%013d", scattered%10_000_000_000_000)},
		{Tier: dedupe.TierNameBrand, Value: fmt.Sprintf("nestle#maggi%016xnoodles", scattered)},
	}
}
