package importer_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/imagepipe"
	"github.com/vyapaarai/bulkimport/importer"
)

// Servers may give other pictures the second time. What a crashed run has made of a row
// stands all the same, and keeps its images.
func TestProductsOfACrashedRunStand(t *testing.T) {
	t.Parallel()

	for name, answer := range map[string]func(context.Context, string) (string, error){
		"the same picture for all": func(context.Context, string) (string, error) { return "00000000000000ab", nil },
		"no picture any more": func(context.Context, string) (string, error) {
			return "", &imagepipe.Error{Kind: imagepipe.ErrUnreachable, Reason: "the server answered 503"}
		},
		"pictures that take too long": func(ctx context.Context, _ string) (string, error) {
			<-ctx.Done()

			return "", context.Cause(ctx)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			for n := 3; n <= 12; n++ {
				images := newImageStore()
				e := newEngine(t)
				e.images = images
				e.kindOptions.SharedImage = -1 // one picture for all makes one product
				e.kindOptions.ImageTime = 50 * time.Millisecond

				id := e.queued(pictureRows(70), nil)
				require.False(t, e.runDoomed(id, n, crashAfter))

				before := products(t, e.catalog)
				images.answer = answer

				e.clock.advance(time.Hour)
				require.Equal(t, importer.RunEnded, e.run(id))

				all := products(t, e.catalog)
				require.Len(t, all, int(e.job(id).Progress.Successful), "the ledger accounts for every product; crash at call %d", n)

				var quality int64
				for _, p := range all {
					quality += int64(p.QualityScore)
				}

				require.Equal(t, quality, e.job(id).Progress.QualitySum, "what is told is what was written")

				stored := images.products()
				for _, p := range before {
					require.Contains(t, all, p)

					if len(p.CanonicalImageURLs) > 0 {
						require.Contains(t, stored, p.ID)
					}
				}
			}
		})
	}
}

// A resumed run may cut other chunks than the one before it.
func TestOtherChunkSizesAfterACrash(t *testing.T) {
	t.Parallel()

	for _, sizes := range [][2]int{{10, 3}, {3, 10}, {7, 1000}} {
		for n := 3; n <= 20; n++ {
			images := newImageStore()
			e := newEngine(t)
			e.images = images
			e.workerOptions.ChunkRows = sizes[0]
			id := e.queued(pictureRows(70), nil)
			e.runDoomed(id, n, crashAfter)

			e.clock.advance(time.Hour)

			e.workerOptions.ChunkRows = sizes[1]
			e.run(id)

			job := e.job(id)
			require.True(t, job.Status.Terminal())
			require.Nil(t, job.Failure)
			require.Equal(t, int64(70), job.Progress.ProcessedRows)

			all := products(t, e.catalog)
			require.Len(t, all, int(job.Progress.Successful), "chunks of %v, crash at call %d", sizes, n)
			require.Subset(t, images.products(), idsOf(pictured(all)))
		}
	}
}

// Chunks with images are small, so that their commits are not far apart.
func TestChunksWithImagesAreSmall(t *testing.T) {
	t.Parallel()

	var with, without strings.Builder

	with.WriteString("name,category,image_url_3\n")
	without.WriteString("name,category,note\n")

	for i := range 600 {
		fmt.Fprintf(&with, "Product %d,Category,\n", i)
		fmt.Fprintf(&without, "Product %d,Category,\n", i)
	}

	for name, test := range map[string]struct {
		file     string
		images   importer.Images
		patch    *importer.OptionsPatch
		rows     int
		segments int64
	}{
		"with images":           {with.String(), newImageStore(), nil, 1000, 3},
		"smaller ones stay":     {with.String(), newImageStore(), nil, 100, 6},
		"no column for images":  {without.String(), newImageStore(), nil, 1000, 1},
		"images not wanted":     {with.String(), newImageStore(), &importer.OptionsPatch{ProcessImages: ptr(false)}, 1000, 1},
		"no pipeline of images": {with.String(), nil, nil, 1000, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			e := newEngine(t)
			e.images = test.images
			e.workerOptions.ChunkRows = test.rows

			require.Equal(t, test.segments, e.imported(test.file, test.patch).Checkpoint.Segments)
		})
	}
}
