package blob

import (
	"fmt"
	"strings"
)

// maxKey is the longest key, in bytes. It leaves room below the limits of S3
// (1024) and of file systems for what a backend adds.
const maxKey = 512

// maxElement is the longest element of a key, in bytes: what common file systems
// allow (255), less room for what a backend adds to a name.
const maxElement = 200

// CheckKey returns an error that wraps ErrInvalidKey unless key is of the form
// that the package documents.
func CheckKey(key string) error {
	if key == "" || len(key) > maxKey {
		return fmt.Errorf("%w: %d bytes, want 1 to %d", ErrInvalidKey, len(key), maxKey)
	}

	for element := range strings.SplitSeq(key, "/") {
		if err := checkElement(element); err != nil {
			return err
		}
	}

	return nil
}

// CheckPrefix returns an error that wraps ErrInvalidKey unless some key begins
// with prefix, or is prefix. Store.List refuses any other prefix.
func CheckPrefix(prefix string) error {
	if len(prefix) > maxKey {
		return fmt.Errorf("%w: prefix of %d bytes, want at most %d", ErrInvalidKey, len(prefix), maxKey)
	}

	// Only the last element is unfinished, so it alone may still be empty, end
	// with '.' or look like a device name.
	folders, last, nested := cutLast(prefix)
	if nested {
		for element := range strings.SplitSeq(folders, "/") {
			if err := checkElement(element); err != nil {
				return err
			}
		}
	}

	if len(last) > maxElement {
		return fmt.Errorf("%w: element of %d bytes, want at most %d", ErrInvalidKey, len(last), maxElement)
	}

	return checkBytes(last)
}

// cutLast splits s at its last slash.
func cutLast(s string) (folders, last string, nested bool) {
	i := strings.LastIndexByte(s, '/')
	if i < 0 {
		return "", s, false
	}

	return s[:i], s[i+1:], true
}

// checkElement checks one whole element of a key.
func checkElement(element string) error {
	switch {
	case element == "":
		return fmt.Errorf("%w: empty element", ErrInvalidKey)
	case len(element) > maxElement:
		return fmt.Errorf("%w: element of %d bytes, want at most %d", ErrInvalidKey, len(element), maxElement)
	case element[len(element)-1] == '.':
		// Besides "." and "..": Windows drops the dots, so "a." would be "a".
		return fmt.Errorf("%w: element %q ends with a dot", ErrInvalidKey, element)
	case isDevice(element):
		return fmt.Errorf("%w: element %q is a device name", ErrInvalidKey, element)
	}

	return checkBytes(element)
}

// checkBytes checks that s consists of what elements are made of.
func checkBytes(s string) error {
	for i := range len(s) {
		if !isKeyByte(s[i]) {
			return fmt.Errorf("%w: byte %q", ErrInvalidKey, s[i])
		}
	}

	return nil
}

// isKeyByte reports whether c may stand in an element of a key.
func isKeyByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' ||
		c == '.' || c == '_' || c == '-'
}

// isDevice reports whether Windows takes a file of this name, with whatever
// extension, for a device:
// https://learn.microsoft.com/windows/win32/fileio/naming-a-file.
func isDevice(element string) bool {
	stem, _, _ := strings.Cut(element, ".")

	switch stem = strings.ToLower(stem); stem {
	case "con", "prn", "aux", "nul":
		return true
	}

	return len(stem) == len("com1") &&
		(strings.HasPrefix(stem, "com") || strings.HasPrefix(stem, "lpt")) &&
		'0' <= stem[3] && stem[3] <= '9'
}
