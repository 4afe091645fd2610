package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/vyapaarai/bulkimport/examples/internal/awsbackend"
	"github.com/vyapaarai/bulkimport/examples/internal/emf"
	"github.com/vyapaarai/bulkimport/importer"
	"github.com/vyapaarai/bulkimport/importer/blob"
	"github.com/vyapaarai/bulkimport/importer/catalog"
	"github.com/vyapaarai/bulkimport/jobstore"
)

// runner runs jobs; *importer.Worker is one.
type runner interface {
	RunJob(ctx context.Context, jobID string) (importer.RunResult, error)
}

// sweeper sweeps; *importer.Service is one.
type sweeper interface {
	Sweep(ctx context.Context) (int, error)
}

// function is the parts of the function, put together.
type function struct {
	worker  runner
	service sweeper
	jobs    jobstore.Store
	// images and products are for the sweep of images.
	images   blob.Store
	products catalog.Store

	queue    messages
	queueURL string

	metrics *emf.Metrics
	log     *slog.Logger
	now     func() time.Time
	// margin is how long before the function's time is over the worker begins nothing more.
	margin time.Duration
}

// newFunction puts a function together. ctx lasts as long as the process.
func newFunction(ctx context.Context, getenv func(string) string, metrics io.Writer, log *slog.Logger, now func() time.Time) (*function, error) {
	env, err := awsbackend.FromEnvironment(getenv)
	if err != nil {
		return nil, err
	}

	lines := emf.New(metrics, cmp.Or(getenv(emf.EnvStage), "dev"), now)

	backend, err := awsbackend.Open(ctx, env, &awsbackend.Options{Logger: log, Metrics: lines, Now: now})
	if err != nil {
		return nil, err
	}

	kinds, err := backend.Kinds(getenv, now)
	if err != nil {
		return nil, err
	}

	ports := backend.Ports(kinds...)

	service, err := importer.NewService(ports, awsbackend.ServiceOptions(importer.ServiceOptions{Bucket: env.UploadsBucket, Logger: log, Now: now}))
	if err != nil {
		return nil, err
	}

	worker, err := importer.NewWorker(ports, awsbackend.WorkerOptions(importer.WorkerOptions{
		Logger: log, Now: now, DeadlineMargin: deadlineMargin - giveBack, ShutdownGrace: shutdownGrace,
	}))
	if err != nil {
		return nil, err
	}

	return &function{
		worker: worker, service: service, jobs: backend.Jobs, images: backend.Images, products: backend.Products,
		queue: backend.SQS, queueURL: env.QueueURL,
		metrics: lines, log: log, now: now, margin: deadlineMargin,
	}, nil
}

// What is left of the function's time when a run has to end. Lambda kills the process when
// the time is over, and whoever is killed gives nothing back.
const (
	// deadlineMargin is when no chunk is begun any more, and the job is given back once
	// the chunk under way is done.
	deadlineMargin = 30 * time.Second
	// giveBack is when the context of a run ends. A chunk that is not done by then is cut
	// off after shutdownGrace, and the rest is for the writes by which the job is given
	// back.
	giveBack = 15 * time.Second
	// shutdownGrace is what a commit may take that has just begun.
	shutdownGrace = 3 * time.Second
)

// errEvent reports an event that the function has no answer to.
var errEvent = errors.New("lambdaworker: unknown event; it must be messages of SQS, or have a task: sweep or sweep-images")

// handle answers an event. An error means that nothing was done, or not all of it.
func (f *function) handle(ctx context.Context, event json.RawMessage) (any, error) {
	var shape struct {
		Records []events.SQSMessage `json:"Records"`
		Task    string              `json:"task"`
	}

	if err := json.Unmarshal(event, &shape); err != nil {
		return nil, fmt.Errorf("%w: %w", errEvent, err)
	}

	switch {
	case len(shape.Records) > 0 && shape.Task == "":
		return f.handleMessages(ctx, shape.Records), nil
	case len(shape.Records) == 0 && shape.Task == taskSweep:
		return nil, f.sweepJobs(ctx)
	case len(shape.Records) == 0 && shape.Task == taskSweepImages:
		return nil, f.sweepImages(ctx)
	}

	return nil, errEvent
}
