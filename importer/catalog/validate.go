package catalog

import (
	"fmt"
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
)

// Validate returns an error that wraps ErrInvalid unless every store can take
// the element: its id has 1 to MaxID bytes, its keys have a known tier, a value
// and at most MaxKey bytes, and all of it is UTF-8.
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

	return nil
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
