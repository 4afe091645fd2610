package importer

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/vyapaarai/bulkimport/importer/blob"
	"github.com/vyapaarai/bulkimport/internal/ledger"
	"github.com/vyapaarai/bulkimport/jobstore"
)

// proveLedger reads the ledger of the job in row order and hands each entry to
// visit. It returns an error that wraps ledger.ErrCorrupt unless the segments are
// those that were committed, cover the committed part of the file without a gap or
// an overlap, and add up to the counters of the job: promise 1.
//
// It ends with the proof, so visit's work counts only if the error is nil.
func (r *run) proveLedger(ctx context.Context, visit func(*ledger.Entry) error) error {
	p := proof{job: &r.job, row: r.head.data.Row, offset: r.head.data.Offset}

	for range r.job.Checkpoint.Segments {
		data, err := r.readSegment(ctx, r.kind, p.row)
		if err != nil {
			return err
		}

		if err := p.segment(data, visit); err != nil {
			return err
		}
	}

	return p.end(r.head)
}

// readSegment reads the segment that begins with a row.
func (r *run) readSegment(ctx context.Context, kind Kind, row int64) (_ []byte, err error) {
	key := ledger.SegmentKey(folder(kind, r.job.ID), row, writerOf(r.job.Checkpoint, row))

	source, info, err := r.worker.ports.Files.Open(ctx, key, nil)
	if errors.Is(err, blob.ErrNotFound) {
		return nil, fmt.Errorf("%w: the segment of row %d is missing", ledger.ErrCorrupt, row)
	}

	if err != nil {
		return nil, fmt.Errorf("importer: open ledger segment: %w", err)
	}
	defer func() { _ = source.Close() }() // read only: nothing is lost by a failing Close

	// A segment is as large as its chunk, which is bounded.
	data := make([]byte, info.Size)
	if _, err := io.ReadFull(source, data); err != nil {
		return nil, fmt.Errorf("importer: read ledger segment: %w", err)
	}

	return data, nil
}

// writerOf returns the epoch that committed the segment beginning with a row.
func writerOf(c jobstore.Checkpoint, row int64) int64 {
	epoch := int64(0)

	for _, w := range c.Writers {
		if w.FirstRow > row {
			break
		}

		epoch = w.Epoch
	}

	return epoch
}

// proof is how far the ledger of a job is proved.
type proof struct {
	job     *jobstore.Job
	row     int64 // the row and byte at which the next segment must begin
	offset  int64
	digest  string
	counted jobstore.Progress
}

// segment proves one segment.
func (p *proof) segment(data []byte, visit func(*ledger.Entry) error) error {
	p.digest = ledger.Fold(p.digest, data)

	s, err := ledger.Parse(data)
	if err != nil {
		return err
	}

	h := s.Header
	if h.JobID != p.job.ID || h.FirstRow != p.row || h.From != p.offset || h.NextRow < h.FirstRow || h.To <= h.From {
		return fmt.Errorf("%w: a segment of job %s for rows %d to %d from byte %d stands where row %d, byte %d should",
			ledger.ErrCorrupt, h.JobID, h.FirstRow, h.NextRow, h.From, p.row, p.offset)
	}

	if h.Rows+h.Blank != h.NextRow-h.FirstRow {
		return fmt.Errorf("%w: the segment of row %d has %d rows and %d blank ones up to row %d",
			ledger.ErrCorrupt, h.FirstRow, h.Rows, h.Blank, h.NextRow)
	}

	for e, err := range s.Entries() {
		if err != nil {
			return err
		}

		if err := p.count(&e); err != nil {
			return err
		}

		if err := visit(&e); err != nil {
			return err
		}
	}

	p.row, p.offset = h.NextRow, h.To

	return nil
}

func (p *proof) count(e *ledger.Entry) error {
	p.counted.ProcessedRows++

	switch e.Outcome {
	case ledger.Success:
		p.counted.Successful++
		p.countItem(e)
	case ledger.Duplicate:
		p.counted.Duplicates++
	case ledger.Error:
		p.counted.Errors++
	default:
		return fmt.Errorf("%w: row %d has the outcome %q", ledger.ErrCorrupt, e.Row, e.Outcome)
	}

	return nil
}

// countItem counts what became of the item of a store's inventory.
func (p *proof) countItem(e *ledger.Entry) {
	if e.Item == "" {
		return
	}

	if e.MatchedBy == "" {
		p.counted.Inventory.Created++
	} else {
		p.counted.Inventory.Matched++
	}

	if e.Item == ledger.Updated {
		p.counted.Inventory.Updated++
	}
}

// end proves that the segments were all, and that they add up.
func (p *proof) end(head *fileHead) error {
	c, want := p.job.Checkpoint, p.job.Progress

	switch {
	case p.digest != c.Digest:
		return fmt.Errorf("%w: the segments are not those that were committed", ledger.ErrCorrupt)
	case c.Segments > 0 && (p.row != c.Row || p.offset != c.Offset):
		return fmt.Errorf("%w: the segments end at row %d, byte %d; the checkpoint is at row %d, byte %d",
			ledger.ErrCorrupt, p.row, p.offset, c.Row, c.Offset)
	case c.Closed && head.dialect.Compression == "" && p.offset != head.info.Size:
		return fmt.Errorf("%w: the segments end at byte %d of %d", ledger.ErrCorrupt, p.offset, head.info.Size)
	case p.counted.ProcessedRows != want.ProcessedRows || p.counted.Successful != want.Successful ||
		p.counted.Duplicates != want.Duplicates || p.counted.Errors != want.Errors || p.counted.Inventory != want.Inventory:
		return fmt.Errorf("%w: the segments have %+v, the counters %+v", ledger.ErrCorrupt, p.counted, want)
	}

	return nil
}
