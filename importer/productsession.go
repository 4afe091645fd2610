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
	kind *productKind
	// job is the job, with the options that hold for it.
	job     jobstore.Job
	columns columns
	// parseRow reads a row; it belongs to columns. Not for rows of an inventory, whose
	// session reads them itself.
	parseRow func(csvschema.Record) (csvschema.ProductRow, []csvschema.Warning, []*csvschema.RowError)
	ids      productIDs
	// distinct: products with different barcodes are never duplicates.
	distinct bool
	// withImages: there are images to process.
	withImages bool
	// unfetched: there would be, but this is a trial.
	unfetched bool
	// recent are the claims of the chunks applied last, which the lookup of the
	// next chunks may have been too early to see. It belongs to Apply.
	recent recentClaims
	// shared are the pictures that say nothing. It belongs to Apply.
	shared *sharedImages
}

// columns are the columns of a file that was understood.
type columns interface {
	Header() []string
	Original(rec csvschema.Record) []string
	IsBlank(rec csvschema.Record) bool
	Mapping() []csvschema.ColumnMapping
}

// productChunk is a prepared chunk.
type productChunk struct {
	rows []productRow
	// held are the keys of the rows that products of the catalogue held when they
	// were looked up.
	held map[dedupe.Key]string
}

// hold notes that a product of the catalogue holds a key.
func (c *productChunk) hold(key dedupe.Key, holder string) {
	if c.held == nil {
		c.held = map[dedupe.Key]string{}
	}

	c.held[key] = holder
}

// productRow is one row that passed its validation.
type productRow struct {
	// row is the row of the chunk.
	row     *Row
	product catalog.Product
	keys    []dedupe.Key
	quality quality.Facts
	images  rowImages
	// lacks is what keeps the row from becoming a new product. Such a row can only be
	// found to be one that is there.
	lacks []*csvschema.RowError
	// sought says that the catalogue was asked once more for the product of such a row.
	sought bool
	// written is the product that an earlier run has written for the row, where
	// that is known.
	written *catalog.Product
}

func (s *productSession) Header() []string { return s.columns.Header() }

func (s *productSession) Original(rec csvschema.Record) []string { return s.columns.Original(rec) }

// IsRow tells the rows from what is left of rows that were cleared in an error report.
func (s *productSession) IsRow(rec csvschema.Record) bool { return !s.columns.IsBlank(rec) }

// MaxRows keeps chunks small where images take their time.
func (s *productSession) MaxRows() int {
	if s.withImages {
		return maxImageRows
	}

	return 0
}

// Prepare parses and validates the rows, looks their keys up and fetches their
// images.
func (s *productSession) Prepare(ctx context.Context, c *Chunk) error {
	chunk := &productChunk{rows: make([]productRow, 0, len(c.Rows))}
	c.State = chunk // from here on for Drop, should this be cut off

	for i := range c.Rows {
		if row := &c.Rows[i]; !row.Malformed {
			s.parse(row, chunk)
		}
	}

	return s.complete(ctx, chunk)
}

// complete does what Prepare does with the rows once they are parsed.
func (s *productSession) complete(ctx context.Context, chunk *productChunk) error {
	if err := s.lookup(ctx, chunk); err != nil {
		return err
	}

	if err := s.findWritten(ctx, chunk); err != nil {
		return err
	}

	if err := s.fetchImages(ctx, chunk); err != nil {
		return err
	}

	for i := range chunk.rows {
		row := &chunk.rows[i]
		row.product.QualityScore = quality.Score(row.quality).Total
	}

	return nil
}

// parse reads one row. A good one joins the chunk; a bad one gets its outcome.
func (s *productSession) parse(row *Row, chunk *productChunk) {
	parsed, warnings, problems := s.parseRow(row.Record)

	if row.setParsed(parsed, warnings, problems) {
		s.addRow(row, parsed, chunk)
	}
}

// addRow has a good row join the chunk, unless it is too large for a product.
func (s *productSession) addRow(row *Row, parsed csvschema.ProductRow, chunk *productChunk) {
	added := s.newRow(row, parsed)
	if problem := added.oversize(); problem != nil {
		row.Outcome.fail([]*csvschema.RowError{problem})

		return
	}

	chunk.rows = append(chunk.rows, added)
}

// imageRoom is kept free in a product for the addresses of its images and its hash, which are
// not known yet when the size of the row is.
const imageRoom = 8 << 10

// oversize returns the error of a row that no catalogue could take, or nil. Every value
// is within its limit, but there can be hundreds of regional names.
func (row *productRow) oversize() *csvschema.RowError {
	size := catalog.NewProduct{Product: row.product, Keys: row.keys}.Size() + imageRoom
	if size <= catalog.MaxSize {
		return nil
	}

	return &csvschema.RowError{
		Row: row.product.Origin.Row, Code: csvschema.CodeRowTooLarge,
		Message: fmt.Sprintf("the row needs %d KiB as a product, the most is %d", (size+1023)>>10, catalog.MaxSize>>10),
	}
}

// setParsed sets what the outcome of a row is as far as it follows from its parsing, and
// reports whether the row is good.
func (row *Row) setParsed(parsed csvschema.ProductRow, warnings []csvschema.Warning, problems []*csvschema.RowError) bool {
	row.Outcome = Outcome{Warnings: warnings, Name: parsed.Name, Barcode: parsed.Barcode}
	if len(problems) > 0 {
		row.Outcome.fail(problems)
	}

	return len(problems) == 0
}

// fail makes the outcome that of a row in error.
func (o *Outcome) fail(problems []*csvschema.RowError) {
	o.Result, o.Problems = Failed, problems
	showProblems(o)
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
func (s *productSession) lookup(ctx context.Context, chunk *productChunk) (err error) {
	if !s.job.Options.SkipDuplicates {
		return nil
	}

	ctx, done := measure(ctx, stageLookup)
	defer func() { done(err) }()

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

// findWritten looks for products that an earlier run has written for the rows of the
// chunk. Without images there is no need: the same rows end as the same. But servers
// may give other images, or none, the second time, and then a row that has become a
// product must not end as a duplicate, and its images be discarded.
func (s *productSession) findWritten(ctx context.Context, chunk *productChunk) error {
	// The first lease of a job has nothing before it.
	if !s.withImages || s.job.Lease.Epoch < 2 {
		return nil
	}

	ids := make([]string, len(chunk.rows))
	for i := range chunk.rows {
		ids[i] = chunk.rows[i].product.ID
	}

	products, err := s.kind.catalog.Get(ctx, ids)
	if err != nil {
		return fmt.Errorf("importer: look for products of an earlier run: %w", err)
	}

	written := make(map[string]*catalog.Product, len(products))
	for i := range products {
		written[products[i].ID] = &products[i]
	}

	for i := range chunk.rows {
		row := &chunk.rows[i]
		if p := written[row.product.ID]; p != nil && p.Origin == row.product.Origin {
			row.written = p
		}
	}

	return nil
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
