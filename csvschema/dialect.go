package csvschema

import "fmt"

// Encoding is how the characters of a file are written as bytes.
type Encoding string

// The encodings that a [Reader] understands.
const (
	UTF8        Encoding = "utf-8"
	UTF16LE     Encoding = "utf-16le"
	UTF16BE     Encoding = "utf-16be"
	Windows1252 Encoding = "windows-1252"
)

// Compression is how a file is packed.
type Compression string

// The compressions that a [Reader] understands.
const (
	Uncompressed Compression = ""
	Gzip         Compression = "gzip"
	Zstd         Compression = "zstd"
)

// Symbol is a delimiter or a quote: one ASCII character. In JSON it is a string
// of that character.
type Symbol byte

// MarshalText returns the character; the zero Symbol gives an empty text.
func (s Symbol) MarshalText() ([]byte, error) {
	if s == 0 {
		return nil, nil
	}
	return []byte{byte(s)}, nil
}

// UnmarshalText takes one ASCII character, or an empty text for the zero Symbol.
func (s *Symbol) UnmarshalText(text []byte) error {
	switch {
	case len(text) == 0:
		*s = 0
	case len(text) == 1 && text[0] < 0x80:
		*s = Symbol(text[0])
	default:
		return fmt.Errorf("%w: %q is not one ASCII character", ErrOptions, text)
	}
	return nil
}

// Dialect is how a CSV file is written. [Detect] finds it; store it with the job,
// so that a resumed run reads the file in the same way. The zero Dialect is UTF-8
// with commas and double quotes.
type Dialect struct {
	Compression Compression `json:"compression,omitempty"`
	// Encoding is UTF8 where empty.
	Encoding Encoding `json:"encoding"`
	// BOM is the length in bytes of the byte order mark, after decompression.
	BOM int `json:"bom,omitempty"`
	// SeparatorLine is the length in bytes of a first line such as "sep=;", with
	// its line end, after decompression. Spreadsheets write such a line and do
	// not show it, so it is no row and no record, but it is a physical line.
	SeparatorLine int `json:"separator_line,omitempty"`
	// Delimiter parts the fields of a record; a comma where zero. Any ASCII
	// punctuation mark or a tab will do, except quotes.
	Delimiter Symbol `json:"delimiter"`
	// Quote is a double or a single quotation mark; a double quote where zero.
	Quote Symbol `json:"quote"`
}

// resolve returns the dialect with its defaults filled in, or an error that wraps
// ErrOptions.
func (d Dialect) resolve() (Dialect, error) {
	if d.Encoding == "" {
		d.Encoding = UTF8
	}
	if d.Delimiter == 0 {
		d.Delimiter = ','
	}
	if d.Quote == 0 {
		d.Quote = '"'
	}

	switch d.Encoding {
	case UTF8, UTF16LE, UTF16BE, Windows1252:
	default:
		return Dialect{}, fmt.Errorf("%w: unknown encoding %q", ErrOptions, d.Encoding)
	}
	switch d.Compression {
	case Uncompressed, Gzip, Zstd:
	default:
		return Dialect{}, fmt.Errorf("%w: unknown compression %q", ErrOptions, d.Compression)
	}
	if d.Quote != '"' && d.Quote != '\'' {
		return Dialect{}, fmt.Errorf("%w: quote %q", ErrOptions, rune(d.Quote))
	}
	if !isDelimiter(byte(d.Delimiter)) {
		return Dialect{}, fmt.Errorf("%w: delimiter %q", ErrOptions, rune(d.Delimiter))
	}
	if d.BOM < 0 || d.SeparatorLine < 0 {
		return Dialect{}, fmt.Errorf("%w: negative length of byte order mark or separator line", ErrOptions)
	}
	return d, nil
}

// isDelimiter says whether c can part fields: an ASCII punctuation mark or a tab.
func isDelimiter(c byte) bool {
	switch {
	case c == '\t':
		return true
	case c <= ' ' || c >= 0x7f || c == '"' || c == '\'':
		return false
	case c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z':
		return false
	}
	return true
}
