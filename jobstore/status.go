package jobstore

import (
	"fmt"
	"slices"
	"time"
)

// Status is where a job stands in its life:
//
//	                     ┌────────────── retry ──────────────┐
//	                     v                                   │
//	pending_upload ──> queued ──> processing ──> completed   │
//	      │              │            ├────────> completed_with_errors
//	      │              ├────────────┼────────> failed ─────┤
//	      └──────────────┴────────────┴────────> cancelled ──┘
type Status string

// The statuses of a job.
const (
	// StatusPendingUpload: the upload URL was handed out; nothing is known of the
	// file.
	StatusPendingUpload Status = "pending_upload"
	// StatusQueued: the file is there and looks like a CSV; no worker has begun.
	StatusQueued Status = "queued"
	// StatusProcessing: a worker has begun. It stays so while the job waits for
	// another worker after a deadline or a crash.
	StatusProcessing Status = "processing"
	// StatusCompleted: every row was processed and none was in error.
	StatusCompleted Status = "completed"
	// StatusCompletedWithErrors: every row was processed, some were in error.
	StatusCompletedWithErrors Status = "completed_with_errors"
	// StatusFailed: the job ended before the end of its file; Job.Failure says
	// why. The rows that were processed stay in the catalogue, and a retry goes on
	// behind them.
	StatusFailed Status = "failed"
	// StatusCancelled: somebody cancelled the job. The rows that were processed
	// stay in the catalogue, and a retry goes on behind them.
	StatusCancelled Status = "cancelled"
)

// Statuses lists every status, in the order of a job's life.
func Statuses() []Status {
	return []Status{
		StatusPendingUpload, StatusQueued, StatusProcessing,
		StatusCompleted, StatusCompletedWithErrors, StatusFailed, StatusCancelled,
	}
}

// ParseStatus returns the status with this name, or an error that wraps
// ErrInvalid and lists the names.
func ParseStatus(s string) (Status, error) {
	if slices.Contains(Statuses(), Status(s)) {
		return Status(s), nil
	}

	return "", fmt.Errorf("%w: there is no status %q; use one of %v", ErrInvalid, s, Statuses())
}

// Terminal reports whether a job in this status has ended. One that failed or was
// cancelled may be queued again by a retry, and by nothing else.
func (s Status) Terminal() bool {
	switch s {
	case StatusCompleted, StatusCompletedWithErrors, StatusFailed, StatusCancelled:
		return true
	}

	return false
}

// successors returns the statuses that may follow s.
func (s Status) successors() []Status {
	switch s {
	case StatusPendingUpload:
		return []Status{StatusQueued, StatusCancelled}
	case StatusQueued:
		return []Status{StatusProcessing, StatusFailed, StatusCancelled}
	case StatusProcessing:
		return []Status{StatusCompleted, StatusCompletedWithErrors, StatusFailed, StatusCancelled}
	case StatusFailed, StatusCancelled:
		return []Status{StatusQueued}
	}

	return nil
}

// StatusChange is one entry of a job's status history.
type StatusChange struct {
	Status Status    `json:"status"`
	At     time.Time `json:"at"`
	// By is the user or the worker that brought the change about.
	By string `json:"by,omitempty"`
}

// MaxStatusHistory bounds Job.StatusHistory, which only retries make long.
const MaxStatusHistory = 100

// Transition moves the job to another status and notes it in the history. It
// returns an error that wraps ErrTransition, and changes nothing, where the life
// cycle does not allow the step. Of more than MaxStatusHistory changes the first and
// the last ones are kept.
func (j *Job) Transition(to Status, at time.Time, by string) error {
	if !slices.Contains(j.Status.successors(), to) {
		return fmt.Errorf("%w: job %s cannot go from %s to %s", ErrTransition, j.ID, j.Status, to)
	}

	history := slices.Clone(j.StatusHistory)
	if len(history) >= MaxStatusHistory {
		history = slices.Delete(history, 1, len(history)-MaxStatusHistory+2)
	}

	j.StatusHistory = append(history, StatusChange{Status: to, At: at, By: by})

	if to.Terminal() {
		j.CompletedAt = at
		j.EstimatedCompletionAt = time.Time{}
	} else if j.Status.Terminal() {
		j.CompletedAt = time.Time{}
	}

	j.Status = to

	return nil
}
