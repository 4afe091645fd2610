package importer

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/importer/blob"
	"github.com/vyapaarai/bulkimport/internal/ledger"
	"github.com/vyapaarai/bulkimport/jobstore"
)

// segmentOf encodes a segment with an entry for each of the rows.
func segmentOf(t *testing.T, h ledger.Header, rows ...int64) []byte {
	t.Helper()

	var b ledger.Builder
	for _, row := range rows {
		require.NoError(t, b.Add(&ledger.Entry{Row: row, Outcome: ledger.Success, ProductID: "p"}))
	}

	data, err := b.Finish(h)
	require.NoError(t, err)

	return data
}

// Promise 1, link by link. Every ledger here has the digest that the checkpoint wants
// and the counts of the job, so that only the property in question can tell.
func TestTheProofOfALedger(t *testing.T) {
	t.Parallel()

	first := ledger.Header{JobID: "job", FirstRow: 2, NextRow: 5, From: 10, To: 40, Blank: 1}
	second := ledger.Header{JobID: "job", FirstRow: 5, NextRow: 7, From: 40, To: 60}

	for name, test := range map[string]struct {
		change func(a, b *ledger.Header, size *int64, counted *jobstore.Progress)
		whole  bool
	}{
		"whole": {func(*ledger.Header, *ledger.Header, *int64, *jobstore.Progress) {}, true},
		"another job": {func(_, b *ledger.Header, _ *int64, _ *jobstore.Progress) {
			b.JobID = "other"
		}, false},
		"a gap in rows": {func(a, _ *ledger.Header, _ *int64, _ *jobstore.Progress) {
			a.NextRow, a.Blank = 4, 0
		}, false},
		"a gap in bytes": {func(a, _ *ledger.Header, _ *int64, _ *jobstore.Progress) { a.To = 39 }, false},
		"an overlap in bytes": {func(_, b *ledger.Header, _ *int64, _ *jobstore.Progress) {
			b.From = 39
		}, false},
		"a lost row": {func(a, _ *ledger.Header, _ *int64, _ *jobstore.Progress) { a.Blank = 0 }, false},
		"the end of the file is missing": {func(_, _ *ledger.Header, size *int64, _ *jobstore.Progress) {
			*size = 61
		}, false},
		"a wrong count": {func(_, _ *ledger.Header, _ *int64, c *jobstore.Progress) {
			c.Successful, c.Duplicates = 3, 1
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			a, b, size := first, second, int64(60)
			counted := jobstore.Progress{ProcessedRows: 4, Successful: 4}
			test.change(&a, &b, &size, &counted)

			segments := [][]byte{segmentOf(t, a, 2, 3), segmentOf(t, b, 5, 6)}
			job := jobstore.Job{ID: "job", Progress: counted, Checkpoint: jobstore.Checkpoint{
				Offset: 60, Row: 7, Segments: 2, Closed: true,
				Digest: ledger.Fold(ledger.Fold("", segments[0]), segments[1]),
			}}

			p := proof{job: &job, row: 2, offset: 10}

			var err error
			for _, segment := range segments {
				if err == nil {
					err = p.segment(segment, func(*ledger.Entry) error { return nil })
				}
			}

			if err == nil {
				err = p.end(&fileHead{info: blob.Info{Size: size}})
			}

			if test.whole {
				require.NoError(t, err)
			} else {
				require.ErrorIs(t, err, ledger.ErrCorrupt)
			}
		})
	}
}
