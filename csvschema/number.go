package csvschema

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/shopspring/decimal"
)

// numberForm is what the numbers of a column may look like.
type numberForm struct {
	decimals int  // digits behind the point
	price    bool // rupees may be named
}

// The forms of the numbers of an inventory.
var (
	quantityForm = numberForm{decimals: QuantityDecimals}
	priceForm    = numberForm{decimals: PriceDecimals, price: true}
)

// number reads a number that is not negative. An empty cell is an absent number, and an
// error where the column is required.
func (f *findings) number(c *column, cell string, form numberForm) decimal.NullDecimal {
	text := f.line(c, cell)
	if text == "" {
		return decimal.NullDecimal{}
	}
	number, wrong := parseNumber(text, form)
	if wrong != nil {
		f.fail(c.name, wrong.code, c.shown()+" "+wrong.message, text)
		return decimal.NullDecimal{}
	}
	return decimal.NewNullDecimal(number)
}

// parseNumber reads a number of 0 or more as people and programs in India write it: a
// price with rupees before or behind it, with marks between the thousands, or between
// the hundreds above them as in 1,29,900, in digits of any script, and as a spreadsheet
// shows text.
//
// Where one mark stands alone, a point is the decimal point, and a comma parts thousands
// if three digits follow. Where both stand, the last is the decimal mark. What can be
// read in two ways, or in none, is refused: a price that is wrong by a factor of a
// hundred costs more than a row does.
func parseNumber(text string, form numberForm) (decimal.Decimal, *flaw) {
	number, _ := unwrapText(asciiDigits(text))
	number = strings.Map(plainMark, number)
	if form.price {
		number = cutRupees(number)
	}
	number, negative := cutMinus(number)
	if negative && form.price {
		number = cutRupees(number) // -₹ 45
	}

	whole, fraction, wrong := cutNumber(number)
	if wrong != nil {
		return decimal.Decimal{}, wrong
	}
	whole, fraction = strings.TrimLeft(whole, "0"), strings.TrimRight(fraction, "0")
	switch {
	case negative && whole+fraction != "":
		return decimal.Decimal{}, &flaw{CodeNumberNegative, "is negative; it must be 0 or more"}
	case len(whole) > MaxWholeDigits:
		return decimal.Decimal{}, &flaw{CodeNumberTooLarge, fmt.Sprintf(
			"has more than %d digits before the point; it may belong into another column", MaxWholeDigits)}
	case len(fraction) > form.decimals:
		return decimal.Decimal{}, &flaw{CodeNumberTooPrecise, fmt.Sprintf(
			"has more than %d digits behind the point; round it, or leave the point out if it parts thousands", form.decimals)}
	}
	if fraction != "" {
		fraction = "." + fraction
	}
	value, err := decimal.NewFromString("0" + whole + fraction)
	if err != nil {
		return decimal.Decimal{}, noNumber(number) // not with digits alone
	}
	return value, nil
}

// plainMark writes the marks of other scripts as those of ASCII.
func plainMark(r rune) rune {
	switch r {
	case '．', '٫':
		return '.'
	case '，', '٬':
		return ','
	}
	if r >= 0x80 && unicode.Is(unicode.Dash, r) || r == '\u2212' {
		return '-'
	}
	return r
}

// cutMinus takes a sign off, before or behind the number.
func cutMinus(s string) (rest string, negative bool) {
	if rest, ok := strings.CutPrefix(s, "-"); ok {
		return strings.TrimLeft(rest, " "), true
	}
	if rest, ok := strings.CutSuffix(s, "-"); ok {
		return strings.TrimRight(rest, " "), true
	}
	return strings.TrimPrefix(s, "+"), false
}

// rupees are how people write them, in lower case.
var rupees = [...]string{"₹", "₨", "rs.", "rs", "inr", "रु.", "रु", "रू.", "रू"}

// cutRupees takes what says rupees off both ends, and the stroke with a hyphen behind a
// round sum, as in 45/-.
func cutRupees(s string) string {
	s = strings.TrimRight(strings.TrimSuffix(s, "/-"), " ")
	for _, sign := range rupees {
		if len(s) >= len(sign) && strings.EqualFold(s[:len(sign)], sign) {
			s = strings.TrimLeft(s[len(sign):], " ")
			break
		}
	}
	for _, sign := range rupees {
		if at := len(s) - len(sign); at >= 0 && strings.EqualFold(s[at:], sign) {
			s = strings.TrimRight(s[:at], " ")
			break
		}
	}
	return s
}

// cutNumber takes a number apart into the digits before and behind the decimal point.
func cutNumber(s string) (whole, fraction string, wrong *flaw) {
	if i := strings.IndexFunc(s, isNoNumber); i >= 0 || strings.Trim(s, "., ") == "" {
		return "", "", noNumber(s)
	}

	points, commas := strings.Count(s, "."), strings.Count(s, ",")
	decimalMark := ""
	switch {
	case points > 0 && commas > 0:
		decimalMark = s[strings.LastIndexAny(s, ".,"):][:1]
	case points == 1:
		decimalMark = "."
	}

	whole = s
	if decimalMark != "" {
		whole, fraction, _ = strings.Cut(s, decimalMark)
	}
	digits, ok := ungroup(whole)
	if !ok || fraction != "" && !isDigits(fraction) {
		return "", "", &flaw{CodeNumberAmbiguous,
			"can be read in more than one way; write it with a point before the decimals and without other marks, as in 1299.50"}
	}
	return digits, fraction, nil
}

// isNoNumber finds what cannot stand in a number.
func isNoNumber(r rune) bool { return (r < '0' || r > '9') && r != '.' && r != ',' && r != ' ' }

// ungroup takes the marks between groups of digits off, of which there must be one kind.
// Groups are of three digits, or, parted by commas, two with three in the last.
func ungroup(s string) (digits string, ok bool) {
	i := strings.IndexAny(s, "., ")
	if i < 0 {
		return s, true
	}
	mark := s[i : i+1]
	groups := strings.Split(s, mark)
	if !isGrouped(groups) && (mark != "," || !isGroupedAsInIndia(groups)) {
		return "", false
	}
	return strings.Join(groups, ""), true
}

// isGroupedAsInIndia says whether groups are those of a number such as 1,29,900.
func isGroupedAsInIndia(groups []string) bool {
	last := len(groups) - 1
	for i, g := range groups {
		size := 2
		if i == last {
			size = 3
		}
		if !isDigits(g) || len(g) > size || i > 0 && len(g) != size {
			return false
		}
	}
	return last > 0
}

// noNumber names what makes a text no number.
func noNumber(s string) *flaw {
	const advice = "write it in digits alone, as in 1299.50"
	if i := strings.IndexFunc(s, isNoNumber); i >= 0 {
		strange, _ := utf8.DecodeRuneInString(s[i:])
		return &flaw{CodeNumberInvalid, fmt.Sprintf("holds %q; %s", strange, advice)}
	}
	return &flaw{CodeNumberInvalid, "is no number; " + advice}
}
