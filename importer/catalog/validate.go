package catalog

import (
	"fmt"
	"iter"
	"time"
	"unicode/utf8"

	"github.com/vyapaarai/bulkimport/dedupe"
)

// The limits of what identifies things in a store. They leave room below those
// of DynamoDB (2,048 bytes for a partition key, 1,024 for a sort key).
const (
	// MaxID is the length of the longest product id, in bytes.
	MaxID = 512
	// MaxKey is the length of the longest identity key, in bytes of its text
	// (see dedupe.Key.String). The keys that package dedupe makes are shorter.
	MaxKey = 1024
	// MaxKeys is how many identity keys one product may claim: DynamoDB takes 100
	// writes in one atomic step. A row of a file makes some fifty at most.
	MaxKeys = 96
	// MaxSize is the size of the largest element, as NewProduct.Size has it.
	// DynamoDB takes items of 400 KiB.
	MaxSize = 390 << 10
)

// Validate returns an error that wraps ErrInvalid unless every store can take
// the element: its id has 1 to MaxID bytes, its keys have a known tier, a value
// and at most MaxKey bytes, there are at most MaxKeys of them, and all of it is UTF-8.
// Barcode, ImageHash and NameBrandKey of the product have at most MaxKey bytes, and so
// have the keys of its maps, which are not empty. Its times are of the years 0 to 9999.
// All in all it has a Size of at most MaxSize.
func (n NewProduct) Validate() error {
	id := n.Product.ID
	if id == "" || len(id) > MaxID {
		return fmt.Errorf("%w: id of %d bytes, want 1 to %d", ErrInvalid, len(id), MaxID)
	}

	if !utf8.ValidString(id) {
		return fmt.Errorf("%w: id %q is not UTF-8", ErrInvalid, id)
	}

	for _, key := range n.Keys {
		if err := validateKey(key); err != nil {
			return fmt.Errorf("product %q: %w", id, err)
		}
	}

	if len(n.Keys) > MaxKeys {
		return fmt.Errorf("%w: product %q has %d keys, the most is %d", ErrInvalid, id, len(n.Keys), MaxKeys)
	}

	if err := validateNames(&n.Product); err != nil {
		return fmt.Errorf("product %q: %w", id, err)
	}

	for _, at := range [...]time.Time{n.Product.CreatedAt, n.Product.UpdatedAt} {
		if year := at.UTC().Year(); year < 0 || year > 9999 {
			return fmt.Errorf("%w: product %q has a time of the year %d", ErrInvalid, id, year)
		}
	}

	if size := n.Size(); size > MaxSize {
		return fmt.Errorf("%w: product %q has %d bytes, the most is %d", ErrInvalid, id, size, MaxSize)
	}

	return nil
}

// validateNames checks what stores make keys or names of.
func validateNames(p *Product) error {
	for _, text := range [...]string{p.Barcode, p.ImageHash, p.NameBrandKey} {
		if len(text) > MaxKey {
			return fmt.Errorf("%w: barcode, image hash or name and brand of %d bytes, the most is %d", ErrInvalid, len(text), MaxKey)
		}
	}

	for name := range names(p) {
		if name == "" || len(name) > MaxKey {
			return fmt.Errorf("%w: image size, nutrient or region with a name of %d bytes, want 1 to %d", ErrInvalid, len(name), MaxKey)
		}
	}

	return nil
}

// names are the keys of the product's maps.
func names(p *Product) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, texts := range [...]map[string]string{p.CanonicalImageURLs, p.Attributes.Nutrition} {
			for name := range texts {
				if !yield(name) {
					return
				}
			}
		}

		for region := range p.RegionalNames {
			if !yield(region) {
				return
			}
		}
	}
}

func validateKey(key dedupe.Key) error {
	switch key.Tier {
	case dedupe.TierBarcode, dedupe.TierImageHash, dedupe.TierNameBrand:
	default:
		return fmt.Errorf("%w: key of unknown tier %d", ErrInvalid, key.Tier)
	}

	// The value by itself comes first: one that is too long is not copied.
	if key.Value == "" || len(key.Value) > MaxKey || len(key.String()) > MaxKey {
		return fmt.Errorf("%w: %s key of %d bytes", ErrInvalid, key.Tier, len(key.Value))
	}

	if !utf8.ValidString(key.Value) {
		return fmt.Errorf("%w: %s key is not UTF-8", ErrInvalid, key.Tier)
	}

	return nil
}
