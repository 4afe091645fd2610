package httpmw

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
)

// MetricsScope is the name under which the metrics of WithMetrics are found.
const MetricsScope = "github.com/vyapaarai/bulkimport/examples/internal/httpmw"

// WithMetrics measures requests by the conventions of OpenTelemetry for HTTP servers: how
// long they take, by method, route and status, and how many are under way. The route is
// the pattern by which a ServeMux in next chose the handler, so there are as many as the
// program has; one that was not chosen by a pattern has the route "none".
//
// It must be handed the request that the ServeMux gets, and so be the innermost of the
// handlers around it: a copy of the request does not learn the pattern.
func WithMetrics(next http.Handler, meters metric.MeterProvider) (http.Handler, error) {
	meter := meters.Meter(MetricsScope)

	duration, err := meter.Float64Histogram("http.server.request.duration", metric.WithUnit("s"),
		metric.WithDescription("Duration of HTTP server requests."),
		// Those of the conventions, and some for uploads.
		metric.WithExplicitBucketBoundaries(0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 60, 600))
	if err != nil {
		return nil, err
	}

	active, err := meter.Int64UpDownCounter("http.server.active_requests", metric.WithUnit("{request}"),
		metric.WithDescription("Number of active HTTP server requests."))
	if err != nil {
		return nil, err
	}

	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec := record(w)
		method := attribute.String("http.request.method", methodOf(r.Method))
		begin, status := time.Now(), http.StatusInternalServerError

		active.Add(r.Context(), 1, metric.WithAttributes(method))

		// Deferred, so that a handler that panics is measured too.
		defer func() {
			active.Add(r.Context(), -1, metric.WithAttributes(method))
			duration.Record(r.Context(), time.Since(begin).Seconds(), metric.WithAttributes(method,
				attribute.String("http.route", routeOf(r.Pattern)), attribute.Int("http.response.status_code", cmp.Or(rec.status, status))))
		}()

		next.ServeHTTP(rec, r)

		status = http.StatusOK // of an answer without a body, unless it has one already
	}), nil
}

// methodOf returns the method, or "_OTHER" for one that a client made up.
func methodOf(method string) string {
	known := []string{
		http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete,
		http.MethodOptions, http.MethodConnect, http.MethodTrace,
	}
	if slices.Contains(known, method) {
		return method
	}

	return "_OTHER"
}

// routeOf returns the path of a pattern of http.ServeMux.
func routeOf(pattern string) string {
	if pattern == "" {
		return "none"
	}

	if _, path, found := strings.Cut(pattern, " "); found {
		return path
	}

	return pattern
}
