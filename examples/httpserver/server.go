package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/vyapaarai/bulkimport/examples/internal/api"
	"github.com/vyapaarai/bulkimport/examples/internal/httpmw"
	"github.com/vyapaarai/bulkimport/imagepipe/httpfetch"
	"github.com/vyapaarai/bulkimport/importer"
	"github.com/vyapaarai/bulkimport/importer/blob/signedurl"
	"github.com/vyapaarai/bulkimport/importer/notify/lognotify"
	"github.com/vyapaarai/bulkimport/importer/queue/memqueue"
)

// Limits of a connection. Uploads and downloads move the two in the middle along
// as they go (see packages signedurl and api), so these cut nobody who makes
// progress.
const (
	headerTimeout = 10 * time.Second
	readTimeout   = time.Minute
	writeTimeout  = time.Minute
	idleTimeout   = 2 * time.Minute
	// maxHeader bounds the header of a request, in bytes, the token in it.
	maxHeader = 32 << 10
)

// server is all the parts of a server, put together.
type server struct {
	service  *importer.Service
	worker   *importer.Worker
	http     *http.Server
	listener net.Listener
	log      *slog.Logger
	now      func() time.Time
	// stores are for what is tidied up besides the service.
	stores *stores
	// fetcher downloads images; nil where none are fetched.
	fetcher *httpfetch.Fetcher

	// address is the URL of the address listened on, and publicURL the one that
	// clients are told. Neither ends with a slash.
	address, publicURL string
}

// newServer puts a server together on a listener, which it takes over when it
// returns no error.
func newServer(conf config, s *stores, c credentials, listener net.Listener, log *slog.Logger, now func() time.Time) (*server, error) {
	srv := &server{listener: listener, log: log, now: now, stores: s, address: addressOf(listener)}

	srv.publicURL = strings.TrimSuffix(conf.publicURL, "/")
	if srv.publicURL == "" {
		srv.publicURL = srv.address
	}

	files, err := signedurl.New(signedurl.Options{
		Store: s.files, Secret: c.urlSecret, BaseURL: srv.publicURL + api.FilesBase,
		MaxUploadBytes: conf.maxUpload, BeforePut: onlyWhilePending(s.jobs), Now: now, Logger: log,
	})
	if err != nil {
		return nil, err
	}

	// In memory, although the rest may be durable: the jobs are the truth, and the
	// start finds those whose messages are gone.
	messages, err := memqueue.New(nil)
	if err != nil {
		return nil, err
	}

	kind := &importer.ProductKindOptions{Now: now, ImageTime: imageTime}

	if conf.images == imagesOn {
		if err := srv.openImages(conf, kind); err != nil {
			return nil, err
		}
	}

	ports := importer.Ports{
		Jobs: s.jobs, Files: s.files, Queue: messages, Signer: files, Notifier: lognotify.New(log),
		Kinds: []importer.Kind{
			importer.NewProductKind(s.catalog, kind),
			importer.NewInventoryKind(s.catalog, s.inventory, &importer.InventoryKindOptions{Now: now}),
		},
	}

	srv.service, err = importer.NewService(ports, &importer.ServiceOptions{
		Bucket: conf.bucket, MaxConcurrentJobs: conf.maxJobs, MaxJobsPerDay: conf.maxDaily, Logger: log, Now: now,
	})
	if err != nil {
		return nil, err
	}

	srv.worker, err = importer.NewWorker(ports, &importer.WorkerOptions{Jobs: conf.workers, Logger: log, Now: now})
	if err != nil {
		return nil, err
	}

	validator, err := importer.NewValidator(ports, nil)
	if err != nil {
		return nil, err
	}

	var limits *api.RateLimit
	if conf.rateLimit > 0 {
		if limits, err = api.NewRateLimit(conf.rateLimit, now); err != nil {
			return nil, err
		}
	}

	srv.http = &http.Server{
		Handler: withMiddleware(api.New(api.Options{
			Service: srv.service, Authenticator: c.verifier, Files: files, Images: s.images, Catalog: s.catalog, Inventory: s.inventory,
			Validator: validator, Legacy: &api.Legacy{Files: s.files, Runner: srv.worker}, RateLimit: limits, Ready: s.checks(), Logger: log,
		}), log, now),
		ReadHeaderTimeout: headerTimeout, ReadTimeout: readTimeout, WriteTimeout: writeTimeout, IdleTimeout: idleTimeout,
		MaxHeaderBytes: maxHeader,
		ErrorLog:       slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}

	return srv, nil
}

// withMiddleware puts around the API what every request goes through.
func withMiddleware(h http.Handler, log *slog.Logger, now func() time.Time) http.Handler {
	h = httpmw.WithSecurityHeaders(h)
	h = httpmw.WithRecovery(h, api.Failed(log), log)
	h = httpmw.WithAccessLog(h, log, now)

	return httpmw.WithRequestID(h)
}

// listen listens on the address of the configuration.
func listen(ctx context.Context, addr string) (net.Listener, error) {
	var network net.ListenConfig

	listener, err := network.Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("cannot listen (choose another address by -addr): %w", err)
	}

	return listener, nil
}

// addressOf returns the URL of a listener. One on all addresses is best reached
// from this machine by its name.
func addressOf(listener net.Listener) string {
	addr := listener.Addr().String()

	if tcp, ok := listener.Addr().(*net.TCPAddr); ok && tcp.IP.IsUnspecified() {
		addr = fmt.Sprintf("localhost:%d", tcp.Port)
	}

	return "http://" + addr
}

// isLoopback reports whether only this machine reaches the listener.
func isLoopback(listener net.Listener) bool {
	tcp, ok := listener.Addr().(*net.TCPAddr)

	return ok && tcp.IP.IsLoopback()
}

// shutdownTimeout is how long requests under way may take to finish.
const shutdownTimeout = 25 * time.Second

// drain ends the HTTP part: nothing new is accepted, and what is under way
// finishes or, when it takes too long, is cut off.
func (s *server) drain(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, shutdownTimeout)
	defer cancel()

	err := s.http.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		s.log.WarnContext(ctx, "requests that did not finish in time are cut off")

		return s.http.Close()
	}

	return err
}
