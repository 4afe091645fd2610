package importer

import (
	"context"
	"fmt"

	"github.com/vyapaarai/bulkimport/dedupe"
)

// countImages notes under which names the rows of the chunk show their pictures, all
// of them before any is decided: a placeholder is mostly found out before it has cost
// a row. Rows that repeat a barcode do not count: they are no products, and whether
// their images were fetched is a matter of time.
func (r *resolution) countImages(ctx context.Context, rows []productRow) error {
	var (
		counted  []*productRow
		barcodes = map[dedupe.Key]bool{} // of the rows so far, whatever becomes of them
	)

	for i := range rows {
		row := &rows[i]
		if row.images.hasHash() && !r.repeatsBarcode(row, barcodes) {
			counted = append(counted, row)
		}

		for _, key := range row.keys {
			if key.Tier == dedupe.TierBarcode {
				barcodes[key] = true
			}
		}
	}

	if err := r.count(ctx, counted); err != nil {
		return err
	}

	for _, row := range counted {
		r.arm(row)
	}

	return nil
}

// repeatsBarcode reports whether a row has a barcode of a product or of a row before it.
func (r *resolution) repeatsBarcode(row *productRow, barcodes map[dedupe.Key]bool) bool {
	if match, found := r.match(row); found && match.Tier == dedupe.TierBarcode {
		return true
	}

	if !r.session.job.Options.SkipDuplicates {
		return false
	}

	for _, key := range row.keys {
		if barcodes[key] {
			return true
		}
	}

	return false
}

// count notes the names under which these rows show their pictures.
func (r *resolution) count(ctx context.Context, rows []*productRow) error {
	shared := r.session.shared

	if err := r.countHolders(ctx, rows); err != nil {
		return err
	}

	for _, row := range rows {
		row.images.counted = true
		shared.add(row.images.hash.Value, row.product.Name, row.product.Origin.Row)
	}

	return nil
}

// countHolders notes the names of the products of this job that hold pictures of
// which nothing else is known.
func (r *resolution) countHolders(ctx context.Context, rows []*productRow) error {
	var (
		ids      []string
		pictures = map[string]string{} // by the id of the holder
	)

	for _, row := range rows {
		if r.session.shared.known(row.images.hash.Value) {
			continue
		}

		match, held := r.matcher.Match([]dedupe.Key{row.images.hash})
		if !held || !r.session.ids.own(match.ProductID) || r.session.ids.reached(match.ProductID, r.first) {
			continue
		}

		if _, asked := pictures[match.ProductID]; !asked {
			ids = append(ids, match.ProductID)
			pictures[match.ProductID] = row.images.hash.Value
		}
	}

	if len(ids) == 0 {
		return nil
	}

	products, err := r.session.kind.catalog.Get(ctx, ids)
	if err != nil {
		return fmt.Errorf("importer: get the products of known images: %w", err)
	}

	for _, p := range products {
		r.session.shared.add(pictures[p.ID], p.Name, p.Origin.Row)
	}

	return nil
}

// arm lets a row be recognised by its picture, unless that is shared by too many. It
// is for rows that were counted.
func (r *resolution) arm(row *productRow) {
	switch {
	case r.session.shared.shared(row.images.hash.Value):
		row.images.isShared = true
	case row.written == nil:
		row.product.ImageHash = row.images.hash.Value
		row.keys = append(row.keys, row.images.hash)
	}
}

// late counts and arms a row that seemed to repeat a barcode and does not. It reports
// whether the row may match something else now.
func (r *resolution) late(ctx context.Context, row *productRow) (bool, error) {
	if row.images.due {
		if err := r.fetchImages(ctx, row); err != nil {
			return false, err
		}
	}

	if row.images.counted || !row.images.hasHash() {
		return false, nil
	}

	if err := r.count(ctx, []*productRow{row}); err != nil {
		return false, err
	}

	r.arm(row)

	return true, r.learnBarcodes(ctx, []*productRow{row})
}
