package importer

import (
	"context"
	"errors"
	"log/slog"

	"github.com/vyapaarai/bulkimport/csvschema"
	"github.com/vyapaarai/bulkimport/jobstore"
)

// HeaderError is the error of Validator.Validate for a file whose columns do not do. It
// wraps an [*Error] with ErrBadFile, and tells what the columns are: whoever has to
// change them can see how each is understood.
type HeaderError struct {
	Reason *Error
	// Columns are those of the file; of two that mean the same, the later ones are
	// ColumnRepeated. Empty where the header has too many to tell.
	Columns []ValidatedColumn
	// Missing are the names of columns that the file lacks; of an inventory, "name"
	// stands for "name or barcode".
	Missing []string
}

// Error returns the message of the reason.
func (e *HeaderError) Error() string { return e.Reason.Error() }

// Unwrap returns the reason.
func (e *HeaderError) Unwrap() error { return e.Reason }

// LogValue implements slog.LogValuer: it is that of the reason.
func (e *HeaderError) LogValue() slog.Value { return e.Reason.LogValue() }

// withColumns adds to the error of a file whose columns do not do what they are, and some
// of what stands below them. Any other error it returns as it is.
func (v *Validator) withColumns(ctx context.Context, job *jobstore.Job, head *fileHead, err error) error {
	var (
		reason *Error
		header *csvschema.HeaderError
	)

	if head == nil || !errors.As(err, &reason) || !errors.As(err, &header) || len(header.Mapping) == 0 {
		return err
	}

	columns := newColumnSamples(header.Mapping)

	rows := &chunkReader{
		rows: sampleRows, bytes: DefaultChunkBytes, position: head.data,
		isRow: func(csvschema.Record) bool { return true },
	}
	if err := rows.open(ctx, v.ports.Files, job.InputKey, head, v.opts.Limits); err != nil {
		return err
	}
	defer rows.close()

	chunk, err := rows.next(ctx)
	if err != nil {
		return err
	}

	for i := range chunk.Rows {
		columns.add(&chunk.Rows[i])
	}

	return &HeaderError{Reason: reason, Columns: columns.list(), Missing: header.Missing}
}
