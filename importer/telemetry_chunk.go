package importer

import (
	"context"
	"sync"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"

	"github.com/vyapaarai/bulkimport/jobstore"
)

// stage is a part of the work on a chunk, and a value of attrStage.
type stage string

const (
	stageRead    stage = "read"
	stagePrepare stage = "prepare"
	stageLookup  stage = "lookup" // a part of prepare
	stageImages  stage = "images" // a part of prepare
	stageApply   stage = "apply"
	stageCommit  stage = "commit"
)

// runTelemetry is the telemetry of one run. It goes with the context, so that a Kind needs
// to know nothing of it.
type runTelemetry struct {
	*telemetry
	jobType attribute.KeyValue

	mu sync.Mutex
	// open are the spans of the chunks under way.
	open map[*Chunk]trace.Span
}

type runTelemetryKey struct{}

// observe returns ctx with the telemetry of a run over a job.
func (t *telemetry) observe(ctx context.Context, j *jobstore.Job) (context.Context, *runTelemetry) {
	rt := &runTelemetry{telemetry: t, jobType: jobType(j), open: map[*Chunk]trace.Span{}}

	return context.WithValue(ctx, runTelemetryKey{}, rt), rt
}

// telemetryOf returns the telemetry of the run that ctx belongs to, or nil.
func telemetryOf(ctx context.Context) *runTelemetry {
	rt, _ := ctx.Value(runTelemetryKey{}).(*runTelemetry) // absent in a Kind's own tests

	return rt
}

// measure measures a stage, until the function it returns is called with the error it
// ended in.
func measure(ctx context.Context, s stage) (context.Context, func(error)) {
	rt := telemetryOf(ctx)
	if rt == nil {
		return ctx, func(error) {}
	}

	begin := time.Now()
	ctx, span := rt.tracer.Start(ctx, "bulkimport."+string(s))

	return ctx, func(err error) {
		rt.stageTime.Record(ctx, time.Since(begin).Seconds(), metric.WithAttributes(rt.jobType, attrStage.String(string(s))))
		endSpan(span, err)
	}
}

// chunkRead notes that a chunk was read, from begin on, which took so many bytes of the
// stored file, and begins its span.
func (rt *runTelemetry) chunkRead(ctx context.Context, c *Chunk, begin time.Time, bytes int64) {
	rt.stageTime.Record(ctx, time.Since(begin).Seconds(), metric.WithAttributes(rt.jobType, attrStage.String(string(stageRead))))
	addTo(ctx, rt.inputBytes, bytes, rt.jobType)

	within, span := rt.tracer.Start(ctx, "bulkimport.chunk", trace.WithTimestamp(begin), trace.WithAttributes(
		attrFirstRow.Int64(c.Start.Row), attrRows.Int(len(c.Rows))))

	_, reading := rt.tracer.Start(within, "bulkimport."+string(stageRead), trace.WithTimestamp(begin))
	reading.End()

	rt.mu.Lock()
	defer rt.mu.Unlock()

	rt.open[c] = span
}

// within returns ctx inside the span of a chunk.
func (rt *runTelemetry) within(ctx context.Context, c *Chunk) context.Context {
	rt.mu.Lock()
	defer rt.mu.Unlock()

	if span, ok := rt.open[c]; ok {
		return trace.ContextWithSpan(ctx, span)
	}

	return ctx
}

// chunkDone ends the span of a chunk.
func (rt *runTelemetry) chunkDone(c *Chunk, err error) {
	rt.mu.Lock()
	defer rt.mu.Unlock()

	if span, ok := rt.open[c]; ok {
		delete(rt.open, c)
		endSpan(span, err)
	}
}

// pipelineDone ends the spans of the chunks that did not get through.
func (rt *runTelemetry) pipelineDone(err error) {
	if err == nil {
		err = errStopping
	}

	rt.mu.Lock()
	defer rt.mu.Unlock()

	for c, span := range rt.open {
		delete(rt.open, c)
		endSpan(span, err)
	}
}
