package csvschema

import (
	"errors"
	"fmt"
	"log/slog"
)

// Sentinels for errors.Is. The errors returned carry more: see [FileError],
// [HeaderError] and [RecordError].
var (
	// ErrEmpty reports a file without any content.
	ErrEmpty = errors.New("csvschema: the file is empty")
	// ErrNotCSV reports a file of another format.
	ErrNotCSV = errors.New("csvschema: not a CSV file")
	// ErrCompressed reports a damaged gzip or zstd stream.
	ErrCompressed = errors.New("csvschema: damaged compressed file")
	// ErrTooLarge reports content beyond ReaderOptions.MaxDecompressedBytes.
	ErrTooLarge = errors.New("csvschema: content too large")
	// ErrHeader reports a header that cannot be used.
	ErrHeader = errors.New("csvschema: unusable header")
	// ErrOptions reports a Dialect, Limits, ReaderOptions or Position that makes
	// no sense.
	ErrOptions = errors.New("csvschema: invalid options")
	// ErrClosed reports a call on a closed Reader.
	ErrClosed = errors.New("csvschema: reader is closed")

	// ErrUnterminatedQuote reports a quoted field that has no end.
	ErrUnterminatedQuote = errors.New("csvschema: unterminated quote")
	// ErrRecordTooLong reports a record beyond Limits.RecordBytes.
	ErrRecordTooLong = errors.New("csvschema: record too long")
	// ErrFieldTooLong reports a field beyond Limits.FieldBytes.
	ErrFieldTooLong = errors.New("csvschema: field too long")
	// ErrTooManyFields reports a record beyond Limits.Fields.
	ErrTooManyFields = errors.New("csvschema: too many fields")
)

// FileError says why a file cannot be read at all. It unwraps to one of
// [ErrEmpty], [ErrNotCSV], [ErrCompressed] and [ErrTooLarge], and to its cause
// where there is one.
type FileError struct {
	Code Code
	// Message is one sentence for the person who uploaded the file, without a
	// capital and a full stop.
	Message string

	sentinel error
	cause    error
}

// Error returns the message with its technical cause.
func (e *FileError) Error() string {
	if e.cause != nil {
		return fmt.Sprintf("%s: %v", e.Message, e.cause)
	}
	return e.Message
}

// Unwrap returns the sentinel and, where there is one, the cause.
func (e *FileError) Unwrap() []error {
	if e.cause != nil {
		return []error{e.sentinel, e.cause}
	}
	return []error{e.sentinel}
}

// HeaderError says why the header of a file cannot be used. It unwraps to
// [ErrHeader].
type HeaderError struct {
	Code Code
	// Column is the canonical name of the column concerned, or empty. Of several it is the
	// first.
	Column string
	// Missing are the canonical names of all required columns that are missing, whatever
	// Code says is wrong besides. Where one of two would do, it is the first, and is told
	// only where nothing else is wrong.
	Missing []string
	// Cells are the places in the header, from 0, of cells that mean the same column.
	Cells []int
	// Message is one sentence that names the column, without a capital and a
	// full stop.
	Message string
	// Mapping says how each column of the file is understood as far as it goes, in their
	// order: of two that mean the same, both mean it. It is empty where the header is too
	// large, or empty.
	Mapping []ColumnMapping
}

// Error returns the message.
func (e *HeaderError) Error() string { return e.Message }

// LogValue implements slog.LogValuer by the code: the message quotes cells of the first row,
// which holds data where it is no header.
func (e *HeaderError) LogValue() slog.Value { return slog.StringValue(string(e.Code)) }

// Unwrap returns ErrHeader.
func (e *HeaderError) Unwrap() error { return ErrHeader }

// RecordError reports a record that could not be read. It costs that record only:
// the [Reader] goes on behind it. It unwraps to one of [ErrUnterminatedQuote],
// [ErrRecordTooLong], [ErrFieldTooLong] and [ErrTooManyFields].
type RecordError struct {
	// Record holds what can be shown of the record: its positions, and the
	// fields of its first physical line, split leniently. Only the first 64 KiB
	// of that line and Limits.Fields fields are kept.
	Record Record
	Code   Code
	// Message is a sentence for the person who uploaded the file, without a
	// capital and a full stop.
	Message string

	sentinel error
}

// Error returns the message with the place of the record.
func (e *RecordError) Error() string {
	return fmt.Sprintf("row %d (line %d): %s", e.Record.Start.Row, e.Record.Start.Line, e.Message)
}

// Unwrap returns the sentinel.
func (e *RecordError) Unwrap() error { return e.sentinel }

// RowError is one reason why a row is in error. A row may have several.
type RowError struct {
	// Row is the number of the row as a spreadsheet shows it; the header is 1.
	Row int64
	// Column is the canonical column name, or empty where the row as a whole is
	// concerned.
	Column string
	Code   Code
	// Message is a sentence for the person who uploaded the file, without a
	// capital and a full stop. It may quote the value.
	Message string
	// Value is what the cell held, cut to 200 characters.
	Value string
}

// Error returns the message with the place of the row.
func (e *RowError) Error() string {
	if e.Column == "" {
		return fmt.Sprintf("row %d: %s", e.Row, e.Message)
	}
	return fmt.Sprintf("row %d, column %s: %s", e.Row, e.Column, e.Message)
}

// LogValue implements slog.LogValuer by the place and the code: the message may quote the
// value.
func (e *RowError) LogValue() slog.Value {
	return slog.StringValue(fmt.Sprintf("row %d: %s", e.Row, e.Code))
}

// Warning is a remark that costs nothing: the row, or the file, is used.
type Warning struct {
	// Row is the number of the row as a spreadsheet shows it, or 0 where the
	// whole file is concerned.
	Row int64
	// Column is the canonical column name, or empty.
	Column string
	Code   Code
	// Message is a sentence for the person who uploaded the file, without a
	// capital and a full stop. It does not depend on the value, so that the
	// warnings of one code and column can be added up under one message.
	Message string
	// Value is what the cell held, cut to 200 characters.
	Value string
}
