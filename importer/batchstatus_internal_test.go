package importer

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/jobstore"
)

func TestBatchStatus(t *testing.T) {
	t.Parallel()

	const (
		pending    = jobstore.StatusPendingUpload
		queued     = jobstore.StatusQueued
		processing = jobstore.StatusProcessing
		completed  = jobstore.StatusCompleted
		withErrors = jobstore.StatusCompletedWithErrors
		failed     = jobstore.StatusFailed
		cancelled  = jobstore.StatusCancelled
	)

	for _, c := range []struct {
		want jobstore.Status
		jobs []jobstore.Status
	}{
		{pending, []jobstore.Status{pending}},
		{queued, []jobstore.Status{queued, pending}},
		{processing, []jobstore.Status{queued, processing}},
		{processing, []jobstore.Status{queued, completed}},
		{processing, []jobstore.Status{processing, pending, failed}},
		{pending, []jobstore.Status{completed, pending}},
		{completed, []jobstore.Status{completed, completed}},
		{failed, []jobstore.Status{failed, failed}},
		{cancelled, []jobstore.Status{cancelled}},
		{withErrors, []jobstore.Status{completed, failed}},
		{withErrors, []jobstore.Status{cancelled, completed}},
		{withErrors, []jobstore.Status{completed, withErrors}},
	} {
		jobs := make([]jobstore.Job, len(c.jobs))
		for i, status := range c.jobs {
			jobs[i].Status = status
		}

		require.Equal(t, c.want, batchStatus(jobs), c.jobs)
	}
}

func TestBatchProgress(t *testing.T) {
	t.Parallel()

	jobs := []jobstore.Job{
		{Progress: jobstore.Progress{TotalRows: 900, ProcessedRows: 450, Successful: 450, Percentage: 50, Quality: map[string]int64{"0-19": 450}}},
		{Progress: jobstore.Progress{TotalRows: 100, TotalIsExact: true, ProcessedRows: 100, Duplicates: 90, Errors: 10, Percentage: 100,
			DuplicatesByTier: map[string]int64{"barcode": 90}, ErrorCodes: map[string]int64{"a": 10}}},
	}

	p := batchProgress(jobs)
	require.InDelta(t, 55, p.Percentage, 1e-9)
	require.EqualValues(t, 1000, p.TotalRows)
	require.False(t, p.TotalIsExact)
	require.Equal(t, p.ProcessedRows, p.Successful+p.Duplicates+p.Errors)
	require.Equal(t, map[string]int64{"barcode": 90}, p.DuplicatesByTier)

	jobs[0].Progress.Percentage = 100
	require.InDelta(t, 100, batchProgress(jobs).Percentage, 0)
	require.Zero(t, batchProgress(make([]jobstore.Job, 3)).Percentage)
}

// TestBatchProgressWithAJobThatWaits: what is done must not look as if it were all.
func TestBatchProgressWithAJobThatWaits(t *testing.T) {
	t.Parallel()

	done := jobstore.Job{Progress: jobstore.Progress{TotalRows: 10, ProcessedRows: 10, Percentage: 100}}
	require.InDelta(t, 99.9, batchProgress([]jobstore.Job{done, {}}).Percentage, 1e-9)
}
