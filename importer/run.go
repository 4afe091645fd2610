package importer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/vyapaarai/bulkimport/csvschema"
	"github.com/vyapaarai/bulkimport/importer/queue"
	"github.com/vyapaarai/bulkimport/jobstore"
)

// run is one worker's run over one job.
type run struct {
	worker *Worker
	hold   *jobstore.Holder
	stop   *stopSignal
	log    *slog.Logger
	// telemetry is set for as long as the run goes on; cause is the error it ended in.
	telemetry *runTelemetry
	cause     error

	kind    Kind
	head    *fileHead
	session Session

	// job is the record as this run last wrote or read it. While the pipeline
	// runs it belongs to the commit stage.
	job jobstore.Job

	// leaseEnds is when the lease runs out, in nanoseconds since 1970.
	leaseEnds atomic.Int64
	// commits counts the chunks that this run has committed.
	commits int

	// started and startOffset are when and where in the file this run began, for
	// the estimate of its end.
	started     time.Time
	startOffset int64
}

// errPanic reports a panic in the work on a job.
var errPanic = errors.New("importer: panic")

// guard calls f and makes an error of a panic. The row that caused one fails its
// job after some attempts; it must not take the other jobs of the process down.
func guard(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: %v\n%s", errPanic, p, debug.Stack())
		}
	}()

	return f()
}

// observed runs the job, and tells metrics and traces of that.
func (r *run) observed(ctx context.Context, keepAlive func(context.Context)) (RunResult, error) {
	t := r.worker.telemetry
	if r.job.Lease.Epoch == 1 && !r.job.StartedAt.IsZero() {
		t.jobBegan(ctx, &r.job)
	}

	ctx, done := t.beginRun(ctx, &r.job)
	ctx, r.telemetry = t.observe(ctx, &r.job)

	result, err := r.do(ctx, keepAlive)
	if err != nil {
		r.cause = err
	}

	done(resultOf(result, r.cause), r.cause)

	return result, err
}

// do runs the job and gives it back.
func (r *run) do(ctx context.Context, keepAlive func(context.Context)) (RunResult, error) {
	// The end of ctx asks to stop; only after the grace is work cut off.
	work, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	defer cancel(nil)

	defer context.AfterFunc(ctx, func() {
		r.stop.set(stopShutdown)
		time.AfterFunc(r.worker.opts.ShutdownGrace, func() { cancel(context.Cause(ctx)) })
	})()

	if deadline, ok := ctx.Deadline(); ok {
		defer r.stop.setAt(deadline.Add(-r.worker.opts.DeadlineMargin), r.worker.opts.Now).Stop()
	}

	beats := sync.WaitGroup{}
	beating, stopBeating := context.WithCancel(work)

	beats.Go(func() { r.heartbeat(beating, cancel, keepAlive) })

	ended, err := r.attempt(ctx, work)
	r.cause = err

	stopBeating()
	beats.Wait()

	switch {
	case ended:
		return RunEnded, nil
	case errors.Is(err, jobstore.ErrLeaseLost) || errors.Is(context.Cause(work), jobstore.ErrLeaseLost):
		r.log.WarnContext(ctx, "lease lost", "error", err)

		return RunSkipped, nil
	case err != nil && ctx.Err() != nil && !errors.Is(err, errNoTime):
		// Cut off by a shutdown: that is nobody's failure.
		return r.abandon(ctx, err)
	case err != nil:
		return r.giveUp(ctx, err)
	}

	return r.yield(work)
}

// attempt executes the job, and fails it where this was one error too many. ended says
// that nothing is left to do.
func (r *run) attempt(ctx, work context.Context) (ended bool, err error) {
	if r.job.Crashes >= r.worker.opts.MaxCrashes && !r.job.Status.Terminal() {
		err := guard(func() error { return r.failOfCrashes(work) })

		return err == nil, err
	}

	err = guard(func() (err error) {
		ended, err = r.execute(work)

		return err
	})

	// Another run would get no further, be it that this one stopped in time or was cut off.
	if !ended && r.stop.why() == stopDeadline && r.commits == 0 {
		switch {
		case err == nil:
			err = errNoTime
		case errors.Is(ctx.Err(), context.DeadlineExceeded) && !errors.Is(context.Cause(work), jobstore.ErrLeaseLost):
			err = fmt.Errorf("%w: %w", errNoTime, err)
		}
	}

	switch {
	case err == nil:
		return ended, nil
	case errors.Is(err, jobstore.ErrLeaseLost) || (ctx.Err() != nil || work.Err() != nil) && !errors.Is(err, errNoTime):
		return false, err
	case r.job.Attempts+1 < r.worker.opts.MaxAttempts || r.job.Status.Terminal():
		return false, err
	}

	if work.Err() != nil {
		var cancel context.CancelFunc

		work, cancel = afterwards(work)
		defer cancel()
	}

	cause := err
	if err := guard(func() error {
		r.log.ErrorContext(work, "the job is given up", "attempts", r.job.Attempts+1, "error", cause)

		return r.fail(work, fmt.Sprintf(
			"The import was given up after %d attempts that ended in an internal error; the operator's log has the details.", r.job.Attempts+1))
	}); err != nil {
		return false, errors.Join(cause, err)
	}

	return true, nil
}

// errNoTime reports a run whose deadline left no time for a single chunk.
var errNoTime = errors.New("importer: the deadline leaves no time for a chunk; give the worker more time, or smaller chunks")

// leaseIsOver reports whether the lease has run out, as far as this run knows. The
// process may have been paused for so long that nobody renewed it.
func (r *run) leaseIsOver() bool {
	return r.worker.opts.Now().UnixNano() > r.leaseEnds.Load()
}

// execute does the work. ended says that the job has reached its end; otherwise
// the run was asked to stop.
func (r *run) execute(ctx context.Context) (ended bool, err error) {
	if r.job.Status.Terminal() {
		return true, r.notify(ctx)
	}

	if err := r.open(ctx); err != nil {
		if errors.Is(err, ErrBadFile) {
			return true, r.end(ctx, jobstore.StatusFailed, failureOf(err))
		}

		return false, err
	}

	r.started, r.startOffset = r.worker.opts.Now(), r.job.Checkpoint.Offset

	if !r.job.CancelRequestedAt.IsZero() {
		r.stop.set(stopCancel)
	}

	var failure error

	if !r.job.Checkpoint.Closed && !r.stop.isSet() {
		failure, err = r.pipeline(ctx)
		if err != nil {
			return false, err
		}
	}

	switch {
	case failure != nil:
		return true, r.end(ctx, jobstore.StatusFailed, failureOf(failure))
	case r.job.Checkpoint.Closed:
		// The whole file is in: a cancellation that came this late changes nothing.
		return true, r.end(ctx, completedStatus(&r.job), nil)
	case r.stop.why() == stopCancel:
		if err := r.settle(ctx); err != nil {
			return false, err
		}

		return true, r.end(ctx, jobstore.StatusCancelled, nil)
	}

	return false, nil
}

func completedStatus(j *jobstore.Job) jobstore.Status {
	if j.Progress.Errors > 0 {
		return jobstore.StatusCompletedWithErrors
	}

	return jobstore.StatusCompleted
}

// open reads the head of the file again and begins a session.
func (r *run) open(ctx context.Context) error {
	kind, ok := r.worker.ports.kind(r.job.Type)
	if !ok {
		return fmt.Errorf("%w: no kind for jobs of type %s", ErrConfig, r.job.Type)
	}

	var dialect csvschema.Dialect
	if err := json.Unmarshal(r.job.InputDialect, &dialect); err != nil {
		return fmt.Errorf("importer: decode dialect of %s: %w", r.job.ID, err)
	}

	head, err := readHead(ctx, r.worker.ports.Files, r.job.InputKey, &dialect, r.worker.opts.Limits)
	if err != nil {
		return missingInput(err)
	}

	if head.info.ETag != r.job.InputETag {
		return errFileChanged(nil)
	}

	carry, err := r.readCarry(ctx, kind)
	if err != nil {
		return err
	}

	session, err := kind.Begin(ctx, Start{Job: r.job, Header: head.header, Limits: &r.worker.opts.Limits, Carry: carry})
	if errors.Is(err, csvschema.ErrHeader) {
		return badFile(err)
	}

	if err != nil {
		return fmt.Errorf("importer: begin session: %w", err)
	}

	r.kind, r.head, r.session = kind, head, session

	return nil
}

// yield gives the job back after a stop at a chunk's end, and sends a message for
// the rest.
func (r *run) yield(ctx context.Context) (RunResult, error) {
	now := r.worker.opts.Now().UTC()

	if _, err := r.hold.Release(ctx, func(j *jobstore.Job) error {
		j.DispatchedAt = now

		return nil
	}); err != nil {
		return 0, fmt.Errorf("importer: give job back: %w", err)
	}

	if err := r.resend(ctx, 0); err != nil {
		return 0, err
	}

	r.log.InfoContext(ctx, "job given back", "row", r.job.Checkpoint.Row)

	return RunYielded, nil
}

// abandon gives the job back after its work was cut off at the end of the grace.
func (r *run) abandon(ctx context.Context, cause error) (RunResult, error) {
	if _, err := r.leave(ctx, 0, cause); err != nil {
		return 0, err
	}

	if err := r.resend(ctx, 0); err != nil {
		return 0, errors.Join(cause, err)
	}

	return RunYielded, nil
}

// giveUp gives the job back after an error of the run's surroundings, to be tried again.
func (r *run) giveUp(ctx context.Context, cause error) (RunResult, error) {
	job, err := r.leave(ctx, 1, cause)
	if err != nil {
		return 0, err
	}

	delay := max(r.worker.opts.RetryDelay<<min(job.Attempts-1, 6), wishedDelay(cause))
	if err := r.resend(ctx, delay); err != nil {
		return 0, errors.Join(cause, err)
	}

	return RunFailed, nil
}

// leave gives the job back with work of unknown outcome behind its checkpoint.
func (r *run) leave(ctx context.Context, attempts int, cause error) (jobstore.Job, error) {
	ctx, cancel := afterwards(ctx)
	defer cancel()

	now := r.worker.opts.Now().UTC()

	job, err := r.hold.Abandon(ctx, func(j *jobstore.Job) error {
		j.Attempts += attempts
		j.DispatchedAt = now

		return nil
	})
	if err != nil {
		// The lease runs out by itself, and the sweep takes it from there.
		return jobstore.Job{}, errors.Join(cause, fmt.Errorf("importer: give job back: %w", err))
	}

	// Those of a notification have lines of their own.
	level := slog.LevelError
	if _, undelivered := errors.AsType[*undeliveredError](cause); undelivered {
		level = slog.LevelDebug
	}

	r.log.Log(ctx, level, "run ended in an error", "attempts", job.Attempts, "error", cause)

	return job, nil
}

// resend sends a message for the job.
func (r *run) resend(ctx context.Context, delay time.Duration) error {
	ctx, cancel := afterwards(ctx)
	defer cancel()

	err := r.worker.ports.Queue.Send(ctx, queue.Message{JobID: r.job.ID}, delay)
	if err != nil && !errors.Is(err, queue.ErrClosed) {
		return fmt.Errorf("importer: send message: %w", err)
	}

	return nil
}

// afterwardsTimeout bounds the few writes by which a job is given back.
const afterwardsTimeout = 10 * time.Second

// afterwards is a context for what is still done when ctx has ended.
func afterwards(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), afterwardsTimeout)
}
