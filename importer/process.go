package importer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/vyapaarai/bulkimport/csvschema"
	"github.com/vyapaarai/bulkimport/importer/blob"
	"github.com/vyapaarai/bulkimport/importer/queue"
	"github.com/vyapaarai/bulkimport/jobstore"
)

// errStarted ends an update of a job that somebody else has started meanwhile.
var errStarted = errors.New("importer: started already")

// errMoved ends an update of a job whose place is over, or that has changed since it was
// looked at.
var errMoved = errors.New("importer: the job has changed meanwhile")

// Process starts the import of an uploaded file: it looks at the head of the file,
// queues the job and returns its record. patch may be nil.
//
// Calling it again is harmless: a job that was started, or has ended, is returned
// as it is, and its options stay. The error wraps ErrNotFound, ErrInvalid, ErrState (the
// job was cancelled before it was started),
// ErrNoFile (nothing was uploaded), ErrQuota (too many jobs of its creator are under
// way) or ErrBadFile; after ErrBadFile the job has failed.
func (s *Service) Process(ctx context.Context, c Caller, jobID string, patch *OptionsPatch) (jobstore.Job, error) {
	return s.start(ctx, c, jobID, ProcessRequest{Options: patch})
}

// startAttempts is how often a job is queued again that others are writing to.
const startAttempts = 5

// start is Process, as the request asks for it.
func (s *Service) start(ctx context.Context, c Caller, jobID string, req ProcessRequest) (jobstore.Job, error) {
	job, err := s.job(ctx, c, jobID)
	if err != nil {
		return jobstore.Job{}, err
	}

	if job.Status != jobstore.StatusPendingUpload {
		return s.processAgain(ctx, job, req)
	}

	options, err := s.ports.options(&job, req.Options)
	if err != nil {
		return jobstore.Job{}, err
	}

	head, err := s.ports.examine(ctx, job, s.opts.Limits)
	if err != nil && !errors.Is(err, ErrBadFile) {
		return jobstore.Job{}, err
	}

	if err != nil {
		// Alone where nothing else is wrong, for whoever logs it: see Error.LogValue.
		if refuseErr := s.refuse(ctx, c, job.ID, req, err); refuseErr != nil {
			err = errors.Join(err, refuseErr)
		}

		return jobstore.Job{}, err
	}

	job, err = s.enqueue(ctx, job, func(j *jobstore.Job, now time.Time) error {
		if j.Status != jobstore.StatusPendingUpload {
			return errStarted
		}

		j.Options = options

		if err := head.describe(j); err != nil {
			return err
		}

		req.mark(j)
		j.Note(now, c.UserID, jobstore.AuditStarted, describeOptions(options, s.ports.defaults(j.Type)))

		return j.Transition(jobstore.StatusQueued, now, c.UserID)
	})
	if errors.Is(err, errStarted) {
		return s.startedMeanwhile(ctx, c, jobID, req)
	}

	if err != nil {
		return jobstore.Job{}, err
	}

	return job, s.send(ctx, job.ID)
}

// startedMeanwhile answers a call that another one was faster than.
func (s *Service) startedMeanwhile(ctx context.Context, c Caller, jobID string, req ProcessRequest) (jobstore.Job, error) {
	job, err := s.job(ctx, c, jobID)
	if err != nil {
		return jobstore.Job{}, err
	}

	return job, req.check(&job)
}

// enqueue takes a place for a job and queues it by a change, which may be called
// several times. An error of change is returned as it is.
func (s *Service) enqueue(ctx context.Context, job jobstore.Job, change func(j *jobstore.Job, now time.Time) error) (jobstore.Job, error) {
	for attempt := 1; ; attempt++ {
		takenAt, err := s.takePlace(ctx, &job)
		if err != nil {
			return jobstore.Job{}, err
		}

		queued, err := s.ports.Jobs.Update(ctx, job.ID, func(j *jobstore.Job) error {
			now := s.opts.Now().UTC()
			j.ExpiresAt = now.Add(s.opts.JobTTL)
			j.DispatchedAt = now

			if err := change(j, now); err != nil {
				return err
			}

			if s.placeIsOver(j, job.Version, takenAt) {
				return errMoved
			}

			return nil
		})

		switch {
		case err == nil:
			return queued, nil
		case errors.Is(err, errStarted):
			return jobstore.Job{}, err
		case !errors.Is(err, errMoved):
			return jobstore.Job{}, fmt.Errorf("importer: queue job: %w", err)
		case attempt == startAttempts:
			return jobstore.Job{}, fmt.Errorf("importer: queue job: %w: %w", jobstore.ErrConflict, err)
		}

		job, err = s.ports.Jobs.Get(ctx, job.ID)
		if err != nil {
			return jobstore.Job{}, fmt.Errorf("importer: get job: %w", err)
		}
	}
}

// processAgain answers a repeated call. The message is sent once more while no
// worker has begun: the first call may have died before it got that far.
func (s *Service) processAgain(ctx context.Context, job jobstore.Job, req ProcessRequest) (jobstore.Job, error) {
	if err := req.check(&job); err != nil {
		return jobstore.Job{}, err
	}

	if neverStarted(&job) {
		return jobstore.Job{}, jobCancelled()
	}

	now := s.opts.Now().UTC()
	if job.Status != jobstore.StatusQueued || now.Before(job.DispatchedAt.Add(sendAgainAfter)) {
		return job, nil
	}

	job, err := s.ports.Jobs.Update(ctx, job.ID, func(j *jobstore.Job) error {
		j.DispatchedAt = now

		return nil
	})
	if err != nil {
		return jobstore.Job{}, fmt.Errorf("importer: queue job: %w", err)
	}

	return job, s.send(ctx, job.ID)
}

func jobCancelled() *Error {
	return &Error{
		Sentinel: ErrState, Code: "job_cancelled",
		Message: "This import was cancelled before it was started; ask for a new upload URL.",
	}
}

// neverStarted reports whether a job has ended without having been queued.
func neverStarted(j *jobstore.Job) bool {
	return j.Status == jobstore.StatusCancelled &&
		!slices.ContainsFunc(j.StatusHistory, func(c jobstore.StatusChange) bool { return c.Status == jobstore.StatusQueued })
}

// sendAgainAfter is how long repeated calls of Process send no further message: a
// caller that repeats itself must not fill the queue.
const sendAgainAfter = 10 * time.Second

func (s *Service) send(ctx context.Context, jobID string) error {
	if err := s.ports.Queue.Send(ctx, queue.Message{JobID: jobID}, 0); err != nil {
		return fmt.Errorf("importer: send message for %s: %w", jobID, err)
	}

	return nil
}

// refuse ends a job whose file cannot be imported.
func (s *Service) refuse(ctx context.Context, c Caller, jobID string, req ProcessRequest, reason error) error {
	now := s.opts.Now().UTC()

	job, err := s.ports.Jobs.Update(ctx, jobID, func(j *jobstore.Job) error {
		if j.Status != jobstore.StatusPendingUpload {
			return errStarted
		}

		j.Notification, j.DispatchedAt = jobstore.NotificationPending, now

		if err := j.Transition(jobstore.StatusQueued, now, c.UserID); err != nil {
			return err
		}

		req.mark(j)
		j.Failure = failureOf(reason)
		j.Note(now, c.UserID, jobstore.AuditRefused, j.Failure.Code)
		j.ExpiresAt = now.Add(s.opts.JobTTL)

		return j.Transition(jobstore.StatusFailed, now, c.UserID)
	})
	if errors.Is(err, errStarted) {
		return nil
	}

	if err != nil {
		return fmt.Errorf("importer: refuse job: %w", err)
	}

	s.telemetry.jobEnded(ctx, &job)

	return s.send(ctx, jobID) // a worker tells of the end
}

// failureOf returns what a job's record says of an error that ended it.
func failureOf(err error) *jobstore.Failure {
	var e *Error
	if errors.As(err, &e) {
		return &jobstore.Failure{Code: e.Code, Message: e.Message}
	}

	return &jobstore.Failure{Code: failureInternal, Message: "The import failed for an internal reason; the operator's log has the details."}
}

// examine looks at the head of a job's file. The error wraps ErrNoFile or ErrBadFile
// where that is the reason.
func (p Ports) examine(ctx context.Context, job jobstore.Job, limits csvschema.Limits) (*fileHead, error) {
	kind, ok := p.kind(job.Type)
	if !ok {
		return nil, fmt.Errorf("%w: no kind for jobs of type %s", ErrConfig, job.Type)
	}

	head, err := readHead(ctx, p.Files, job.InputKey, nil, limits)
	if errors.Is(err, blob.ErrNotFound) {
		return nil, &Error{
			Sentinel: ErrNoFile, Code: "file_missing",
			Message: "Nothing was uploaded for this job; PUT the file to its upload_url first.", Cause: err,
		}
	}

	if err != nil {
		return nil, err
	}

	warnings, err := kind.CheckHeader(head.header, &limits)
	if err != nil {
		return head, badFile(err) // whoever tries the file is shown its columns
	}

	head.warnings = append(head.warnings, warnings...)

	return head, nil
}

// describe writes what the head of the file told into the job.
func (h *fileHead) describe(j *jobstore.Job) error {
	dialect, err := json.Marshal(h.dialect)
	if err != nil {
		return fmt.Errorf("importer: encode dialect: %w", err)
	}

	j.InputDialect = dialect
	j.InputFileSizeBytes = h.info.Size
	j.InputETag = h.info.ETag
	j.Progress.TotalRows = h.estimatedRows

	tally := newWarningTally(j.Warnings)
	tally.addFile(h.warnings)
	j.Warnings = tally.list()
	j.EstimatedCompletionAt = time.Time{}

	return nil
}
