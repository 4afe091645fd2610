package importer

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/vyapaarai/bulkimport/csvschema"
	"github.com/vyapaarai/bulkimport/importer/blob"
	"github.com/vyapaarai/bulkimport/jobstore"
)

// chunkReader cuts a file into chunks.
type chunkReader struct {
	file     io.Closer
	source   *source
	reader   *csvschema.Reader
	rows     int
	bytes    int64
	isRow    func(csvschema.Record) bool
	position csvschema.Position
}

// openChunks opens the file at the checkpoint.
func (r *run) openChunks(ctx context.Context) (*chunkReader, error) {
	c := &chunkReader{
		rows: r.worker.opts.ChunkRows, bytes: r.worker.opts.ChunkBytes, isRow: r.session.IsRow,
		position: position(r.job.Checkpoint, r.head),
	}

	if most := r.session.MaxRows(); most > 0 {
		c.rows = min(c.rows, most)
	}

	return c, c.open(ctx, r.worker.ports.Files, r.job.InputKey, r.head, r.worker.opts.Limits)
}

// open opens a file at the position of the reader. One that is not compressed is read
// from there; a compressed one is skipped through from its beginning.
func (c *chunkReader) open(ctx context.Context, files blob.Store, key string, head *fileHead, limits csvschema.Limits) error {
	offset := c.position.Offset
	if head.dialect.Compression != "" {
		offset = 0
	}

	file, _, err := files.Open(ctx, key, &blob.OpenOptions{Offset: offset, IfMatch: head.info.ETag})
	if err != nil {
		return fileError(err)
	}

	from := &source{ctx: ctx, file: file}

	reader, err := csvschema.NewReader(from, head.dialect, &csvschema.ReaderOptions{Limits: limits, Start: c.position})
	if err != nil {
		return errors.Join(fileError(err), file.Close())
	}

	c.file, c.source, c.reader = file, from, reader

	return nil
}

// position returns where a job goes on.
func position(c jobstore.Checkpoint, head *fileHead) csvschema.Position {
	if c.Row == 0 {
		return head.data
	}

	return csvschema.Position{Offset: c.Offset, Row: c.Row, Line: c.Line}
}

// close releases the file. It was only read, so nothing is lost by a failing
// Close.
func (c *chunkReader) close() {
	_ = c.reader.Close()
	_ = c.file.Close()
}

// next reads one chunk. An error means that the file's store could not be read
// from; a damaged file is the failure of the last chunk.
func (c *chunkReader) next(ctx context.Context) (*Chunk, error) {
	chunk := &Chunk{Start: c.position, Rows: make([]Row, 0, min(c.rows, DefaultChunkRows))}
	blankBefore := c.reader.BlankRecords()

	for len(chunk.Rows) < c.rows && c.reader.Position().Offset-chunk.Start.Offset < c.bytes {
		record, err := c.reader.Read()

		var malformed *csvschema.RecordError

		switch {
		case err == nil && record.Blank:
			// A long stretch of nothing. The size of the chunk is looked at in between.
			continue
		case err == nil && !c.isRow(record):
			chunk.blank++

			continue
		case err == nil:
			chunk.Rows = append(chunk.Rows, Row{Record: record})

			continue
		case errors.As(err, &malformed):
			chunk.Rows = append(chunk.Rows, malformedRow(malformed))

			continue
		case errors.Is(err, io.EOF):
			chunk.last = true
		case ctx.Err() != nil:
			return nil, context.Cause(ctx)
		default:
			err = fileError(err)
			if !errors.Is(err, ErrBadFile) {
				return nil, fmt.Errorf("importer: read rows from %d: %w", chunk.Start.Row, err)
			}

			chunk.last, chunk.failure = true, err
		}

		break
	}

	c.position = c.reader.Position()
	chunk.blank += c.reader.BlankRecords() - blankBefore
	chunk.End, chunk.sourceRead = c.position, c.source.count()

	return chunk, nil
}

// malformedRow is the row of a record that could not be read as CSV.
func malformedRow(e *csvschema.RecordError) Row {
	return Row{
		Record:    e.Record,
		Malformed: true,
		Outcome: Outcome{
			Result: Failed,
			Problems: []*csvschema.RowError{{
				Row: e.Record.Start.Row, Code: e.Code, Message: e.Message,
			}},
		},
	}
}
