package dedupe_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/dedupe"
)

func TestKeyTextRoundTrip(t *testing.T) {
	t.Parallel()

	tests := []struct {
		key  dedupe.Key
		text string
	}{
		{dedupe.Key{Tier: dedupe.TierBarcode, Value: "08901030875391"}, "barcode:08901030875391"},
		{dedupe.Key{Tier: dedupe.TierImageHash, Value: "a1b2c3d4e5f60718"}, "image_hash:a1b2c3d4e5f60718"},
		{dedupe.Key{Tier: dedupe.TierNameBrand, Value: "nestle#maggi"}, "name_brand:nestle#maggi"},
		{dedupe.Key{Tier: dedupe.TierNameBrand, Value: "a:b"}, "name_brand:a:b"},
	}

	for _, test := range tests {
		t.Run(test.text, func(t *testing.T) {
			t.Parallel()

			require.Equal(t, test.text, test.key.String())

			key, ok := dedupe.ParseKey(test.text)
			require.True(t, ok)
			require.Equal(t, test.key, key)
		})
	}
}

func TestParseKeyOfOtherText(t *testing.T) {
	t.Parallel()

	for _, text := range []string{"", "barcode", "barcode:", ":1", "unknown:1", "Barcode:1", " barcode:1"} {
		_, ok := dedupe.ParseKey(text)
		require.False(t, ok, "%q", text)
	}
}

func TestTierOrder(t *testing.T) {
	t.Parallel()

	require.Less(t, dedupe.TierBarcode, dedupe.TierImageHash)
	require.Less(t, dedupe.TierImageHash, dedupe.TierNameBrand)
	require.Equal(t, "unknown", dedupe.Tier(0).String())
}
