package csvschema

import (
	"bytes"
	"io"
)

// The scanner finds the end of a record and the bounds of its fields. It sees at most
// Limits.RecordBytes and one byte more, and decides by these bytes alone: how the
// source cuts its reads, and where reading began, make no difference.

// mode is what the scanner is in the middle of.
type mode uint8

const (
	atField    mode = iota // before the first byte of a field
	inPadding              // behind spaces at the start of a field
	inBare                 // inside an unquoted field
	inQuotes               // inside a quoted field
	afterQuote             // behind a quote inside a quoted field, and spaces
)

// outcome is how scanning a record ended.
type outcome uint8

const (
	complete     outcome = iota
	tooLong              // over the limit, outside of quotes
	openForGood          // a quoted field without an end: a stray quote, or the end of the file
	openAtLimit          // over the limit, inside quotes
	joinsUnended         // inside quotes, where an earlier record had no end either
	failed               // the source failed; see Reader.err
)

// scan is the state of scanning one record. Positions count from its first byte.
type scan struct {
	mode      mode
	i         int  // the next byte to look at
	field     int  // first byte of the field
	content   int  // first byte behind the opening quote
	quote     int  // the quote that afterQuote is behind
	padded    bool // the opening quote has spaces before it
	escaped   bool // the field holds doubled quotes
	broken    bool // the quoted field holds a line end
	stray     bool // the quoted field holds a stray quote
	multiline bool // the record holds one

	end  int // length of the record without its line end
	next int // with it
}

// span is the place of a field within its record, without quotes.
type span struct {
	lo, hi  int
	escaped bool
}

// run scans on from s. With join, it stops as soon as it is inside quotes where an
// earlier record was and came to no end.
func (r *Reader) run(s *scan, join bool) outcome {
	from := s.i
	out := r.step(s, join)
	r.scanned += int64(s.i - from)
	return out
}

// step does the work of run.
func (r *Reader) step(s *scan, join bool) outcome {
	b := r.visible()
	for {
		if s.i >= len(b) {
			switch r.reveal(len(b)) {
			case revealed:
				b = r.visible()
				continue
			case sourceFailed:
				return failed
			case endOfFile:
				if out, done := r.closeAtEnd(s); done {
					return out
				}
				continue
			case endOfLimit:
				if out, done := s.stopAtLimit(); done {
					return out
				}
				continue
			}
		}

		switch s.mode {
		case atField:
			s.field, s.padded, s.escaped, s.broken, s.stray = s.i, false, false, false, false
			switch b[s.i] {
			case r.quote:
				s.openQuote()
			case ' ':
				s.mode = inPadding
			default:
				s.mode = inBare
			}

		case inPadding:
			for s.i < len(b) && b[s.i] == ' ' {
				s.i++
			}
			if s.i == len(b) {
				continue
			}
			s.mode = inBare
			if b[s.i] == r.quote {
				s.padded = true
				s.openQuote()
			}

		case inBare:
			i := s.i
			for i < len(b) && !r.special[b[i]] {
				i++
			}
			s.i = i
			if i == len(b) {
				continue
			}
			r.addField(span{lo: s.field, hi: i})
			if b[i] != r.delimiter {
				return r.endRecord(s)
			}
			s.mode, s.i = atField, i+1

		case inQuotes:
			if out, done := r.runQuoted(s, b, join); done {
				return out
			}

		case afterQuote:
			switch c := b[s.i]; {
			case c == r.quote && s.i == s.quote+1:
				s.escaped = true
				s.mode, s.i = inQuotes, s.i+1
			case c == ' ':
				s.i++
			case c == r.delimiter:
				r.addField(span{s.content, s.quote, s.escaped})
				s.mode, s.i = atField, s.i+1
			case c == '\n' || c == '\r':
				r.addField(span{s.content, s.quote, s.escaped})
				return r.endRecord(s)
			case s.padded:
				s.takeAsBare()
			case s.broken:
				// A quote in the middle of a text that has run over a line end: far
				// more likely the opening quote of a later record.
				return openForGood
			default:
				// Content, as long as the field ends on this line.
				s.mode, s.stray = inQuotes, true
			}
		}
	}
}

// runQuoted goes to the next quote; done says that the record has no end or joins one
// that had none.
func (r *Reader) runQuoted(s *scan, b []byte, join bool) (out outcome, done bool) {
	text := b[s.i:]
	n := bytes.IndexByte(text, r.quote)
	if n >= 0 {
		text = text[:n]
	}
	if !s.broken {
		if k := indexLineEnd(text); k >= 0 {
			if s.padded {
				s.takeAsBare()
				return 0, false
			}
			if s.stray {
				// The stray quote was the closing one, with text behind it: the next
				// quote of a later record would end this field.
				s.i += k
				return openForGood, true
			}
			first := !s.multiline
			s.broken, s.multiline = true, true
			if first && join && r.done+int64(s.i+k) < r.unended.until() {
				return joinsUnended, true
			}
		}
	}
	if n < 0 {
		s.i = len(b)
		return 0, false
	}
	s.quote = s.i + n
	s.mode, s.i = afterQuote, s.quote+1
	return 0, false
}

// openQuote begins a quoted field at a quote.
func (s *scan) openQuote() {
	s.mode, s.i = inQuotes, s.i+1
	s.content = s.i
}

// takeAsBare goes back to the opening quote of a padded field and takes the field as
// an unquoted one. Such a field must be whole on its line; a quote behind a blank is
// ordinary text too often to let it swallow lines.
func (s *scan) takeAsBare() {
	s.mode, s.i = inBare, s.content
	s.padded, s.escaped = false, false
}

// closeAtEnd decides at the end of the file; done says that the record ends.
func (r *Reader) closeAtEnd(s *scan) (out outcome, done bool) {
	switch {
	case s.mode == afterQuote:
		r.addField(span{s.content, s.quote, s.escaped})
	case s.mode != inQuotes:
		if s.mode == atField {
			s.field = s.i
		}
		r.addField(span{lo: s.field, hi: s.i})
	case s.padded:
		s.takeAsBare()
		return 0, false
	default:
		return openForGood, true
	}
	s.end, s.next = s.i, s.i
	return complete, true
}

// stopAtLimit decides at the end of what a record may hold; done says that the
// record does not end within it.
func (s *scan) stopAtLimit() (out outcome, done bool) {
	switch {
	case s.mode != inQuotes && s.mode != afterQuote:
		return tooLong, true
	case s.padded:
		s.takeAsBare()
		return 0, false
	default:
		return openAtLimit, true
	}
}

// endRecord ends a record at a line end.
func (r *Reader) endRecord(s *scan) outcome {
	n, err := r.lineEndLen(s.i)
	if err != nil {
		r.err = err
		return failed
	}
	s.end, s.next = s.i, s.i+n
	return complete
}

// addField notes a field. One more than allowed is enough to know that there are too
// many.
func (r *Reader) addField(f span) {
	if len(r.fields) <= r.limits.Fields {
		r.fields = append(r.fields, f)
	}
}

// visible is what the scanner may look at: a record of the greatest length and the
// byte that ends it.
func (r *Reader) visible() []byte {
	b := r.window.bytes()
	return b[:min(len(b), r.limits.RecordBytes+1)]
}

type revelation uint8

const (
	revealed revelation = iota
	endOfFile
	endOfLimit
	sourceFailed
)

// reveal makes more than n bytes visible.
func (r *Reader) reveal(n int) revelation {
	if n > r.limits.RecordBytes {
		return endOfLimit
	}
	switch err := r.window.more(); err {
	case nil:
		return revealed
	case io.EOF:
		return endOfFile
	default:
		r.err = err
		return sourceFailed
	}
}

// lineEndLen returns the length of the line end at i: 2 for CRLF, else 1.
func (r *Reader) lineEndLen(i int) (int, error) {
	if r.window.bytes()[i] == '\n' {
		return 1, nil
	}
	if i+1 == len(r.window.bytes()) {
		switch err := r.window.more(); err {
		case nil:
		case io.EOF:
			return 1, nil
		default:
			return 0, err
		}
	}
	if r.window.bytes()[i+1] == '\n' {
		return 2, nil
	}
	return 1, nil
}
