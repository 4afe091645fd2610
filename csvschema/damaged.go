package csvschema

import (
	"bytes"
	"fmt"
	"io"
)

// shownBytes is how much of a damaged record's first line is kept to be shown.
const shownBytes = 64 << 10

// skipFirstLine gives up the first physical line of a record that has no end. What
// follows is read anew: the quote that never ends is on this line.
func (r *Reader) skipFirstLine() (Record, error) {
	text := r.visible()
	if n := indexLineEnd(text); n >= 0 {
		text = text[:n]
	}
	record := r.lenient(text)
	r.consume(len(text))
	r.skipToLineEnd()
	r.position.Row++
	r.position.Line++
	return record, &RecordError{
		Code:     CodeQuoteUnterminated,
		Message:  fmt.Sprintf("a field begins with the quote %c and has no closing one", r.quote),
		sentinel: ErrUnterminatedQuote,
	}
}

// skipLong gives up a record over the limit, up to the line end behind it.
func (r *Reader) skipLong(s *scan) (Record, error) {
	text := r.visible()
	lines := int64(1)
	if s.multiline {
		lines += countLineEnds(text)
	}
	first := text
	if n := indexLineEnd(text); n >= 0 {
		first = text[:n]
	}
	record := r.lenient(first)
	r.consume(len(text))
	r.skipToLineEnd()
	r.position.Row++
	r.position.Line += lines
	return record, &RecordError{
		Code:     CodeRecordTooLong,
		Message:  fmt.Sprintf("the row is longer than %d bytes", r.limits.RecordBytes),
		sentinel: ErrRecordTooLong,
	}
}

// skipToLineEnd is done with everything up to and with the next line end. An error of
// the source is left in r.err.
func (r *Reader) skipToLineEnd() {
	for {
		text := r.window.bytes()
		if i := indexLineEnd(text); i >= 0 {
			r.consume(i)
			n, err := r.lineEndLen(0)
			if err != nil {
				r.err = err
				return
			}
			r.consume(n)
			return
		}
		r.consume(len(text))
		if err := r.window.more(); err != nil {
			if err == io.EOF {
				// Only now is it known that an odd last byte was the end.
				r.consume(0)
				return
			}
			r.err = err
			return
		}
	}
}

// lenient splits the first line of a damaged record so that a person recognises it:
// quotes count only where a field begins and ends with one.
func (r *Reader) lenient(line []byte) Record {
	if n := indexLineEnd(line); n >= 0 {
		line = line[:n]
	}
	if len(line) > shownBytes {
		line = trimCut(line[:shownBytes])
	}
	var repaired int
	if r.dialect.Encoding == UTF8 {
		line, repaired = appendRepaired(nil, line)
	}
	record := Record{Repaired: repaired}
	for more := true; more && len(record.Fields) < r.limits.Fields; {
		var field []byte
		field, line, more = cutField(line, r.delimiter, r.quote)
		record.Fields = append(record.Fields, string(field))
	}
	return record
}

// cutField takes the first field off a line; more says that another one follows.
func cutField(line []byte, delimiter, quote byte) (field, rest []byte, more bool) {
	if len(line) > 0 && line[0] == quote {
		if end := closingQuote(line, quote); end > 0 {
			switch rest := line[end+1:]; {
			case len(rest) == 0:
				return appendUnescaped(nil, line[1:end], quote), nil, false
			case rest[0] == delimiter:
				return appendUnescaped(nil, line[1:end], quote), rest[1:], true
			}
		}
	}
	return bytes.Cut(line, []byte{delimiter})
}

// closingQuote returns the index of the first quote behind the opening one that is not
// doubled, or -1.
func closingQuote(line []byte, quote byte) int {
	for i := 1; i < len(line); i++ {
		if line[i] != quote {
			continue
		}
		if i+1 == len(line) || line[i+1] != quote {
			return i
		}
		i++
	}
	return -1
}
