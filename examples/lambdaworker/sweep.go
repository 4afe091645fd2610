package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/vyapaarai/bulkimport/importer"
)

// The tasks of a schedule.
const (
	taskSweep       = "sweep"
	taskSweepImages = "sweep-images"
)

const (
	// sweepTimeout bounds a sweep of jobs, of which there is one every minute.
	sweepTimeout = 50 * time.Second
	// imagesMargin is how long before the function's time is over a sweep of images
	// stops.
	imagesMargin = 10 * time.Second
)

// sweepJobs sends a message for every job that lost its worker. Any number of sweeps may
// run at a time.
func (f *function) sweepJobs(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, sweepTimeout)
	defer cancel()

	sent, err := f.service.Sweep(ctx)
	f.written(ctx, f.metrics.Swept(sent))

	if err != nil {
		return fmt.Errorf("sweep: %w", err)
	}

	return nil
}

// errImagesTime is why a sweep of images stops before its end.
var errImagesTime = errors.New("lambdaworker: time is up")

// sweepImages removes images that no product shows. One that is not through when the
// function's time is over is no failure, but worth a warning: the next one begins anew.
func (f *function) sweepImages(ctx context.Context) error {
	if deadline, ok := ctx.Deadline(); ok {
		var cancel context.CancelFunc

		ctx, cancel = context.WithDeadlineCause(ctx, deadline.Add(-imagesMargin), errImagesTime)
		defer cancel()
	}

	removed, err := importer.SweepImages(ctx, f.images, f.products, f.now())
	late := err != nil && errors.Is(context.Cause(ctx), errImagesTime)

	f.written(ctx, f.metrics.ImagesSwept(removed, err != nil && !late))

	if late {
		f.log.WarnContext(ctx, "sweep of images did not come to its end", "removed", removed)

		return nil
	}

	if err != nil {
		return fmt.Errorf("sweep of images, %d removed: %w", removed, err)
	}

	f.log.InfoContext(ctx, "images swept", "removed", removed)

	return nil
}
