package dedupe

import "strings"

// imageHashDigits is the length of a 64-bit perceptual hash in hexadecimal.
const imageHashDigits = 16

// ImageKey returns the identity key of a 64-bit perceptual hash, which is given
// as 16 hexadecimal digits of either case; the key has them in lower case. The
// second result is false for any other text.
//
// Equal keys mean equal hashes. Hashes that are merely near each other are
// different keys.
func ImageKey(hash string) (Key, bool) {
	if len(hash) != imageHashDigits {
		return Key{}, false
	}

	for i := range len(hash) {
		c := hash[i]
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') && (c < 'A' || c > 'F') {
			return Key{}, false
		}
	}

	return Key{Tier: TierImageHash, Value: strings.ToLower(hash)}, true
}
