package importer

import (
	"context"
	"errors"
	"fmt"

	"github.com/vyapaarai/bulkimport/importer/notify"
	"github.com/vyapaarai/bulkimport/internal/ledger"
	"github.com/vyapaarai/bulkimport/jobstore"
)

// end closes the job: it proves the ledger, writes the reports, sets the status
// and tells the notifier. A ledger that does not prove every row fails the job.
//
// Without a session, because the file has vanished or was replaced in mid-import, there
// are no reports: what they need of the file is gone with it.
func (r *run) end(ctx context.Context, status jobstore.Status, failure *jobstore.Failure) error {
	var reports reportKeys

	if r.session != nil && r.job.Checkpoint.Segments > 0 {
		var err error

		reports, err = r.writeReports(ctx)
		if errors.Is(err, ledger.ErrCorrupt) {
			r.log.ErrorContext(ctx, "the ledger does not prove the import", "error", err)

			status, failure = jobstore.StatusFailed, &jobstore.Failure{
				Code:    failureLedger,
				Message: "The record of this import does not account for every row; tell the operator, and import the file again.",
			}
		} else if err != nil {
			return err
		}
	}

	return r.close(ctx, status, failure, reports)
}

// failOfCrashes ends a job whose workers keep dying. Reading the file or writing the
// reports may be what they die of: a death in here is the last, and leads to an end
// without reports.
func (r *run) failOfCrashes(ctx context.Context) error {
	r.log.ErrorContext(ctx, "the job is given up", "crashes", r.job.Crashes)

	if r.job.Crashes == r.worker.opts.MaxCrashes {
		err := r.open(ctx)
		if err != nil && !errors.Is(err, ErrBadFile) && r.job.Attempts+1 < r.worker.opts.MaxAttempts {
			return err // a store that is away for a moment does not cost the reports
		}

		if err != nil {
			r.log.ErrorContext(ctx, "cannot write the reports of a failed job", "error", err)
		}
	}

	return r.fail(ctx, fmt.Sprintf(
		"The import was given up: its worker died, or lost its connection, %d times in a row; the operator's log has the details.", r.job.Crashes))
}

// fail ends a job that does not get on, with a sentence that says why. Its store may be what
// is failing, so the reports are written only if that works. Whoever has asked for a
// cancellation gets it, and hears of no failure.
func (r *run) fail(ctx context.Context, sentence string) error {
	var reports reportKeys

	if r.session != nil && r.job.Checkpoint.Segments > 0 {
		var err error

		reports, err = r.writeReports(ctx)
		if err != nil {
			r.log.ErrorContext(ctx, "cannot write the reports of a failed job", "error", err)
		}
	}

	if !r.job.CancelRequestedAt.IsZero() {
		return r.close(ctx, jobstore.StatusCancelled, nil, reports)
	}

	return r.close(ctx, jobstore.StatusFailed, &jobstore.Failure{
		Code: failureTooManyAttempts, Message: sentence,
	}, reports)
}

// close sets the status in which the job ends, and tells of it.
func (r *run) close(ctx context.Context, status jobstore.Status, failure *jobstore.Failure, reports reportKeys) error {
	now := r.worker.opts.Now().UTC()

	by := r.worker.opts.Name
	if status == jobstore.StatusCancelled {
		by = r.job.CancelRequestedBy
	}

	job, err := r.hold.Update(ctx, now, func(j *jobstore.Job) error {
		if err := j.Transition(status, now, by); err != nil {
			return err
		}

		j.Note(now, by, jobstore.AuditEnded, describeEnd(j, failure))
		j.Failure = failure
		j.ErrorReportKey, j.ResultsKey = reports.errors, reports.results
		j.Notification = jobstore.NotificationPending
		j.Attempts = 0 // from here on they are those of the notification

		if j.Checkpoint.Closed {
			j.Progress.Percentage = 100
		}

		return nil
	})
	if err != nil {
		return fmt.Errorf("importer: end job: %w", err)
	}

	r.job = job
	r.telemetry.jobEnded(ctx, &job)
	r.log.DebugContext(ctx, "job ended", "status", status, "rows", job.Progress.ProcessedRows, "successful", job.Progress.Successful,
		"duplicates", job.Progress.Duplicates, "errors", job.Progress.Errors)

	return r.notify(ctx)
}

// notify tells of the end of the job and gives it back. The lease is held
// meanwhile, so that no two workers tell of it. A crash after a message was
// delivered and before that was noted repeats it, with the same event id.
func (r *run) notify(ctx context.Context) error {
	state, err := r.deliver(ctx)
	if err != nil {
		return err
	}

	_, err = r.hold.Release(ctx, func(j *jobstore.Job) error {
		j.Notification = state

		return nil
	})
	if err != nil {
		return fmt.Errorf("importer: note the notification: %w", err)
	}

	return nil
}

// describeEnd says in a few words how a job has ended.
func describeEnd(j *jobstore.Job, failure *jobstore.Failure) string {
	p := &j.Progress
	text := fmt.Sprintf("%s: %d rows, %d successful, %d duplicates, %d errors", j.Status, p.ProcessedRows, p.Successful, p.Duplicates, p.Errors)

	if failure != nil {
		text += "; " + failure.Code
	}

	return text
}

// eventID names the end of a job. A job that was retried ends again, which is another
// event: receivers drop what they have seen.
func eventID(j *jobstore.Job) string {
	if j.Retries == 0 {
		return j.ID + "-ended"
	}

	return fmt.Sprintf("%s-ended-%d", j.ID, j.Retries+1)
}

func eventOf(j *jobstore.Job) notify.Event {
	e := notify.Event{
		ID:          eventID(j),
		JobID:       j.ID,
		JobType:     string(j.Type),
		StoreID:     j.StoreID,
		BatchID:     j.BatchID,
		Status:      string(j.Status),
		UserID:      j.CreatedByUserID,
		Email:       j.Options.NotificationEmail,
		Filename:    j.InputFilename,
		TotalRows:   j.Progress.TotalRows,
		Successful:  j.Progress.Successful,
		Duplicates:  j.Progress.Duplicates,
		Errors:      j.Progress.Errors,
		StartedAt:   j.StartedAt,
		CompletedAt: j.CompletedAt,
	}

	if j.Failure != nil {
		e.FailureCode, e.Message = j.Failure.Code, j.Failure.Message
	}

	if j.StoreID != "" {
		counts := notify.InventoryCounts(j.Progress.Inventory)
		e.Inventory = &counts
	}

	return e
}
