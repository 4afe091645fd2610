package importer

import (
	"context"
	"fmt"

	"github.com/vyapaarai/bulkimport/jobstore"
)

// Cancel stops a job. One that no worker has ever begun is cancelled at once; one that is
// running, or that waits for a worker to go on with it after a retry, is asked to stop: a
// worker commits what was done, writes the reports, and then it becomes cancelled. Rows
// that were imported stay in the catalogue. A second Cancel is harmless; one of a
// job that has ended otherwise gives an error that wraps ErrState.
func (s *Service) Cancel(ctx context.Context, c Caller, jobID string) (jobstore.Job, error) {
	if _, err := s.job(ctx, c, jobID); err != nil {
		return jobstore.Job{}, err
	}

	now := s.opts.Now().UTC()
	first := false

	job, err := s.ports.Jobs.Update(ctx, jobID, func(j *jobstore.Job) error {
		first = false

		switch {
		case j.Status == jobstore.StatusCancelled:
			return nil
		case j.Status == jobstore.StatusPendingUpload:
			j.Note(now, c.UserID, jobstore.AuditCancelled, "")

			return j.Transition(jobstore.StatusCancelled, now, c.UserID)
		case j.Status == jobstore.StatusQueued && !wasBegun(j):
			first, j.Notification = true, jobstore.NotificationPending
			j.Note(now, c.UserID, jobstore.AuditCancelled, "")

			return j.Transition(jobstore.StatusCancelled, now, c.UserID)
		case isActive(j):
			if j.CancelRequestedAt.IsZero() {
				first, j.CancelRequestedAt, j.CancelRequestedBy = true, now, c.UserID
				j.Note(now, c.UserID, jobstore.AuditCancelRequested, "")
			}

			return nil
		}

		return &Error{
			Sentinel: ErrState, Code: "job_ended",
			Message: fmt.Sprintf("The import has ended already (%s), so it cannot be cancelled.", j.Status),
		}
	})
	if err != nil {
		return jobstore.Job{}, fmt.Errorf("importer: cancel job: %w", err)
	}

	if job.Status == jobstore.StatusCancelled && job.StartedAt.IsZero() {
		s.abortParts(ctx, job)
	}

	if job.Status == jobstore.StatusCancelled && job.CompletedAt.Equal(now) {
		s.telemetry.jobEnded(ctx, &job)
	}

	if first {
		// A worker that holds the job sees the request by itself. Where none does,
		// this wakes one, to end the job or to tell of its end.
		return job, s.send(ctx, jobID)
	}

	return job, nil
}

// wasBegun reports whether a worker has had the job: it may have imported rows, behind the
// checkpoint too, which only a worker can account for.
func wasBegun(j *jobstore.Job) bool {
	return !j.StartedAt.IsZero() || j.Checkpoint.Segments > 0
}
