package importer_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/imagepipe"
	"github.com/vyapaarai/bulkimport/importer"
	"github.com/vyapaarai/bulkimport/jobstore"
)

// blockingImages is an image pipeline that stands still at addresses with "block" in
// them until its context ends. It says on the channel when it does.
func blockingImages() (*imageStore, chan struct{}) {
	images := newImageStore()
	blocked := make(chan struct{}, 1000)

	images.answer = func(ctx context.Context, url string) (string, error) {
		if !strings.Contains(url, "block") {
			return "", nil
		}

		blocked <- struct{}{}

		<-ctx.Done()

		return "", context.Cause(ctx)
	}

	return images, blocked
}

// blockingRows is a file whose first chunk of ten gets through, and whose second does not.
func blockingRows() string {
	rows := strings.SplitAfter(strings.ReplaceAll(pictureRows(40), "missing", "0000000000000001"), "\n")
	for i := 14; i < 16; i++ {
		rows[i] = "Blocked " + rows[i][:3] + ",,Category,,https://shop.example/0000000000000b0" + string(rune('0'+i-14)) +
			",https://shop.example/block\n"
	}

	return strings.Join(rows, "")
}

func TestCancellingDoesNotWaitForImages(t *testing.T) {
	t.Parallel()

	images, blocked := blockingImages()
	e := newEngine(t)
	e.images = images
	e.workerOptions.LeaseTTL = 600 * time.Millisecond // a cancellation is seen by the heartbeat

	id := e.queued(blockingRows(), nil)
	ended := make(chan importer.RunResult, 1)

	go func() {
		result, err := e.worker().RunJob(context.WithoutCancel(t.Context()), id)
		if err != nil {
			t.Error(err)
		}

		ended <- result
	}()

	<-blocked

	_, err := e.service().Cancel(t.Context(), owner, id)
	require.NoError(t, err)

	require.Equal(t, importer.RunEnded, <-ended)

	job := e.job(id)
	require.Equal(t, jobstore.StatusCancelled, job.Status)
	require.Zero(t, warned(job, "image_failed"), "being stopped is no failure of an image")
	require.Equal(t, idsOf(pictured(products(t, e.catalog))), images.products(), "what was stored for rows that were not imported is removed")
}

func TestAShutdownDoesNotWaitForImages(t *testing.T) {
	t.Parallel()

	undisturbed := newEngine(t)
	undisturbed.images = newImageStore()
	want := undisturbed.footprint(undisturbed.imported(blockingRows(), nil).ID)

	images, blocked := blockingImages()
	e := newEngine(t)
	e.images = images
	e.workerOptions.ShutdownGrace = time.Hour

	id := e.queued(blockingRows(), nil)
	ctx, stop := context.WithCancel(t.Context())

	go func() {
		<-blocked
		stop()
	}()

	result, err := e.worker().RunJob(ctx, id)
	require.NoError(t, err)
	require.Equal(t, importer.RunYielded, result)
	require.Zero(t, e.job(id).Attempts, "nothing has failed")
	require.Equal(t, jobstore.StatusProcessing, e.job(id).Status)

	images.answer = nil

	require.Equal(t, importer.RunEnded, e.run(id))
	require.Equal(t, want, e.footprint(id))
	require.Equal(t, idsOf(pictured(products(t, e.catalog))), images.products())
}

// The store of images being away ends the run, also when it is about to stop.
func TestAnErrorOfTheStoreIsNoStop(t *testing.T) {
	t.Parallel()

	images := newImageStore()
	images.answer = func(context.Context, string) (string, error) { return "", errCrashed }

	e := newEngine(t)
	e.images = images
	id := e.queued(blockingRows(), nil)

	require.Equal(t, importer.RunFailed, e.run(id))
	require.Equal(t, 1, e.job(id).Attempts)
}

// Images that take too long fail; nothing else does.
func TestTheTimeForImagesIsBounded(t *testing.T) {
	t.Parallel()

	images, _ := blockingImages()
	e := newEngine(t)
	e.images = images
	e.kindOptions.ImageTime = 300 * time.Millisecond

	const file = "name,category,image_url_1,image_url_2\n" +
		"Salt,Category,https://shop.example/00000000000000aa,\n" +
		"Pepper,Category,https://shop.example/00000000000000bb,https://shop.example/block\n" +
		"Sugar,Category,https://shop.example/00000000000000cc,\n"

	job := e.imported(file, nil)
	require.Equal(t, jobstore.StatusCompleted, job.Status)
	require.Equal(t, int64(3), job.Progress.Successful)
	require.Equal(t, jobstore.ImageCounts{Processed: 3, Failed: 1}, job.Progress.Images, "what was there in time is kept")
	require.Contains(t, e.report(job.ID, importer.ReportResults), "https://shop.example/block: it was not fetched, "+
		"because the images of this part of the file took longer than 300ms in all")

	all := products(t, e.catalog)
	require.Equal(t, "00000000000000bb", all[1].ImageHash)
	require.Len(t, all[1].CanonicalImageURLs, 3)
	require.Equal(t, idsOf(all), images.products())
}

// An address that a spreadsheet would run is neutralised in the report, and the failures
// of a row stand side by side.
func TestFailedImagesAreReportedOneByOne(t *testing.T) {
	t.Parallel()

	images := newImageStore()
	images.answer = func(_ context.Context, url string) (string, error) {
		return "", &imagepipe.Error{Kind: imagepipe.ErrFormat, Reason: "it is no picture"}
	}

	e := newEngine(t)
	e.images = images

	job := e.imported("name,category,image_url_1,image_url_2\nSalt,Staples,https://a.example/1,https://a.example/2\nPepper,Staples,https://a.example/3,\n", nil)
	require.Equal(t, jobstore.ImageCounts{Failed: 3}, job.Progress.Images)
	require.Equal(t, int64(2), warned(job, "image_failed"), "once a row")

	lines := strings.Split(e.report(job.ID, importer.ReportResults), "\n")
	require.True(t, strings.HasSuffix(lines[1],
		",image_failed;identity_missing,image_failed: https://a.example/1: it is no picture; image_failed: https://a.example/2: it is no picture"), lines[1])
	require.True(t, strings.HasSuffix(lines[2], ",image_failed;identity_missing,image_failed: https://a.example/3: it is no picture"), lines[2])
}
