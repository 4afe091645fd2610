package importer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/vyapaarai/bulkimport/csvschema"
	"github.com/vyapaarai/bulkimport/importer/blob"
)

// fileHead is what the beginning of a file tells of all of it.
type fileHead struct {
	info     blob.Info
	dialect  csvschema.Dialect
	header   []string
	data     csvschema.Position // of the first record behind the header
	warnings []csvschema.Warning
	// estimatedRows is the number of data rows, as far as the head lets one tell.
	estimatedRows int64
}

// readHead reads and understands the beginning of a file. dialect, where not nil,
// is how the file is read; otherwise it is detected. The error wraps ErrBadFile
// where the file is at fault.
func readHead(ctx context.Context, files blob.Store, key string, dialect *csvschema.Dialect, limits csvschema.Limits) (*fileHead, error) {
	file, info, err := files.Open(ctx, key, nil)
	if err != nil {
		return nil, fmt.Errorf("importer: open input: %w", err)
	}
	defer func() { _ = file.Close() }() // read only: nothing is lost by a failing Close

	h := &fileHead{info: info}

	head := make([]byte, min(csvschema.DetectBytes, max(info.Size, 0)))
	if _, err := io.ReadFull(file, head); err != nil {
		return nil, fmt.Errorf("importer: read head of input: %w", err)
	}

	if dialect != nil {
		h.dialect = *dialect
	} else {
		h.dialect, h.warnings, err = csvschema.Detect(head, int64(len(head)) == info.Size)
		if err != nil {
			return nil, badFile(err)
		}
	}

	// A header may be longer than what detection looks at.
	from := &source{ctx: ctx, file: io.MultiReader(bytes.NewReader(head), file), limit: headBytes}

	reader, err := csvschema.NewReader(from, h.dialect, &csvschema.ReaderOptions{Limits: limits, MaxDecompressedBytes: headBytes})
	if err != nil {
		return nil, badFile(err)
	}
	defer func() { _ = reader.Close() }()

	if err := h.readHeader(reader); err != nil {
		return nil, err
	}

	return h, h.estimate(ctx, reader, from)
}

func (h *fileHead) readHeader(reader *csvschema.Reader) error {
	header, err := reader.Read()
	for err == nil && header.Blank {
		header, err = reader.Read()
	}

	var malformed *csvschema.RecordError

	switch {
	case errors.Is(err, io.EOF):
		return &Error{
			Sentinel: ErrBadFile, Code: "file_empty",
			Message: "The file is empty; upload a CSV whose first row names the columns.", Cause: err,
		}
	case errors.Is(err, errSourceLimit), errors.Is(err, csvschema.ErrTooLarge):
		return &Error{
			Sentinel: ErrBadFile, Code: "header_missing",
			Message: "No row with column names was found at the beginning of the file; remove what stands before it.", Cause: err,
		}
	case errors.As(err, &malformed):
		return &Error{
			Sentinel: ErrBadFile, Code: "header_malformed",
			Message: "The first row of the file cannot be read as column names: " + malformed.Message + ".", Cause: err,
		}
	case err != nil:
		return fileError(err)
	}

	h.header, h.data = header.Fields, header.End

	return nil
}

// estimateRows is how many rows the estimate looks at, if they lie within headBytes.
const estimateRows = 200

// headBytes is how much of a file, as it is stored and as it is decompressed, is looked
// at for its head: a request waits for it. It is several times the longest record.
const headBytes = 16 << 20

// estimate guesses the number of rows from the size of the first ones.
func (h *fileHead) estimate(ctx context.Context, reader *csvschema.Reader, from *source) error {
	rows := int64(0)

	for rows < estimateRows {
		record, err := reader.Read()
		if err == nil && record.Blank {
			continue
		}

		var malformed *csvschema.RecordError
		if errors.Is(err, io.EOF) {
			h.estimatedRows = rows
			h.warnOfNoRows()

			return nil
		}

		if ctx.Err() != nil {
			return context.Cause(ctx)
		}

		if err != nil && !errors.As(err, &malformed) {
			// The worker will meet the same error, behind the rows before it.
			break
		}

		rows++
	}

	read, size := reader.Position().Offset-h.data.Offset, h.info.Size-h.data.Offset
	if h.dialect.Compression != "" {
		read, size = from.count(), h.info.Size
	}

	h.estimatedRows = max(rows, rows*max(size, 1)/max(read, 1))

	return nil
}

// warnOfNoRows is called at the end of a file that the head covers. A file without rows is
// imported, as a nightly export on a day without changes, but somebody in a shop who
// uploads one has sent the wrong file.
func (h *fileHead) warnOfNoRows() {
	if h.estimatedRows == 0 {
		h.warnings = append(h.warnings, csvschema.Warning{
			Code: csvschema.CodeRowsMissing, Message: "the file names its columns and has no row below them",
		})
	}
}

// badFile gives an error of the file the form for its user. The csvschema package
// has found the words.
func badFile(err error) error {
	bad := &Error{
		Sentinel: ErrBadFile, Code: "file_unreadable",
		Message: "The file cannot be read as CSV.", Cause: err,
	}

	var (
		file   *csvschema.FileError
		header *csvschema.HeaderError
	)

	switch {
	case errors.As(err, &file):
		bad.Code, bad.Message = string(file.Code), sentence(file.Message)
	case errors.As(err, &header):
		bad.Code, bad.Message = string(header.Code), sentence(header.Message)
	}

	return bad
}

// sentence gives a message its capital and its full stop.
func sentence(message string) string {
	first, size := utf8.DecodeRuneInString(message)

	return string(unicode.ToUpper(first)) + strings.TrimSuffix(message[size:], ".") + "."
}

// fileError tells an error of the file from one of its store.
func fileError(err error) error {
	var file *csvschema.FileError
	if errors.As(err, &file) {
		return badFile(err)
	}

	if errors.Is(err, blob.ErrChanged) {
		return errFileChanged(err)
	}

	return fmt.Errorf("importer: read input: %w", err)
}

func errFileChanged(cause error) error {
	return &Error{
		Sentinel: ErrBadFile, Code: failureFileChanged,
		Message: "The file was replaced after the import had begun; start a new import with the new file.", Cause: cause,
	}
}

// missingInput gives words to a file that has vanished since the job was queued.
func missingInput(err error) error {
	if errors.Is(err, blob.ErrNotFound) {
		return &Error{
			Sentinel: ErrBadFile, Code: failureFileGone,
			Message: "The uploaded file is gone; start a new import.", Cause: err,
		}
	}

	return err
}
