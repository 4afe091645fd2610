package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/vyapaarai/bulkimport/importer"
	"github.com/vyapaarai/bulkimport/importer/blob"
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

// imagePosition is the key, in the store of images, of where a sweep of images was when
// its time was over. It is not the key of an image.
const imagePosition = "sweep/position"

// sweepImages removes images that no product shows. One that is not through when the
// function's time is over is no failure, but worth a line: the next one goes on from there.
func (f *function) sweepImages(ctx context.Context) error {
	if deadline, ok := ctx.Deadline(); ok {
		var cancel context.CancelFunc

		ctx, cancel = context.WithDeadlineCause(ctx, deadline.Add(-imagesMargin), errImagesTime)
		defer cancel()
	}

	removed, err := f.sweepImagesFrom(ctx)

	f.written(ctx, f.metrics.ImagesSwept(removed, err != nil))

	if err != nil {
		return fmt.Errorf("sweep of images, %d removed: %w", removed, err)
	}

	f.log.InfoContext(ctx, "images swept", "removed", removed)

	return nil
}

// sweepImagesFrom goes on where the last sweep of images was cut off.
func (f *function) sweepImagesFrom(ctx context.Context) (removed int, err error) {
	after, err := f.imagePosition(ctx)
	next := after

	if err == nil {
		removed, next, err = importer.SweepImages(ctx, f.images, f.products, f.now(), after)
	}

	if err != nil && errors.Is(context.Cause(ctx), errImagesTime) {
		f.log.InfoContext(ctx, "no time is left for images; the next sweep goes on from there")

		err = nil
	}

	if next != after {
		err = errors.Join(err, f.keepImagePosition(ctx, next))
	}

	return removed, err
}

// maxPosition is more than a key has.
const maxPosition = 4 << 10

// imagePosition returns where a sweep of images begins, empty for at the first.
func (f *function) imagePosition(ctx context.Context) (string, error) {
	content, _, err := f.images.Open(ctx, imagePosition, nil)
	if errors.Is(err, blob.ErrNotFound) {
		return "", nil
	}

	if err != nil {
		return "", fmt.Errorf("read position: %w", err)
	}
	defer func() { _ = content.Close() }() // read only: nothing is lost by a failing Close

	position, err := io.ReadAll(io.LimitReader(content, maxPosition))
	if err != nil {
		return "", fmt.Errorf("read position: %w", err)
	}

	return string(position), nil
}

// keepImagePosition keeps where the next sweep of images begins. The time of ctx may be
// over.
func (f *function) keepImagePosition(ctx context.Context, position string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), imagesMargin/2)
	defer cancel()

	if position == "" {
		if err := f.images.Delete(ctx, imagePosition); err != nil {
			return fmt.Errorf("remove position: %w", err)
		}

		return nil
	}

	if _, err := f.images.Put(ctx, imagePosition, strings.NewReader(position), &blob.PutOptions{ContentType: "text/plain"}); err != nil {
		return fmt.Errorf("keep position: %w", err)
	}

	return nil
}
