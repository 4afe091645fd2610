package dedupe

// Identity is what a product can be recognised by.
type Identity struct {
	// Barcodes are the product's barcodes, the main one first, as digits.
	Barcodes []string
	// ImageHash is the perceptual hash of the first image: 16 hexadecimal
	// digits, or empty.
	ImageHash string
	// Brand and Name are as they are written on the product.
	Brand, Name string
}

// Keys returns the identity keys, in the order of their tiers, barcodes in the
// order given, without repeats. What makes no key is left out; a product with
// nothing to recognise it by has none.
func (id Identity) Keys() []Key {
	keys := make([]Key, 0, len(id.Barcodes)+2)
	keys = appendBarcodeKeys(keys, id.Barcodes)

	if key, ok := ImageKey(id.ImageHash); ok {
		keys = append(keys, key)
	}

	if key, ok := NameBrandKey(id.Brand, id.Name); ok {
		keys = append(keys, key)
	}

	return keys
}

// appendBarcodeKeys appends the keys of barcodes to keys, each once. It keeps a
// set of what it has seen rather than search the list: a cell can hold as many
// barcodes as fit into a record. The usual single barcode needs neither.
func appendBarcodeKeys(keys []Key, barcodes []string) []Key {
	if len(barcodes) == 1 {
		if key, ok := BarcodeKey(barcodes[0]); ok {
			keys = append(keys, key)
		}

		return keys
	}

	seen := make(map[Key]bool, len(barcodes))

	for _, digits := range barcodes {
		key, ok := BarcodeKey(digits)
		if !ok || seen[key] {
			continue
		}

		seen[key] = true
		keys = append(keys, key)
	}

	return keys
}
