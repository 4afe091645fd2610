package importer

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/vyapaarai/bulkimport/csvschema"
	"github.com/vyapaarai/bulkimport/dedupe"
	"github.com/vyapaarai/bulkimport/importer/catalog"
	"github.com/vyapaarai/bulkimport/jobstore"
	"github.com/vyapaarai/bulkimport/quality"
)

// productSession is one run over one file of products.
type productSession struct {
	kind    *productKind
	job     jobstore.Job
	columns *csvschema.ProductColumns
	ids     productIDs
	// distinct: products with different barcodes are never duplicates.
	distinct bool
	// recent are the claims of the chunks applied last, which the lookup of the
	// next chunks may have been too early to see. It belongs to Apply.
	recent recentClaims
}

// productChunk is a prepared chunk.
type productChunk struct {
	rows []productRow
	// held are the keys of the rows that products of the catalogue held when they
	// were looked up.
	held map[dedupe.Key]string
}

// productRow is one row that passed its validation.
type productRow struct {
	// row is the row of the chunk.
	row     *Row
	product catalog.Product
	keys    []dedupe.Key
	quality quality.Facts
	// hasImages says that images were stored for the row, imagesDue that they were
	// not fetched because the row looked like a duplicate of a row before it.
	hasImages, imagesDue bool
}

func (s *productSession) Header() []string { return s.columns.Header() }

func (s *productSession) Original(rec csvschema.Record) []string { return s.columns.Original(rec) }

// IsRow tells the rows from what is left of rows that were cleared in an error report.
func (s *productSession) IsRow(rec csvschema.Record) bool { return !s.columns.IsBlank(rec) }

// Prepare parses and validates the rows, looks their keys up and fetches their
// images.
func (s *productSession) Prepare(ctx context.Context, c *Chunk) error {
	chunk := &productChunk{rows: make([]productRow, 0, len(c.Rows))}

	for i := range c.Rows {
		if row := &c.Rows[i]; !row.Malformed {
			s.parse(row, chunk)
		}
	}

	if err := s.lookup(ctx, chunk); err != nil {
		return err
	}

	if err := s.fetchImages(ctx, chunk); err != nil {
		return err
	}

	for i := range chunk.rows {
		row := &chunk.rows[i]
		row.product.QualityScore = quality.Score(row.quality).Total
	}

	c.State = chunk

	return nil
}

// parse reads one row. A good one joins the chunk; a bad one gets its outcome.
func (s *productSession) parse(row *Row, chunk *productChunk) {
	parsed, warnings, problems := s.columns.ParseRow(row.Record)

	row.Outcome = Outcome{Warnings: warnings, Name: parsed.Name, Barcode: parsed.Barcode}
	if len(problems) > 0 {
		row.Outcome.Result, row.Outcome.Problems = Failed, problems
		showProblems(&row.Outcome)

		return
	}

	chunk.rows = append(chunk.rows, s.newRow(row, parsed))
}

// showProblems fills in the name and barcode to show with a row in error: what is wrong
// with them is not in what was parsed.
func showProblems(o *Outcome) {
	for _, p := range o.Problems {
		switch p.Column {
		case "name":
			o.Name = p.Value
		case "barcode":
			o.Barcode = p.Value
		}
	}
}

func (s *productSession) newRow(row *Row, parsed csvschema.ProductRow) productRow {
	identity := dedupe.Identity{
		Barcodes: append([]string{parsed.Barcode}, parsed.AdditionalBarcodes...),
		Brand:    parsed.Brand, Name: parsed.Name,
	}
	keys := identity.Keys()

	return productRow{
		row:     row,
		product: s.newProduct(parsed, keys),
		keys:    keys,
		quality: quality.Facts{
			Name: parsed.Name, Brand: parsed.Brand, Category: parsed.Category, Barcode: parsed.Barcode,
			Description: parsed.Description, Weight: parsed.Weight, Size: parsed.Size,
			Manufacturer: parsed.Manufacturer, CountryOfOrigin: parsed.CountryOfOrigin,
		},
	}
}

func (s *productSession) newProduct(parsed csvschema.ProductRow, keys []dedupe.Key) catalog.Product {
	now := s.kind.now().UTC()
	p := catalog.Product{
		ID:                 s.ids.of(parsed.Row),
		Name:               parsed.Name,
		Brand:              parsed.Brand,
		Category:           parsed.Category,
		Barcode:            parsed.Barcode,
		AdditionalBarcodes: parsed.AdditionalBarcodes,
		SourceImageURLs:    parsed.ImageURLs,
		Attributes: catalog.Attributes{
			Description: parsed.Description, Size: parsed.Size, Unit: parsed.Unit, Weight: parsed.Weight,
			PackSize: parsed.PackSize, Manufacturer: parsed.Manufacturer, CountryOfOrigin: parsed.CountryOfOrigin,
			Ingredients: parsed.Ingredients, Nutrition: parsed.Nutrition,
		},
		RegionalNames:      parsed.RegionalNames,
		PrimaryRegions:     s.primaryRegions(parsed.RegionalNames),
		VerificationStatus: s.job.Options.DefaultVerificationStatus,
		CreatedBy:          s.job.CreatedByUserID,
		ImportSource:       string(s.job.Type),
		Origin:             catalog.Origin{JobID: s.job.ID, Row: parsed.Row},
		CreatedAt:          now,
		UpdatedAt:          now,
	}

	if s.job.Options.AutoVerify {
		p.VerificationStatus = VerificationVerified
	}

	for _, key := range keys {
		if key.Tier == dedupe.TierNameBrand {
			p.NameBrandKey = key.Value
		}
	}

	return p
}

// primaryRegions are the regions that the row names, else the job's default.
func (s *productSession) primaryRegions(names map[string][]string) []string {
	if len(names) > 0 {
		return slices.Sorted(maps.Keys(names))
	}

	if s.job.Options.DefaultRegion == "" {
		return nil
	}

	return []string{s.job.Options.DefaultRegion}
}

// lookup asks the catalogue for the holders of the chunk's keys, those of images
// excepted, which are not known yet.
func (s *productSession) lookup(ctx context.Context, chunk *productChunk) error {
	if !s.job.Options.SkipDuplicates {
		return nil
	}

	keys := make([]dedupe.Key, 0, 3*len(chunk.rows))
	for i := range chunk.rows {
		keys = append(keys, chunk.rows[i].keys...)
	}

	held, err := s.kind.catalog.Lookup(ctx, keys)
	if err != nil {
		return fmt.Errorf("importer: look up identity keys: %w", err)
	}

	chunk.held = held

	return nil
}

// Touched reports whether a product of an earlier run of this job exists for a row
// of the chunk.
func (s *productSession) Touched(ctx context.Context, c *Chunk) (bool, error) {
	ids := make([]string, len(c.Rows))
	for i := range c.Rows {
		ids[i] = s.ids.of(c.Rows[i].Record.Start.Row)
	}

	products, err := s.kind.catalog.Get(ctx, ids)
	if err != nil {
		return false, fmt.Errorf("importer: look for products of an earlier run: %w", err)
	}

	return slices.ContainsFunc(products, func(p catalog.Product) bool { return p.Origin.JobID == s.job.ID }), nil
}

// Drop removes the images of a chunk that is not applied.
func (s *productSession) Drop(ctx context.Context, c *Chunk) error {
	chunk, ok := c.State.(*productChunk)
	if !ok {
		return errNotPrepared
	}

	for i := range chunk.rows {
		if err := s.discardImages(ctx, &chunk.rows[i]); err != nil {
			return err
		}
	}

	return nil
}
