package dedupe_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/dedupe"
)

func TestIdentityKeys(t *testing.T) {
	t.Parallel()

	tests := []struct {
		name     string
		identity dedupe.Identity
		want     []string
	}{
		{"nothing", dedupe.Identity{}, nil},
		{"name only", dedupe.Identity{Name: "Maggi"}, nil},
		{
			"all tiers, strongest first",
			dedupe.Identity{
				Barcodes:  []string{"8901058000290"},
				ImageHash: "A1B2C3D4E5F60718",
				Brand:     "Nestlé",
				Name:      "Maggi",
			},
			[]string{"barcode:08901058000290", "image_hash:a1b2c3d4e5f60718", "name_brand:nestle#maggi"},
		},
		{
			"barcodes in the order given, each once, in whichever form",
			dedupe.Identity{Barcodes: []string{"8901058000290", "036000291452", "0036000291452", "8901058000290"}},
			[]string{"barcode:08901058000290", "barcode:00036000291452"},
		},
		{
			"what is no identity is left out",
			dedupe.Identity{Barcodes: []string{"", "00000000", "x"}, ImageHash: "0", Brand: "-", Name: "Maggi"},
			nil,
		},
		{"single barcode that is none", dedupe.Identity{Barcodes: []string{"1"}}, nil},
	}

	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()

			var got []string
			for _, key := range test.identity.Keys() {
				got = append(got, key.String())
			}

			require.Equal(t, test.want, got)
		})
	}
}

func TestIdentityKeysOfManyBarcodes(t *testing.T) {
	t.Parallel()

	const different = 50_000

	barcodes := make([]string, 0, 2*different)
	for i := range 2 * different {
		barcodes = append(barcodes, fmt.Sprintf("%08d", 1+i%different))
	}

	require.Len(t, dedupe.Identity{Barcodes: barcodes}.Keys(), different)
}

func BenchmarkIdentityKeys(b *testing.B) {
	identity := dedupe.Identity{
		Barcodes: []string{"8901058000290"},
		Brand:    "Nestle",
		Name:     "Maggi 2-Minute Masala Instant Noodles, 70 g",
	}

	b.ReportAllocs()

	for b.Loop() {
		identity.Keys()
	}
}
