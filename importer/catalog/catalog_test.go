package catalog_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/dedupe"
	"github.com/vyapaarai/bulkimport/importer/catalog"
)

func TestValidate(t *testing.T) {
	t.Parallel()

	var (
		product = func(id string) catalog.NewProduct {
			return catalog.NewProduct{Product: catalog.Product{ID: id}}
		}
		withKey = func(tier dedupe.Tier, value string) catalog.NewProduct {
			return catalog.NewProduct{
				Product: catalog.Product{ID: "p"},
				Keys:    []dedupe.Key{{Tier: tier, Value: value}},
			}
		}
		room = catalog.MaxKey - len("name_brand:")
	)

	tests := []struct {
		name  string
		item  catalog.NewProduct
		valid bool
	}{
		{"id", product("p"), true},
		{"id with separators and NUL", product("../c/p/\x00"), true},
		{"longest id", product(strings.Repeat("x", catalog.MaxID)), true},
		{"longer id", product(strings.Repeat("x", catalog.MaxID+1)), false},
		{"empty id", product(""), false},
		{"id not UTF-8", product("p\xff"), false},
		{"barcode key", withKey(dedupe.TierBarcode, "1"), true},
		{"image key", withKey(dedupe.TierImageHash, "1"), true},
		{"longest key", withKey(dedupe.TierNameBrand, strings.Repeat("x", room)), true},
		{"longer key", withKey(dedupe.TierNameBrand, strings.Repeat("x", room+1)), false},
		{"empty key", withKey(dedupe.TierBarcode, ""), false},
		{"key not UTF-8", withKey(dedupe.TierBarcode, "\xff"), false},
		{"tier 0", withKey(0, "1"), false},
		{"tier 4", withKey(4, "1"), false},
	}

	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()

			if test.valid {
				require.NoError(t, test.item.Validate())
			} else {
				require.ErrorIs(t, test.item.Validate(), catalog.ErrInvalid)
			}
		})
	}
}

// Whatever brand and name a row has, a store takes its keys.
func TestValidateTakesEveryKeyOfDedupe(t *testing.T) {
	t.Parallel()

	long := strings.Repeat("क", 10_000)
	item := catalog.NewProduct{
		Product: catalog.Product{ID: "p"},
		Keys: dedupe.Identity{
			Barcodes: []string{"8901058000290"}, ImageHash: "a1b2c3d4e5f60718", Brand: long, Name: long,
		}.Keys(),
	}

	require.Len(t, item.Keys, 3)
	require.NoError(t, item.Validate())
}

func TestPageSize(t *testing.T) {
	t.Parallel()

	tests := map[int]int{
		-1: catalog.MaxPage, 0: catalog.MaxPage, 1: 1, 999: 999,
		catalog.MaxPage: catalog.MaxPage, catalog.MaxPage + 1: catalog.MaxPage,
	}
	for limit, want := range tests {
		require.Equal(t, want, catalog.PageSize(limit), "limit %d", limit)
	}
}

func TestCloneSharesNothing(t *testing.T) {
	t.Parallel()

	original := catalog.Product{
		AdditionalBarcodes: []string{"a"},
		CanonicalImageURLs: map[string]string{"original": "a"},
		SourceImageURLs:    []string{"a"},
		Attributes:         catalog.Attributes{Nutrition: map[string]string{"fat": "a"}},
		RegionalNames:      map[string][]string{"IN": {"a"}},
		PrimaryRegions:     []string{"a"},
	}
	clone := original.Clone()
	require.Equal(t, original, clone)

	clone.AdditionalBarcodes[0] = "b"
	clone.CanonicalImageURLs["original"] = "b"
	clone.SourceImageURLs[0] = "b"
	clone.Attributes.Nutrition["fat"] = "b"
	clone.RegionalNames["IN"][0] = "b"
	clone.PrimaryRegions[0] = "b"

	require.Equal(t, "a", original.AdditionalBarcodes[0])
	require.Equal(t, "a", original.CanonicalImageURLs["original"])
	require.Equal(t, "a", original.SourceImageURLs[0])
	require.Equal(t, "a", original.Attributes.Nutrition["fat"])
	require.Equal(t, "a", original.RegionalNames["IN"][0])
	require.Equal(t, "a", original.PrimaryRegions[0])
	require.Equal(t, catalog.Product{}, catalog.Product{}.Clone())
}
