package importer

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"time"

	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"

	"github.com/vyapaarai/bulkimport/csvschema"
	"github.com/vyapaarai/bulkimport/internal/errlog"
)

// Service is the part of the engine that users talk to: it creates uploads, starts
// jobs, tells of them and cancels them. It does no work on rows and may run in any
// number of processes. A Service is safe for concurrent use.
type Service struct {
	ports     Ports
	opts      ServiceOptions
	telemetry *telemetry
	analytics analyticsCache
}

// ServiceOptions are the optional parts of a Service. Zero fields mean the
// defaults that are given with them.
type ServiceOptions struct {
	// UploadTTL is how long an upload URL can be used. Default 10 minutes.
	UploadTTL time.Duration
	// PartsTTL is how long the URLs of the parts of a large file can be used. Default
	// 12 hours; URLs that are signed by temporary credentials end with those, if that
	// is sooner.
	PartsTTL time.Duration
	// PendingTTL is how long a job waits for its upload before its record goes.
	// Default 24 hours.
	PendingTTL time.Duration
	// JobTTL is how long a job that was started is kept, with its files. Default
	// 30 days.
	JobTTL time.Duration
	// ReportTTL is how long the URL of a report can be used. Default 1 hour.
	ReportTTL time.Duration
	// ResendAfter is how long the sweep waits for a job that has a message under
	// way before it sends another. Default 10 minutes.
	ResendAfter time.Duration
	// MaxConcurrentJobs is how many jobs that one user has created may be queued or in
	// work at a time. Default 10; a negative number means any.
	//
	// With a job store that is a jobstore.UserRecords this and MaxJobsPerDay are exact,
	// however many requests come at once and to however many Services. Otherwise jobs are
	// counted by List, and those of the same moment may slip through together.
	MaxConcurrentJobs int
	// MaxJobsPerDay is how many jobs one user may create on one day in UTC. Default
	// 100; a negative number means any.
	MaxJobsPerDay int
	// Bucket is the name of the store of files, for the job's record. Optional.
	Bucket string
	// Limits bound what is read of a file. They must be those of the Worker.
	Limits csvschema.Limits
	// Logger gets what operators should know. Default: nothing is logged.
	Logger *slog.Logger
	// MeterProvider and TracerProvider get metrics and spans; docs/observability.md lists
	// them. Default: nothing is measured. Those that OpenTelemetry keeps globally are
	// never used. The depth of the queue is measured for as long as the MeterProvider
	// collects, so give one to one Service of a process.
	MeterProvider  metric.MeterProvider
	TracerProvider trace.TracerProvider
	// Now is the clock. Default time.Now.
	Now func() time.Time
	// NewID returns the random part of a job's id: at least 12 lower-case letters
	// and digits, different every time. Default: from crypto/rand.
	NewID func() string
}

// NewService returns a Service on these ports. opts may be nil. The error wraps
// ErrConfig.
func NewService(p Ports, opts *ServiceOptions) (*Service, error) {
	if err := p.check(); err != nil {
		return nil, err
	}

	s := &Service{ports: p, analytics: analyticsCache{places: make(chan struct{}, maxAnalyticsRuns)}}
	if opts != nil {
		s.opts = *opts
	}

	for _, d := range []struct {
		field *time.Duration
		value time.Duration
	}{
		{&s.opts.UploadTTL, 10 * time.Minute},
		{&s.opts.PartsTTL, 12 * time.Hour},
		{&s.opts.PendingTTL, 24 * time.Hour},
		{&s.opts.JobTTL, 30 * 24 * time.Hour},
		{&s.opts.ReportTTL, time.Hour},
		{&s.opts.ResendAfter, 10 * time.Minute},
	} {
		if *d.field < 0 {
			return nil, fmt.Errorf("%w: a negative duration", ErrConfig)
		}

		if *d.field == 0 {
			*d.field = d.value
		}
	}

	orDefault(&s.opts.MaxConcurrentJobs, DefaultMaxConcurrentJobs)
	orDefault(&s.opts.MaxJobsPerDay, DefaultMaxJobsPerDay)

	s.opts.Logger = loggerOr(s.opts.Logger)
	s.opts.Now = nowOr(s.opts.Now)

	if s.opts.NewID == nil {
		s.opts.NewID = randomID
	}

	if err := s.openTelemetry(); err != nil {
		return nil, err
	}

	return s, nil
}

// openTelemetry makes the instruments. The error wraps ErrConfig.
func (s *Service) openTelemetry() error {
	var err error

	s.telemetry, err = newTelemetry(s.opts.MeterProvider, s.opts.TracerProvider)
	if err != nil {
		return err
	}

	for _, kind := range s.ports.Kinds {
		s.telemetry.dispatched.Add(context.Background(), 0, metric.WithAttributes(attrJobType.String(string(kind.Type()))))
	}

	if err := watchQueue(s.opts.MeterProvider, s.ports.Queue); err != nil {
		return fmt.Errorf("%w: metrics: %w", ErrConfig, err)
	}

	return nil
}

// loggerOr returns the logger of an option, which gets no sentences for users: see Error.
func loggerOr(l *slog.Logger) *slog.Logger {
	if l == nil {
		return slog.New(slog.DiscardHandler)
	}

	return errlog.Logger(l)
}

func nowOr(now func() time.Time) func() time.Time {
	if now == nil {
		return time.Now
	}

	return now
}

// idAlphabet has 32 letters, none of which is easily taken for another.
const idAlphabet = "0123456789abcdefghjkmnpqrstvwxyz"

// randomID returns 60 random bits: at a million jobs a day the chance of one
// collision on that day is below one in a million, and a collision is refused by
// the store rather than harmful.
func randomID() string {
	var b [12]byte

	// crypto/rand.Read never fails: it ends the program where there is no
	// randomness.
	_, _ = rand.Read(b[:])

	for i := range b {
		b[i] = idAlphabet[b[i]%byte(len(idAlphabet))]
	}

	return string(b[:])
}
