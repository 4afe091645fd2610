package importer_test

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/importer"
	"github.com/vyapaarai/bulkimport/jobstore"
)

// A worker that has lost its lease while it waited for an image leaves those of its
// successor's product alone when its time for images is up.
func TestAWorkerWithoutLeaseDiscardsNothing(t *testing.T) {
	t.Parallel()

	images := newImageStore()
	waiting := make(chan struct{})

	var first atomic.Bool

	images.answer = func(ctx context.Context, url string) (string, error) {
		if strings.HasSuffix(url, "slow") {
			if first.CompareAndSwap(false, true) {
				close(waiting)
				<-ctx.Done()

				return "", context.Cause(ctx)
			}

			return "00000000000000a2", nil
		}

		return "00000000000000a1", nil
	}

	e := newEngine(t)
	e.images = images
	e.kindOptions.ImageTime = time.Second
	id := e.queued("name,category,image_url_1,image_url_2\nSalt,Staples,https://shop.example/1,https://shop.example/slow\n", nil)

	done := make(chan struct{})

	go func() {
		defer close(done)

		if _, err := e.worker().RunJob(context.Background(), id); err != nil {
			t.Error(err)
		}
	}()

	<-waiting
	e.clock.advance(time.Hour) // the lease has run out, and its worker does not know
	require.Equal(t, importer.RunEnded, e.run(id))
	<-done

	all := products(t, e.catalog)
	require.Len(t, all, 1)
	require.Len(t, all[0].CanonicalImageURLs, 6)
	require.Equal(t, idsOf(all), images.products())
}

// A run without images leaves more rows in doubt than the smaller chunks of one with
// images go through: when such a job is cancelled, all of its products are accounted for.
func TestACancelledJobAccountsForLargerChunks(t *testing.T) {
	t.Parallel()

	for call := 3; call <= 12; call += 3 {
		e := newEngine(t)
		e.workerOptions.ChunkRows = 1000

		id := e.queued(plainRows(5000), nil)
		e.runDoomed(id, call, crashAfter)
		e.clock.advance(time.Hour)

		e.images = newImageStore() // the next worker has images
		_, err := e.service().Cancel(t.Context(), owner, id)
		require.NoError(t, err)
		e.run(id)

		job := e.job(id)
		require.Equal(t, jobstore.StatusCancelled, job.Status)
		require.Equal(t, int64(len(products(t, e.catalog))), job.Progress.Successful, "crash at call %d", call)
	}
}

// plainRows is a file of rows without images, with a column for them.
func plainRows(n int) string {
	var b strings.Builder

	b.WriteString("name,category,image_url_1\n")

	for i := range n {
		fmt.Fprintf(&b, "Product %d,Category,\n", i)
	}

	return b.String()
}
