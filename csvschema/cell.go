package csvschema

import "strings"

// NeutraliseCell protects a cell from being run as a formula when a spreadsheet opens
// the file: it puts an apostrophe before a cell that begins, behind any number of
// apostrophes, with one of = + - @, their full-width forms, a tab or a line end. Plain
// numbers such as -5 or +1,234.50 stay as they are.
//
// [RestoreCell] takes that apostrophe off again: RestoreCell(NeutraliseCell(s)) is s for
// every s.
func NeutraliseCell(s string) string {
	if !isDangerous(strings.TrimLeft(s, "'")) || isPlainNumber(s) {
		return s
	}
	return "'" + s
}

// RestoreCell undoes [NeutraliseCell]. It must only be used on cells that went through
// it: the cells of an error report.
func RestoreCell(s string) string {
	if rest, ok := strings.CutPrefix(s, "'"); ok && isDangerous(strings.TrimLeft(rest, "'")) {
		return rest
	}
	return s
}

// isDangerous says whether s begins with a character that makes a spreadsheet run a
// cell, or that it drops to find such a one behind.
func isDangerous(s string) bool {
	if s == "" {
		return false
	}
	if strings.IndexByte("=+-@\t\r\n", s[0]) >= 0 {
		return true
	}
	for _, wide := range [...]string{"＝", "＋", "－", "＠"} {
		if strings.HasPrefix(s, wide) {
			return true
		}
	}
	return false
}

// isPlainNumber recognises a sign, digits with points and commas among them, and an
// exponent. No spreadsheet makes anything but a number of it.
func isPlainNumber(s string) bool {
	mantissa := trimSign(s)
	if i := strings.IndexAny(mantissa, "eE"); i >= 0 {
		if !isDigits(trimSign(mantissa[i+1:])) {
			return false
		}
		mantissa = mantissa[:i]
	}
	digits := 0
	for i := range len(mantissa) {
		switch c := mantissa[i]; {
		case c >= '0' && c <= '9':
			digits++
		case c != '.' && c != ',':
			return false
		}
	}
	return digits > 0
}

func trimSign(s string) string {
	if s != "" && (s[0] == '+' || s[0] == '-') {
		return s[1:]
	}
	return s
}
