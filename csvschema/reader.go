package csvschema

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"unicode/utf8"
)

// ReaderOptions are the options of [NewReader]. The zero value, and nil, are the
// defaults.
type ReaderOptions struct {
	Limits Limits
	// Start is where to begin: the zero Position for the start of the file, else
	// the End of a record or what [Reader.Position] returned.
	Start Position
	// MaxDecompressedBytes bounds the content of a compressed file; see
	// [ErrTooLarge]. Zero means DefaultMaxDecompressedBytes, negative means no
	// bound.
	MaxDecompressedBytes int64
}

// Reader reads the records of a CSV file one by one, in bounded memory and in time
// proportional to the file, whatever the file holds. It is not safe for concurrent
// use.
type Reader struct {
	dialect   Dialect
	limits    Limits
	delimiter byte
	quote     byte
	special   [256]bool // bytes that end an unquoted field

	inflater *inflater // nil where the file is not compressed
	content  *content
	origin   int64 // position in the file of the first byte of content
	window   *window

	position Position
	blanks   int64 // blank records skipped
	done     int64 // decoded bytes done with
	fields   []span
	unended  unended
	scanned  int64  // bytes scanned, some of them twice: what bounds the time
	scratch  []byte // fields put together anew
	unquoted []byte // one field without its doubled quotes
	err      error  // ends the reading
}

// NewReader returns a Reader of src, which is a file in dialect d. src begins at
// opts.Start.Offset where the file is not compressed, and at the very start of the
// file where it is: the reader then decompresses and skips forward, so that resuming
// costs the decompression of what comes before.
//
// It reads nothing yet. It fails with an error that wraps [ErrOptions] where d or opts
// make no sense.
func NewReader(src io.Reader, d Dialect, opts *ReaderOptions) (*Reader, error) {
	if opts == nil {
		opts = &ReaderOptions{}
	}
	d, err := d.resolve()
	if err != nil {
		return nil, err
	}
	limits, err := opts.Limits.withDefaults()
	if err != nil {
		return nil, err
	}

	r := &Reader{
		dialect:   d,
		limits:    limits,
		delimiter: byte(d.Delimiter),
		quote:     byte(d.Quote),
		position:  opts.Start,
	}
	r.special['\n'], r.special['\r'], r.special[r.delimiter] = true, true, true

	var skip int64
	if opts.Start == (Position{}) || opts.Start.Offset == 0 && opts.Start.Row == 1 {
		r.position = firstPosition(d)
		skip = r.position.Offset
	} else if err := opts.Start.check(); err != nil {
		return nil, err
	} else if d.Compression != Uncompressed {
		skip = opts.Start.Offset
	}
	r.origin = r.position.Offset

	if d.Compression != Uncompressed {
		limit := opts.MaxDecompressedBytes
		if limit == 0 {
			limit = DefaultMaxDecompressedBytes
		}
		r.inflater = newInflater(src, d.Compression, limit)
		src = r.inflater
	}
	r.content = &content{src: src, skip: skip}
	// Two bytes more than a record: its line end.
	r.window = newWindow(decode(r.content, d.Encoding), limits.RecordBytes+2)
	return r, nil
}

// Position returns where the next record begins.
func (r *Reader) Position() Position { return r.position }

// Read returns the next record that is not blank. Blank lines, and records whose
// fields hold nothing but white space and control characters, are skipped; they count as
// rows nevertheless. After more than 64 KiB of them in one call, Read returns a Record
// that is Blank instead of going on, so that no call takes for ever.
//
// A [*RecordError] costs the record it describes only; that record is returned along
// with the error as far as it can be shown, and the next Read goes on behind it. Every
// other error ends the reading and is returned again by further calls: io.EOF at the
// end of the file, a [*FileError] where compressed content is damaged or too large,
// [ErrClosed], and what the source returned, wrapped.
func (r *Reader) Read() (Record, error) {
	start := r.position
	for r.err == nil {
		record, blank, err := r.next()
		if err != nil || !blank {
			return record, err
		}
		r.blanks++
		if r.position.Offset-start.Offset > blankStretch {
			return Record{Start: start, End: r.position, Blank: true}, nil
		}
	}
	return Record{}, r.err
}

// blankStretch is how many bytes of blank records one Read skips, as they stand in the
// file.
const blankStretch = 64 << 10

// BlankRecords returns how many blank records were skipped so far. It counts them one by
// one, so that the records returned and these together, held against the row numbers of
// [Reader.Position], prove that none was lost.
func (r *Reader) BlankRecords() int64 { return r.blanks }

// Records iterates over what [Reader.Read] returns, but for Blank records, up to and
// without io.EOF. A [*RecordError] does not end the sequence; any other error is its
// last element. After an early break the Reader stands behind the last record and can be
// read on.
func (r *Reader) Records() iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		for {
			record, err := r.Read()
			if err == io.EOF {
				return
			}
			if record.Blank {
				continue
			}
			fatal := err != nil && !errors.As(err, new(*RecordError))
			if !yield(record, err) || fatal {
				return
			}
		}
	}
}

// Close frees what the decompression holds. It does not close the source. Every
// further Read returns [ErrClosed].
func (r *Reader) Close() error {
	if r.inflater != nil {
		r.inflater.Close()
	}
	r.err = ErrClosed
	return nil
}

// next reads one record, blank or not.
func (r *Reader) next() (record Record, blank bool, err error) {
	if len(r.window.bytes()) == 0 {
		if err := r.window.more(); err != nil {
			return Record{}, false, r.fail(err)
		}
	}

	start := r.position
	s, out := r.scanRecord()
	switch out {
	case complete:
		record, blank, err = r.take(&s)
	case tooLong:
		record, err = r.skipLong(&s)
	case failed:
		return Record{}, false, r.fail(r.err)
	default:
		record, err = r.skipFirstLine()
	}
	if r.err != nil {
		// Nothing was returned for this record: it is the next one still.
		r.position = start
		return Record{}, false, r.fail(r.err)
	}

	record.Start, record.End = start, r.position
	if err != nil { // only then: errors.As makes its target escape
		var damaged *RecordError
		if errors.As(err, &damaged) {
			damaged.Record = record
		}
	}
	return record, blank, err
}

// fail ends the reading with err.
func (r *Reader) fail(err error) error {
	if err != io.EOF {
		err = fmt.Errorf("csvschema: reading at row %d, byte %d: %w",
			r.position.Row, r.position.Offset, err)
	}
	r.err = err
	return err
}

// take makes a record of what was scanned. Its error is a RecordError.
func (r *Reader) take(s *scan) (record Record, blank bool, err error) {
	text := r.window.bytes()[:s.end]
	lines := int64(1)
	if s.multiline {
		lines += countLineEnds(text)
	}
	switch bad := r.checkFields(); {
	case bad != nil:
		record, err = r.lenient(text), bad
	case r.isBlank(text):
		blank = true
	default:
		record = r.build(text)
	}
	r.consume(s.next)
	r.position.Row++
	r.position.Line += lines
	return record, blank, err
}

// checkFields holds the fields against the limits.
func (r *Reader) checkFields() error {
	if len(r.fields) > r.limits.Fields {
		return &RecordError{
			Code:     CodeTooManyFields,
			Message:  fmt.Sprintf("the row has more than %d fields", r.limits.Fields),
			sentinel: ErrTooManyFields,
		}
	}
	for i, f := range r.fields {
		if f.hi-f.lo > r.limits.FieldBytes {
			return &RecordError{
				Code: CodeFieldTooLong,
				Message: fmt.Sprintf("field %d of the row is %d bytes long, the most is %d",
					i+1, f.hi-f.lo, r.limits.FieldBytes),
				sentinel: ErrFieldTooLong,
			}
		}
	}
	return nil
}

// isBlank says whether no field holds anything that cleaning would leave.
func (r *Reader) isBlank(text []byte) bool {
	for _, f := range r.fields {
		if bytes.IndexFunc(text[f.lo:f.hi], isContent) >= 0 {
			return false
		}
	}
	return true
}

// build copies the fields out of the window: one allocation for their bytes and one
// for the slice.
func (r *Reader) build(text []byte) Record {
	record := Record{Fields: make([]string, len(r.fields))}
	if r.isPlain(text) {
		whole := string(text)
		for i, f := range r.fields {
			record.Fields[i] = whole[f.lo:f.hi]
		}
		return record
	}

	// Doubled quotes and bytes that are not UTF-8 change the length of a field: the
	// fields are put together anew, and their bounds with them.
	r.scratch = r.scratch[:0]
	for i, f := range r.fields {
		lo := len(r.scratch)
		value := text[f.lo:f.hi]
		if f.escaped {
			r.unquoted = appendUnescaped(r.unquoted[:0], value, r.quote)
			value = r.unquoted
		}
		var repaired int
		r.scratch, repaired = appendRepaired(r.scratch, value)
		record.Repaired += repaired
		r.fields[i] = span{lo: lo, hi: len(r.scratch)}
	}
	whole := string(r.scratch)
	for i, f := range r.fields {
		record.Fields[i] = whole[f.lo:f.hi]
	}
	return record
}

// isPlain says whether every field is in text as it is to be returned.
func (r *Reader) isPlain(text []byte) bool {
	for _, f := range r.fields {
		if f.escaped {
			return false
		}
	}
	return r.dialect.Encoding != UTF8 || utf8.Valid(text)
}

// appendUnescaped appends the content of a quoted field with each doubled quote made
// one. Single quotes are stray ones and stay.
func appendUnescaped(dst, value []byte, quote byte) []byte {
	for {
		i := bytes.IndexByte(value, quote)
		if i < 0 {
			return append(dst, value...)
		}
		dst = append(dst, value[:i+1]...)
		value = value[i+1:]
		if len(value) > 0 && value[0] == quote {
			value = value[1:]
		}
	}
}

// consume is done with the first n bytes of the window.
func (r *Reader) consume(n int) {
	r.position.Offset += encodedLen(r.window.bytes()[:n], r.dialect.Encoding)
	if end := r.origin + r.content.read; r.window.eof && r.position.Offset > end {
		// A UTF-16 file of an odd number of bytes: the last character was one.
		r.position.Offset = end
	}
	r.window.advance(n)
	r.done += int64(n)
}
