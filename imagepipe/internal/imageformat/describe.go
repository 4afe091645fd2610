package imageformat

import (
	"bytes"
	"unicode/utf8"
)

// describeHead is how many bytes Describe looks at. A drawing may have a prologue and a
// licence in front of its first element.
const describeHead = 2048

// Describe says in plain words what a file is, with its article: "an SVG drawing", "an
// HTML page", "a JPEG picture". It is empty for what it does not know. It looks at the
// first 2 KiB only, and guesses: it is for messages, not for decisions.
func Describe(data []byte) string {
	switch Sniff(data) {
	case JPEG:
		return "a JPEG picture"
	case PNG:
		return "a PNG picture"
	case GIF:
		return "a GIF picture"
	case WebP:
		return "a WebP picture"
	case Unknown:
	}

	if len(data) == 0 {
		return "an empty file"
	}

	for _, known := range knownFiles() {
		if begins(data, known.magic) {
			return known.name
		}
	}

	if len(data) >= 12 && begins(data[4:], "ftyp") {
		return describeISOMedia(data)
	}

	return describeText(data[:min(len(data), describeHead)])
}

type knownFile struct{ magic, name string }

func knownFiles() []knownFile {
	return []knownFile{
		{"II*\x00", "a TIFF picture"},
		{"MM\x00*", "a TIFF picture"},
		{"\x00\x00\x01\x00", "an ICO icon"},
		{"\x00\x00\x02\x00", "a CUR cursor"},
		{"\x00\x00\x00\x0cJXL ", "a JPEG XL picture"},
		{"\xff\x0a", "a JPEG XL picture"},
		{"\x00\x00\x00\x0cjP  ", "a JPEG 2000 picture"},
		{"\xff\x4f\xff\x51", "a JPEG 2000 picture"},
		{"8BPS", "a Photoshop file"},
		{"%PDF-", "a PDF document"},
		{"%!PS", "a PostScript document"},
		{"PK\x03\x04", "a ZIP archive"},
		{"\x1f\x8b", "a GZIP archive"},
		{"BM", "a BMP picture"},
	}
}

// describeISOMedia tells the kinds of the container that video and the formats made from
// video share, by the brands it names.
func describeISOMedia(data []byte) string {
	size := uint64(be32(data))
	brands := data[8:min(uint64(len(data)), max(size, 12), 128)]

	has := func(names ...string) bool {
		for at := 0; at+4 <= len(brands); at += 4 {
			for _, name := range names {
				if string(brands[at:at+4]) == name {
					return true
				}
			}
		}

		return false
	}

	switch {
	case has("avif", "avis"):
		return "an AVIF picture"
	case has("heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1"):
		return "a HEIC picture"
	}

	return "a video"
}

func describeText(head []byte) string {
	head = bytes.TrimSpace(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")))

	if !begins(head, "<") {
		if isText(head) {
			return "a text"
		}

		return ""
	}

	head = bytes.ToLower(head)

	switch svg := bytes.Index(head, []byte("<svg")); {
	// In a page, a drawing is only a part.
	case svg >= 0 && !bytes.Contains(head[:svg], []byte("html")):
		return "an SVG drawing"
	case bytes.Contains(head, []byte("html")), bytes.Contains(head, []byte("<head")),
		bytes.Contains(head, []byte("<body")), bytes.Contains(head, []byte("<script")):
		return "an HTML page"
	case begins(head, "<?xml"):
		return "an XML document"
	}

	return "a text"
}

// isText reports whether head is UTF-8 without control characters. Its last character may
// be cut.
func isText(head []byte) bool {
	for len(head) > 0 {
		r, size := utf8.DecodeRune(head)

		switch {
		case r == utf8.RuneError && size == 1:
			return len(head) < utf8.UTFMax && !utf8.FullRune(head)
		case r < ' ' && r != '\t' && r != '\n' && r != '\r', r == 0x7f:
			return false
		}

		head = head[size:]
	}

	return true
}
