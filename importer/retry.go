package importer

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/vyapaarai/bulkimport/importer/blob"
	"github.com/vyapaarai/bulkimport/jobstore"
)

// Retry has a job that failed or was cancelled go on behind the rows that are imported
// already, with the options that it had. Where the message of its end was not delivered
// yet, it is not sent any more. A job that is queued or in work is returned as it
// is, so that calling again is harmless.
//
// The error wraps ErrNotFound; ErrQuota, as that of Process; or ErrState where there is
// nothing to go on with: the job has completed, it was never started, its file is at
// fault (which a corrected file must be uploaded for), or its file is gone.
func (s *Service) Retry(ctx context.Context, c Caller, jobID string) (jobstore.Job, error) {
	job, err := s.job(ctx, c, jobID)
	if err != nil {
		return jobstore.Job{}, err
	}

	if isActive(&job) {
		return s.processAgain(ctx, job, ProcessRequest{})
	}

	if err := s.mayRetry(ctx, &job); err != nil {
		return jobstore.Job{}, err
	}

	queued, err := s.enqueue(ctx, job, func(j *jobstore.Job, now time.Time) error {
		switch {
		case isActive(j):
			return errStarted
		case !sameEnd(&job, j):
			// Another retry was faster, and has ended already: whether there is something
			// to go on with is to be asked again.
			return errEndedAgain
		}

		return prepareRetry(j, now, c.UserID)
	})

	switch {
	case errors.Is(err, errStarted):
		return s.job(ctx, c, jobID)
	case errors.Is(err, errEndedAgain):
		return jobstore.Job{}, notRetryable("retry_not_possible", "The import has just ended once more; look at its status, and try again.")
	case err != nil:
		return jobstore.Job{}, err
	}

	return queued, s.send(ctx, jobID)
}

// errEndedAgain ends an update of a job that was retried by somebody else and has ended
// since.
var errEndedAgain = errors.New("importer: ended again")

// sameEnd reports whether a job stands at the same end as when it was looked at.
func sameEnd(before, now *jobstore.Job) bool {
	return before.Status == now.Status && before.Retries == now.Retries
}

// prepareRetry makes a job that has ended one that waits for a worker. What it has done
// stays: checkpoint, counters and warnings go on. Its reports are made anew at its end.
func prepareRetry(j *jobstore.Job, now time.Time, by string) error {
	j.Note(now, by, jobstore.AuditRetried, fmt.Sprintf("%s, after %d rows", j.Status, j.Progress.ProcessedRows))

	j.Retries++
	j.Attempts, j.Crashes = 0, 0
	j.Failure = nil
	j.ErrorReportKey, j.ResultsKey = "", ""
	j.CancelRequestedAt, j.CancelRequestedBy = time.Time{}, ""
	j.EstimatedCompletionAt = time.Time{}
	j.Notification = ""

	// A worker that still tells of the first end has its lease taken away, so that
	// it does not write the fate of that message into what comes now.
	j.Lease = jobstore.Lease{Epoch: j.Lease.Epoch}

	return j.Transition(jobstore.StatusQueued, now, by)
}

// mayRetry returns an error unless there is something to go on with.
func (s *Service) mayRetry(ctx context.Context, j *jobstore.Job) error {
	switch {
	case j.Status == jobstore.StatusPendingUpload:
		return notRetryable("job_not_started", "The import was not started yet; start it by process.")
	case j.Status != jobstore.StatusFailed && j.Status != jobstore.StatusCancelled:
		return notRetryable("job_completed", "The import is complete; to import rows that were in error, upload the corrected error report.")
	case j.Failure != nil && j.Failure.Code == failureLedger:
		return notRetryable("retry_useless", "The record of this import is damaged, so it cannot go on; import the file again.")
	case j.Status == jobstore.StatusFailed && !failureMayPass(j.Failure):
		return notRetryable("retry_useless",
			"Trying again would end the same way, since the file is at fault (%s); correct it, and upload it as a new import.", j.Failure.Code)
	case neverQueued(j):
		return notRetryable("job_not_started", "The import was cancelled before it was started; upload the file as a new import.")
	}

	info, err := s.ports.Files.Stat(ctx, j.InputKey)

	switch {
	case errors.Is(err, blob.ErrNotFound):
		return notRetryable("file_gone", "The uploaded file is gone; upload it as a new import.")
	case err != nil:
		return fmt.Errorf("importer: look for the file of %s: %w", j.ID, err)
	case info.ETag != j.InputETag:
		return notRetryable("file_changed", "The file is not the one that the import began with; upload it as a new import.")
	}

	return nil
}

// The codes of failures that are not the file's content.
const (
	failureTooManyAttempts = "too_many_attempts"
	failureLedger          = "ledger_incomplete"
	failureInternal        = "internal"
	failureFileGone        = "file_gone"
	failureFileChanged     = "file_changed"
)

// failureMayPass reports whether what failed the job may be different the next time.
// Every other failure is one of the content of the file, which stays what it is, or of the
// ledger, which is damaged.
func failureMayPass(f *jobstore.Failure) bool {
	if f == nil {
		return true
	}

	switch f.Code {
	case failureTooManyAttempts, failureInternal, failureFileGone, failureFileChanged:
		return true
	}

	return false
}

func notRetryable(code, format string, args ...any) error {
	return &Error{Sentinel: ErrState, Code: code, Message: fmt.Sprintf(format, args...)}
}
