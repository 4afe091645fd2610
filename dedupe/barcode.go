package dedupe

// gtinDigits is the length of a GTIN-14, the widest of the GS1 item numbers.
// Shorter ones (GTIN-8, -12, -13) are the same number with leading zeros left
// out: GS1 General Specifications, section on GTIN in a 14-digit field.
const gtinDigits = 14

// minBarcodeDigits is the length of the shortest GTIN. Fewer digits are an
// in-house number, or a GTIN that a spreadsheet has shortened; neither
// identifies a product.
const minBarcodeDigits = 8

// BarcodeKey returns the identity key of a barcode: its digits padded with zeros
// to the 14 of a GTIN-14, so that a UPC-A and its EAN-13 form are the same key.
//
// The second result is false where digits is no identity: anything but 8 to 14
// ASCII digits (no blanks, no hyphens: clean the cell first), or nothing but
// zeros, which is what people type when they have no barcode. The check digit is
// not looked at, since real catalogues are full of wrong ones. An UPC-E is not
// expanded: its 8 digits cannot be told from a GTIN-8.
func BarcodeKey(digits string) (Key, bool) {
	if len(digits) < minBarcodeDigits || len(digits) > gtinDigits {
		return Key{}, false
	}

	padded := [gtinDigits]byte{}
	padding := gtinDigits - len(digits)
	zeros := true

	for i := range padding {
		padded[i] = '0'
	}

	for i := range len(digits) {
		c := digits[i]
		if c < '0' || c > '9' {
			return Key{}, false
		}

		zeros = zeros && c == '0'
		padded[padding+i] = c
	}

	if zeros {
		return Key{}, false
	}

	return Key{Tier: TierBarcode, Value: string(padded[:])}, true
}
