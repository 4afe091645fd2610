package importer

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/vyapaarai/bulkimport/importer/blob"
	"github.com/vyapaarai/bulkimport/jobstore"
)

// MaxBatchJobs is how many jobs a batch has at most.
const MaxBatchJobs = 50

// BatchRequest asks for the start of several imports as one.
type BatchRequest struct {
	// JobIDs are the jobs, 1 to MaxBatchJobs, each once. They are started in this
	// order.
	JobIDs []string
	// Options are those of every job; nil means the defaults.
	Options *OptionsPatch
}

// BatchStart is what became of the start of a batch.
type BatchStart struct {
	ID string
	// Jobs are the jobs asked for, in their order.
	Jobs []BatchJobStart
}

// BatchJobStart is what became of the start of one job of a batch.
type BatchJobStart struct {
	JobID string
	// Status is the job's; empty where the caller has no such job.
	Status jobstore.Status
	// Err, where not nil, is why the job was not started; it has words for the user.
	Err *Error
}

// Batch is several jobs that were started as one.
type Batch struct {
	ID        string
	CreatedAt time.Time
	// Status is that of the jobs together: queued or processing while some are under
	// way; else pending_upload while some were not started, such as for a quota or
	// because nothing was uploaded; else how they ended, completed_with_errors where
	// they ended differently.
	Status jobstore.Status
	// Progress adds up that of the jobs.
	Progress jobstore.Progress
	// Jobs are those that the caller may see and that are still there, in the order
	// in which they were started.
	Jobs []jobstore.Job
}

// batchRecord is a batch as it is stored. Who may see it follows from its jobs.
type batchRecord struct {
	ID        string    `json:"batch_id"`
	CreatedBy string    `json:"created_by_user_id"`
	CreatedAt time.Time `json:"created_at"`
	JobIDs    []string  `json:"job_ids"`
}

const (
	// batchFolder is the folder of the records of batches among the files.
	batchFolder = "batches"
	batchPrefix = "batch_"
	batchDate   = "20060102"
	// batchDigest is how much of the digest of a request names its batch, in bytes: no two
	// requests of a user will ever share it.
	batchDigest = 10
	// maxBatchRecord is more than any record has, in bytes.
	maxBatchRecord = 1 << 20
)

func batchKey(id string) string { return batchFolder + "/" + id + ".json" }

// StartBatch starts jobs whose files were uploaded. One that cannot start does not stop
// the others: BatchStart says why for each. It stays part of the batch if it may still
// be started, by Process.
//
// Calling it again is harmless: the same jobs, in whatever order, are answered with the same
// batch, and its jobs that could not start then are tried again. So are some of its jobs, where
// one of them was started and no other waits to be started.
//
// The error wraps ErrInvalid where the request is at fault, and ErrState where none of the
// jobs waits to be started; no batch exists then.
func (s *Service) StartBatch(ctx context.Context, c Caller, req BatchRequest) (BatchStart, error) {
	if err := checkBatch(req); err != nil {
		return BatchStart{}, err
	}

	start := BatchStart{Jobs: make([]BatchJobStart, len(req.JobIDs))}

	var (
		members []string
		started []jobstore.Job
		newest  time.Time // when the newest of the jobs was created
	)

	for i, id := range req.JobIDs {
		start.Jobs[i].JobID = id

		job, err := s.job(ctx, c, id)
		if err != nil {
			if start.Jobs[i].Err, err = forUser(err); err != nil {
				return BatchStart{}, err
			}

			continue
		}

		start.Jobs[i].Status = job.Status

		if job.CreatedAt.After(newest) {
			newest = job.CreatedAt
		}

		if job.Status != jobstore.StatusPendingUpload {
			start.Jobs[i].Err = jobStarted(&job)
			started = append(started, job)

			continue
		}

		members = append(members, id)
	}

	id := batchID(c, req.JobIDs, newest)

	record, err := s.batchBefore(ctx, id, started, members)
	if err != nil {
		return BatchStart{}, err
	}

	switch {
	case record != nil:
		// They were started by an earlier call, whose answer was lost perhaps.
		id = record.ID

		for i := range start.Jobs {
			one := &start.Jobs[i]

			n := slices.IndexFunc(started, func(j jobstore.Job) bool { return j.ID == one.JobID })
			switch {
			case n < 0 || !record.has(&started[n]):
			case neverStarted(&started[n]):
				one.Err = jobCancelled()
			default:
				one.Err = startFailure(&started[n])
			}
		}
	case len(members) == 0:
		return BatchStart{}, &Error{
			Sentinel: ErrState, Code: "batch_empty",
			Message: "None of these imports waits to be started; upload files, and name the jobs that upload-url gave.",
		}
	default:
		// First the record, so that no job names a batch that does not exist.
		if err := s.createBatch(ctx, c, id, members); err != nil {
			return BatchStart{}, err
		}
	}

	start.ID = id

	for i := range start.Jobs {
		if !slices.Contains(members, start.Jobs[i].JobID) {
			continue
		}

		if err := s.startOne(ctx, c, &start.Jobs[i], ProcessRequest{Options: req.Options, batchID: id}); err != nil {
			return BatchStart{}, err
		}
	}

	return start, nil
}

// batchID names the batch that a request of a caller is answered with, so that its repetition
// is known even where none of its jobs could be started. The day is that of the newest job:
// any that stays the same, and is not long before the jobs are started.
func batchID(c Caller, jobIDs []string, newest time.Time) string {
	// Whom the caller sees is part of it: other jobs may be members then.
	text, _ := json.Marshal(struct { // strings and a bool have a JSON form
		UserID, StoreID string
		SeesAll         bool
		JobIDs          []string
	}{c.UserID, c.StoreID, c.SeesAll, slices.Sorted(slices.Values(jobIDs))})
	sum := sha256.Sum256(text)

	return batchPrefix + newest.UTC().Format(batchDate) + "_" + hex.EncodeToString(sum[:batchDigest])
}

// batchBefore returns the batch that a request repeats, nil where there is none: that of the
// same request, or the one that all jobs that were started are of, and those that wait too.
func (s *Service) batchBefore(ctx context.Context, id string, started []jobstore.Job, waiting []string) (*batchRecord, error) {
	ids := []string{id}
	if of := batchOf(started); of != "" && of != id {
		ids = append(ids, of)
	}

	for _, id := range ids {
		record, err := s.readBatch(ctx, id)

		switch {
		case errors.Is(err, ErrNotFound):
		case err != nil:
			return nil, err
		case !slices.ContainsFunc(waiting, func(jobID string) bool { return !slices.Contains(record.JobIDs, jobID) }):
			return &record, nil
		}
	}

	return nil, nil
}

// batchOf returns the batch that all of these jobs were started with; empty where there is none.
func batchOf(started []jobstore.Job) string {
	if len(started) == 0 || slices.ContainsFunc(started, func(j jobstore.Job) bool { return j.BatchID != started[0].BatchID }) {
		return ""
	}

	return started[0].BatchID
}

// has reports whether a job that was started is one of the batch. One that could not start
// with the batch may have been started by itself since, but not with another.
func (r *batchRecord) has(j *jobstore.Job) bool {
	return (j.BatchID == "" || j.BatchID == r.ID) && slices.Contains(r.JobIDs, j.ID)
}

// startFailure says, as the start of the job did, what was wrong with its file; nil where the
// job could start.
func startFailure(j *jobstore.Job) *Error {
	if neverQueued(j) && j.Failure != nil {
		return &Error{Sentinel: ErrBadFile, Code: j.Failure.Code, Message: j.Failure.Message}
	}

	return nil
}

func jobStarted(j *jobstore.Job) *Error {
	return &Error{
		Sentinel: ErrState, Code: "job_started",
		Message: fmt.Sprintf("This import was started before; it is %s.", j.Status),
	}
}

func checkBatch(req BatchRequest) error {
	if n := len(req.JobIDs); n == 0 || n > MaxBatchJobs {
		return invalid("job_ids_invalid", "A batch has 1 to %d jobs, not %d.", MaxBatchJobs, n)
	}

	for i, id := range req.JobIDs {
		if id == "" {
			return invalid("job_ids_invalid", "Number %d of job_ids is empty.", i+1)
		}

		if slices.Contains(req.JobIDs[:i], id) {
			return invalid("job_ids_invalid", "Number %d of job_ids repeats one before it.", i+1)
		}
	}

	// Wrong options are wrong for every job alike.
	_, err := req.Options.apply(DefaultOptions())

	return err
}

// forUser returns the words that an error has for users; one without is returned as it
// is.
func forUser(err error) (*Error, error) {
	var e *Error
	if errors.As(err, &e) && !errors.Is(e.Sentinel, ErrConfig) {
		return e, nil
	}

	return nil, err
}

// createBatch stores the record of a batch.
func (s *Service) createBatch(ctx context.Context, c Caller, id string, members []string) error {
	data, err := json.Marshal(batchRecord{ID: id, CreatedBy: c.UserID, CreatedAt: s.opts.Now().UTC(), JobIDs: members})
	if err != nil {
		return fmt.Errorf("importer: encode batch: %w", err)
	}

	_, err = s.ports.Files.Put(ctx, batchKey(id), bytes.NewReader(data), &blob.PutOptions{ContentType: "application/json"})
	if err != nil {
		return fmt.Errorf("importer: store batch: %w", err)
	}

	return nil
}

// startOne starts one job of a batch. The error is one that is no matter of this job.
func (s *Service) startOne(ctx context.Context, c Caller, one *BatchJobStart, req ProcessRequest) error {
	job, err := s.start(ctx, c, one.JobID, req)
	if err == nil {
		one.Status = job.Status

		if job.BatchID != req.batchID {
			one.Err = jobStarted(&job) // by another request, meanwhile
		}

		return nil
	}

	if one.Err, err = forUser(err); err != nil {
		if ctx.Err() != nil {
			return err
		}

		// A store that is out of reach for this one may answer for the next.
		s.opts.Logger.ErrorContext(ctx, "cannot start a job of a batch", "job_id", one.JobID, "error", err)

		one.Err = &Error{
			Sentinel: ErrBusy, Code: "internal_error", Cause: err,
			Message: "The server could not start this import; its log says why. Start it by process.",
		}
	}

	if errors.Is(one.Err, ErrBadFile) {
		one.Status = jobstore.StatusFailed
	}

	return nil
}

// Batch returns a batch. The error wraps ErrNotFound where there is none, or where the
// caller may see none of its jobs.
func (s *Service) Batch(ctx context.Context, c Caller, id string) (Batch, error) {
	if !isBatchID(id) {
		return Batch{}, noBatch(id)
	}

	record, err := s.readBatch(ctx, id)
	if err != nil {
		return Batch{}, err
	}

	b := Batch{ID: record.ID, CreatedAt: record.CreatedAt}

	for _, jobID := range record.JobIDs {
		job, err := s.job(ctx, c, jobID)
		if errors.Is(err, ErrNotFound) {
			continue
		}

		if err != nil {
			return Batch{}, err
		}

		if record.has(&job) {
			b.Jobs = append(b.Jobs, job)
		}
	}

	if len(b.Jobs) == 0 {
		return Batch{}, noBatch(id)
	}

	b.Status, b.Progress = batchStatus(b.Jobs), batchProgress(b.Jobs)

	return b, nil
}

func noBatch(id string) error {
	return &Error{Sentinel: ErrNotFound, Code: "batch_not_found", Message: fmt.Sprintf("There is no batch %q.", id)}
}

// isBatchID reports whether a batch can have this id. What it lets through is safe as a
// part of a key.
func isBatchID(id string) bool {
	rest, ok := strings.CutPrefix(id, batchPrefix)
	if !ok || len(rest) < len(batchDate)+2 || len(id) > 100 {
		return false
	}

	date, random, ok := strings.Cut(rest, "_")

	_, err := time.Parse(batchDate, date)

	return ok && err == nil && random != "" && !strings.ContainsFunc(random, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'a' || r > 'z')
	})
}

func (s *Service) readBatch(ctx context.Context, id string) (record batchRecord, err error) {
	body, _, err := s.ports.Files.Open(ctx, batchKey(id), nil)
	if errors.Is(err, blob.ErrNotFound) {
		return batchRecord{}, noBatch(id)
	}

	if err != nil {
		return batchRecord{}, fmt.Errorf("importer: open batch: %w", err)
	}
	defer func() { _ = body.Close() }() // read only: nothing is lost by a failing Close

	data, err := io.ReadAll(io.LimitReader(body, maxBatchRecord))
	if err != nil {
		return batchRecord{}, fmt.Errorf("importer: read batch: %w", err)
	}

	if err := json.Unmarshal(data, &record); err != nil {
		return batchRecord{}, fmt.Errorf("importer: batch %s: %w", id, err)
	}

	return record, nil
}
