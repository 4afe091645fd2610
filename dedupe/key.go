package dedupe

import "strings"

// Tier says which identity a key stands for. Lower tiers are stronger: when
// a row matches by several, the lowest tier is the reason that is reported.
type Tier uint8

// The tiers, in the order in which they are asked.
const (
	// TierBarcode is the GTIN of the product, or one of its further GTINs.
	TierBarcode Tier = 1 + iota
	// TierImageHash is the perceptual hash of the product's first image.
	TierImageHash
	// TierNameBrand is the normalised brand and name; see [NameBrandKey].
	TierNameBrand
)

// String returns the stable name of the tier: "barcode", "image_hash" or
// "name_brand".
func (t Tier) String() string {
	switch t {
	case TierBarcode:
		return "barcode"
	case TierImageHash:
		return "image_hash"
	case TierNameBrand:
		return "name_brand"
	}

	return "unknown"
}

// Key is one identity key of a product. Two products that share a key are the
// same product. Keys are comparable and safe to use as map keys.
type Key struct {
	Tier  Tier
	Value string
}

// String returns the key as a store holds it: the tier's name, a colon and the
// value, such as "barcode:08901030875391". [ParseKey] is its inverse.
func (k Key) String() string { return k.Tier.String() + ":" + k.Value }

// ParseKey reads what [Key.String] wrote. The second result is false for any
// other text.
func ParseKey(s string) (Key, bool) {
	name, value, found := strings.Cut(s, ":")
	if !found || value == "" {
		return Key{}, false
	}

	for tier := TierBarcode; tier <= TierNameBrand; tier++ {
		if tier.String() == name {
			return Key{Tier: tier, Value: value}, true
		}
	}

	return Key{}, false
}
