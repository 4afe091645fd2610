package dedupe

import (
	"errors"
	"fmt"
)

// ErrOption reports an option's value that this package does not know.
var ErrOption = errors.New("dedupe: unknown option")

// Strategy names how rows are compared with products.
type Strategy string

// Strict takes a row for a duplicate only when it shares an identity key with a
// product. It is the default.
const Strict Strategy = "strict"

// ParseStrategy reads a strategy by its name; an empty one is [Strict]. Any
// other name gives an error that wraps [ErrOption].
func ParseStrategy(name string) (Strategy, error) {
	switch Strategy(name) {
	case "", Strict:
		return Strict, nil
	}

	return "", fmt.Errorf("%w: match strategy %q, want %q", ErrOption, name, Strict)
}

// BarcodeConflict names what a match of a lower tier (image hash, name and
// brand) means when both sides have barcodes and none in common; see
// [BarcodesConflict].
type BarcodeConflict string

const (
	// ConflictDuplicate lets the match count although the barcodes differ: the
	// row is a duplicate. It is the default.
	ConflictDuplicate BarcodeConflict = "duplicate"
	// ConflictDistinct does not let such a match count: other barcodes, other
	// product. The key in question stays with its first holder; a row that is
	// accepted must not claim it again.
	ConflictDistinct BarcodeConflict = "distinct"
)

// ParseBarcodeConflict reads a value of BarcodeConflict; an empty one is
// [ConflictDuplicate]. Any other gives an error that wraps [ErrOption].
func ParseBarcodeConflict(name string) (BarcodeConflict, error) {
	switch BarcodeConflict(name) {
	case "", ConflictDuplicate:
		return ConflictDuplicate, nil
	case ConflictDistinct:
		return ConflictDistinct, nil
	}

	return "", fmt.Errorf("%w: barcode conflict %q, want %q or %q",
		ErrOption, name, ConflictDuplicate, ConflictDistinct)
}

// BarcodesConflict reports whether both of two products have barcodes, by their
// keys, and not one in common. Keys of other tiers are ignored.
func BarcodesConflict(a, b []Key) bool {
	var hasA, hasB bool

	barcodes := make(map[Key]bool, len(a))

	for _, key := range a {
		if key.Tier == TierBarcode {
			barcodes[key] = true
			hasA = true
		}
	}

	for _, key := range b {
		if key.Tier != TierBarcode {
			continue
		}

		if barcodes[key] {
			return false
		}

		hasB = true
	}

	return hasA && hasB
}
