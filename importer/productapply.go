package importer

import (
	"context"
	"errors"
	"fmt"

	"github.com/vyapaarai/bulkimport/dedupe"
	"github.com/vyapaarai/bulkimport/importer/catalog"
)

var (
	errNotPrepared = errors.New("importer: chunk was not prepared")
	errIDConflict  = errors.New("importer: a product of another origin has the id of this row")
)

// Apply resolves the rows of a chunk in file order and creates the products.
func (s *productSession) Apply(ctx context.Context, c *Chunk) error {
	chunk, ok := c.State.(*productChunk)
	if !ok {
		return errNotPrepared
	}

	if err := s.resolve(ctx, c, chunk); err != nil {
		return err
	}

	carry, err := s.shared.endChunk()
	if err != nil {
		return err
	}

	c.Carry = carry

	// The rows are needed until the commit; what they were parsed into is not.
	c.State = nil

	return nil
}

// resolve decides the rows of a chunk and creates the products.
func (s *productSession) resolve(ctx context.Context, c *Chunk, chunk *productChunk) error {
	r, pending := s.newResolution(c, chunk)

	if s.withImages {
		timed, cancel := s.imageClock(ctx)
		defer cancel()

		r.imageClock = timed

		if err := r.countImages(ctx, chunk.rows); err != nil {
			return err
		}
	}

	// More than one round is only needed when another job has claimed a key after
	// it was looked up. Each round settles a row or learns of a holder.
	for len(pending) > 0 {
		var err error

		pending, err = r.round(ctx, pending)
		if err != nil {
			return err
		}
	}

	s.recent.push(r.claims)

	return nil
}

// newResolution returns the resolution of a chunk, and its rows.
func (s *productSession) newResolution(c *Chunk, chunk *productChunk) (*resolution, []*productRow) {
	r := &resolution{
		session: s, first: s.ids.of(c.Start.Row),
		matcher: dedupe.NewMatcher(chunk.held), barcodes: map[string][]dedupe.Key{}, insisted: map[string]bool{},
		claims: make(map[dedupe.Key]string, 2*len(chunk.rows)),
	}

	pending := make([]*productRow, len(chunk.rows))

	for i := range chunk.rows {
		row := &chunk.rows[i]
		pending[i] = row

		if row.written != nil {
			row.stand()
		}

		s.recent.holdAll(r.matcher, row.keys)

		if row.images.hasHash() {
			s.recent.holdAll(r.matcher, []dedupe.Key{row.images.hash})
		}
	}

	return r, pending
}

// stand has a row be the product that an earlier run has written for it, whatever its
// images are today.
func (row *productRow) stand() {
	row.product = *row.written

	if key, ok := dedupe.ImageKey(row.written.ImageHash); ok {
		row.keys = append(row.keys, key)
	}
}

// resolution decides the rows of one chunk.
type resolution struct {
	session *productSession
	// first is the id of the first row's product.
	first   string
	matcher *dedupe.Matcher
	// barcodes are the barcode keys of products that may be matched, where the
	// job asks for them (productSession.distinct).
	barcodes map[string][]dedupe.Key
	// insisted are the holders by which the catalogue refused a row of this chunk.
	insisted map[string]bool
	claims   map[dedupe.Key]string
	// imageClock bounds the time for images that are fetched only now.
	imageClock imageClock
}

// round resolves the pending rows against what is known, creates the products that
// come of it, and returns the rows, in order, that have to be resolved again.
func (r *resolution) round(ctx context.Context, pending []*productRow) ([]*productRow, error) {
	if err := r.learnBarcodes(ctx, pending); err != nil {
		return nil, err
	}

	var (
		items   = make([]catalog.NewProduct, 0, len(pending))
		creates = make([]*productRow, 0, len(pending)) // the rows of the items
		seeking []*productRow
		matches = make(map[*productRow]dedupe.Match)
	)

	for _, row := range pending {
		match, found := r.match(row)
		if !found || match.Tier != dedupe.TierBarcode && !row.images.due {
			more, err := r.late(ctx, row)
			if err != nil {
				return nil, err
			}

			if more {
				match, found = r.match(row)
			}
		}

		if found {
			matches[row] = match

			continue
		}

		if len(row.lacks) > 0 {
			if row.sought {
				row.row.Outcome.fail(row.lacks)
			} else {
				seeking = append(seeking, row)
			}

			continue
		}

		keys := r.claimable(row)
		r.matcher.Claim(keys, row.product.ID)

		if r.session.distinct {
			r.barcodes[row.product.ID] = row.keys
		}

		creates = append(creates, row)
		items = append(items, catalog.NewProduct{
			Product: row.product, Keys: keys, KeepTaken: !r.session.job.Options.SkipDuplicates,
		})
	}

	lost, err := r.create(ctx, items, creates)
	if err != nil {
		return nil, err
	}

	if err := r.seek(ctx, seeking); err != nil {
		return nil, err
	}

	return r.settleMatches(ctx, pending, matches, lost)
}

// match returns the product that a row duplicates.
func (r *resolution) match(row *productRow) (dedupe.Match, bool) {
	if !r.session.job.Options.SkipDuplicates || row.written != nil {
		return dedupe.Match{}, false
	}

	return r.matcher.MatchFunc(row.keys, func(m dedupe.Match) bool {
		if r.session.ids.reached(m.ProductID, row.product.ID) && !r.insisted[m.ProductID] {
			return false
		}

		return !r.session.distinct || m.Tier == dedupe.TierBarcode ||
			!dedupe.BarcodesConflict(row.keys, r.barcodes[m.ProductID])
	})
}

// claimable returns the keys of a row without those that a product which is not
// the same holds. Where any holder makes the row a duplicate, that is all of them.
func (r *resolution) claimable(row *productRow) []dedupe.Key {
	if r.session.job.Options.SkipDuplicates && !r.session.distinct {
		return row.keys
	}

	keys := make([]dedupe.Key, 0, len(row.keys))

	for _, key := range row.keys {
		holder, held := r.matcher.Match([]dedupe.Key{key})
		if !held || holder.ProductID == row.product.ID {
			keys = append(keys, key)
		}
	}

	return keys
}

// create writes products and sets the outcome of those that are in the catalogue
// then. It returns the ids of those that lost a key to another job; the matcher
// has learned who holds it.
func (r *resolution) create(ctx context.Context, items []catalog.NewProduct, rows []*productRow) (lost map[string]bool, err error) {
	if len(items) == 0 {
		return nil, nil
	}

	results, err := r.session.kind.catalog.Create(ctx, items)
	if err != nil {
		return nil, fmt.Errorf("importer: create products: %w", err)
	}

	lost = make(map[string]bool)

	for i, result := range results {
		id := items[i].Product.ID

		switch result.Result {
		case catalog.ResultCreated, catalog.ResultExists:
			o := &rows[i].row.Outcome
			o.Result, o.ProductID, o.Quality = Succeeded, id, items[i].Product.QualityScore
			rows[i].reportImages()
			r.session.reportIdentity(rows[i])
			r.claim(items[i].Keys, id)
		case catalog.ResultTaken:
			lost[id] = true

			r.matcher.Release(id)

			for key, holder := range result.Holders {
				r.matcher.Hold(key, holder)
				r.insisted[holder] = true
			}
		default:
			return nil, fmt.Errorf("%w: %s", errIDConflict, id)
		}
	}

	return lost, nil
}

// seek asks the catalogue once more for the products of rows that cannot become one. The
// lookup of the chunk may have been too early for what another job has created, of which
// rows that do become products learn when they are created.
func (r *resolution) seek(ctx context.Context, rows []*productRow) error {
	if len(rows) == 0 {
		return nil
	}

	var keys []dedupe.Key

	for _, row := range rows {
		row.sought = true
		keys = append(keys, row.keys...)
	}

	held, err := r.session.kind.catalog.Lookup(ctx, keys)
	if err != nil {
		return fmt.Errorf("importer: look up identity keys: %w", err)
	}

	for key, holder := range held {
		r.matcher.Hold(key, holder)
	}

	return nil
}

// claim notes what the chunks after this one may not have seen in their lookup.
func (r *resolution) claim(keys []dedupe.Key, id string) {
	for _, key := range keys {
		r.claims[key] = id
	}
}

// settleMatches sets the outcome of duplicates. Rows that lost, rows that were taken for
// duplicates of those, and rows that were sought are returned to be resolved again.
func (r *resolution) settleMatches(ctx context.Context, pending []*productRow, matches map[*productRow]dedupe.Match, lost map[string]bool) ([]*productRow, error) {
	var again []*productRow

	for _, row := range pending {
		match, matched := matches[row]

		switch {
		case lost[row.product.ID] || (matched && lost[match.ProductID]), row.sought && !matched && row.row.Outcome.Result == 0:
			again = append(again, row)
		case matched:
			o := &row.row.Outcome
			o.Result, o.ProductID, o.MatchedBy = Duplicate, match.ProductID, match.Tier

			if err := r.session.discardImages(ctx, row); err != nil {
				return nil, err
			}
		}
	}

	return again, nil
}

// learnBarcodes gets the barcodes of the products that rows may be taken for by
// weaker keys. Only jobs in which different barcodes keep products apart ask.
func (r *resolution) learnBarcodes(ctx context.Context, pending []*productRow) error {
	if !r.session.distinct {
		return nil
	}

	var ids []string

	for _, row := range pending {
		for _, key := range row.keys {
			match, held := r.matcher.Match([]dedupe.Key{key})
			if !held || key.Tier == dedupe.TierBarcode {
				continue
			}

			if _, known := r.barcodes[match.ProductID]; !known {
				ids = append(ids, match.ProductID)
				r.barcodes[match.ProductID] = nil
			}
		}
	}

	if len(ids) == 0 {
		return nil
	}

	products, err := r.session.kind.catalog.Get(ctx, ids)
	if err != nil {
		return fmt.Errorf("importer: get matched products: %w", err)
	}

	for _, p := range products {
		r.barcodes[p.ID] = dedupe.Identity{Barcodes: append([]string{p.Barcode}, p.AdditionalBarcodes...)}.Keys()
	}

	return nil
}
