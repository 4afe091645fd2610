package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"go.opentelemetry.io/otel/metric"

	"github.com/vyapaarai/bulkimport/examples/httpserver/web"
	"github.com/vyapaarai/bulkimport/examples/internal/api"
	"github.com/vyapaarai/bulkimport/examples/internal/awsbackend"
	"github.com/vyapaarai/bulkimport/examples/internal/httpmw"
	"github.com/vyapaarai/bulkimport/imagepipe/httpfetch"
	"github.com/vyapaarai/bulkimport/importer"
	"github.com/vyapaarai/bulkimport/importer/blob/signedurl"
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
	service *importer.Service
	worker  *importer.Worker
	// takesJobs: the worker takes jobs from the queue. Otherwise other processes do, and
	// it runs only those of requests that wait for them.
	takesJobs bool
	// sweepsImages: images without a product are removed.
	sweepsImages bool

	http     *http.Server
	listener net.Listener
	log      *slog.Logger
	now      func() time.Time
	// stores are for what is tidied up besides the service.
	stores *stores
	// fetcher downloads images; nil where none are fetched.
	fetcher *httpfetch.Fetcher
	// metrics are served besides; nil where they are not.
	metrics *metricsServer

	// address is the URL of the address listened on, and publicURL the one that
	// clients are told. Neither ends with a slash.
	address, publicURL string
}

// newServer puts a server together on a listener, which it takes over when it
// returns no error. observed may be nil.
func newServer(conf config, s *stores, c credentials, listener net.Listener, observed *metricsServer, log *slog.Logger, now func() time.Time) (*server, error) {
	srv := &server{listener: listener, log: log, now: now, stores: s, metrics: observed, address: addressOf(listener)}

	srv.publicURL = strings.TrimSuffix(conf.publicURL, "/")
	if srv.publicURL == "" {
		srv.publicURL = srv.address
	}

	own, files, err := srv.ownParts(conf, c)
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
		Jobs: s.jobs, Files: s.files, Queue: own.Queue, Signer: own.Signer, Notifier: own.Notifier,
		Kinds: []importer.Kind{
			importer.NewProductKind(s.catalog, kind),
			importer.NewInventoryKind(s.catalog, s.inventory, &importer.InventoryKindOptions{Now: now}),
		},
	}

	srv.service, err = importer.NewService(ports, conf.serviceOptions(importer.ServiceOptions{
		Bucket: conf.bucket, MaxConcurrentJobs: conf.maxJobs, MaxJobsPerDay: conf.maxDaily,
		Logger: log, MeterProvider: observed.meters(), Now: now,
	}))
	if err != nil {
		return nil, err
	}

	srv.takesJobs = conf.workers > 0
	srv.sweepsImages = conf.sweepsImages(s.shared)

	srv.worker, err = importer.NewWorker(ports, conf.workerOptions(importer.WorkerOptions{
		Jobs: conf.workers, Logger: log, MeterProvider: observed.meters(), Now: now,
	}))
	if err != nil {
		return nil, err
	}

	handler, err := srv.handler(conf, c, ports, files)
	if err != nil {
		return nil, err
	}

	srv.http = &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: headerTimeout, ReadTimeout: readTimeout, WriteTimeout: writeTimeout, IdleTimeout: idleTimeout,
		MaxHeaderBytes: maxHeader,
		ErrorLog:       slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}

	return srv, nil
}

// serviceOptions returns o as services on the backend have it.
func (c *config) serviceOptions(o importer.ServiceOptions) *importer.ServiceOptions {
	if c.backend == backendAWS {
		return awsbackend.ServiceOptions(o)
	}

	return &o
}

// workerOptions returns o as workers on the backend have it.
func (c *config) workerOptions(o importer.WorkerOptions) *importer.WorkerOptions {
	if c.backend == backendAWS {
		return awsbackend.WorkerOptions(o)
	}

	return &o
}

// handler returns the handler of every request: the API, and the page beside it. files
// serves signed URLs; it may be nil.
func (s *server) handler(conf config, c credentials, ports importer.Ports, files http.Handler) (http.Handler, error) {
	validator, err := importer.NewValidator(ports, &importer.ValidatorOptions{MeterProvider: s.metrics.meters()})
	if err != nil {
		return nil, err
	}

	var limits *api.RateLimit
	if conf.rateLimit > 0 {
		if limits, err = api.NewRateLimit(conf.rateLimit, s.now); err != nil {
			return nil, err
		}
	}

	origins := conf.uploadOrigins
	if s.stores.filesOrigin != "" {
		origins = append(slices.Clone(origins), s.stores.filesOrigin)
	}

	page, err := web.New(web.Options{UploadOrigins: origins})
	if err != nil {
		return nil, err
	}

	legacy, err := s.legacy()
	if err != nil {
		return nil, err
	}

	// Where S3 takes the files, the bound is not the server's to keep.
	maxUpload := conf.maxUpload
	if files == nil {
		maxUpload = 0
	}

	measured, err := httpmw.WithMetrics(api.New(api.Options{
		Service: s.service, Authenticator: c.verifier, Files: files, Images: s.stores.images, Redirects: s.stores.redirects,
		Catalog: s.stores.catalog, Inventory: s.stores.inventory,
		Validator: validator, Legacy: legacy, MaxUpload: maxUpload, RateLimit: limits,
		Ready:  api.Checks(s.stores.jobs, s.stores.catalog, s.stores.files, s.stores.images),
		Logger: s.log,
	}), s.metrics.meters())
	if err != nil {
		return nil, err
	}

	return api.WithMiddleware(page.Or(measured), s.log, s.now), nil
}

// legacy returns the parts of the import of products in a request, whose use is counted.
func (s *server) legacy() (*api.Legacy, error) {
	requests, err := s.metrics.meters().Meter(metricsScope).Int64Counter("bulkimport.legacy.requests",
		metric.WithUnit("{request}"), metric.WithDescription("Requests of the deprecated import of products in one request."))
	if err != nil {
		return nil, err
	}

	// Whoever looks whether anybody is left to move must see that nobody is, too.
	requests.Add(context.Background(), 0)

	return &api.Legacy{
		Files: s.stores.files, Runner: s.worker,
		Used: func(ctx context.Context) { requests.Add(ctx, 1) },
	}, nil
}

// metricsScope is the name under which the server's own metrics are found.
const metricsScope = "github.com/vyapaarai/bulkimport/examples/httpserver"

// ownParts returns the ports that the stores did not bring along: queue, signer and
// notifier. files serves the URLs of the signer; nil where the store of files does.
func (s *server) ownParts(conf config, c credentials) (ports importer.Ports, files http.Handler, err error) {
	ports.Queue, ports.Signer = s.stores.queue, s.stores.signer

	// In memory, although the rest may be durable: the jobs are the truth, and the
	// start finds those whose messages are gone.
	if ports.Queue == nil {
		if ports.Queue, err = memqueue.New(nil); err != nil {
			return importer.Ports{}, nil, err
		}
	}

	if ports.Notifier, err = newNotifier(conf, s.stores.channels, s.log, s.now); err != nil {
		return importer.Ports{}, nil, err
	}

	if ports.Signer != nil {
		return ports, nil, nil
	}

	signer, err := signedurl.New(signedurl.Options{
		Store: s.stores.files, Secret: c.urlSecret, BaseURL: s.publicURL + api.FilesBase,
		MaxUploadBytes: conf.maxUpload, BeforePut: onlyWhilePending(s.stores.jobs), Now: s.now, Logger: s.log,
	})
	if err != nil {
		return importer.Ports{}, nil, err
	}

	ports.Signer = signer

	return ports, signer, nil
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
