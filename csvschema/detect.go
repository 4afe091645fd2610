package csvschema

import (
	"bytes"
	"io"
	"unicode/utf8"
)

// DetectBytes is how much of a file [Detect] looks at, in bytes as they are stored:
// some thousand rows.
const DetectBytes = 256 << 10

// Detect finds the dialect of a file from its head: the first [DetectBytes] bytes, or
// all there is; complete says that head is the whole file.
//
// Compression is told by magic bytes. An encoding is told by its byte order mark;
// without one, a head that is UTF-8 or nearly so is UTF-8, one with a zero in every
// other byte is UTF-16, which is reported as a warning, and any other is Windows-1252,
// which is reported as a warning too. A line such as "sep=;" at the start decides the
// delimiter; else that delimiter wins, out of comma, semicolon, tab and pipe, which
// parts the header in the most fields and the records in as many. A file in which none
// of them parts the header has one column. The quote is the double one, unless single
// ones quote the header or a field that needs it.
//
// The error is a [*FileError]: it wraps [ErrEmpty], [ErrNotCSV] for a file of another
// format, or [ErrCompressed].
func Detect(head []byte, complete bool) (Dialect, []Warning, error) {
	if len(head) > DetectBytes {
		head, complete = head[:DetectBytes], false
	}

	d := Dialect{Compression: sniffCompression(head)}
	if d.Compression != Uncompressed {
		var err error
		if head, complete, err = inflateHead(head, complete, d.Compression); err != nil {
			return Dialect{}, nil, err
		}
		if sniffCompression(head) != Uncompressed {
			return Dialect{}, nil, notCSV(signature{what: "compressed twice", advice: adviceGzip})
		}
	}
	if err := foreignFormat(head); err != nil {
		return Dialect{}, nil, err
	}

	var warnings []Warning
	d.Encoding, d.BOM, warnings = detectEncoding(head, complete)
	text := decodeHead(head[d.BOM:], d.Encoding, complete)
	if err := checkText(text); err != nil {
		return Dialect{}, nil, err
	}
	if complete && len(bytes.TrimSpace(text)) == 0 {
		return Dialect{}, nil, &FileError{
			Code: CodeFileEmpty, Message: "the file is empty; upload a CSV whose first row names the columns", sentinel: ErrEmpty,
		}
	}

	delimiter, line := separatorLine(text)
	d.SeparatorLine = int(encodedLen(text[:line], d.Encoding))
	d.Delimiter, d.Quote = detectSymbols(text[line:], complete, delimiter)
	return d, warnings, nil
}

// inflateHead decompresses the head of a file as far as it goes. A head that is cut off
// is no damage.
func inflateHead(head []byte, complete bool, c Compression) ([]byte, bool, error) {
	f := newInflater(bytes.NewReader(head), c, -1)
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, DetectBytes))
	switch {
	case err != nil && len(text) == 0:
		return nil, false, err
	case err != nil:
		// The reader will meet the damage, if it is one, at its place.
		return text, false, nil
	}
	return text, complete && len(text) < DetectBytes, nil
}

// detectEncoding returns the encoding, the length of the byte order mark, and a
// warning where the encoding is a guess.
func detectEncoding(head []byte, complete bool) (Encoding, int, []Warning) {
	switch {
	case bytes.HasPrefix(head, []byte{0xef, 0xbb, 0xbf}):
		return UTF8, 3, nil
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}):
		return UTF16LE, 2, nil
	case bytes.HasPrefix(head, []byte{0xfe, 0xff}):
		return UTF16BE, 2, nil
	}

	if e, ok := guessUTF16(head); ok {
		return e, 0, []Warning{{
			Code:    CodeEncodingAssumed,
			Message: "the file has no byte order mark and is read as " + string(e),
		}}
	}

	if !complete {
		head = trimCut(head)
	}
	good, bad := 0, 0
	for rest := head; len(rest) > 0; {
		r, size := utf8.DecodeRune(rest)
		switch {
		case r == utf8.RuneError && size == 1:
			bad++
		case size > 1:
			good++
		}
		rest = rest[size:]
	}
	// Accented letters of Windows-1252 hardly ever form UTF-8 by chance. So a head
	// with more good characters than bad bytes is UTF-8 with some damage, and reading
	// all of it as Windows-1252 would spoil every other letter.
	if bad == 0 || good > bad {
		return UTF8, 0, nil
	}
	return Windows1252, 0, []Warning{{
		Code:    CodeEncodingFallback,
		Message: "the file is not UTF-8 and is read as Windows-1252; letters outside of Western Europe may be wrong",
	}}
}

// guessUTF16 recognises UTF-16 without a byte order mark: in text with ASCII letters,
// delimiters and line ends, one byte of each pair is often zero and the other never.
func guessUTF16(head []byte) (Encoding, bool) {
	var zeros [2]int
	for i, c := range head {
		if c == 0 {
			zeros[i%2]++
		}
	}
	pairs := len(head) / 2
	switch often, seldom := pairs*3/10, pairs/100; {
	case pairs < 4:
		return "", false
	case zeros[1] > often && zeros[0] <= seldom:
		return UTF16LE, true
	case zeros[0] > often && zeros[1] <= seldom:
		return UTF16BE, true
	}
	return "", false
}

// decodeHead returns the head as UTF-8, without a character cut in two at its end.
func decodeHead(head []byte, e Encoding, complete bool) []byte {
	if !complete {
		if e == UTF16LE || e == UTF16BE {
			head = head[:len(head)&^1]
		} else if e == UTF8 {
			head = trimCut(head)
		}
	}
	if e == UTF8 {
		return head
	}
	var text bytes.Buffer
	// Decoding from memory into memory cannot fail: what is not valid in these
	// encodings becomes U+FFFD.
	_, _ = text.ReadFrom(decode(bytes.NewReader(head), e))
	return text.Bytes()
}
