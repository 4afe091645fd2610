package importer

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/semaphore"

	"github.com/vyapaarai/bulkimport/csvschema"
	"github.com/vyapaarai/bulkimport/dedupe"
	"github.com/vyapaarai/bulkimport/importer/catalog"
	"github.com/vyapaarai/bulkimport/jobstore"
)

// ProductKindOptions are the optional parts of NewProductKind.
type ProductKindOptions struct {
	// Images processes the images of the rows. Default: they are not processed,
	// only their addresses are kept.
	Images Images
	// ImageRows bounds how many rows have their images processed at a time, over
	// all jobs. Default 16.
	ImageRows int
	// ImageTime bounds the time for the images of one chunk (250 rows at most), from
	// when the first of its rows has a place. Images that are not finished by then have
	// failed; the few that are fetched late, because their row only looked like a
	// duplicate, have as much time again. Where runs have a deadline,
	// it should be well below what a run has. Default 0: no bound.
	ImageTime time.Duration
	// SharedImage is under how many different names the rows of one job may show
	// one picture. A picture with more names is taken for a placeholder: it makes
	// no duplicates any more, is no identity key, and is a warning. Default 3;
	// a negative number means any.
	SharedImage int
	// Now is the clock. Default time.Now.
	Now func() time.Time
}

// productKind imports rows as products of the global catalogue.
type productKind struct {
	catalog catalog.Store
	images  Images
	// imageRows bounds the rows whose images are processed at a time.
	imageRows   *semaphore.Weighted
	imageTime   time.Duration
	sharedImage int
	now         func() time.Time
}

// NewProductKind returns the kind for jobs of type admin_product_import: each row
// becomes a product of the catalogue, unless it is one already. opts may be nil.
func NewProductKind(store catalog.Store, opts *ProductKindOptions) Kind {
	if opts == nil {
		opts = &ProductKindOptions{}
	}

	rows := opts.ImageRows
	if rows <= 0 {
		rows = 16
	}

	names := opts.SharedImage
	if names == 0 {
		names = DefaultSharedImage
	}

	return &productKind{
		catalog: observedCatalog{store}, images: opts.Images, now: nowOr(opts.Now),
		imageRows: semaphore.NewWeighted(int64(rows)), imageTime: opts.ImageTime, sharedImage: names,
	}
}

func (k *productKind) Type() jobstore.Type { return jobstore.TypeAdminProductImport }

func (k *productKind) Naming() Naming {
	return Naming{JobID: "admin_import", Folder: "admin-imports"}
}

func (k *productKind) CheckHeader(header []string, limits *csvschema.Limits) ([]csvschema.Warning, error) {
	columns, warnings, err := csvschema.MapProductHeader(header, limits)
	if err != nil {
		return nil, err
	}

	if k.images == nil && slices.ContainsFunc(columns.Mapping(), isImageColumn) {
		warnings = append(warnings, csvschema.Warning{
			Code:    "images_not_processed",
			Message: "images are not processed here; their addresses are kept with the products",
		})
	}

	return warnings, nil
}

func isImageColumn(m csvschema.ColumnMapping) bool {
	return strings.HasPrefix(m.Column, "image_url_")
}

func (k *productKind) Begin(_ context.Context, start Start) (Session, error) {
	columns, _, err := csvschema.MapProductHeader(start.Header, start.Limits)
	if err != nil {
		return nil, err
	}

	s, err := k.session(start.Job, columns, start.Carry)
	if err != nil {
		return nil, err
	}

	s.parseRow = columns.ParseRow
	s.withImages = k.images != nil && start.Job.Options.ProcessImages && slices.ContainsFunc(columns.Mapping(), isImageColumn)

	return s, nil
}

// session returns a session without images, for rows that its caller reads.
func (k *productKind) session(job jobstore.Job, columns columns, carry json.RawMessage) (*productSession, error) {
	conflict, err := dedupe.ParseBarcodeConflict(job.Options.BarcodeConflict)
	if err != nil {
		return nil, fmt.Errorf("importer: options of %s: %w", job.ID, err)
	}

	if _, err := dedupe.ParseStrategy(job.Options.MatchStrategy); err != nil {
		return nil, fmt.Errorf("importer: options of %s: %w", job.ID, err)
	}

	shared, err := newSharedImages(k.sharedImage, carry)
	if err != nil {
		return nil, err
	}

	return &productSession{
		kind: k, job: job, columns: columns, ids: newProductIDs(job.ID), shared: shared,
		distinct: conflict == dedupe.ConflictDistinct,
	}, nil
}
