package importer

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/vyapaarai/bulkimport/dedupe"
	"github.com/vyapaarai/bulkimport/imagepipe"
	"github.com/vyapaarai/bulkimport/quality"
)

// maxImageRows is the largest chunk of a job whose images are processed. With a few
// images a row, at some tens a second, that is a commit every half a minute or so:
// what a crash repeats, and what must fit into a run with a deadline.
const maxImageRows = 250

// rowImages is what became of the images of a row.
type rowImages struct {
	// stored is the greatest number of an image that is, or may be, in the store for the row.
	stored   int
	result   imagepipe.Result
	hash     dedupe.Key // of the first image; the zero Key where it has none
	counted  bool       // by sharedImages
	isShared bool
	// due says that they were not fetched, because the row looked like a duplicate
	// of a row before it.
	due bool
}

// hasHash reports whether the row can be recognised by its picture.
func (i *rowImages) hasHash() bool { return i.hash != dedupe.Key{} }

// fetchImages processes the images of the rows that need them, and looks up the
// hashes that come of it.
func (s *productSession) fetchImages(ctx context.Context, chunk *productChunk) (err error) {
	if !s.withImages {
		return nil
	}

	ctx, done := measure(ctx, stageImages)
	defer func() { done(err) }()

	timed, cancel := s.imageClock(ctx)
	defer cancel()

	group, working := errgroup.WithContext(timed.ctx)
	timed.ctx = working

	// A goroutine for each row, of which most wait: chunks with images are small.
	for _, row := range s.rowsForImages(chunk) {
		group.Go(func() error {
			return guard(func() error { return s.fetchRowImages(timed, row) })
		})
	}

	if err := group.Wait(); err != nil {
		return fmt.Errorf("importer: process images: %w", err)
	}

	if ctx.Err() != nil {
		return context.Cause(ctx)
	}

	return s.lookupImages(ctx, chunk)
}

// errImageTime is the cause of the end of a context of imageTime.
var errImageTime = errors.New("importer: no time is left for the images of this chunk")

// imageClock bounds the time for the images of a chunk. It starts with the first row that
// gets a place: the rows of other chunks and jobs that are in front do not count.
type imageClock struct {
	ctx   context.Context //nolint:containedctx // as long-lived as the call that makes it
	start func()
}

func (s *productSession) imageClock(ctx context.Context) (imageClock, context.CancelFunc) {
	if s.kind.imageTime <= 0 {
		return imageClock{ctx: ctx, start: func() {}}, func() {}
	}

	ctx, cancel := context.WithCancelCause(ctx)
	start := sync.OnceFunc(func() {
		timer := time.AfterFunc(s.kind.imageTime, func() { cancel(errImageTime) })
		context.AfterFunc(ctx, func() { timer.Stop() })
	})

	return imageClock{ctx: ctx, start: start}, func() { cancel(nil) }
}

// rowsForImages returns the rows with images, without those that are duplicates by their
// barcode: what would be fetched for them would be thrown away. A row with the barcode
// of a row before it is only likely to be one, so its images are due if it is not.
func (s *productSession) rowsForImages(chunk *productChunk) []*productRow {
	matcher := dedupe.NewMatcher(chunk.held)

	var rows []*productRow

	for i := range chunk.rows {
		row := &chunk.rows[i]
		if len(row.product.SourceImageURLs) == 0 {
			continue
		}

		match, found := matcher.MatchFunc(row.keys, func(m dedupe.Match) bool {
			return m.Tier == dedupe.TierBarcode && !s.ids.reached(m.ProductID, row.product.ID)
		})

		if found && s.job.Options.SkipDuplicates && row.written == nil {
			row.images.due = chunk.held[match.Key] != match.ProductID

			continue
		}

		matcher.Claim(row.keys, row.product.ID)

		rows = append(rows, row)
	}

	return rows
}

// fetchRowImages processes the images of a row, once there is a place for that. When
// the time for images is up, those that are not finished have failed. What may be stored
// of them is left to the sweep: another worker may have the job by now, and the product.
func (s *productSession) fetchRowImages(clock imageClock, row *productRow) error {
	result, err := s.processImages(clock, row)

	if err != nil && errors.Is(context.Cause(clock.ctx), errImageTime) {
		s.addTooLate(&result, row.product.SourceImageURLs, err)

		err = nil
	}

	if err != nil {
		return fmt.Errorf("row %d: %w", row.product.Origin.Row, err)
	}

	row.images.stored = result.Last()
	row.images.result = result
	row.quality.Images = len(result.Images)

	if len(result.Images) > 0 {
		row.product.CanonicalImageURLs = result.URLs()
	}

	if key, ok := dedupe.ImageKey(result.Hash); ok {
		row.images.hash = key
	}

	return nil
}

func (s *productSession) processImages(clock imageClock, row *productRow) (imagepipe.Result, error) {
	if err := s.kind.imageRows.Acquire(clock.ctx, 1); err != nil {
		return imagepipe.Result{}, err
	}
	defer s.kind.imageRows.Release(1)

	clock.start()

	// Should this be cut off, any of them may have been stored.
	row.images.stored = len(row.product.SourceImageURLs)

	return s.kind.images.Process(clock.ctx, imagepipe.Request{
		Scope: s.job.ID, ProductID: row.product.ID, URLs: row.product.SourceImageURLs,
	})
}

// addTooLate adds the addresses to the failures that nothing has come of, each once.
func (s *productSession) addTooLate(result *imagepipe.Result, urls []string, cause error) {
	settled := make(map[string]bool, len(urls))

	for i := range result.Images {
		settled[result.Images[i].Source] = true
	}

	for i := range result.Failures {
		settled[result.Failures[i].URL] = true
	}

	for _, url := range urls {
		if settled[url] {
			continue
		}

		settled[url] = true

		result.Failures = append(result.Failures, imagepipe.Failure{URL: url, Err: &imagepipe.Error{
			Kind: imagepipe.ErrUnreachable, Cause: cause,
			Reason: fmt.Sprintf("it was not fetched, because the images of this part of the file took longer than %s in all",
				s.kind.imageTime.Round(time.Millisecond)),
		}})
	}
}

// lookupImages asks the catalogue for the holders of the image hashes. Also where
// duplicates are not skipped, for sharedImages.
func (s *productSession) lookupImages(ctx context.Context, chunk *productChunk) error {
	var keys []dedupe.Key

	for i := range chunk.rows {
		if images := &chunk.rows[i].images; images.hasHash() {
			keys = append(keys, images.hash)
		}
	}

	if len(keys) == 0 {
		return nil
	}

	held, err := s.kind.catalog.Lookup(ctx, keys)
	if err != nil {
		return fmt.Errorf("importer: look up image hashes: %w", err)
	}

	for key, holder := range held {
		chunk.hold(key, holder)
	}

	return nil
}

// discardImages removes the images of a row that became no product.
func (s *productSession) discardImages(ctx context.Context, row *productRow) error {
	// The product that an earlier run has written has images of the same keys.
	if row.images.stored == 0 || row.written != nil {
		return nil
	}

	if err := s.kind.images.Discard(ctx, row.product.ID, row.images.stored); err != nil {
		return fmt.Errorf("importer: discard images of row %d: %w", row.product.Origin.Row, err)
	}

	row.images.stored = 0

	return nil
}

// fetchImages fetches the images of a row that looked like a duplicate and is none.
func (r *resolution) fetchImages(ctx context.Context, row *productRow) error {
	row.images.due = false

	if err := r.session.fetchRowImages(r.imageClock, row); err != nil {
		return err
	}

	row.product.QualityScore = quality.Score(row.quality).Total

	if !row.images.hasHash() {
		return nil
	}

	held, err := r.session.kind.catalog.Lookup(ctx, []dedupe.Key{row.images.hash})
	if err != nil {
		return fmt.Errorf("importer: look up image hash: %w", err)
	}

	for key, holder := range held {
		r.matcher.Hold(key, holder)
	}

	return nil
}
