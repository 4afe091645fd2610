package dynamocatalog_test

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/dedupe"
	"github.com/vyapaarai/bulkimport/importer/catalog"
	"github.com/vyapaarai/bulkimport/importer/catalog/dynamocatalog"
	"github.com/vyapaarai/bulkimport/internal/awstest"
	"github.com/vyapaarai/bulkimport/internal/dynamo"
)

func number(n string) dynamo.Value { return &types.AttributeValueMemberN{Value: n} }

func list(values ...dynamo.Value) dynamo.Value { return &types.AttributeValueMemberL{Value: values} }

func object(item dynamo.Item) dynamo.Value { return &types.AttributeValueMemberM{Value: item} }

// put writes an item as others do: past the store.
func put(t *testing.T, client *dynamodb.Client, table string, item dynamo.Item) {
	t.Helper()

	_, err := client.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &table, Item: item})
	require.NoError(t, err)
}

// Items that others wrote have what they have.
func TestDecodeForeignItems(t *testing.T) {
	t.Parallel()

	tests := []struct {
		name string
		item dynamo.Item
		want catalog.Product
	}{
		{"nothing but the key", dynamo.Item{}, catalog.Product{}},
		{"null", dynamo.Item{
			"name": &types.AttributeValueMemberNULL{Value: true}, "attributes": &types.AttributeValueMemberNULL{Value: true},
			"additional_barcodes": &types.AttributeValueMemberNULL{Value: true},
			"quality_score":       &types.AttributeValueMemberNULL{Value: true},
			"created_at":          &types.AttributeValueMemberNULL{Value: true},
		}, catalog.Product{}},
		{"barcode as a number", dynamo.Item{"barcode": number("8901058000290")}, catalog.Product{Barcode: "8901058000290"}},
		{"barcodes as a set", dynamo.Item{
			"additional_barcodes": &types.AttributeValueMemberSS{Value: []string{"2", "1"}},
		}, catalog.Product{AdditionalBarcodes: []string{"1", "2"}}},
		{"barcodes as numbers", dynamo.Item{
			"additional_barcodes": list(number("1"), dynamo.S("2")),
		}, catalog.Product{AdditionalBarcodes: []string{"1", "2"}}},
		{"score with a fraction", dynamo.Item{"quality_score": number("84.6")}, catalog.Product{QualityScore: 85}},
		{"score as a text", dynamo.Item{"quality_score": dynamo.S("70")}, catalog.Product{QualityScore: 70}},
		{"weight as a number", dynamo.Item{
			"attributes": object(dynamo.Item{"weight": number("70"), "nutrition": object(dynamo.Item{"fat": number("1.5")})}),
		}, catalog.Product{Attributes: catalog.Attributes{Weight: "70", Nutrition: map[string]string{"fat": "1.5"}}}},
		{"attributes nobody knows", dynamo.Item{"shelf": &types.AttributeValueMemberBOOL{Value: true}}, catalog.Product{}},
		{"time of Python", dynamo.Item{
			"created_at": dynamo.S("2025-01-06T10:30:00.123456"),
		}, catalog.Product{CreatedAt: time.Date(2025, 1, 6, 10, 30, 0, 123_456_000, time.UTC)}},
		{"time in seconds", dynamo.Item{"created_at": number("1736159400")}, catalog.Product{CreatedAt: time.Unix(1736159400, 0).UTC()}},
	}

	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()

			got, err := dynamocatalog.Decode(test.item)
			require.NoError(t, err)
			require.Equal(t, test.want, got)
		})
	}
}

// What nothing can be made of is an error that names the product, the attribute and
// what it is.
func TestDecodeOddItems(t *testing.T) {
	t.Parallel()

	var (
		truth  = &types.AttributeValueMemberBOOL{Value: true}
		binary = &types.AttributeValueMemberB{Value: []byte{1}}
	)

	tests := []struct {
		attribute string
		value     dynamo.Value
		is        string
	}{
		{"name", truth, "true or false"},
		{"barcode", list(dynamo.S("1")), "a list"},
		{"additional_barcodes", dynamo.S("1|2"), `the text "1|2"`},
		{"additional_barcodes", list(object(nil)), "a map"},
		{"attributes", dynamo.S("{}"), `the text "{}"`},
		{"attributes", object(dynamo.Item{"size": binary}), "binary"},
		{"attributes", object(dynamo.Item{"nutrition": list()}), "a list"},
		{"attributes", object(dynamo.Item{"nutrition": object(dynamo.Item{"fat": truth})}), "true or false"},
		{"regional_names", list(), "a list"},
		{"regional_names", object(dynamo.Item{"IN": truth}), "true or false"},
		{"canonical_image_urls", &types.AttributeValueMemberSS{Value: []string{"a"}}, "a set"},
		{"quality_score", dynamo.S("high"), `the text "high"`},
		{"quality_score", number("1e300"), "the number 1e300"},
		{"quality_score", dynamo.S("NaN"), `the text "NaN"`},
		{"origin", dynamo.S("excel"), `the text "excel"`},
		{"origin", object(dynamo.Item{"row": dynamo.S("x")}), `the text "x"`},
		{"created_at", dynamo.S("yesterday"), `the text "yesterday"`},
		{"created_at", binary, "binary"},
		{"updated_at", number("1e30"), "the number 1e30"},
	}

	for _, test := range tests {
		_, err := dynamocatalog.Decode(dynamo.Item{"product_id": dynamo.S("p7"), test.attribute: test.value})
		require.ErrorIs(t, err, dynamocatalog.ErrUnreadable, test.attribute)
		require.ErrorContains(t, err, `product "p7"`)
		require.ErrorContains(t, err, test.is)
	}
}

// An odd item is no obstacle to what does not read it, and a clear error to what does.
func TestOddItemInTheTable(t *testing.T) {
	t.Parallel()

	store, client, names := newStore(t, nil)
	put(t, client, names.products, dynamo.Item{"product_id": dynamo.S("p000"), "origin": dynamo.S("excel"), "name": dynamo.S("n")})

	_, err := store.Get(t.Context(), []string{"p000"})
	require.ErrorIs(t, err, dynamocatalog.ErrUnreadable)

	_, err = store.List(t.Context(), "", 0)
	require.ErrorIs(t, err, dynamocatalog.ErrUnreadable)

	results, err := store.Create(t.Context(), news(2))
	require.NoError(t, err)
	require.Equal(t, catalog.ResultIDConflict, results[0].Result)
	require.Equal(t, catalog.ResultCreated, results[1].Result)

	require.NoError(t, store.Delete(t.Context(), "p000"))
}

func TestOddClaim(t *testing.T) {
	t.Parallel()

	store, client, names := newStore(t, nil)
	put(t, client, names.keys, dynamo.Item{"identity_key": dynamo.S(barcode(0).String()), "product_id": number("7")})

	_, err := store.Lookup(t.Context(), []dedupe.Key{barcode(0)})
	require.ErrorIs(t, err, dynamocatalog.ErrUnreadable)
	require.ErrorContains(t, err, barcode(0).String())

	_, err = store.Create(t.Context(), news(1))
	require.ErrorIs(t, err, dynamocatalog.ErrUnreadable)
}

// A product that somebody has deleted past the store leaves its claims behind. Nobody
// else gets the keys, but the same row does when it is imported again.
func TestClaimsLeftBehind(t *testing.T) {
	t.Parallel()

	store, client, names := newStore(t, nil)

	_, err := store.Create(t.Context(), news(1))
	require.NoError(t, err)

	_, err = client.DeleteItem(t.Context(), &dynamodb.DeleteItemInput{
		TableName: &names.products, Key: dynamo.Item{"product_id": dynamo.S("p000")},
	})
	require.NoError(t, err)

	other := news(1)
	other[0].Product.ID = "other"

	results, err := store.Create(t.Context(), other)
	require.NoError(t, err)
	require.Equal(t, catalog.ResultTaken, results[0].Result)

	results, err = store.Create(t.Context(), news(1))
	require.NoError(t, err)
	require.Equal(t, catalog.ResultCreated, results[0].Result)
}

// A product that others wrote releases the keys that it holds by its attributes.
func TestDeleteForeignProduct(t *testing.T) {
	t.Parallel()

	store, client, names := newStore(t, nil)

	put(t, client, names.products, dynamo.Item{
		"product_id": dynamo.S("old"), "additional_barcodes": list(number("8901058000290")), "brand": dynamo.S("Nestlé"), "name": dynamo.S("Maggi"),
	})

	code, _ := dedupe.BarcodeKey("8901058000290")
	label, _ := dedupe.NameBrandKey("Nestle", "Maggi")

	put(t, client, names.keys, dynamo.Item{"identity_key": dynamo.S(code.String()), "product_id": dynamo.S("old")})
	put(t, client, names.keys, dynamo.Item{"identity_key": dynamo.S(label.String()), "product_id": dynamo.S("another")})

	require.NoError(t, store.Delete(t.Context(), "old"))

	held, err := store.Lookup(t.Context(), []dedupe.Key{code, label})
	require.NoError(t, err)
	require.Equal(t, map[dedupe.Key]string{label: "another"}, held)
}

// TestFallback finds products that were written without claims by the indexes.
func TestFallback(t *testing.T) {
	t.Parallel()

	var (
		store, client, names = newStore(t, &dynamocatalog.Options{GSIFallback: true})
		without              = open(t, client, names, nil)
		label, _             = dedupe.NameBrandKey("Nestlé", "Maggi")
		picture              = dedupe.Key{Tier: dedupe.TierImageHash, Value: "a1b2c3d4e5f60718"}
	)

	code := func(digits string) dedupe.Key {
		key, ok := dedupe.BarcodeKey(digits)
		require.True(t, ok)

		return key
	}

	old := map[string]dynamo.Item{
		"ean":     {"barcode": dynamo.S("8901058000290")},
		"upc":     {"barcode": dynamo.S("036000291452")},
		"lost":    {"barcode": dynamo.S("16000275270")}, // a UPC-A without its leading zero
		"short":   {"barcode": dynamo.S("40170725")},
		"label":   {"name_brand_key": dynamo.S(label.Value)},
		"picture": {"image_hash": dynamo.S(picture.Value)},
		"label2":  {"name_brand_key": dynamo.S(label.Value)},
	}
	for id, item := range old {
		item["product_id"] = dynamo.S(id)
		put(t, client, names.products, item)
	}

	want := map[dedupe.Key]string{
		code("8901058000290"): "ean",
		code("0036000291452"): "upc",
		code("0016000275270"): "lost",
		code("40170725"):      "short",
		label:                 "label", picture: "picture",
	}

	keys := []dedupe.Key{code("8901058000306"), {Tier: dedupe.TierBarcode, Value: "not digits"}}
	for key := range want {
		keys = append(keys, key)
	}

	held, err := store.Lookup(t.Context(), keys)
	require.NoError(t, err)
	require.Equal(t, want, held)

	held, err = without.Lookup(t.Context(), keys)
	require.NoError(t, err)
	require.Empty(t, held)

	// Create finds them by itself, whatever Lookup was asked.
	item := catalog.NewProduct{
		Product: catalog.Product{ID: "new", Barcode: "036000291452"}, Keys: []dedupe.Key{barcode(1), code("36000291452")},
	}

	results, err := store.Create(t.Context(), []catalog.NewProduct{item})
	require.NoError(t, err)
	require.Equal(t, []catalog.CreateResult{{
		Result: catalog.ResultTaken, Holders: map[dedupe.Key]string{code("36000291452"): "upc"},
	}}, results)

	item.KeepTaken = true

	results, err = store.Create(t.Context(), []catalog.NewProduct{item})
	require.NoError(t, err)
	requireResults(t, catalog.ResultCreated, results)

	held, err = store.Lookup(t.Context(), item.Keys)
	require.NoError(t, err)
	require.Equal(t, map[dedupe.Key]string{barcode(1): "new", code("36000291452"): "upc"}, held)

	// A product with claims of its own holds those and no other, whatever it looks like.
	require.NoError(t, store.Delete(t.Context(), "upc"))

	held, err = store.Lookup(t.Context(), item.Keys)
	require.NoError(t, err)
	require.Equal(t, map[dedupe.Key]string{barcode(1): "new"}, held)
}

// A row whose product exists is told so, also where a product from before the claims has its key.
func TestFallbackKnowsItsOwn(t *testing.T) {
	t.Parallel()

	var (
		_, client, names = newStore(t, nil)
		without          = open(t, client, names, nil)
		store            = open(t, client, names, &dynamocatalog.Options{GSIFallback: true})
		item             = news(1)
	)

	item[0].Keys = []dedupe.Key{{Tier: dedupe.TierImageHash, Value: "a1b2c3d4e5f60718"}}

	_, err := without.Create(t.Context(), item)
	require.NoError(t, err)

	put(t, client, names.products, dynamo.Item{"product_id": dynamo.S("old"), "image_hash": dynamo.S("1111111111111111")})

	item[0].Keys = append(item[0].Keys, dedupe.Key{Tier: dedupe.TierImageHash, Value: "1111111111111111"})

	results, err := store.Create(t.Context(), item)
	require.NoError(t, err)
	requireResults(t, catalog.ResultExists, results)
}

// What Lookup has asked the indexes a moment before, Create does not ask again.
func TestFallbackAsksOnce(t *testing.T) {
	t.Parallel()

	var (
		meter  dynamo.Meter
		client = awstest.DynamoDB(t)
		names  = newTables(t, client)
		store  = open(t, dynamodb.New(client.Options(), meter.Measure), names, &dynamocatalog.Options{GSIFallback: true})
	)

	const count = 50

	items := make([]catalog.NewProduct, count)

	var keys []dedupe.Key

	for i := range items {
		key := dedupe.Key{Tier: dedupe.TierBarcode, Value: "0" + string(rune('1'+i%9)) + barcode(i).Value[2:]}
		items[i] = catalog.NewProduct{Product: catalog.Product{ID: key.Value}, Keys: []dedupe.Key{key}}
		keys = append(keys, key)
	}

	_, err := store.Lookup(t.Context(), keys)
	require.NoError(t, err)
	require.EqualValues(t, count, meter.Take().Requests["Query"])

	results, err := store.Create(t.Context(), items)
	require.NoError(t, err)
	requireResults(t, catalog.ResultCreated, results)
	require.Zero(t, meter.Take().Requests["Query"])
}
