package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"

	"go.opentelemetry.io/otel/metric"
	metricnoop "go.opentelemetry.io/otel/metric/noop"
	"golang.org/x/sync/errgroup"

	"github.com/vyapaarai/bulkimport/examples/internal/metrics"
)

// metricsServer serves metrics to the operator, on an address of its own: it asks nobody
// who they are, so it must not be where the API is.
type metricsServer struct {
	metrics  *metrics.Metrics
	listener net.Listener
	http     *http.Server
}

// listenMetrics listens for scrapes on an address, which is empty where there are none to
// be; then it returns nil.
func listenMetrics(ctx context.Context, addr string, log *slog.Logger) (*metricsServer, error) {
	if addr == "" {
		return nil, nil
	}

	m, err := metrics.New()
	if err != nil {
		return nil, err
	}

	var network net.ListenConfig

	listener, err := network.Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("cannot listen (choose another address by -metrics-addr): %w", err)
	}

	if !isLoopback(listener) {
		log.WarnContext(ctx, "other machines can reach the metrics, which are not encrypted and ask for no token", "metrics_addr", addr)
	}

	mux := http.NewServeMux()
	mux.Handle("GET "+metrics.Path, m.Handler(log))

	return &metricsServer{metrics: m, listener: listener, http: &http.Server{
		Handler:           mux,
		ReadHeaderTimeout: headerTimeout, ReadTimeout: readTimeout, WriteTimeout: writeTimeout, IdleTimeout: idleTimeout,
		MaxHeaderBytes: maxHeader,
		ErrorLog:       slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}}, nil
}

// address is where the metrics are.
func (m *metricsServer) address() string { return addressOf(m.listener) + metrics.Path }

// meters returns who is to be told what is measured. m may be nil.
func (m *metricsServer) meters() metric.MeterProvider {
	if m == nil {
		return metricnoop.NewMeterProvider()
	}

	return m.metrics.MeterProvider()
}

// serve has the group serve metrics until running ends. m may be nil.
func (m *metricsServer) serve(running context.Context, group *errgroup.Group) {
	if m == nil {
		return
	}

	group.Go(func() error {
		if err := m.http.Serve(m.listener); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("the server of the metrics stopped: %w", err)
		}

		return nil
	})

	group.Go(func() error {
		<-running.Done()

		// A scrape that is cut off is one that is missing, and no more.
		return m.http.Close()
	})
}

// close ends what listenMetrics began. m may be nil.
func (m *metricsServer) close() error {
	if m == nil {
		return nil
	}

	// A server that never served knows nothing of its listener.
	err := m.listener.Close()
	if errors.Is(err, net.ErrClosed) {
		err = nil
	}

	return errors.Join(err, m.metrics.Shutdown(context.Background()))
}
