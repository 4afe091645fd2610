package importer

import (
	"context"
	"math"

	"github.com/vyapaarai/bulkimport/jobstore"
)

// validation is the look at one file.
type validation struct {
	trial  Trial
	chunks *chunkReader
	// job is the record as the import would have it. It is stored nowhere.
	job      jobstore.Job
	columns  *columnSamples
	errors   []jobstore.RowError
	complete bool
	failure  error
}

// maxTrialRow is the last row number that is looked at. Only a file of blank lines
// comes so far with so few rows.
const maxTrialRow = math.MaxUint32

// run looks at the rows, chunk by chunk.
func (t *validation) run(ctx context.Context, rows int64) error {
	for left := rows; left > 0 && t.chunks.position.Row <= maxTrialRow; {
		t.chunks.rows = int(min(left, DefaultChunkRows))

		chunk, err := t.chunks.next(ctx)
		if err != nil {
			return err
		}

		if err := t.trial.Prepare(ctx, chunk); err != nil {
			return err
		}

		if err := t.trial.Apply(ctx, chunk); err != nil {
			return err
		}

		t.count(chunk)
		left -= int64(len(chunk.Rows))

		if chunk.last {
			t.complete, t.failure = chunk.failure == nil, chunk.failure

			return nil
		}
	}

	return t.lookForMore(ctx)
}

// lookForMore finds out whether the rows that were asked for are all there are.
func (t *validation) lookForMore(ctx context.Context) error {
	t.chunks.rows = 1

	chunk, err := t.chunks.next(ctx)
	if err != nil {
		return err
	}

	t.complete = chunk.last && chunk.failure == nil && len(chunk.Rows) == 0
	if len(chunk.Rows) == 0 {
		t.failure = chunk.failure
	}

	return nil
}

// count adds a chunk to the record.
func (t *validation) count(c *Chunk) {
	tallyOf(c).addTo(&t.job)

	for i := range c.Rows {
		row := &c.Rows[i]
		t.columns.add(row)

		if row.Outcome.Result == Failed && len(t.errors) < MaxValidationErrors {
			t.errors = append(t.errors, rowErrorOf(row))
		}
	}
}

func (t *validation) result() *Validation {
	warnings := newWarningTally(t.job.Warnings)
	warnings.addFile(t.trial.Caveats())

	v := &Validation{
		JobID: t.job.ID, Complete: t.complete, EstimatedRows: max(t.job.Progress.TotalRows, t.job.Progress.ProcessedRows),
		Columns: t.columns.list(), Progress: t.job.Progress, Errors: t.errors, Warnings: warnings.list(),
	}

	if t.complete {
		v.EstimatedRows = t.job.Progress.ProcessedRows
	}

	if t.failure != nil {
		v.Failure = failureOf(t.failure)
	}

	return v
}
