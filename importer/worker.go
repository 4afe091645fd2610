package importer

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"
	"golang.org/x/sync/errgroup"

	"github.com/vyapaarai/bulkimport/csvschema"
	"github.com/vyapaarai/bulkimport/importer/queue"
	"github.com/vyapaarai/bulkimport/jobstore"
)

// Worker is the part of the engine that runs jobs. Any number of Workers may run
// on the same stores, in any number of processes. A Worker is safe for concurrent
// use.
type Worker struct {
	ports     Ports
	opts      WorkerOptions
	telemetry *telemetry
}

// WorkerOptions are the optional parts of a Worker. Zero fields mean the defaults
// that are given with them.
type WorkerOptions struct {
	// Name begins the names under which the worker holds jobs. Default: the host's
	// name and the process id.
	Name string
	// Jobs is how many jobs Run works on at the same time. Default 2.
	Jobs int
	// ChunkRows and ChunkBytes bound a chunk: it ends with the record that reaches
	// either. Defaults 1,000 rows and 4 MiB. Memory grows with them; progress
	// becomes visible, and a crash repeats, chunk by chunk. A Session may want
	// fewer rows: see Session.MaxRows.
	ChunkRows  int
	ChunkBytes int64
	// ChunksAhead is how many chunks are prepared while another is applied.
	// Default 2.
	ChunksAhead int
	// LeaseTTL is how long a job is left to a worker that gives no sign of life.
	// Default 60 seconds.
	LeaseTTL time.Duration
	// DeadlineMargin: when the context of RunJob has a deadline, no chunk is begun
	// with less than this left. Default 30 seconds.
	DeadlineMargin time.Duration
	// ShutdownGrace is how long chunks under way may go on once the context has
	// ended. Default 20 seconds.
	ShutdownGrace time.Duration
	// MaxAttempts is how many runs in a row may end in an error without having
	// committed anything before the job fails. Default 5.
	MaxAttempts int
	// MaxCrashes is how many runs in a row may die without having committed anything, be
	// it that their process is killed or that they lose the store for longer than their
	// lease, before the job fails: a chunk that takes more memory than there is would
	// otherwise kill one worker after another for ever. Default 100, which no restart of
	// machines comes near.
	MaxCrashes int
	// RetryDelay is how long a job waits after a run that ended in an error; it
	// doubles with each. Default 5 seconds.
	RetryDelay time.Duration
	// NotifyAttempts is how often the message that a job has ended is tried, on each
	// channel of Ports.Notifier, before it is given up there. Default 8: with the default
	// RetryDelay, over ten minutes.
	NotifyAttempts int
	// NotifyTimeout bounds one of these tries. Default 20 seconds.
	NotifyTimeout time.Duration
	// Limits bound what is read of a file. They must be those of the Service.
	Limits csvschema.Limits
	// Logger gets what operators should know. Default: nothing is logged.
	Logger *slog.Logger
	// MeterProvider and TracerProvider get metrics and spans; docs/observability.md lists
	// them. Default: nothing is measured. Those that OpenTelemetry keeps globally are
	// never used.
	MeterProvider  metric.MeterProvider
	TracerProvider trace.TracerProvider
	// Now is the clock. Default time.Now.
	Now func() time.Time
}

// Defaults of WorkerOptions.
const (
	DefaultChunkRows   = 1000
	DefaultChunkBytes  = 4 << 20
	DefaultChunksAhead = 2
)

// NewWorker returns a Worker on these ports. opts may be nil. The error wraps
// ErrConfig.
func NewWorker(p Ports, opts *WorkerOptions) (*Worker, error) {
	if err := p.check(); err != nil {
		return nil, err
	}

	w := &Worker{ports: p}
	if opts != nil {
		w.opts = *opts
	}

	o := &w.opts
	if o.Jobs < 0 || o.ChunkRows < 0 || o.ChunkBytes < 0 || o.ChunksAhead < 0 || o.MaxAttempts < 0 || o.MaxCrashes < 0 ||
		o.NotifyAttempts < 0 || o.NotifyTimeout < 0 || o.LeaseTTL < 0 || o.DeadlineMargin < 0 || o.ShutdownGrace < 0 || o.RetryDelay < 0 {
		return nil, fmt.Errorf("%w: a negative number in WorkerOptions", ErrConfig)
	}

	orDefault(&o.Jobs, 2)
	orDefault(&o.ChunkRows, DefaultChunkRows)
	orDefault(&o.ChunkBytes, DefaultChunkBytes)
	orDefault(&o.ChunksAhead, DefaultChunksAhead)
	orDefault(&o.LeaseTTL, time.Minute)
	orDefault(&o.DeadlineMargin, 30*time.Second)
	orDefault(&o.ShutdownGrace, 20*time.Second)
	orDefault(&o.MaxAttempts, 5)
	orDefault(&o.MaxCrashes, 100)
	orDefault(&o.RetryDelay, 5*time.Second)
	orDefault(&o.NotifyAttempts, 8)
	orDefault(&o.NotifyTimeout, 20*time.Second)

	o.Logger = loggerOr(o.Logger)
	o.Now = nowOr(o.Now)

	if o.Name == "" {
		host, err := os.Hostname()
		if err != nil {
			host = "worker" // the name only has to be told apart in a log
		}

		o.Name = fmt.Sprintf("%s-%d", host, os.Getpid())
	}

	var err error

	w.telemetry, err = newTelemetry(o.MeterProvider, o.TracerProvider)
	if err != nil {
		return nil, err
	}

	w.telemetry.start(p)

	return w, nil
}

func orDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

// Run receives messages and runs their jobs until ctx ends; then it commits the
// chunks under way, gives its jobs back and returns nil. An error means that the
// queue cannot be received from.
func (w *Worker) Run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)

	for range w.opts.Jobs {
		group.Go(func() error { return w.receive(ctx) })
	}

	return group.Wait()
}

// receive handles messages until ctx ends. A queue that is out of reach is asked again,
// MaxAttempts times in a row.
func (w *Worker) receive(ctx context.Context) error {
	for failures := 0; ; {
		delivery, err := w.ports.Queue.Receive(ctx)

		switch {
		case err == nil:
			failures = 0

			w.handle(ctx, delivery)

			continue
		case ctx.Err() != nil || errors.Is(err, queue.ErrClosed):
			return nil
		}

		failures++
		if failures >= w.opts.MaxAttempts {
			return fmt.Errorf("importer: receive message: %w", err)
		}

		w.opts.Logger.WarnContext(ctx, "cannot receive messages", "error", err)

		select {
		case <-ctx.Done():
			return nil
		case <-time.After(w.opts.RetryDelay << min(failures-1, 6)):
		}
	}
}

// handle runs the job of one delivery and settles it. Whatever goes wrong here is
// logged and no more: the job's record is the truth, and the sweep makes up for a
// message that is lost.
func (w *Worker) handle(ctx context.Context, d queue.Delivery) {
	jobID := d.Message().JobID
	log := w.opts.Logger.With("job_id", jobID)

	keepAlive := func(ctx context.Context) {
		if err := d.Extend(ctx, w.opts.LeaseTTL); err != nil {
			log.WarnContext(ctx, "cannot keep the message", "error", err)
		}
	}

	_, err := w.runJob(ctx, jobID, keepAlive)

	// The context may have ended; the message is settled all the same.
	settle, cancel := afterwards(ctx)
	defer cancel()

	if err != nil {
		// At a shutdown it is only the message that came too late.
		level := slog.LevelError
		if ctx.Err() != nil {
			level = slog.LevelInfo
		}

		log.Log(ctx, level, "run ended in an error", "error", err)

		if err := d.Nack(settle, w.opts.RetryDelay); err != nil {
			log.WarnContext(ctx, "cannot give the message back", "error", err)
		}

		return
	}

	if err := d.Ack(settle); err != nil {
		log.WarnContext(ctx, "cannot remove the message", "error", err)
	}
}

// RunResult is what RunJob did.
type RunResult uint8

// The results of RunJob.
const (
	// RunEnded: the job has ended.
	RunEnded RunResult = 1 + iota
	// RunYielded: time was up, or the context ended; what was done is committed,
	// and a message was sent for the rest.
	RunYielded
	// RunSkipped: there was nothing to do: another worker has the job, it has
	// ended already, it waits for its upload, or it does not exist.
	RunSkipped
	// RunFailed: the run ended in an error of its surroundings, and a message was
	// sent to try again later.
	RunFailed
)

// RunJob runs one job until it has ended, ctx ends, or ctx's deadline is nearer
// than DeadlineMargin. When it returns a nil error, the message that led here is done
// with: whatever is left to do has a message of its own, or a worker, or, where that
// worker turns out to be dead, the sweep.
func (w *Worker) RunJob(ctx context.Context, jobID string) (RunResult, error) {
	return w.runJob(ctx, jobID, func(context.Context) {})
}

func (w *Worker) runJob(ctx context.Context, jobID string, keepAlive func(context.Context)) (RunResult, error) {
	owner := w.opts.Name + "-" + randomID()

	hold, job, unclean, err := jobstore.Acquire(ctx, w.ports.Jobs, jobID, owner, w.opts.LeaseTTL, w.opts.Now().UTC())
	if errors.Is(err, jobstore.ErrLeased) || errors.Is(err, jobstore.ErrEnded) ||
		errors.Is(err, jobstore.ErrTransition) || errors.Is(err, jobstore.ErrNotFound) {
		w.opts.Logger.DebugContext(ctx, "nothing to do", "job_id", jobID, "reason", err)
		w.telemetry.countRun(ctx, runSkipped)

		return RunSkipped, nil
	}

	if err != nil {
		w.telemetry.countRun(ctx, runFailed)

		return 0, fmt.Errorf("importer: take job: %w", err)
	}

	r := &run{
		worker: w, hold: hold, job: job, stop: newStopSignal(),
		log: w.opts.Logger.With("job_id", jobID, "epoch", hold.Epoch()),
	}
	r.leaseEnds.Store(job.Lease.ExpiresAt.UnixNano())
	r.log.InfoContext(ctx, "job taken", "status", job.Status, "unclean", unclean, "row", job.Checkpoint.Row)

	return r.observed(ctx, keepAlive)
}
