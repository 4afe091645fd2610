package csvschema

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

const (
	shownValueRunes = 200 // of a value in an error or a warning
	shownNameRunes  = 60  // of a header cell in a message
	listedNames     = 20  // of a list in a message
)

// defects are what was wrong with the characters of a text.
type defects struct {
	controls bool // control characters were removed
	c1       bool // C1 characters became the letters of Windows-1252
	lost     bool // the text holds U+FFFD
}

// cleanLine returns a value that is one line: trimmed, every run of white space one
// space, without control characters.
func cleanLine(s string) (string, defects) {
	if isCleanLine(s) {
		return s, defects{}
	}
	var (
		b   strings.Builder
		d   defects
		gap bool
	)
	b.Grow(len(s))
	for _, r := range s {
		r = d.letter(r)
		switch {
		case unicode.IsSpace(r):
			gap = true
			continue
		case r < 0 || isEdge(r) && b.Len() == 0:
			continue
		}
		if gap && b.Len() > 0 {
			b.WriteByte(' ')
		}
		gap = false
		b.WriteRune(r)
	}
	return trimEdges(b.String()), d
}

// isCleanLine recognises the usual value, which needs no work: ASCII without control
// characters, with single spaces inside.
func isCleanLine(s string) bool {
	space := true
	for i := range len(s) {
		c := s[i]
		if c < ' ' || c >= 0x7f || c == ' ' && space {
			return false
		}
		space = c == ' '
	}
	return !space || s == ""
}

// cleanBlock returns a value that may have several lines: trimmed, line ends as LF,
// without control characters other than tabs.
func cleanBlock(s string) (string, defects) {
	if isCleanLine(s) {
		return s, defects{}
	}
	var (
		b strings.Builder
		d defects
	)
	b.Grow(len(s))
	for i, r := range s {
		if r == '\r' {
			if strings.HasPrefix(s[i+1:], "\n") {
				continue
			}
			r = '\n'
		}
		switch r {
		case '\v', '\f':
			r = ' '
		default:
			if r = d.letter(r); r < 0 {
				continue
			}
		}
		b.WriteRune(r)
	}
	return trimEdges(b.String()), d
}

// letter returns the character to use for r, or -1 for none.
//
// A C1 character, U+0080 to U+009F, is never meant: it comes from Windows-1252 text that
// was read as ISO 8859-1, and stands for the letter that Windows-1252 has at its place.
// That goes before white space, which one of them, U+0085, counts as.
func (d *defects) letter(r rune) rune {
	switch {
	case r == utf8.RuneError:
		d.lost = true
	case r >= 0x80 && r < 0xa0:
		if r = charmap.Windows1252.DecodeByte(byte(r)); r == utf8.RuneError {
			d.controls = true
			return -1
		}
		d.c1 = true
	case r == 0x7f || r < ' ' && !unicode.IsSpace(r):
		d.controls = true
		return -1
	}
	return r
}

// isInvisible recognises characters without width that carry no meaning at the edge of
// a value. The joiners U+200C and U+200D are not among them: Indic scripts need them.
func isInvisible(r rune) bool {
	return r == '\u200b' || r == '\u2060' || r == '\ufeff'
}

// isEdge recognises what is trimmed from the edges of a value.
func isEdge(r rune) bool { return unicode.IsSpace(r) || isInvisible(r) }

// isContent says whether cleaning leaves something of r where it stands alone.
func isContent(r rune) bool {
	var d defects
	r = d.letter(r)
	return r >= 0 && !isEdge(r)
}

// isBlankText says whether cleaning leaves nothing of s.
func isBlankText(s string) bool { return strings.IndexFunc(s, isContent) < 0 }

func trimEdges(s string) string { return strings.TrimFunc(s, isEdge) }

// tooManyRunes says whether s has more than n characters.
func tooManyRunes(s string, n int) bool {
	return len(s) > n && utf8.RuneCountInString(s) > n
}

// cut shortens s to n characters, with an ellipsis where something was cut.
func cut(s string, n int) string {
	if !tooManyRunes(s, n) {
		return s
	}
	i := 0
	for range n - 1 {
		_, size := utf8.DecodeRuneInString(s[i:])
		i += size
	}
	return s[:i] + "…"
}

// quoteShort quotes a name for a message.
func quoteShort(s string) string { return strconv.Quote(cut(s, shownNameRunes)) }

// quoteList quotes the first names of a list for a message.
func quoteList(names []string, most int) string {
	quoted := make([]string, 0, min(len(names), most))
	for _, name := range names[:min(len(names), most)] {
		quoted = append(quoted, quoteShort(name))
	}
	list := strings.Join(quoted, ", ")
	if len(names) > most {
		list += fmt.Sprintf(" and %d more", len(names)-most)
	}
	return list
}
