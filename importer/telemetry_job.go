package importer

import (
	"context"
	"errors"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"

	"github.com/vyapaarai/bulkimport/importer/queue"
	"github.com/vyapaarai/bulkimport/jobstore"
)

// beginRun begins the span of a run. The function it returns ends it.
func (t *telemetry) beginRun(ctx context.Context, j *jobstore.Job) (context.Context, func(result string, err error)) {
	of := metric.WithAttributes(jobType(j))
	t.runsActive.Add(ctx, 1, of)

	ctx, span := t.tracer.Start(ctx, "bulkimport.run", trace.WithAttributes(
		jobType(j), attrJobID.String(j.ID), attrEpoch.Int64(j.Lease.Epoch)))

	return ctx, func(result string, err error) {
		t.runsActive.Add(ctx, -1, of)
		t.countRun(ctx, result, jobType(j))

		if result == runLost {
			t.leasesLost.Add(ctx, 1, of)
		}

		span.SetAttributes(attrResult.String(result))
		endSpan(span, err)
	}
}

// What becomes of an image.
const (
	imageFetched = "fetched"
	imageReused  = "reused"
	imageFailed  = "failed"
)

// The values of attrResult.
const (
	runEnded   = "ended"
	runYielded = "yielded"
	// runSkipped: there was nothing to do.
	runSkipped = "skipped"
	// runLost: another worker has the job now.
	runLost = "lost"
	// runFailed: it ended in an error, and another one is to try again.
	runFailed = "failed"
	// runUndelivered: the job has ended, but not everybody could be told.
	runUndelivered = "undelivered"
)

// resultOf names how a run ended, for metrics.
func resultOf(result RunResult, cause error) string {
	if _, undelivered := errors.AsType[*undeliveredError](cause); undelivered {
		return runUndelivered
	}

	switch result {
	case RunEnded:
		return runEnded
	case RunYielded:
		return runYielded
	case RunSkipped:
		return runLost
	}

	return runFailed
}

func (t *telemetry) countRun(ctx context.Context, result string, of ...attribute.KeyValue) {
	t.runs.Add(ctx, 1, metric.WithAttributes(append(of, attrResult.String(result))...))
}

// jobBegan notes that a worker began with a job for the first time.
func (t *telemetry) jobBegan(ctx context.Context, j *jobstore.Job) {
	for i := len(j.StatusHistory) - 1; i > 0; i-- {
		began, queued := j.StatusHistory[i], j.StatusHistory[i-1]
		if began.Status == jobstore.StatusProcessing && queued.Status == jobstore.StatusQueued {
			t.jobWait.Record(ctx, max(0, began.At.Sub(queued.At).Seconds()), metric.WithAttributes(jobType(j)))

			return
		}
	}
}

// jobEnded notes that a job ended.
func (t *telemetry) jobEnded(ctx context.Context, j *jobstore.Job) {
	of := metric.WithAttributes(jobType(j), attrStatus.String(string(j.Status)))
	t.jobsEnded.Add(ctx, 1, of)

	if !j.StartedAt.IsZero() {
		t.jobTime.Record(ctx, max(0, j.CompletedAt.Sub(j.StartedAt).Seconds()), of)
	}
}

// committed notes the outcomes of a chunk.
func (t *telemetry) committed(ctx context.Context, of attribute.KeyValue, p *jobstore.Progress) {
	for _, n := range []struct {
		outcome string
		count   int64
	}{{"successful", p.Successful}, {"duplicate", p.Duplicates}, {"error", p.Errors}} {
		addTo(ctx, t.rows, n.count, of, attrOutcome.String(n.outcome))
	}

	for tier, count := range p.DuplicatesByTier {
		addTo(ctx, t.duplicates, count, of, attrTier.String(tier))
	}

	for _, n := range []struct {
		outcome string
		count   int64
	}{{imageFetched, p.Images.Processed - p.Images.Reused}, {imageReused, p.Images.Reused}, {imageFailed, p.Images.Failed}} {
		addTo(ctx, t.images, n.count, of, attrOutcome.String(n.outcome))
	}
}

// addTo adds to a counter, unless there is nothing to add.
func addTo(ctx context.Context, c metric.Int64Counter, n int64, of ...attribute.KeyValue) {
	if n > 0 {
		c.Add(ctx, n, metric.WithAttributes(of...))
	}
}

// delivery notes a try to deliver the message of a job.
func (t *telemetry) delivery(ctx context.Context, channel, outcome string) {
	t.deliveries.Add(ctx, 1, metric.WithAttributes(attrChannel.String(channel), attrOutcome.String(outcome)))
}

// unfinishedJobs notes what the sweep saw of the jobs in one status.
func (t *telemetry) unfinishedJobs(ctx context.Context, status jobstore.Status, jobs int, oldest time.Duration) {
	of := metric.WithAttributes(attrStatus.String(string(status)))
	t.unfinished.Record(ctx, int64(jobs), of)
	t.unfinishedAge.Record(ctx, max(0, oldest.Seconds()), of)
}

// watchQueue has the depth of a queue measured when metrics are collected, where the queue
// can tell it.
func watchQueue(meters metric.MeterProvider, q queue.Queue) error {
	depther, ok := q.(queue.Depther)
	if !ok || meters == nil {
		return nil
	}

	meter := meters.Meter(TelemetryScope)

	_, err := meter.Int64ObservableGauge("bulkimport.queue.messages", metric.WithUnit("{message}"),
		metric.WithDescription("Messages of the queue: waiting for a worker, delayed, or in the hand of one."),
		metric.WithInt64Callback(func(ctx context.Context, o metric.Int64Observer) error {
			depth, err := depther.Depth(ctx)
			if errors.Is(err, queue.ErrClosed) {
				return nil // at the end of the program there is nothing to tell
			}

			if err != nil {
				return err
			}

			o.Observe(depth.Waiting, metric.WithAttributes(attrState.String("waiting")))
			o.Observe(depth.Delayed, metric.WithAttributes(attrState.String("delayed")))
			o.Observe(depth.InHand, metric.WithAttributes(attrState.String("in_hand")))

			return nil
		}))

	return err
}

// endSpan ends a span. Of an error it tells the kind alone: its text may quote a row, or an
// address that is a credential.
func endSpan(span trace.Span, err error) {
	if err != nil {
		span.SetAttributes(attrErrorType.String(errorType(err)))
		span.SetStatus(codes.Error, errorType(err))
	}

	span.End()
}

// errorType names an error in one of a few words.
func errorType(err error) string {
	switch {
	case errors.Is(err, errPanic):
		return "panic"
	case errors.Is(err, jobstore.ErrLeaseLost):
		return "lease_lost"
	case errors.Is(err, ErrBadFile):
		return "bad_file"
	case errors.Is(err, errStopping) || errors.Is(err, context.Canceled):
		return "cancelled"
	case errors.Is(err, context.DeadlineExceeded):
		return "timeout"
	}

	return "_OTHER" // so the conventions call what has no name
}
