package importer

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"go.opentelemetry.io/otel/metric"

	"github.com/vyapaarai/bulkimport/csvschema"
	"github.com/vyapaarai/bulkimport/internal/turns"
	"github.com/vyapaarai/bulkimport/jobstore"
)

// Validator tells what an import would do, without doing it: how the columns are
// understood, which rows would be in error and which are duplicates, of the catalogue
// or of rows before them. It reads the stores and writes nothing anywhere. A Validator
// is safe for concurrent use.
//
// What it says of the first rows of a file is what their import says, as long as nobody
// else changes the catalogue; but images are not fetched (see Validation.Warnings).
type Validator struct {
	ports  Ports
	opts   ValidatorOptions
	places *turns.Turns

	telemetry *telemetry
}

// ValidatorOptions are the optional parts of a Validator. Zero fields mean the defaults
// that are given with them.
type ValidatorOptions struct {
	// Time bounds how long rows are looked at. Default 20 seconds.
	Time time.Duration
	// MaxRows bounds how many rows are looked at, since what they claim is remembered
	// for those behind: some 75 bytes a row, and the barcodes with "barcode_conflict"
	// "distinct". Default 1,000,000.
	MaxRows int64
	// Concurrent is how many files are looked at at a time, of each user one, so that
	// nobody keeps the others out. Default 2.
	Concurrent int
	// Wait is how long a request waits for its turn. Users take turns; of one user a few
	// requests wait, and more are refused at once. Default 5 seconds.
	Wait time.Duration
	// Limits bound what is read of a file. They must be those of the Worker.
	Limits csvschema.Limits
	// MeterProvider gets metrics, as that of WorkerOptions. Default: nothing is measured.
	MeterProvider metric.MeterProvider
}

// NewValidator returns a Validator on these ports, of which it uses Jobs, Files and
// Kinds. opts may be nil. The error wraps ErrConfig.
func NewValidator(p Ports, opts *ValidatorOptions) (*Validator, error) {
	if err := p.check(); err != nil {
		return nil, err
	}

	v := &Validator{ports: p}
	if opts != nil {
		v.opts = *opts
	}

	o := &v.opts
	if o.Time < 0 || o.MaxRows < 0 || o.Concurrent < 0 || o.Wait < 0 {
		return nil, fmt.Errorf("%w: a negative number in ValidatorOptions", ErrConfig)
	}

	orDefault(&o.Time, 20*time.Second)
	orDefault(&o.MaxRows, 1_000_000)
	orDefault(&o.Concurrent, 2)
	orDefault(&o.Wait, 5*time.Second)

	v.places = turns.New(o.Concurrent)

	var err error
	if v.telemetry, err = newTelemetry(o.MeterProvider, nil); err != nil {
		return nil, err
	}

	for _, outcome := range []string{dryRunComplete, dryRunPartial, dryRunRefused, dryRunFailed} {
		v.telemetry.dryRuns.Add(context.Background(), 0, metric.WithAttributes(attrOutcome.String(outcome)))
	}

	return v, nil
}

// Numbers of rows of a ValidationRequest.
const (
	DefaultValidationRows = 1000
	// AllRows means as many as there are, within the bounds of the Validator.
	AllRows = -1
)

// ValidationRequest asks what an import would do.
type ValidationRequest struct {
	JobID string
	// Rows is how many of the first data rows are looked at: AllRows, or
	// DefaultValidationRows where it is 0.
	Rows int64
	// Options are those that the import would be started with; nil means the
	// defaults.
	Options *OptionsPatch
}

// MaxValidationErrors bounds Validation.Errors.
const MaxValidationErrors = 50

// Validation is what an import would do with the first rows of its file.
type Validation struct {
	JobID string
	// Complete says that these are all rows of the file. Otherwise there are more:
	// than were asked for, or than there was time or room for.
	Complete bool
	// EstimatedRows is the number of data rows in the file; exact where Complete.
	EstimatedRows int64
	Columns       []ValidatedColumn
	// Progress counts the rows as the job's record would.
	Progress jobstore.Progress
	// Errors are the first rows in error, at most MaxValidationErrors.
	Errors []jobstore.RowError
	// Warnings are those that the job would have, and what the validation cannot
	// tell.
	Warnings []jobstore.Warning
	// Failure, where not nil, is how the import would fail behind these rows.
	Failure *jobstore.Failure
}

// errValidationTime ends the context in which rows are looked at.
var errValidationTime = errors.New("importer: no time is left for the validation")

// Validate looks at the file of a job that was not started yet. The error wraps
// ErrNotFound, ErrInvalid, ErrState (the job was started), ErrNoFile (nothing was
// uploaded), ErrBadFile (the import could not even begin; the job stays as it is, so
// that a corrected file can be put in the place of this one; a [*HeaderError] where its
// columns are why) or ErrBusy.
func (v *Validator) Validate(ctx context.Context, c Caller, req ValidationRequest) (result *Validation, err error) {
	begin := time.Now()
	defer func() { v.telemetry.dryRun(ctx, begin, result, err) }()

	job, err := v.ports.job(ctx, c, req.JobID)
	if err != nil {
		return nil, err
	}

	if job.Status != jobstore.StatusPendingUpload {
		return nil, &Error{
			Sentinel: ErrState, Code: "job_started",
			Message: fmt.Sprintf("Only an import that was not started can be tried; this one is %s.", job.Status),
		}
	}

	rows, err := v.rows(req.Rows)
	if err != nil {
		return nil, err
	}

	job.Options, err = v.ports.options(&job, req.Options)
	if err != nil {
		return nil, err
	}

	leave, err := v.enter(ctx, c.UserID)
	if err != nil {
		return nil, err
	}
	defer leave()

	head, err := v.ports.examine(ctx, job, v.opts.Limits)
	if err != nil {
		return nil, v.withColumns(ctx, &job, head, err)
	}

	timed, cancel := context.WithTimeoutCause(ctx, v.opts.Time, errValidationTime)
	defer cancel()

	var t *validation

	err = guard(func() (err error) {
		t, err = v.begin(timed, job, head)
		if err != nil {
			return err
		}
		defer t.chunks.close()

		return t.run(timed, rows)
	})

	switch {
	case err == nil:
	case t != nil && ctx.Err() == nil && errors.Is(context.Cause(timed), errValidationTime) && isTimeout(err):
		// What was looked at is told; Complete says that it is not all.
	case isFileChanged(err):
		return nil, &Error{
			Sentinel: ErrState, Code: failureFileChanged,
			Message: "The file was replaced while it was looked at; try again.", Cause: err,
		}
	default:
		return nil, err
	}

	return t.result(), nil
}

// rows returns how many rows are looked at.
func (v *Validator) rows(asked int64) (int64, error) {
	switch {
	case asked == 0:
		asked = DefaultValidationRows
	case asked == AllRows:
		asked = math.MaxInt64
	case asked < 0:
		return 0, invalid("rows_invalid", "The number of rows to look at must be 1 or more.")
	}

	return min(asked, v.opts.MaxRows), nil
}

// enter waits for a turn of the user.
func (v *Validator) enter(ctx context.Context, userID string) (leave func(), err error) {
	waiting, stop := context.WithTimeout(ctx, v.opts.Wait)
	defer stop()

	leave, err = v.places.Take(waiting, userID)

	switch {
	case err == nil:
		return leave, nil
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	}

	return nil, &Error{
		Sentinel: ErrBusy, Code: "validations_busy", RetryAfter: v.opts.Wait, Cause: err,
		Message: "Other files are being looked at, of each user one at a time; try again in a moment.",
	}
}

// begin opens the file, and a session that writes nothing.
func (v *Validator) begin(ctx context.Context, job jobstore.Job, head *fileHead) (*validation, error) {
	kind, ok := v.ports.kind(job.Type)
	if !ok {
		return nil, fmt.Errorf("%w: no kind for jobs of type %s", ErrConfig, job.Type)
	}

	trier, ok := kind.(Trier)
	if !ok {
		return nil, &Error{Sentinel: ErrInvalid, Code: "validation_unknown", Message: "Imports of this type cannot be tried."}
	}

	if err := head.describe(&job); err != nil {
		return nil, err
	}

	trial, err := trier.Try(ctx, Start{Job: job, Header: head.header, Limits: &v.opts.Limits})
	if errors.Is(err, csvschema.ErrHeader) {
		return nil, badFile(err)
	}

	if err != nil {
		return nil, fmt.Errorf("importer: begin trial: %w", err)
	}

	t := &validation{
		job: job, trial: trial, columns: newColumnSamples(trial.Columns()),
		chunks: &chunkReader{bytes: DefaultChunkBytes, isRow: trial.IsRow, position: head.data},
	}

	return t, t.chunks.open(ctx, v.ports.Files, job.InputKey, head, v.opts.Limits)
}

func isFileChanged(err error) bool {
	var e *Error

	return errors.As(err, &e) && e.Code == failureFileChanged
}

// isTimeout reports whether an error is that of the context in which rows are looked at.
// Stores tell its cause, or only that it ended. Another error that comes when time is up as
// well is one nevertheless.
func isTimeout(err error) bool {
	return errors.Is(err, errValidationTime) || errors.Is(err, context.DeadlineExceeded)
}
