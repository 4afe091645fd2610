package dedupe

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxMarks is the largest number of marks in a row that a key keeps. Nothing
// that is written in earnest comes near it. The stream-safe text format of
// Unicode (UAX #15, section 13) allows 30, and golang.org/x/text breaks longer
// runs up with a character of its own, after which normalising twice would
// differ from normalising once.
const maxMarks = 16

// normalise returns the normalised form of text; see [NameBrandKey] for the
// rules. It works on the decomposed text, where each mark is a character by
// itself, and composes what is left.
func normalise(text string) []byte {
	// Bytes that are no UTF-8 are dropped first: x/text decomposes what follows them, or
	// does not, depending on where in its buffer they lie.
	text = strings.ToValidUTF8(text, "")

	var (
		decomposed = norm.NFKD.AppendString(nil, text)
		kept       = make([]byte, 0, len(decomposed))
		onLatin    bool // the last letter or digit kept takes no diacritics
		marks      int  // kept since then
	)

	for len(decomposed) > 0 {
		r, size := utf8.DecodeRune(decomposed)
		decomposed = decomposed[size:]

		switch {
		case r < utf8.RuneSelf:
			before := len(kept)
			kept, _ = appendASCII(kept, string(r))

			if len(kept) > before {
				onLatin, marks = true, 0
			}
		case invisible(r):
		case unicode.IsMark(r) && r != ypogegrammeni:
			if onLatin && unicode.Is(unicode.Inherited, r) || marks == maxMarks {
				continue
			}

			kept = utf8.AppendRune(kept, r)
			marks++
		case unicode.IsLetter(r), unicode.IsDigit(r), r == ypogegrammeni:
			r = foldCase(r)
			onLatin, marks = unicode.Is(unicode.Latin, r), 0

			if plain := plainLatin(r); plain != "" {
				kept = append(kept, plain...)
			} else {
				kept = utf8.AppendRune(kept, r)
			}
		}
	}

	return norm.NFC.Bytes(kept)
}

// ypogegrammeni is the one mark that turns into a letter, iota, when its case is
// folded.
const ypogegrammeni = '\u0345'

// foldCase folds the case of one character of decomposed text. Going by way of
// the upper case brings the forms of a letter together that lower case keeps
// apart, such as sigma and final sigma. On decomposed text this is the full case
// folding of Unicode but for sharp s, which plainLatin unfolds.
func foldCase(r rune) rune { return unicode.ToLower(unicode.ToUpper(r)) }

// invisible reports whether r is a letter or mark that is never drawn, so that
// nobody who compares two names can see it (Default_Ignorable_Code_Point in
// Unicode's DerivedCoreProperties).
func invisible(r rune) bool {
	return unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// plainLatin returns what is written instead of a lower-case Latin letter whose
// diacritic is part of the letter, or "" where r is not such a letter. The
// choices are those of the Latin-ASCII transform of Unicode's CLDR: the base
// letter for a stroke, a hook or a missing dot, two letters for a ligature.
func plainLatin(r rune) string {
	switch r {
	case 'ß':
		return "ss"
	case 'æ':
		return "ae"
	case 'œ':
		return "oe"
	case 'þ':
		return "th"
	case 'ƀ', 'ɓ', 'ƃ':
		return "b"
	case 'ƈ', 'ȼ':
		return "c"
	case 'đ', 'ð', 'ɖ', 'ɗ', 'ƌ':
		return "d"
	case 'ɇ':
		return "e"
	case 'ƒ':
		return "f"
	case 'ǥ', 'ɠ':
		return "g"
	case 'ħ':
		return "h"
	case 'ı', 'ɨ':
		return "i"
	case 'ɉ':
		return "j"
	case 'ƙ':
		return "k"
	case 'ł', 'ƚ':
		return "l"
	case 'ŋ', 'ɲ', 'ƞ':
		return "n"
	case 'ø':
		return "o"
	case 'ƥ':
		return "p"
	case 'ĸ':
		return "q"
	case 'ɍ':
		return "r"
	case 'ŧ', 'ƭ', 'ʈ':
		return "t"
	case 'ʉ':
		return "u"
	case 'ʋ':
		return "v"
	case 'ƴ', 'ɏ':
		return "y"
	case 'ƶ':
		return "z"
	}

	return ""
}
