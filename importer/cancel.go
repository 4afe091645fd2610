package importer

import (
	"context"
	"fmt"

	"github.com/vyapaarai/bulkimport/jobstore"
)

// Cancel stops a job. One that no worker has begun is cancelled at once; a running
// one is asked to stop, commits what it has done and then becomes cancelled. Rows
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

		switch j.Status {
		case jobstore.StatusCancelled:
			return nil
		case jobstore.StatusPendingUpload:
			j.Note(now, c.UserID, jobstore.AuditCancelled, "")

			return j.Transition(jobstore.StatusCancelled, now, c.UserID)
		case jobstore.StatusQueued:
			first, j.Notification = true, jobstore.NotificationPending
			j.Note(now, c.UserID, jobstore.AuditCancelled, "")

			return j.Transition(jobstore.StatusCancelled, now, c.UserID)
		case jobstore.StatusProcessing:
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
