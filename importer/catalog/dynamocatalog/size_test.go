package dynamocatalog_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/dedupe"
	"github.com/vyapaarai/bulkimport/importer/catalog"
	"github.com/vyapaarai/bulkimport/importer/catalog/dynamocatalog"
	"github.com/vyapaarai/bulkimport/internal/dynamo"
)

// Whatever a product consists of, its item is no larger than catalog.NewProduct.Size
// says, and so the largest fits into DynamoDB.
func TestSizeIsAnUpperBound(t *testing.T) {
	t.Parallel()

	require.Less(t, catalog.MaxSize, dynamo.MaxItemBytes)

	random := rand.New(rand.NewPCG(1, 2))

	text := func() string {
		alphabet := []string{"a", "é", "中", "😀", "\xff", ""}

		return strings.Repeat(alphabet[random.IntN(len(alphabet))], random.IntN(20))
	}

	texts := func() []string {
		var list []string
		for range random.IntN(5) {
			list = append(list, text())
		}

		return list
	}

	named := func() map[string]string {
		m := map[string]string{}
		for range random.IntN(5) {
			m[text()] = text()
		}

		return m
	}

	for range 2_000 {
		item := catalog.NewProduct{Product: catalog.Product{
			ID: text(), Name: text(), Brand: text(), Category: text(), Barcode: text(), AdditionalBarcodes: texts(),
			NameBrandKey: text(), ImageHash: text(), CanonicalImageURLs: named(), SourceImageURLs: texts(),
			Attributes: catalog.Attributes{
				Description: text(), Size: text(), Unit: text(), Weight: text(), PackSize: text(), Manufacturer: text(),
				CountryOfOrigin: text(), Ingredients: text(), Nutrition: named(),
			},
			RegionalNames: map[string][]string{text(): texts(), text(): texts()}, PrimaryRegions: texts(),
			VerificationStatus: text(), CreatedBy: text(), ImportSource: text(),
			Origin: catalog.Origin{JobID: text(), Row: 7},
		}}

		for range random.IntN(4) {
			item.Keys = append(item.Keys, dedupe.Key{Tier: dedupe.TierNameBrand, Value: "k" + text()})
		}

		products, _ := dynamocatalog.Items([]catalog.NewProduct{item})
		require.LessOrEqual(t, dynamo.ItemSize(products[0]), item.Size())
	}
}

// FuzzDecode holds what is read from foreign items against what is written of it.
func FuzzDecode(f *testing.F) {
	f.Add("quality_score", "70", uint8(1))
	f.Add("created_at", "2025-01-06T10:30:00Z", uint8(0))
	f.Add("created_at", "-1e9", uint8(1))
	f.Add("attributes", "x", uint8(3))
	f.Add("origin", "row", uint8(3))
	f.Add("additional_barcodes", "1", uint8(2))

	f.Fuzz(func(t *testing.T, attribute, text string, kind uint8) {
		var value dynamo.Value = dynamo.S(text)

		switch kind % 5 {
		case 1:
			value = number(text)
		case 2:
			value = list(dynamo.S(text), number(text))
		case 3:
			value = object(dynamo.Item{text: dynamo.S(text), "row": number(text)})
		case 4:
			value = nil
		}

		product, err := dynamocatalog.Decode(dynamo.Item{"product_id": dynamo.S("p"), attribute: value})
		if err != nil {
			require.ErrorIs(t, err, dynamocatalog.ErrUnreadable)

			return
		}

		again, err := dynamocatalog.Decode(dynamocatalog.Encode(product))
		require.NoError(t, err)
		require.True(t, product.CreatedAt.Equal(again.CreatedAt))
		require.Equal(t, product.QualityScore, again.QualityScore)
	})
}
