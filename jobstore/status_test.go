package jobstore_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/jobstore"
)

// allowed is the drawing in the comment of Status, as a table.
func allowed() map[jobstore.Status][]jobstore.Status {
	return map[jobstore.Status][]jobstore.Status{
		jobstore.StatusPendingUpload: {jobstore.StatusQueued, jobstore.StatusCancelled},
		jobstore.StatusQueued:        {jobstore.StatusProcessing, jobstore.StatusFailed, jobstore.StatusCancelled},
		jobstore.StatusProcessing: {
			jobstore.StatusCompleted, jobstore.StatusCompletedWithErrors, jobstore.StatusFailed, jobstore.StatusCancelled,
		},
		jobstore.StatusFailed:    {jobstore.StatusQueued},
		jobstore.StatusCancelled: {jobstore.StatusQueued},
	}
}

// ends reports whether a job in this status has ended.
func ends(s jobstore.Status) bool {
	return slices.Contains([]jobstore.Status{
		jobstore.StatusCompleted, jobstore.StatusCompletedWithErrors, jobstore.StatusFailed, jobstore.StatusCancelled,
	}, s)
}

func TestTransition(t *testing.T) {
	t.Parallel()

	at := time.Date(2025, time.January, 6, 9, 30, 0, 0, time.UTC)
	statuses := append(jobstore.Statuses(), "", "resting")

	for _, from := range statuses {
		for _, to := range statuses {
			t.Run(string(from+" to "+to), func(t *testing.T) {
				t.Parallel()

				job := jobstore.Job{
					ID: "a", Status: from, EstimatedCompletionAt: at.Add(time.Hour),
					StatusHistory: []jobstore.StatusChange{{Status: from, At: at.Add(-time.Hour)}},
				}
				if ends(from) {
					job.CompletedAt = at.Add(-time.Minute)
				}

				before := job.Clone()
				err := job.Transition(to, at, "worker-1")

				if !slices.Contains(allowed()[from], to) {
					require.ErrorIs(t, err, jobstore.ErrTransition)
					require.Equal(t, before, job)

					return
				}

				require.NoError(t, err)

				want := before.Clone()
				want.Status = to
				want.StatusHistory = append(want.StatusHistory, jobstore.StatusChange{Status: to, At: at, By: "worker-1"})

				want.CompletedAt = time.Time{}
				if ends(to) {
					want.CompletedAt, want.EstimatedCompletionAt = at, time.Time{}
				}

				require.Equal(t, want, job)
			})
		}
	}
}

func TestStatusHistoryIsBounded(t *testing.T) {
	t.Parallel()

	at := time.Date(2025, time.January, 6, 9, 30, 0, 0, time.UTC)
	job := jobstore.Job{
		ID: "a", Status: jobstore.StatusPendingUpload,
		StatusHistory: []jobstore.StatusChange{{Status: jobstore.StatusPendingUpload, At: at}},
	}

	for range jobstore.MaxStatusHistory {
		require.NoError(t, job.Transition(jobstore.StatusQueued, at, "asha"))
		require.NoError(t, job.Transition(jobstore.StatusFailed, at, "worker-1"))
	}

	require.Len(t, job.StatusHistory, jobstore.MaxStatusHistory)
	require.Equal(t, jobstore.StatusPendingUpload, job.StatusHistory[0].Status)
	require.Equal(t, jobstore.StatusFailed, job.StatusHistory[jobstore.MaxStatusHistory-1].Status)
	require.Equal(t, jobstore.StatusQueued, job.StatusHistory[jobstore.MaxStatusHistory-2].Status)
}

func TestTerminal(t *testing.T) {
	t.Parallel()

	for _, s := range jobstore.Statuses() {
		require.Equal(t, ends(s), s.Terminal(), s)
	}

	require.False(t, jobstore.Status("").Terminal())
}

func TestParseStatus(t *testing.T) {
	t.Parallel()

	for _, s := range jobstore.Statuses() {
		got, err := jobstore.ParseStatus(string(s))
		require.NoError(t, err)
		require.Equal(t, s, got)
	}

	for _, s := range []string{"", "Queued", "queued ", "resting"} {
		_, err := jobstore.ParseStatus(s)
		require.ErrorIs(t, err, jobstore.ErrInvalid, "%q", s)
		require.ErrorContains(t, err, "completed_with_errors", "the error lists the names")
	}
}
