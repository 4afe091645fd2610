package csvschema

import (
	"fmt"
	"slices"
	"strings"
)

// MaxListValues is how many values a cell with a list may hold: additional barcodes, or
// the names of one region.
const MaxListValues = 50

// maxFindings is how many warnings, and how many errors, are kept of one row: one cell
// can hold thousands of wrong values.
const maxFindings = 100

// findings reads the cells of one row and collects what is wrong with them. Its methods
// are the rules that the columns of all schemas share.
type findings struct {
	row      int64
	warnings []Warning
	errors   []*RowError
}

func (f *findings) warn(column string, code Code, message, value string) {
	if len(f.warnings) == maxFindings {
		return
	}
	f.warnings = append(f.warnings, Warning{
		Row: f.row, Column: column, Code: code, Message: message, Value: cut(value, shownValueRunes),
	})
}

func (f *findings) fail(column string, code Code, message, value string) {
	if len(f.errors) == maxFindings {
		return
	}
	f.errors = append(f.errors, &RowError{
		Row: f.row, Column: column, Code: code, Message: message, Value: cut(value, shownValueRunes),
	})
}

// line reads a value of one line.
func (f *findings) line(c *column, cell string) string {
	value, d := cleanLine(cell)
	return f.text(c, cell, value, d)
}

// block reads a value that may have several lines.
func (f *findings) block(c *column, cell string) string {
	value, d := cleanBlock(cell)
	return f.text(c, cell, value, d)
}

// text holds a cleaned value against its column. A value that is too long is refused:
// nothing is cut silently. The code of a missing one is the name of the column and
// "_missing".
func (f *findings) text(c *column, cell, value string, d defects) string {
	f.report(c, cell, d)
	if value == "" && c.required {
		f.fail(c.name, Code(c.name+"_missing"), c.shown()+" is empty", cell)
	}
	if tooManyRunes(value, c.maxRunes) {
		f.failLong(c, value)
		return ""
	}
	return value
}

// failLong refuses a value that has too many characters.
func (f *findings) failLong(c *column, value string) {
	f.fail(c.name, CodeValueTooLong,
		fmt.Sprintf("%s is longer than %d characters", c.shown(), c.maxRunes), value)
}

// report warns of the defects of a text.
func (f *findings) report(c *column, cell string, d defects) {
	if d.controls {
		f.warn(c.name, CodeControlCharacters, c.shown()+" holds control characters, which were removed", cell)
	}
	if d.c1 {
		f.warn(c.name, CodeEncodingRepaired,
			c.shown()+" holds characters of a wrong encoding, which became the letters they stand for", cell)
	}
	if d.lost {
		f.warn(c.name, CodeEncodingDamaged,
			c.shown()+" holds the mark U+FFFD of letters that are lost", cell)
	}
}

// list reads a cell of values parted by any of the separators. Empty values and
// repetitions are dropped, and those that are too long are handed to tooLong.
func (f *findings) list(c *column, cell, separators string, tooLong func(*column, string)) []string {
	var values []string
	for part := range strings.FieldsFuncSeq(cell, func(r rune) bool {
		return strings.ContainsRune(separators, r)
	}) {
		value, d := cleanLine(part)
		f.report(c, part, d)
		switch {
		case tooManyRunes(value, c.maxRunes):
			tooLong(c, value)
			continue
		case value == "" || slices.Contains(values, value):
			continue
		}
		if len(values) == MaxListValues {
			f.fail(c.name, CodeTooManyValues,
				fmt.Sprintf("%s has more than %d values", c.shown(), MaxListValues), cell)
			return nil
		}
		values = append(values, value)
	}
	return values
}

// barcode reads a barcode, which may be empty.
func (f *findings) barcode(c *column, cell string) string {
	text := f.line(c, cell)
	if text == "" {
		return ""
	}
	b, flaw := parseBarcode(text)
	if flaw != nil {
		f.fail(c.name, flaw.code, c.shown()+" "+flaw.message, text)
		return ""
	}
	f.remark(c, text, b)
	return b.digits
}

// barcodes reads a list of barcodes, without the row's own. One that is no barcode is left
// out with a warning: the row is of use without it.
func (f *findings) barcodes(c *column, cell, own string) []string {
	var digits []string
	for _, text := range f.list(c, cell, "|;,\n\r", f.leaveOut) {
		b, flaw := parseBarcode(text)
		if flaw != nil {
			f.leaveOut(c, text)
			continue
		}
		if b.digits == own || slices.Contains(digits, b.digits) {
			continue
		}
		f.remark(c, text, b)
		digits = append(digits, b.digits)
	}
	return digits
}

// leaveOut warns of an additional barcode that is none.
func (f *findings) leaveOut(c *column, text string) {
	f.warn(c.name, CodeAdditionalBarcodeInvalid,
		fmt.Sprintf("a value of %s was left out: it is no barcode of %d to %d digits",
			c.shown(), minBarcodeDigits, maxBarcodeDigits), text)
}

// remark warns of what is odd about a barcode that is good.
func (f *findings) remark(c *column, text string, b barcode) {
	if b.repaired {
		f.warn(c.name, CodeBarcodeRepaired,
			c.shown()+" was written like a number or a formula and is read as its digits", text)
	}
	switch {
	case strings.Trim(b.digits, "0") == "":
		f.warn(c.name, CodeBarcodePlaceholder, c.shown()+" is all zeros and identifies nothing", text)
	case !checkDigitFits(b.digits):
		f.warn(c.name, CodeBarcodeCheckDigit,
			c.shown()+" does not end with the check digit that belongs to it", text)
	}
}

// webAddress reads the address of an image. A wrong one is left out with a warning.
func (f *findings) webAddress(c *column, cell string) string {
	text, d := cleanLine(cell)
	f.report(c, cell, d)
	if text == "" {
		return ""
	}
	address, flaw := parseWebAddress(text, c.maxRunes)
	if flaw != "" {
		f.warn(c.name, CodeImageURLInvalid, c.shown()+" was left out: it "+flaw, text)
	}
	return address
}

// checkExtra refuses values beyond the last column, which the row would lose. Mostly a
// delimiter inside a value lacks its quotes, so that all further values are in wrong
// columns.
func (f *findings) checkExtra(extra []string, width int) {
	var values []string
	for _, value := range extra {
		if !isBlankText(value) {
			values = append(values, value)
		}
	}
	if len(values) == 0 {
		return
	}
	const shown = 5
	f.fail("", CodeExtraFields, fmt.Sprintf(
		"the row has values beyond the last of %d columns: %s; a value that holds the delimiter must be in quotes",
		width, quoteList(values, shown)), strings.Join(values, " "))
}
