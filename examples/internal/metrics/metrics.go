// Package metrics makes the metrics of OpenTelemetry those of Prometheus, in a registry of
// its own.
package metrics

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/prometheus/otlptranslator"
	otelprometheus "go.opentelemetry.io/otel/exporters/prometheus"
	"go.opentelemetry.io/otel/metric"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
)

// Path is where the Handler of Metrics belongs.
const Path = "/metrics"

// Metrics collects what it is told, to be scraped by Prometheus.
type Metrics struct {
	registry *prometheus.Registry
	meters   *sdkmetric.MeterProvider
}

// New returns Metrics that has those of the process and of the Go runtime.
func New() (*Metrics, error) {
	registry := prometheus.NewRegistry()

	exporter, err := otelprometheus.New(
		otelprometheus.WithRegisterer(registry),
		otelprometheus.WithTranslationStrategy(otlptranslator.UnderscoreEscapingWithSuffixes),
		// They name the library, and are the same for all.
		otelprometheus.WithoutScopeInfo(),
		otelprometheus.WithoutTargetInfo(),
	)
	if err != nil {
		return nil, fmt.Errorf("metrics: %w", err)
	}

	err = errors.Join(
		registry.Register(collectors.NewGoCollector()),
		registry.Register(collectors.NewProcessCollector(collectors.ProcessCollectorOpts{})),
		registry.Register(collectors.NewBuildInfoCollector()),
	)
	if err != nil {
		return nil, fmt.Errorf("metrics: %w", err)
	}

	return &Metrics{registry: registry, meters: sdkmetric.NewMeterProvider(sdkmetric.WithReader(exporter))}, nil
}

// MeterProvider is who is told.
func (m *Metrics) MeterProvider() metric.MeterProvider { return m.meters }

// The bounds of a scrape. It costs little; whoever asks often, or slowly, waits.
const (
	scrapesAtOnce = 4
	scrapeTimeout = 10 * time.Second
)

// Handler answers a scrape. It asks nobody who they are: put it where only the operator
// gets. A metric that cannot be collected is left out and logged.
func (m *Metrics) Handler(log *slog.Logger) http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{
		ErrorLog:            slog.NewLogLogger(log.Handler(), slog.LevelWarn),
		ErrorHandling:       promhttp.ContinueOnError,
		MaxRequestsInFlight: scrapesAtOnce,
		Timeout:             scrapeTimeout,
	})
}

// Shutdown ends the collection.
func (m *Metrics) Shutdown(ctx context.Context) error { return m.meters.Shutdown(ctx) }
