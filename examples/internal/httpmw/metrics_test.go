package httpmw_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/attribute"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	"github.com/vyapaarai/bulkimport/examples/internal/httpmw"
)

// counted returns how many requests were measured, by method, route and status, and how
// many are under way.
func counted(t *testing.T, reader sdkmetric.Reader) (map[string]int, int) {
	t.Helper()

	var data metricdata.ResourceMetrics
	require.NoError(t, reader.Collect(t.Context(), &data))

	requests, active := map[string]int{}, 0

	for _, m := range data.ScopeMetrics[0].Metrics {
		switch points := m.Data.(type) {
		case metricdata.Histogram[float64]:
			for _, p := range points.DataPoints {
				value := func(key attribute.Key) string {
					v, _ := p.Attributes.Value(key)

					return v.String()
				}

				requests[value("http.request.method")+" "+value("http.route")+" "+value("http.response.status_code")] += int(p.Count)
			}
		case metricdata.Sum[int64]:
			for _, p := range points.DataPoints {
				active += int(p.Value)
			}
		}
	}

	return requests, active
}

func TestMetrics(t *testing.T) {
	t.Parallel()

	reader := sdkmetric.NewManualReader()
	meters := sdkmetric.NewMeterProvider(sdkmetric.WithReader(reader))

	mux := http.NewServeMux()
	mux.HandleFunc("GET /jobs/{id}", func(w http.ResponseWriter, _ *http.Request) {
		_, active := counted(t, reader)
		require.Equal(t, 1, active)
		w.WriteHeader(http.StatusTeapot)
	})
	mux.HandleFunc("/files/", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("GET /panic", func(http.ResponseWriter, *http.Request) { panic("out of tea") })
	mux.HandleFunc("GET /late", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusAccepted)
		panic(http.ErrAbortHandler)
	})

	measured, err := httpmw.WithMetrics(mux, meters)
	require.NoError(t, err)

	// What is around it does not hide the pattern, and answers for it.
	h := httpmw.WithRequestID(httpmw.WithAccessLog(httpmw.WithRecovery(measured, failed(), slog.New(slog.DiscardHandler)),
		slog.New(slog.DiscardHandler), now))

	for _, r := range []struct{ method, path string }{
		{"GET", "/jobs/1"}, {"GET", "/jobs/2?x=y"}, {"GET", "/files/a/b"}, {"PUT", "/files/c"},
		{"GET", "/elsewhere"}, {"BREW", "/files/c"}, {"GET", "/panic"},
	} {
		do(h, httptest.NewRequest(r.method, r.path, nil))
	}

	require.Panics(t, func() { do(h, httptest.NewRequest(http.MethodGet, "/late", nil)) })

	requests, active := counted(t, reader)
	require.Zero(t, active)
	require.Equal(t, map[string]int{
		"GET /jobs/{id} 418": 2,
		"GET /files/ 200":    1,
		"PUT /files/ 200":    1,
		"_OTHER /files/ 200": 1,
		"GET none 404":       1,
		"GET /panic 500":     1,
		"GET /late 202":      1,
	}, requests)
}
