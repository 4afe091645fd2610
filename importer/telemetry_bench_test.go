package importer_test

import (
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/vyapaarai/bulkimport/importer"
	"github.com/vyapaarai/bulkimport/internal/synthetic"
)

// BenchmarkTelemetry imports files of 50,000 rows into an empty catalogue, in turn without
// and with metrics and spans, every one of them recorded, and tells what that costs:
// "cpu-ratio" is the processor time with over that without, which says the same on a busy
// machine.
func BenchmarkTelemetry(b *testing.B) {
	spans := tracetest.NewInMemoryExporter()
	reader := sdkmetric.NewManualReader()
	observed := &importer.WorkerOptions{
		MeterProvider:  sdkmetric.NewMeterProvider(sdkmetric.WithReader(reader)),
		TracerProvider: sdktrace.NewTracerProvider(sdktrace.WithSyncer(spans)),
	}

	var (
		took  [2]time.Duration
		first = 0
	)

	once := func(i int, opts *importer.WorkerOptions) {
		ports, _, _ := benchPorts(b, "memory")
		file := synthetic.New(synthetic.Options{Rows: benchRows, Duplicates: 0.1, Errors: 0.01})

		runtime.GC() // what was left over is not the cost of what comes

		begin := processorTime(b)
		job := importFileBy(b, ports, opts, file)
		took[i] += processorTime(b) - begin

		require.EqualValues(b, benchRows, job.Progress.ProcessedRows)
	}

	for b.Loop() {
		for _, i := range []int{first, 1 - first} {
			once(i, []*importer.WorkerOptions{nil, observed}[i])
		}

		first = 1 - first

		require.NotEmpty(b, spans.GetSpans())
		spans.Reset()
	}

	var data metricdata.ResourceMetrics

	require.NoError(b, reader.Collect(b.Context(), &data))
	require.NotEmpty(b, data.ScopeMetrics)

	b.ReportMetric(took[1].Seconds()/took[0].Seconds(), "cpu-ratio")
}

// processorTime returns how long processors have worked for this process.
func processorTime(b *testing.B) time.Duration {
	b.Helper()

	var usage syscall.Rusage

	require.NoError(b, syscall.Getrusage(syscall.RUSAGE_SELF, &usage))

	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
