package importer_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/vyapaarai/bulkimport/importer"
	"github.com/vyapaarai/bulkimport/importer/notify"
	"github.com/vyapaarai/bulkimport/jobstore"
)

// observer collects the metrics and spans of an engine.
type observer struct {
	t      *testing.T
	reader *sdkmetric.ManualReader
	spans  *tracetest.InMemoryExporter
}

// observe has an engine, that has nothing started yet, tell an observer.
func observe(e *engine) *observer {
	e.t.Helper()

	o := &observer{t: e.t, reader: sdkmetric.NewManualReader(), spans: tracetest.NewInMemoryExporter()}
	meters := sdkmetric.NewMeterProvider(sdkmetric.WithReader(o.reader))
	tracers := sdktrace.NewTracerProvider(sdktrace.WithSyncer(o.spans))

	e.t.Cleanup(func() {
		require.NoError(e.t, meters.Shutdown(context.WithoutCancel(e.t.Context())))
		require.NoError(e.t, tracers.Shutdown(context.WithoutCancel(e.t.Context())))
	})

	e.workerOptions.MeterProvider, e.workerOptions.TracerProvider = meters, tracers
	e.serviceOptions.MeterProvider, e.serviceOptions.TracerProvider = meters, tracers

	return o
}

// metrics returns every value there is, by the metric and its attributes without their
// prefix, such as "bulkimport.rows{job.type=admin_product_import,outcome=error}". Of a
// histogram the value is how often it was told.
func (o *observer) metrics() map[string]int64 {
	o.t.Helper()

	var data metricdata.ResourceMetrics
	require.NoError(o.t, o.reader.Collect(o.t.Context(), &data))

	values := map[string]int64{}

	for _, scope := range data.ScopeMetrics {
		require.Equal(o.t, importer.TelemetryScope, scope.Scope.Name)

		for _, m := range scope.Metrics {
			require.NotEmpty(o.t, m.Unit, m.Name)
			require.NotEmpty(o.t, m.Description, m.Name)
			o.add(values, m)
		}
	}

	return values
}

func (o *observer) add(values map[string]int64, m metricdata.Metrics) {
	name := func(set attribute.Set) string {
		var parts []string
		for _, kv := range set.ToSlice() {
			parts = append(parts, strings.TrimPrefix(string(kv.Key), "bulkimport.")+"="+kv.Value.String())
		}

		return m.Name + "{" + strings.Join(parts, ",") + "}"
	}

	switch data := m.Data.(type) {
	case metricdata.Sum[int64]:
		for _, p := range data.DataPoints {
			values[name(p.Attributes)] = p.Value
		}
	case metricdata.Gauge[int64]:
		for _, p := range data.DataPoints {
			values[name(p.Attributes)] = p.Value
		}
	case metricdata.Gauge[float64]:
		for _, p := range data.DataPoints {
			values[name(p.Attributes)] = int64(p.Value)
		}
	case metricdata.Histogram[float64]:
		for _, p := range data.DataPoints {
			values[name(p.Attributes)] = int64(p.Count)
		}
	default:
		require.Fail(o.t, "unknown kind of metric", "%T", data)
	}
}

// requireRows requires that the rows counted are those of a job's record.
func (o *observer) requireRows(p jobstore.Progress) {
	o.t.Helper()

	got := o.metrics()
	for outcome, want := range map[string]int64{"successful": p.Successful, "duplicate": p.Duplicates, "error": p.Errors} {
		require.Equal(o.t, want, got["bulkimport.rows{job.type=admin_product_import,outcome="+outcome+"}"], outcome)
	}
}

func TestMetricsOfAnImport(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	o := observe(e)
	id := e.queued(manyRows(95), nil)
	e.clock.advance(7 * time.Second)
	e.hook(func(int64) error {
		e.clock.advance(time.Second)

		return nil
	})
	require.Equal(t, importer.RunEnded, e.run(id))

	job := e.job(id)
	require.NotZero(t, job.Progress.Duplicates)
	require.NotZero(t, job.Progress.Errors)
	o.requireRows(job.Progress)

	got := o.metrics()
	of := func(name, more string) int64 {
		return got["bulkimport."+name+"{job.type=admin_product_import"+more+"}"]
	}

	for tier, n := range job.Progress.DuplicatesByTier {
		require.Equal(t, n, of("duplicates", ",match.tier="+tier))
	}

	chunks := (job.Progress.ProcessedRows + 9) / 10
	for _, stage := range []string{"read", "prepare", "lookup", "apply", "commit"} {
		require.GreaterOrEqual(t, of("chunk.stage.duration", ",stage="+stage), chunks, stage)
	}

	require.Zero(t, of("chunk.stage.duration", ",stage=images"), "no image, no time for them")
	require.Equal(t, job.InputFileSizeBytes-int64(len(strings.SplitAfter(manyRows(1), "\n")[0])), of("input.io", ""), "all but the header")
	require.EqualValues(t, 1, got["bulkimport.jobs.ended{job.status=completed_with_errors,job.type=admin_product_import}"])
	require.EqualValues(t, 1, got["bulkimport.job.duration{job.status=completed_with_errors,job.type=admin_product_import}"])
	require.EqualValues(t, 1, of("job.wait", ""))
	require.EqualValues(t, 1, of("runs", ",run.result=ended"))
	require.Zero(t, of("runs.active", ""))
	require.Equal(t, chunks, got["bulkimport.catalog.call.duration{catalog.operation=create,job.type=admin_product_import}"])
	require.EqualValues(t, 1, got["bulkimport.notification.attempts{channel=default,outcome=delivered}"])
	require.EqualValues(t, 1, got["bulkimport.queue.messages{queue.state=waiting}"], "the message that the test took no notice of")
	require.Zero(t, got["bulkimport.queue.messages{queue.state=in_hand}"])

	// Again is nothing to do.
	require.Equal(t, importer.RunSkipped, e.run(id))
	require.EqualValues(t, 1, o.metrics()["bulkimport.runs{run.result=skipped}"])
}

// A chunk that is done twice counts once.
func TestRowsAreCountedOnceWhateverCrashes(t *testing.T) {
	t.Parallel()

	for n := 2; n <= 20; n += 3 {
		e := newEngine(t)
		o := observe(e)
		id := e.queued(manyRows(60), nil)
		require.False(t, e.runDoomed(id, n, crashBefore))
		e.clock.advance(time.Hour)
		require.Equal(t, importer.RunEnded, e.run(id))
		o.requireRows(e.job(id).Progress)
	}
}

func TestMetricsOfRunsThatFail(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	o := observe(e)
	e.workerOptions.MaxAttempts = 2
	e.hook(func(int64) error { return errors.New("the catalogue is out of reach") })
	id := e.queued(manyRows(20), nil)

	require.Equal(t, importer.RunFailed, e.run(id))
	require.Equal(t, importer.RunEnded, e.run(id))

	got := o.metrics()
	require.EqualValues(t, 1, got["bulkimport.runs{job.type=admin_product_import,run.result=failed}"])
	require.EqualValues(t, 1, got["bulkimport.runs{job.type=admin_product_import,run.result=ended}"])
	require.EqualValues(t, 1, got["bulkimport.jobs.ended{job.status=failed,job.type=admin_product_import}"])
	require.Positive(t, got["bulkimport.catalog.call.duration{catalog.operation=create,job.type=admin_product_import,error.type=_OTHER}"])
	require.Zero(t, got["bulkimport.runs.active{job.type=admin_product_import}"])
}

func TestMetricsOfNotificationsThatFail(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	o := observe(e)
	n := newNotifiedOn(e,
		notify.Channel{Name: "away", Notifier: &receiver{fails: []error{errors.New("away")}}},
		notify.Channel{Name: "no", Notifier: &receiver{fails: []error{&notify.Error{Reason: "no", Rejected: true}}}})
	id := e.queued(manyRows(5), nil)

	require.Equal(t, importer.RunFailed, n.run(id))
	require.Equal(t, importer.RunEnded, n.run(id))

	got := o.metrics()
	require.EqualValues(t, 1, got["bulkimport.runs{job.type=admin_product_import,run.result=undelivered}"])
	require.Zero(t, got["bulkimport.runs{job.type=admin_product_import,run.result=failed}"])
	require.EqualValues(t, 1, got["bulkimport.notification.attempts{channel=away,outcome=failed}"])
	require.EqualValues(t, 1, got["bulkimport.notification.attempts{channel=away,outcome=delivered}"])
	require.EqualValues(t, 1, got["bulkimport.notification.attempts{channel=no,outcome=rejected}"])
}

func TestMetricsOfALostLease(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	o := observe(e)

	var id string

	// Another worker takes the job in the middle, as soon as no commit renews the lease.
	e.hook(func(call int64) error {
		if call != 3 {
			return nil
		}

		err := jobstore.ErrLeased
		for errors.Is(err, jobstore.ErrLeased) {
			e.clock.advance(2 * time.Minute)

			_, _, _, err = jobstore.Acquire(context.Background(), e.jobs, id, "thief", time.Hour, e.clock.Now())
		}

		return err
	})

	id = e.queued(manyRows(100), nil)
	require.Equal(t, importer.RunSkipped, e.run(id))

	got := o.metrics()
	require.EqualValues(t, 1, got["bulkimport.leases.lost{job.type=admin_product_import}"])
	require.EqualValues(t, 1, got["bulkimport.runs{job.type=admin_product_import,run.result=lost}"])
	o.requireRows(e.job(id).Progress)
}

func TestMetricsOfTheService(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	o := observe(e)
	s := e.service()

	refused := e.upload("\x00\x01\x02")
	_, err := s.Process(t.Context(), owner, refused, nil)
	require.ErrorIs(t, err, importer.ErrBadFile)

	for range 2 {
		_, err = s.Cancel(t.Context(), owner, e.job(refused).ID)
		require.Error(t, err)
	}

	cancelled := e.upload("x")
	_, err = s.Cancel(t.Context(), owner, cancelled)
	require.NoError(t, err)
	e.clock.advance(time.Minute)
	_, err = s.Cancel(t.Context(), owner, cancelled)
	require.NoError(t, err)

	e.queued(manyRows(5), nil)
	e.clock.advance(15 * time.Minute)
	e.queued(manyRows(5), nil)

	sent, err := s.Sweep(t.Context())
	require.NoError(t, err)
	require.Equal(t, 2, sent, "the failed one is still to be told of, and one is old")

	got := o.metrics()
	require.EqualValues(t, 1, got["bulkimport.jobs.ended{job.status=failed,job.type=admin_product_import}"])
	require.EqualValues(t, 1, got["bulkimport.jobs.ended{job.status=cancelled,job.type=admin_product_import}"])
	require.EqualValues(t, 2, got["bulkimport.jobs.redispatched{job.type=admin_product_import}"])
	require.EqualValues(t, 2, got["bulkimport.jobs.unfinished{job.status=queued}"])
	require.EqualValues(t, 0, got["bulkimport.jobs.unfinished{job.status=processing}"])
	require.EqualValues(t, 15*60, got["bulkimport.jobs.unfinished.age{job.status=queued}"])
	require.Contains(t, got, "bulkimport.jobs.unfinished.age{job.status=processing}")
}

func TestSpansOfAnImport(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	o := observe(e)
	job := e.imported(manyRows(25), nil)

	byID := map[string]tracetest.SpanStub{}
	children := map[string][]string{} // parent name -> names

	for _, s := range o.spans.GetSpans() {
		byID[s.SpanContext.SpanID().String()] = s
	}

	for _, s := range byID {
		require.NotEqual(t, codes.Error, s.Status.Code, s.Name)

		parent := byID[s.Parent.SpanID().String()].Name
		children[parent] = append(children[parent], s.Name)
	}

	count := func(parent, name string) (n int) {
		for _, child := range children[parent] {
			if child == name {
				n++
			}
		}

		return n
	}

	require.Equal(t, 1, count("", "bulkimport.run"))
	require.Equal(t, []string{"bulkimport.run"}, children[""])
	require.GreaterOrEqual(t, count("bulkimport.run", "bulkimport.chunk"), 3)

	for _, stage := range []string{"read", "prepare", "apply", "commit"} {
		require.Equal(t, count("bulkimport.run", "bulkimport.chunk"), count("bulkimport.chunk", "bulkimport."+stage), stage)
	}

	require.Equal(t, count("bulkimport.chunk", "bulkimport.prepare"), count("bulkimport.prepare", "bulkimport.lookup"))
	require.Equal(t, count("bulkimport.chunk", "bulkimport.prepare"), count("bulkimport.lookup", "bulkimport.catalog.lookup"))
	require.Positive(t, count("bulkimport.apply", "bulkimport.catalog.create"))

	for _, s := range byID {
		if s.Name == "bulkimport.run" {
			set := attribute.NewSet(s.Attributes...)
			id, _ := set.Value("bulkimport.job.id")
			require.Equal(t, job.ID, id.AsString())
			result, _ := set.Value("bulkimport.run.result")
			require.Equal(t, "ended", result.AsString())
		}
	}
}

// Every span ends, also those of chunks that were under way when a run failed.
func TestSpansOfARunThatFails(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	o := observe(e)
	e.hook(func(call int64) error {
		if call == 3 {
			return errors.New("catalogue: key secret-cell is too long")
		}

		return nil
	})
	id := e.queued(manyRows(200), nil)
	require.Equal(t, importer.RunFailed, e.run(id))

	chunks, failed := 0, 0

	for _, s := range o.spans.GetSpans() {
		require.False(t, s.EndTime.IsZero())
		require.Empty(t, s.Events, "an event would have the text of an error")

		switch {
		case s.Name == "bulkimport.run":
			require.Equal(t, codes.Error, s.Status.Code)
		case s.Name == "bulkimport.chunk":
			chunks++

			if s.Status.Code == codes.Error {
				failed++
			}
		}
	}

	require.Equal(t, 2, chunks-failed, "the two that were committed")
	require.GreaterOrEqual(t, failed, 1)
	require.NotContains(t, fmt.Sprintf("%+v", o.spans.GetSpans()), "secret-cell")
}

// What rows hold is in no metric and no span.
func TestTelemetryHasNoCells(t *testing.T) {
	t.Parallel()

	const marker = "Zanzibar"

	e := newEngine(t)
	o := observe(e)
	file := "name,category,brand,barcode,image_url_1,description\n" +
		"Zanzibar tea,Zanzibar,Zanzibar,8901058851311,https://zanzibar.example.org/a.jpg?Zanzibar=1,Zanzibar\n" +
		"Zanzibar tea,Zanzibar,Zanzibar,8901058851311,,\n" +
		",Zanzibar,Zanzibar,Zanzibar,,\n"

	job := e.imported(file, nil)
	require.Equal(t, [3]int64{1, 1, 1}, [3]int64{job.Progress.Successful, job.Progress.Duplicates, job.Progress.Errors})

	var data metricdata.ResourceMetrics
	require.NoError(t, o.reader.Collect(t.Context(), &data))

	for _, text := range []string{fmt.Sprintf("%+v", data), fmt.Sprintf("%+v", o.spans.GetSpans())} {
		require.Contains(t, text, "admin_product_import")
		require.NotContains(t, strings.ToLower(text), strings.ToLower(marker))
		require.NotContains(t, text, "8901058851311")
		require.NotContains(t, text, owner.Email)
	}
}

func TestMetricsOfAnInventory(t *testing.T) {
	t.Parallel()

	e := newStoreEngine(t)
	o := observe(e)
	job := e.imported("name,category,quantity,selling_price\nTea,Food,4,10\nSalt,Food,5,20\n,Food,5,20\n", nil)
	require.Equal(t, [2]int64{2, 1}, [2]int64{job.Progress.Successful, job.Progress.Errors})

	got := o.metrics()
	require.EqualValues(t, 2, got["bulkimport.rows{job.type=store_inventory_upload,outcome=successful}"])
	require.EqualValues(t, 1, got["bulkimport.rows{job.type=store_inventory_upload,outcome=error}"])
	require.Positive(t, got["bulkimport.chunk.stage.duration{job.type=store_inventory_upload,stage=lookup}"])
	require.EqualValues(t, 1, got["bulkimport.catalog.call.duration{catalog.operation=create,job.type=store_inventory_upload}"])
	require.EqualValues(t, 1, got["bulkimport.catalog.call.duration{catalog.operation=put_items,job.type=store_inventory_upload}"])
}

func TestMetricsOfDryRuns(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	o := observe(e)
	v, _ := e.validator(&importer.ValidatorOptions{MeterProvider: e.workerOptions.MeterProvider})
	id := e.upload(manyRows(20))

	for _, rows := range []int64{importer.AllRows, 5, -7} {
		_, err := v.Validate(t.Context(), owner, importer.ValidationRequest{JobID: id, Rows: rows})
		require.Equal(t, rows == -7, err != nil)
	}

	ended, stop := context.WithCancel(t.Context())
	stop()

	_, err := v.Validate(ended, owner, importer.ValidationRequest{JobID: id})
	require.Error(t, err)

	got := o.metrics()
	for _, outcome := range []string{"complete", "partial", "refused", "failed"} {
		require.EqualValues(t, 1, got["bulkimport.dry_runs{outcome="+outcome+"}"], outcome)
		require.EqualValues(t, 1, got["bulkimport.dry_run.duration{outcome="+outcome+"}"], outcome)
	}

	o.requireRows(jobstore.Progress{}) // a look imports nothing
}

// What a retried job has waited for is not time that it took.
func TestRetriedJobsHaveNoDuration(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	o := observe(e)
	e.workerOptions.MaxAttempts = 1
	e.hook(func(call int64) error {
		if call == 1 {
			return errors.New("the catalogue is out of reach")
		}

		return nil
	})

	id := e.queued(manyRows(20), nil)
	require.Equal(t, importer.RunEnded, e.run(id))
	e.clock.advance(24 * time.Hour)

	_, err := e.service().Retry(t.Context(), owner, id)
	require.NoError(t, err)
	require.Equal(t, importer.RunEnded, e.run(id))

	got := o.metrics()
	require.EqualValues(t, 1, got["bulkimport.jobs.ended{job.status=completed_with_errors,job.type=admin_product_import}"])
	require.Zero(t, got["bulkimport.job.duration{job.status=completed_with_errors,job.type=admin_product_import}"])
	require.EqualValues(t, 1, got["bulkimport.job.duration{job.status=failed,job.type=admin_product_import}"])

	// And its second end is told of like the first.
	require.Len(t, e.told.got(), 2)
	require.NotEqual(t, e.told.got()[0].ID, e.told.got()[1].ID)
}
