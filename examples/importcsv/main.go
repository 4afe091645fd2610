// Command importcsv imports CSVs of products from the command line. It shows how a
// program embeds the library: read importFiles in this file from top to bottom.
//
//	go run ./examples/importcsv [flags] FILE...
//
// FILE is a CSV, as it is or compressed with gzip or zstd; "-" is the standard
// input. Several files are imported side by side, so which of them keeps a product
// that they share is a matter of chance; import them one after the other where it
// matters.
//
// Without -data the catalogue, and a copy of each file, live in memory and go with
// the program: enough to see what a file is worth. With -data they stay in a folder,
// and the next import finds the duplicates of this one. An import that was
// interrupted is finished by the next start on the same folder.
//
// With -kind inventory -store S the files are what is on the shelves of a store.
//
// With -images the images of the products are fetched, and kept in the data folder
// beside the catalogue, in three sizes; examples/httpserver serves them from there.
//
// Progress and remarks go to the standard error, results to the standard output.
// The exit code is 0 when every file was imported, rows in error included: they are in
// a report, for people to fix, and fail nothing. It is 1 when a file could not be
// imported; 2 for a wrong command line; 130 after an interrupt.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/vyapaarai/bulkimport/importer"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)

	// The first signal asks for an orderly end, a second one enforces it.
	context.AfterFunc(ctx, stop)

	os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// The exit codes of run.
const (
	exitOK          = 0
	exitFailed      = 1
	exitUsage       = 2
	exitInterrupted = 130
)

// run is the whole program.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	conf, err := parseArgs(args, stderr)
	if err != nil {
		return usageExit(err)
	}

	imports, err := importFiles(ctx, conf, stdin, stderr)
	if err != nil {
		fmt.Fprintf(stderr, "importcsv: %s\n", explain(err))
	}

	if err := show(conf, imports, stdout, stderr); err != nil {
		fmt.Fprintf(stderr, "importcsv: %s\n", explain(err))

		return exitFailed
	}

	switch {
	case ctx.Err() != nil && anyInterrupted(imports):
		return exitInterrupted
	case err != nil || anyFailed(imports):
		return exitFailed
	}

	return exitOK
}

// maxParallel bounds the files imported at a time. An import keeps about two cores
// busy by itself, so more would add memory rather than speed.
const maxParallel = 4

// importFiles imports the files and returns what became of each.
func importFiles(ctx context.Context, conf config, stdin io.Reader, stderr io.Writer) (imports []*fileImport, err error) {
	// 1. Choose a backend for each port: in memory, or in a folder.
	b, err := openBackends(conf.data)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, b.Close()) }()

	images, err := openImages(conf, b)
	if err != nil {
		return nil, err
	}

	ports := importer.Ports{
		Jobs:  b.jobs,
		Files: b.files,
		Queue: b.queue,
		Kinds: []importer.Kind{
			importer.NewProductKind(b.catalog, &importer.ProductKindOptions{Images: images}),
			importer.NewInventoryKind(b.catalog, b.inventory, nil),
		},
	}

	// 2. A Service creates jobs and tells how they are doing. Users are told by the
	// jobs; the log is for what goes wrong around them.
	logger := slog.New(slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))

	// Who runs a command is the only user there is, so nobody is kept from anything.
	service, err := importer.NewService(ports, &importer.ServiceOptions{MaxConcurrentJobs: -1, MaxJobsPerDay: -1, Logger: logger})
	if err != nil {
		return nil, err
	}

	s := &session{
		service: service, files: b.files, conf: conf, stdin: stdin,
		progress: newProgress(stderr, conf.progress),
	}

	// 3. Jobs that an earlier run did not finish go on.
	imports, err = s.plan(ctx)
	if err != nil {
		return nil, err
	}

	if _, err := service.Recover(ctx); err != nil {
		return nil, err
	}

	// 4. A Worker runs the jobs, in the background, and a sweep takes care of those
	// that were dropped on the way.
	worker, err := importer.NewWorker(ports, &importer.WorkerOptions{
		Jobs: min(len(imports), maxParallel), Logger: logger,
	})
	if err != nil {
		return nil, err
	}

	group, groupCtx := errgroup.WithContext(ctx)
	working, finish := context.WithCancel(groupCtx)

	group.Go(func() error { return worker.Run(working) })
	group.Go(func() error { return sweep(working, service) })

	// 5. Upload each file, start its job, wait for its end, fetch its report.
	group.Go(func() error {
		defer finish()

		return s.runAll(groupCtx, imports)
	})

	err = group.Wait()

	// 6. The worker is at rest: what an interrupt left unfinished stands still.
	return imports, errors.Join(err, s.lastLook(ctx, imports))
}

// sweepEvery is how often the jobs are looked over.
const sweepEvery = 30 * time.Second

// sweep has the service look over its jobs now and then until ctx ends.
func sweep(ctx context.Context, service *importer.Service) error {
	ticker := time.NewTicker(sweepEvery)
	defer ticker.Stop()

	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}

		if _, err := service.Sweep(ctx); err != nil && ctx.Err() == nil {
			return err
		}
	}
}
