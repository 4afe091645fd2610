package dedupe

import (
	"crypto/sha256"
	"encoding/hex"
	"unicode/utf8"
)

const (
	// maxSide is the longest normalised brand or name, in bytes, that goes into
	// a key as it is. Two sides, the separator and the tier's name stay below
	// 1,024 bytes, the smallest limit of the stores in view: DynamoDB takes
	// 2,048 bytes in a partition key and 1,024 in a sort key.
	maxSide = 480

	// digestDigits is the length of the digest, in hexadecimal digits, that
	// stands for the end of a longer side. 128 bits make an accidental collision
	// impossible in practice.
	digestDigits = 32
)

// separator stands between brand and name. No normalised side contains it.
const separator = '#'

// NameBrandKey returns the identity key of a brand and a name: both normalised,
// with a '#' between them, such as "nestle#maggi2minutenoodles". The second
// result is false where either side has nothing left after normalising: a name
// without a brand identifies nothing.
//
// To normalise means, in this order:
//
//   - compatibility forms are replaced (Unicode NFKC): "½ ℓ" is "1⁄2 l",
//     full-width letters are plain ones;
//   - case is folded, which is more than lower case: "ß" is "ss", final sigma is
//     sigma;
//   - only letters, marks and decimal digits of any script stay (Unicode classes
//     L*, M*, Nd), less the ones that nobody sees (variation selectors, Hangul
//     fillers). Vowel signs of Indic scripts are marks, so they stay;
//   - diacritics of Latin letters are dropped ("é" is "e"), and Latin letters of
//     which a diacritic cannot be split off become plain ones ("ø" is "o", "æ" is
//     "ae", "ł" is "l"). In other scripts a mark makes a different letter ("й" is
//     not "и") and stays;
//   - no more than 16 marks in a row stay on one letter.
//
// Normalising what is normalised changes nothing. Bytes that are not UTF-8 are
// dropped.
//
// A side longer than 480 bytes, normalised, is cut at a letter, and a digest of
// the whole side is put in place of the rest. So the key has at most 961 bytes,
// and two long names that differ only at their ends stay different.
func NameBrandKey(brand, name string) (Key, bool) {
	var space [2*maxSide + 1]byte

	value, ok := appendSide(space[:0], brand)
	if !ok {
		return Key{}, false
	}

	value, ok = appendSide(append(value, separator), name)
	if !ok {
		return Key{}, false
	}

	return Key{Tier: TierNameBrand, Value: string(value)}, true
}

// StoreNameKey returns the identity key of a product of one store that has nothing but a
// name to be recognised by, such as loose rice: "@store-1#looserice". It is of the tier
// TierNameBrand and is no other product's: no normalised brand has an '@'. The second
// result is false where the name has nothing left after normalising, or the id of the
// store is empty or longer than 480 bytes.
func StoreNameKey(storeID, name string) (Key, bool) {
	if storeID == "" || len(storeID) > maxSide {
		return Key{}, false
	}

	value := append([]byte{'@'}, storeID...)

	value, ok := appendSide(append(value, separator), name)
	if !ok {
		return Key{}, false
	}

	return Key{Tier: TierNameBrand, Value: string(value)}, true
}

// appendSide appends the normalised and bounded form of text to dst, and reports
// whether there was anything to append. It hands dst to nobody who might keep
// it, so that the caller's array stays on the stack.
func appendSide(dst []byte, text string) ([]byte, bool) {
	start := len(dst)

	dst, ascii := appendASCII(dst, text)
	if !ascii {
		dst = append(dst[:start], normalise(text)...)
	}

	if len(dst)-start > maxSide {
		dst = append(dst[:start], bound(string(dst[start:]))...)
	}

	return dst, len(dst) > start
}

// appendASCII appends the normalised form of text to dst. It gives up, with a
// false result, at the first character outside of ASCII. Most brands and names
// never get there, and on ASCII the rules of [NameBrandKey] are as simple as
// this.
func appendASCII(dst []byte, text string) ([]byte, bool) {
	for i := range len(text) {
		switch c := text[i]; {
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9':
			dst = append(dst, c)
		case 'A' <= c && c <= 'Z':
			dst = append(dst, c|0x20)
		case c >= utf8.RuneSelf:
			return dst, false
		}
	}

	return dst, true
}

// bound shortens side to maxSide bytes. Only letters and digits are appended, so
// the result is in normal form whenever side is.
func bound(side string) []byte {
	cut := maxSide - digestDigits
	for !utf8.RuneStart(side[cut]) {
		cut--
	}

	digest := sha256.Sum256([]byte(side))
	short := make([]byte, 0, maxSide)

	return hex.AppendEncode(append(short, side[:cut]...), digest[:digestDigits/2])
}
