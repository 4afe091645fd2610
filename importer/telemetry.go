package importer

import (
	"context"
	"errors"
	"fmt"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	metricnoop "go.opentelemetry.io/otel/metric/noop"
	"go.opentelemetry.io/otel/trace"
	tracenoop "go.opentelemetry.io/otel/trace/noop"

	"github.com/vyapaarai/bulkimport/dedupe"
	"github.com/vyapaarai/bulkimport/importer/notify"
	"github.com/vyapaarai/bulkimport/jobstore"
)

// TelemetryScope is the name under which the engine's metrics and spans are found.
const TelemetryScope = "github.com/vyapaarai/bulkimport/importer"

// The attributes of metrics: each has few values. What has many, such as the id of a job,
// is an attribute of spans alone; and what rows hold is one of nothing.
const (
	attrJobType   attribute.Key = "bulkimport.job.type"
	attrStatus    attribute.Key = "bulkimport.job.status"
	attrOutcome   attribute.Key = "bulkimport.outcome"
	attrTier      attribute.Key = "bulkimport.match.tier"
	attrStage     attribute.Key = "bulkimport.stage"
	attrResult    attribute.Key = "bulkimport.run.result"
	attrChannel   attribute.Key = "bulkimport.channel"
	attrState     attribute.Key = "bulkimport.queue.state"
	attrOperation attribute.Key = "bulkimport.catalog.operation"
	attrErrorType attribute.Key = "error.type"
)

// The attributes of spans.
const (
	attrJobID    attribute.Key = "bulkimport.job.id"
	attrEpoch    attribute.Key = "bulkimport.lease.epoch"
	attrFirstRow attribute.Key = "bulkimport.chunk.first_row"
	attrRows     attribute.Key = "bulkimport.chunk.rows"
	attrItems    attribute.Key = "bulkimport.catalog.items"
)

// telemetry holds the instruments of a Worker or a Service. It is safe for concurrent use.
type telemetry struct {
	tracer trace.Tracer

	rows, duplicates, images, inputBytes    metric.Int64Counter
	jobsEnded, runs, leasesLost, dispatched metric.Int64Counter
	deliveries                              metric.Int64Counter
	runsActive                              metric.Int64UpDownCounter
	unfinished                              metric.Int64Gauge
	unfinishedAge                           metric.Float64Gauge

	stageTime, catalogTime, jobTime, jobWait metric.Float64Histogram
}

// newTelemetry makes the instruments. A nil provider drops what it is told; the global
// ones of OpenTelemetry are never asked. The error wraps ErrConfig.
func newTelemetry(meters metric.MeterProvider, tracers trace.TracerProvider) (*telemetry, error) {
	if meters == nil {
		meters = metricnoop.NewMeterProvider()
	}

	if tracers == nil {
		tracers = tracenoop.NewTracerProvider()
	}

	b := &instruments{meter: meters.Meter(TelemetryScope)}
	t := &telemetry{
		tracer: tracers.Tracer(TelemetryScope),

		rows: b.counter("bulkimport.rows", "{row}",
			"Rows whose outcome was committed."),
		duplicates: b.counter("bulkimport.duplicates", "{row}",
			"Duplicate rows, by what they were recognised by."),
		images: b.counter("bulkimport.images", "{image}",
			"Images of rows that became products: fetched, reused from the same import, or failed."),
		inputBytes: b.counter("bulkimport.input.io", "By",
			"Bytes of uploaded files that were read to be imported; a resumed run reads some again."),
		jobsEnded: b.counter("bulkimport.jobs.ended", "{job}",
			"Jobs that ended, by the status they ended in."),
		runs: b.counter("bulkimport.runs", "{run}",
			"Runs of workers over jobs, by how they ended."),
		leasesLost: b.counter("bulkimport.leases.lost", "{lease}",
			"Runs cut off because another worker had taken the job, or the lease could not be renewed in time."),
		dispatched: b.counter("bulkimport.jobs.redispatched", "{job}",
			"Jobs for which the sweep sent a message: their worker died, or a message was lost."),
		deliveries: b.counter("bulkimport.notification.attempts", "{attempt}",
			"Tries to tell that a job has ended."),
		runsActive: b.upDownCounter("bulkimport.runs.active", "{run}",
			"Runs under way in this process."),
		unfinished: b.gauge("bulkimport.jobs.unfinished", "{job}",
			"Jobs that are queued or processing, as the last sweep saw them."),
		unfinishedAge: b.floatGauge("bulkimport.jobs.unfinished.age", "s",
			"How long the oldest of them has been in its status, as the last sweep saw it."),
		stageTime: b.histogram("bulkimport.chunk.stage.duration", "s",
			"Time that a stage took with a chunk. Lookup and images are parts of prepare.", stageBuckets()),
		catalogTime: b.histogram("bulkimport.catalog.call.duration", "s",
			"Time of the catalogue's calls, each with the keys or products of a chunk.", stageBuckets()),
		jobTime: b.histogram("bulkimport.job.duration", "s",
			"Time from when a worker first began with a job until it ended.", jobBuckets()),
		jobWait: b.histogram("bulkimport.job.wait", "s",
			"Time from when a job was queued until a worker began with it.", jobBuckets()),
	}

	if b.err != nil {
		return nil, fmt.Errorf("%w: metrics: %w", ErrConfig, b.err)
	}

	return t, nil
}

// stageBuckets are seconds, from a chunk without anything to look up to one with slow
// images.
func stageBuckets() []float64 {
	return []float64{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 600}
}

// jobBuckets are seconds, up to a day.
func jobBuckets() []float64 {
	return []float64{0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 14400, 28800, 86400}
}

// instruments makes instruments and keeps what went wrong.
type instruments struct {
	meter metric.Meter
	err   error
}

func keep[T any](b *instruments, instrument T, err error) T {
	b.err = errors.Join(b.err, err)

	return instrument
}

func (b *instruments) counter(name, unit, description string) metric.Int64Counter {
	i, err := b.meter.Int64Counter(name, metric.WithUnit(unit), metric.WithDescription(description))

	return keep(b, i, err)
}

func (b *instruments) upDownCounter(name, unit, description string) metric.Int64UpDownCounter {
	i, err := b.meter.Int64UpDownCounter(name, metric.WithUnit(unit), metric.WithDescription(description))

	return keep(b, i, err)
}

func (b *instruments) gauge(name, unit, description string) metric.Int64Gauge {
	i, err := b.meter.Int64Gauge(name, metric.WithUnit(unit), metric.WithDescription(description))

	return keep(b, i, err)
}

func (b *instruments) floatGauge(name, unit, description string) metric.Float64Gauge {
	i, err := b.meter.Float64Gauge(name, metric.WithUnit(unit), metric.WithDescription(description))

	return keep(b, i, err)
}

func (b *instruments) histogram(name, unit, description string, buckets []float64) metric.Float64Histogram {
	i, err := b.meter.Float64Histogram(name, metric.WithUnit(unit), metric.WithDescription(description),
		metric.WithExplicitBucketBoundaries(buckets...))

	return keep(b, i, err)
}

// start has the counters of a Worker begin at 0: one that first shows with what it counts
// hides that from rates and alerts.
func (t *telemetry) start(p Ports) {
	ctx := context.Background() // measures nothing, and waits for nothing

	for _, kind := range p.Kinds {
		of := attrJobType.String(string(kind.Type()))

		for _, outcome := range []string{"successful", "duplicate", "error"} {
			t.rows.Add(ctx, 0, metric.WithAttributes(of, attrOutcome.String(outcome)))
		}

		for tier := dedupe.TierBarcode; tier <= dedupe.TierNameBrand; tier++ {
			t.duplicates.Add(ctx, 0, metric.WithAttributes(of, attrTier.String(tier.String())))
		}

		for _, outcome := range []string{imageFetched, imageReused, imageFailed} {
			t.images.Add(ctx, 0, metric.WithAttributes(of, attrOutcome.String(outcome)))
		}

		for _, status := range jobstore.Statuses() {
			if status.Terminal() {
				t.jobsEnded.Add(ctx, 0, metric.WithAttributes(of, attrStatus.String(string(status))))
			}
		}

		for _, result := range []string{runEnded, runYielded, runLost, runFailed, runUndelivered} {
			t.runs.Add(ctx, 0, metric.WithAttributes(of, attrResult.String(result)))
		}

		t.inputBytes.Add(ctx, 0, metric.WithAttributes(of))
		t.leasesLost.Add(ctx, 0, metric.WithAttributes(of))
		t.runsActive.Add(ctx, 0, metric.WithAttributes(of))
	}

	for _, c := range notify.Channels(p.Notifier) {
		for _, outcome := range []string{deliveryDelivered, deliveryFailed, deliveryRejected, deliveryGivenUp} {
			t.deliveries.Add(ctx, 0, metric.WithAttributes(attrChannel.String(c.Name), attrOutcome.String(outcome)))
		}
	}
}

// jobType is the attribute of a job's type. Types come from the kinds that the program has.
func jobType(j *jobstore.Job) attribute.KeyValue { return attrJobType.String(string(j.Type)) }

// What becomes of a try to deliver a message.
const (
	deliveryDelivered = "delivered"
	// deliveryFailed: there is to be another try.
	deliveryFailed   = "failed"
	deliveryRejected = "rejected"
	deliveryGivenUp  = "given_up"
)

// deliveryOutcome says what became of a try to deliver a message.
func deliveryOutcome(problem error, state jobstore.Notification) string {
	switch {
	case problem == nil:
		return deliveryDelivered
	case errors.Is(problem, notify.ErrRejected):
		return deliveryRejected
	case state == jobstore.NotificationFailed:
		return deliveryGivenUp
	}

	return deliveryFailed
}
