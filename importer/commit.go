package importer

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"time"

	"github.com/vyapaarai/bulkimport/importer/blob"
	"github.com/vyapaarai/bulkimport/importer/catalog"
	"github.com/vyapaarai/bulkimport/internal/ledger"
	"github.com/vyapaarai/bulkimport/jobstore"
)

// commit makes an applied chunk count: first its ledger segment, then checkpoint
// and counters in one conditional write. A crash between the two leaves a segment
// that no checkpoint speaks of, and the chunk is done again.
func (r *run) commit(ctx context.Context, c *Chunk) (err error) {
	ctx, done := measure(r.telemetry.within(ctx, c), stageCommit)

	defer func() {
		done(err)
		r.telemetry.chunkDone(c, err)
	}()

	before := r.job.Checkpoint
	after := before

	if c.End.Offset > c.Start.Offset {
		segment, err := r.segment(c)
		if err != nil {
			return err
		}

		key := ledger.SegmentKey(folder(r.kind, r.job.ID), c.Start.Row, r.hold.Epoch())
		if _, err := r.worker.ports.Files.Put(ctx, key, bytes.NewReader(segment), &blob.PutOptions{ContentType: "application/jsonl"}); err != nil {
			return fmt.Errorf("importer: write ledger segment: %w", err)
		}

		after.Segments++
		after.LastSegment = c.Start.Row
		after.Digest = ledger.Fold(before.Digest, segment)

		if n := len(before.Writers); n == 0 || before.Writers[n-1].Epoch != r.hold.Epoch() {
			after.Writers = append(before.Writers[:n:n], jobstore.SegmentWriter{FirstRow: c.Start.Row, Epoch: r.hold.Epoch()})
		}
	}

	after.Offset, after.Row, after.Line = c.End.Offset, c.End.Row, c.End.Line
	after.Closed = c.last && c.failure == nil

	tally := tallyOf(c)
	now := r.worker.opts.Now().UTC()

	job, err := r.hold.Update(ctx, now, func(j *jobstore.Job) error {
		if j.Checkpoint.Segments == after.Segments && j.Checkpoint.Digest == after.Digest && j.Checkpoint.Closed == after.Closed {
			// A write whose answer got lost.
			return nil
		}

		if j.Checkpoint.Segments != before.Segments || j.Checkpoint.Digest != before.Digest {
			return fmt.Errorf("%w: the checkpoint is at row %d, expected %d", ledger.ErrCorrupt, j.Checkpoint.Row, before.Row)
		}

		j.Checkpoint = after
		j.Attempts, j.Crashes = 0, 0
		tally.addTo(j)
		r.estimate(j, c, now)

		return nil
	})
	if err != nil {
		return fmt.Errorf("importer: commit rows up to %d: %w", c.End.Row-1, err)
	}

	r.job = job
	r.commits++
	r.telemetry.committed(ctx, r.telemetry.jobType, &tally.progress)
	r.leaseEnds.Store(job.Lease.ExpiresAt.UnixNano())

	if !job.CancelRequestedAt.IsZero() {
		r.stop.set(stopCancel)
	}

	return nil
}

// segment encodes the ledger segment of a chunk.
func (r *run) segment(c *Chunk) ([]byte, error) {
	var b ledger.Builder

	for i := range c.Rows {
		entry := r.entry(&c.Rows[i])
		if err := b.Add(&entry); err != nil {
			return nil, err
		}
	}

	return b.Finish(ledger.Header{
		JobID:    r.job.ID,
		FirstRow: c.Start.Row, NextRow: c.End.Row,
		From: c.Start.Offset, To: c.End.Offset,
		Blank: c.blank,
		State: c.Carry,
	})
}

// entry is the ledger's line for a row.
func (r *run) entry(row *Row) ledger.Entry {
	o := &row.Outcome
	e := ledger.Entry{Row: row.Record.Start.Row, ProductID: o.ProductID}

	switch o.Result {
	case Succeeded:
		e.Outcome = ledger.Success

		if o.MatchedBy != 0 {
			e.MatchedBy = o.MatchedBy.String()
		}

		switch o.Item {
		case catalog.ItemInserted:
			e.Item = ledger.Inserted
		case catalog.ItemUpdated:
			e.Item = ledger.Updated
		}
	case Duplicate:
		e.Outcome, e.MatchedBy = ledger.Duplicate, o.MatchedBy.String()
	case Failed:
		e.Outcome = ledger.Error
		e.Values = r.session.Original(row.Record)

		for _, p := range o.Problems {
			e.Problems = append(e.Problems, ledger.Problem{Code: string(p.Code), Message: p.Message})
		}
	}

	for _, w := range o.Warnings {
		e.Warnings = append(e.Warnings, string(w.Code))
	}

	e.Details = o.Details

	return e
}

// estimate refines the number of rows, the percentage and the time of the end.
func (r *run) estimate(j *jobstore.Job, c *Chunk, now time.Time) {
	p := &j.Progress

	if j.Checkpoint.Closed {
		p.TotalRows, p.TotalIsExact = p.ProcessedRows, true
		j.EstimatedCompletionAt = now

		return
	}

	done, begun, size := c.End.Offset, r.startOffset, r.head.info.Size
	if r.head.dialect.Compression != "" {
		// Of a compressed file only the compressed size is known. Skipping to the
		// checkpoint is read too, so the time left comes out too short at first.
		done, begun = c.sourceRead, 0
	}

	fraction := float64(done) / float64(max(size, 1))
	if fraction <= 0 || fraction > 1 {
		return
	}

	p.TotalRows = max(p.ProcessedRows, int64(math.Round(float64(p.ProcessedRows)/fraction)))

	// Never 100 before the end, never back, and in tenths.
	percentage := math.Floor(min(fraction*100, 99.9)*10) / 10
	p.Percentage = max(p.Percentage, percentage)

	if done > begun {
		left := time.Duration(float64(now.Sub(r.started)) * float64(size-done) / float64(done-begun))
		j.EstimatedCompletionAt = now.Add(left).Truncate(time.Second)
	}
}
