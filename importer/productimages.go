package importer

import (
	"context"
	"fmt"

	"golang.org/x/sync/errgroup"

	"github.com/vyapaarai/bulkimport/csvschema"
	"github.com/vyapaarai/bulkimport/dedupe"
	"github.com/vyapaarai/bulkimport/quality"
)

// fetchImages processes the images of the rows that need them, and looks up the
// hashes that come of it.
func (s *productSession) fetchImages(ctx context.Context, chunk *productChunk) error {
	if s.kind.images == nil || !s.job.Options.ProcessImages {
		return nil
	}

	group, working := errgroup.WithContext(ctx)

	for _, row := range s.rowsForImages(chunk) {
		if err := s.kind.imageRows.Acquire(working, 1); err != nil {
			break // the group's error tells why
		}

		group.Go(func() error {
			defer s.kind.imageRows.Release(1)

			return guard(func() error { return s.fetchRowImages(working, row) })
		})
	}

	if err := group.Wait(); err != nil {
		return fmt.Errorf("importer: process images: %w", err)
	}

	if err := ctx.Err(); err != nil {
		return context.Cause(ctx)
	}

	return s.lookupImages(ctx, chunk)
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

		if found && s.job.Options.SkipDuplicates {
			row.imagesDue = chunk.held[match.Key] != match.ProductID

			continue
		}

		matcher.Claim(row.keys, row.product.ID)

		rows = append(rows, row)
	}

	return rows
}

// fetchImages fetches the images of a row that looked like a duplicate and is none.
func (r *resolution) fetchImages(ctx context.Context, row *productRow) error {
	row.imagesDue = false

	if err := r.session.fetchRowImages(ctx, row); err != nil {
		return err
	}

	row.product.QualityScore = quality.Score(row.quality).Total

	held, err := r.session.kind.catalog.Lookup(ctx, row.keys)
	if err != nil {
		return fmt.Errorf("importer: look up image hash: %w", err)
	}

	for key, holder := range held {
		r.matcher.Hold(key, holder)
	}

	return nil
}

func (s *productSession) fetchRowImages(ctx context.Context, row *productRow) error {
	result, err := s.kind.images.Process(ctx, ImageRequest{
		JobID: s.job.ID, ProductID: row.product.ID, URLs: row.product.SourceImageURLs,
	})
	if err != nil {
		return fmt.Errorf("row %d: %w", row.product.Origin.Row, err)
	}

	row.hasImages = result.Stored > 0
	row.quality.Images = result.Stored
	row.product.CanonicalImageURLs = result.URLs

	if key, ok := dedupe.ImageKey(result.Hash); ok {
		row.product.ImageHash = key.Value
		row.keys = append(row.keys, key)
	}

	for _, f := range result.Failures {
		row.row.Outcome.Warnings = append(row.row.Outcome.Warnings, csvschema.Warning{
			Row: row.product.Origin.Row, Code: "image_failed", Message: f.Reason, Value: f.URL,
		})
	}

	return nil
}

// lookupImages asks the catalogue for the holders of the image hashes.
func (s *productSession) lookupImages(ctx context.Context, chunk *productChunk) error {
	if !s.job.Options.SkipDuplicates {
		return nil
	}

	var keys []dedupe.Key

	for i := range chunk.rows {
		for _, key := range chunk.rows[i].keys {
			if key.Tier == dedupe.TierImageHash {
				keys = append(keys, key)
			}
		}
	}

	held, err := s.kind.catalog.Lookup(ctx, keys)
	if err != nil {
		return fmt.Errorf("importer: look up image hashes: %w", err)
	}

	for key, holder := range held {
		chunk.held[key] = holder
	}

	return nil
}

// discardImages removes the images of a row that became no product.
func (s *productSession) discardImages(ctx context.Context, row *productRow) error {
	if !row.hasImages {
		return nil
	}

	if err := s.kind.images.Discard(ctx, row.product.ID); err != nil {
		return fmt.Errorf("importer: discard images of row %d: %w", row.product.Origin.Row, err)
	}

	return nil
}
