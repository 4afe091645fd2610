package importer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/vyapaarai/bulkimport/internal/ledger"
)

// readCarry returns what the last committed chunk left for those after it.
//
// A ledger that is damaged gives nothing and no error: the proof at the end of the
// job covers this segment too, and fails the job with the words for that.
func (r *run) readCarry(ctx context.Context, kind Kind) (json.RawMessage, error) {
	c := r.job.Checkpoint
	if c.Segments == 0 || c.Closed || c.LastSegment == 0 {
		return nil, nil
	}

	carry, err := r.lastSegmentState(ctx, kind)
	if errors.Is(err, ledger.ErrCorrupt) {
		r.log.ErrorContext(ctx, "the last segment of the ledger cannot be read", "error", err)

		return nil, nil
	}

	return carry, err
}

func (r *run) lastSegmentState(ctx context.Context, kind Kind) (json.RawMessage, error) {
	c := r.job.Checkpoint

	data, err := r.readSegment(ctx, kind, c.LastSegment)
	if err != nil {
		return nil, err
	}

	s, err := ledger.Parse(data)
	if err != nil {
		return nil, err
	}

	if s.Header.JobID != r.job.ID || s.Header.NextRow != c.Row {
		return nil, fmt.Errorf("%w: the segment of row %d is not the one before row %d", ledger.ErrCorrupt, c.LastSegment, c.Row)
	}

	return s.Header.State, nil
}
