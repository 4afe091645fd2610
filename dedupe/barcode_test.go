package dedupe_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/dedupe"
)

func TestBarcodeKey(t *testing.T) {
	t.Parallel()

	tests := []struct {
		name   string
		digits string
		want   string // empty: no identity
	}{
		{"GTIN-8", "12345670", "00000012345670"},
		{"UPC-A", "036000291452", "00036000291452"},
		{"UPC-A in its EAN-13 form", "0036000291452", "00036000291452"},
		{"EAN-13", "8901030875391", "08901030875391"},
		{"GTIN-14", "18901030875398", "18901030875398"},
		{"wrong check digit", "8901030875390", "08901030875390"},
		{"7 digits", "1234567", ""},
		{"15 digits", "123456789012345", ""},
		{"empty", "", ""},
		{"8 zeros", "00000000", ""},
		{"14 zeros", "00000000000000", ""},
		{"letter", "89010308753A1", ""},
		{"hyphen", "890103087539-", ""},
		{"blank", " 890103087539", ""},
		{"digits of another script", "१२३४५६७८", ""},
		{"full-width digits", "１２３４", ""},
		{"NUL", "8901030875\x0091", ""},
	}

	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()

			key, ok := dedupe.BarcodeKey(test.digits)
			require.Equal(t, test.want != "", ok)
			require.Equal(t, test.want, key.Value)

			if ok {
				require.Equal(t, dedupe.TierBarcode, key.Tier)
			}
		})
	}
}

func TestImageKey(t *testing.T) {
	t.Parallel()

	tests := []struct {
		name string
		hash string
		want string
	}{
		{"lower case", "a1b2c3d4e5f60718", "a1b2c3d4e5f60718"},
		{"upper case", "A1B2C3D4E5F60718", "a1b2c3d4e5f60718"},
		{"15 digits", "a1b2c3d4e5f6071", ""},
		{"17 digits", "a1b2c3d4e5f607189", ""},
		{"not hexadecimal", "g1b2c3d4e5f60718", ""},
		{"with its kind in front", "p:a1b2c3d4e5f607", ""},
		{"empty", "", ""},
	}

	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()

			key, ok := dedupe.ImageKey(test.hash)
			require.Equal(t, test.want != "", ok)
			require.Equal(t, test.want, key.Value)

			if ok {
				require.Equal(t, dedupe.TierImageHash, key.Tier)
			}
		})
	}
}

func FuzzBarcodeKey(f *testing.F) {
	for _, seed := range []string{"8901030875391", "036000291452", "00000000", "12345678901234", "1234567", "x", ""} {
		f.Add(seed)
	}

	f.Fuzz(func(t *testing.T, digits string) {
		key, ok := dedupe.BarcodeKey(digits)

		digitsOnly := strings.Trim(digits, "0123456789") == ""
		want := digitsOnly && len(digits) >= 8 && len(digits) <= 14 && strings.Trim(digits, "0") != ""
		require.Equal(t, want, ok)

		if !ok {
			require.Zero(t, key)

			return
		}

		require.Len(t, key.Value, 14)
		require.Equal(t, strings.TrimLeft(digits, "0"), strings.TrimLeft(key.Value, "0"))

		again, ok := dedupe.BarcodeKey(key.Value)
		require.True(t, ok)
		require.Equal(t, key, again)
	})
}
