// Package disposition makes the names under which browsers save downloads, for whoever
// serves files.
package disposition

import (
	"path"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// maxFilename is the longest file name that a URL carries, in bytes: most
	// file systems allow 255.
	maxFilename = 200
	// maxExtension is the longest extension that survives shortening, in bytes
	// with its dot.
	maxExtension = 16
)

// Clean makes filename harmless: what could lead to another folder, and
// control and formatting characters, which could make a name look like another
// one, become '_', as does what is not UTF-8. Leading dots go, which would hide
// the file, and so does what is over 200 bytes, before the extension.
func Clean(filename string) string {
	cleaned := strings.Map(func(r rune) rune {
		switch {
		case r == '\u200c', r == '\u200d':
			// The joiners are formatting, but words of Indian languages need them.
			return r
		case strings.ContainsRune(`/\:*?"<>|`, r), r == utf8.RuneError, unicode.In(r, unicode.C, unicode.Zl, unicode.Zp):
			return '_'
		default:
			return r
		}
	}, filename)

	cleaned = strings.TrimLeftFunc(strings.TrimSpace(cleaned), func(r rune) bool { return r == '.' || unicode.IsSpace(r) })
	if len(cleaned) <= maxFilename {
		return cleaned
	}

	extension := path.Ext(cleaned)
	if len(extension) > maxExtension {
		extension = ""
	}

	return cut(cleaned, maxFilename-len(extension)) + extension
}

// Join returns the clean name of stem with suffix behind it, such as "-errors.csv", which is
// ASCII, short, and stays whole however long stem is. It returns "" where nothing is left
// of stem. Clean leaves the name as it is.
func Join(stem, suffix string) string {
	cleaned := Clean(stem)
	if cleaned == "" {
		return ""
	}

	return cut(cleaned, maxFilename-len(suffix)) + suffix
}

// cut cuts valid UTF-8 at a letter, to size bytes at most.
func cut(text string, size int) string {
	if len(text) <= size {
		return text
	}

	for !utf8.RuneStart(text[size]) {
		size--
	}

	return text[:size]
}

// Attachment returns the Content-Disposition of a download (RFC 6266) under a name that
// Clean returned, or an element of a key. A name beyond ASCII comes twice, as section 4.3 advises: once reduced, for clients that
// do not know the extended form.
func Attachment(filename string) string {
	var reduced, extended strings.Builder

	for _, r := range filename {
		if r >= utf8.RuneSelf || r < ' ' || r == 0x7f || strings.ContainsRune(`"\%`, r) {
			// A quote or backslash could be escaped and a percent sign is plain,
			// but browsers disagree about all three.
			reduced.WriteByte('_')
		} else {
			reduced.WriteRune(r)
		}
	}

	value := `attachment; filename="` + reduced.String() + `"`
	if reduced.String() == filename {
		return value
	}

	const hex = "0123456789ABCDEF"

	for i := range len(filename) {
		if c := filename[i]; isAttrChar(c) {
			extended.WriteByte(c)
		} else {
			extended.WriteString("%" + string(hex[c>>4]) + string(hex[c&15]))
		}
	}

	return value + "; filename*=UTF-8''" + extended.String()
}

// isAttrChar reports whether c stands for itself in an extended value (attr-char
// of RFC 8187 section 3.2.1).
func isAttrChar(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' ||
		strings.IndexByte("!#$&+-.^_`|~", c) >= 0
}
