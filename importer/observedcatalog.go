package importer

import (
	"context"
	"time"

	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"

	"github.com/vyapaarai/bulkimport/dedupe"
	"github.com/vyapaarai/bulkimport/importer/catalog"
)

// observedCatalog is a catalogue whose calls for the rows of a chunk are measured.
type observedCatalog struct{ catalog.Store }

func (o observedCatalog) Lookup(ctx context.Context, keys []dedupe.Key) (held map[dedupe.Key]string, err error) {
	ctx, done := measureCatalog(ctx, "lookup", len(keys))
	defer func() { done(err) }()

	return o.Store.Lookup(ctx, keys)
}

func (o observedCatalog) Create(ctx context.Context, items []catalog.NewProduct) (results []catalog.CreateResult, err error) {
	ctx, done := measureCatalog(ctx, "create", len(items))
	defer func() { done(err) }()

	return o.Store.Create(ctx, items)
}

func (o observedCatalog) Get(ctx context.Context, ids []string) (products []catalog.Product, err error) {
	ctx, done := measureCatalog(ctx, "get", len(ids))
	defer func() { done(err) }()

	return o.Store.Get(ctx, ids)
}

// measureCatalog measures a call of a catalogue with so many items, until the function it
// returns is called with the error it ended in.
func measureCatalog(ctx context.Context, operation string, items int) (context.Context, func(error)) {
	rt := telemetryOf(ctx)
	if rt == nil {
		return ctx, func(error) {}
	}

	begin := time.Now()
	ctx, span := rt.tracer.Start(ctx, "bulkimport.catalog."+operation, trace.WithSpanKind(trace.SpanKindClient),
		trace.WithAttributes(attrItems.Int(items)))

	return ctx, func(err error) {
		of := []metric.RecordOption{metric.WithAttributes(rt.jobType, attrOperation.String(operation))}
		if err != nil {
			of = append(of, metric.WithAttributes(attrErrorType.String(errorType(err))))
		}

		rt.catalogTime.Record(ctx, time.Since(begin).Seconds(), of...)
		endSpan(span, err)
	}
}
