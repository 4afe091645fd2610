package csvschema

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A barcode has 8 digits (EAN-8) to 13 (EAN-13); those between are shorter forms with
// their leading zeros left out.
const (
	minBarcodeDigits = 8
	maxBarcodeDigits = 13
)

// barcode is a barcode that was read.
type barcode struct {
	digits   string // 8 to 13 ASCII digits
	repaired bool   // it had to be freed from what a spreadsheet made of it
}

// flaw is why a value is no barcode.
type flaw struct {
	code    Code
	message string // goes behind the name of the column
}

// parseBarcode reads a barcode as people and spreadsheets write it: with spaces and
// hyphens, in digits of any script, as text behind an apostrophe or as ="...", and as a
// number with a point and zeros, grouped by thousands, or in scientific notation. Only
// what leaves every digit readable is accepted; nothing is guessed.
func parseBarcode(text string) (barcode, *flaw) {
	if isDigits(text) {
		return checkLength(barcode{digits: text})
	}
	text = asciiDigits(text)
	text, repaired := unwrapText(text)

	if mantissa, exponent, ok := cutExponent(text); ok {
		digits, exact := expand(mantissa, exponent)
		if !exact {
			return barcode{}, &flaw{CodeBarcodeScientific,
				"is in scientific notation and has lost digits; format the column as text and enter the barcode again"}
		}
		return checkLength(barcode{digits, true})
	}
	if digits := strings.Map(dropSeparators, text); isDigits(digits) {
		return checkLength(barcode{digits, repaired})
	}
	if digits, ok := wholeNumber(text); ok {
		return checkLength(barcode{digits, true})
	}
	return barcode{}, &flaw{CodeBarcodeInvalid, strangeness(text)}
}

// strangeness names what a barcode cannot hold.
func strangeness(text string) string {
	i := strings.IndexFunc(text, func(r rune) bool {
		return dropSeparators(r) >= 0 && (r < '0' || r > '9')
	})
	if i < 0 {
		return "holds no digits"
	}
	strange, _ := utf8.DecodeRuneInString(text[i:])
	return fmt.Sprintf("holds %q; it must be %d to %d digits", strange, minBarcodeDigits, maxBarcodeDigits)
}

// checkLength refuses a wrong number of digits.
func checkLength(b barcode) (barcode, *flaw) {
	n := len(b.digits)
	switch {
	case n < minBarcodeDigits:
		return barcode{}, &flaw{CodeBarcodeTooShort, fmt.Sprintf(
			"has %s, at least %d are needed; leading zeros may have been lost, so format the column as text",
			countDigits(n), minBarcodeDigits)}
	case n > maxBarcodeDigits:
		return barcode{}, &flaw{CodeBarcodeTooLong, fmt.Sprintf(
			"has %s, the most is %d", countDigits(n), maxBarcodeDigits)}
	}
	return b, nil
}

func countDigits(n int) string {
	if n == 1 {
		return "1 digit"
	}
	return fmt.Sprintf("%d digits", n)
}

// checkDigitFits computes the check digit by the GS1 General Specifications, section
// 7.9: from the right, the digits weigh 1, 3, 1, 3, ..., and the sum is a multiple of
// ten. Leading zeros do not change it, so it holds for every length.
func checkDigitFits(digits string) bool {
	sum, weight := 0, 1
	for i := len(digits) - 1; i >= 0; i-- {
		sum += weight * int(digits[i]-'0')
		weight = 4 - weight
	}
	return sum%10 == 0
}

// isDigits says whether s is made of ASCII digits, at least one.
func isDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// asciiDigits replaces the decimal digits of other scripts.
func asciiDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x80 || !unicode.Is(unicode.Nd, r) {
			return r
		}
		return '0' + digitValue(r)
	}, s)
}

// digitValue returns the value of a decimal digit. Unicode keeps the ten digits of a
// script together and in order, so that each range of the class begins with a zero.
func digitValue(r rune) rune {
	for _, block := range unicode.Nd.R16 {
		if rune(block.Lo) <= r && r <= rune(block.Hi) {
			return (r - rune(block.Lo)) % 10
		}
	}
	for _, block := range unicode.Nd.R32 {
		if rune(block.Lo) <= r && r <= rune(block.Hi) {
			return (r - rune(block.Lo)) % 10
		}
	}
	return 0
}

// unwrapText takes off what makes a spreadsheet show digits as text: ="..." or a leading
// apostrophe.
func unwrapText(s string) (string, bool) {
	if inner, ok := strings.CutPrefix(s, `="`); ok {
		if inner, ok = strings.CutSuffix(inner, `"`); ok {
			return inner, true
		}
	}
	for _, apostrophe := range []string{"'", "’", "‘"} {
		if inner, ok := strings.CutPrefix(s, apostrophe); ok {
			return inner, true
		}
	}
	return s, false
}

// dropSeparators drops what people put between groups of digits.
func dropSeparators(r rune) rune {
	if r == '-' || r == ' ' || r >= 0x80 && (unicode.Is(unicode.Dash, r) || isEdge(r)) {
		return -1
	}
	return r
}

// cutExponent takes a number such as 8.90103E+12 apart.
func cutExponent(s string) (mantissa string, exponent int, ok bool) {
	i := strings.IndexAny(s, "eE")
	if i < 0 {
		return "", 0, false
	}
	whole, fraction, _ := cutDecimals(s[:i])
	digits := strings.TrimPrefix(s[i+1:], "+")
	negative := strings.HasPrefix(digits, "-")
	digits = strings.TrimPrefix(digits, "-")
	if !isDigits(whole) || fraction != "" && !isDigits(fraction) || !isDigits(digits) {
		return "", 0, false
	}
	// No barcode has an exponent near this; it only must not overflow.
	exponent = 1000
	if digits = strings.TrimLeft(digits, "0"); len(digits) < 4 {
		exponent = 0
		for _, d := range digits {
			exponent = 10*exponent + int(d-'0')
		}
	}
	if negative {
		exponent = -exponent
	}
	return s[:i], exponent, true
}

// expand writes a number in scientific notation in full, where its mantissa has every
// digit: programs do so for 8.901030875391e+12. A mantissa that would have to be filled
// up with zeros may have been rounded.
func expand(mantissa string, exponent int) (digits string, exact bool) {
	whole, fraction, _ := cutDecimals(mantissa)
	if exponent < 0 || exponent > len(fraction) || strings.Trim(fraction[exponent:], "0") != "" {
		return "", false
	}
	return whole + fraction[:exponent], true
}

// cutDecimals parts a number at its only point or comma.
func cutDecimals(s string) (whole, fraction string, found bool) {
	if i := strings.IndexAny(s, ".,"); i >= 0 {
		return s[:i], s[i+1:], true
	}
	return s, "", false
}

// wholeNumber reads a number with nothing but zeros behind the decimal mark, and with or
// without marks between thousands: 8901030875391.0 or 8,901,030,875,391.
func wholeNumber(s string) (string, bool) {
	if whole, fraction, found := cutDecimals(s); found && isDigits(whole) &&
		strings.Trim(fraction, "0") == "" {
		return whole, true
	}
	for _, marks := range [...]struct{ thousands, decimal string }{{",", "."}, {".", ","}} {
		whole, fraction, _ := strings.Cut(s, marks.decimal)
		if strings.Trim(fraction, "0") != "" {
			continue
		}
		if groups := strings.Split(whole, marks.thousands); isGrouped(groups) {
			return strings.Join(groups, ""), true
		}
	}
	return "", false
}

// isGrouped says whether groups are those of a number: up to three digits, then three
// each.
func isGrouped(groups []string) bool {
	for i, g := range groups {
		if !isDigits(g) || len(g) > 3 || i > 0 && len(g) != 3 {
			return false
		}
	}
	return len(groups) > 1
}
