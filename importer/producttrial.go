package importer

import (
	"context"
	"errors"
	"slices"

	"github.com/vyapaarai/bulkimport/csvschema"
	"github.com/vyapaarai/bulkimport/dedupe"
	"github.com/vyapaarai/bulkimport/jobstore"
)

// productTrial is a session whose catalogue only remembers.
type productTrial struct {
	*productSession

	caveats []csvschema.Warning
}

var (
	_ Trier = (*productKind)(nil)
	_ Trial = (*productTrial)(nil)
)

// errNoSession reports a kind whose sessions are not what they were.
var errNoSession = errors.New("importer: no session of this kind")

// Try implements Trier. Images are not fetched: they would be the better part of the
// import itself.
func (k *productKind) Try(ctx context.Context, start Start) (Trial, error) {
	trying := *k
	trying.images = nil
	trying.catalog = newTrialCatalog(k.catalog, newProductIDs(start.Job.ID), keepsBarcodes(start.Job.Options))

	begun, err := trying.Begin(ctx, start)
	if err != nil {
		return nil, err
	}

	session, ok := begun.(*productSession)
	if !ok {
		return nil, errNoSession
	}

	t := &productTrial{productSession: session}

	if k.images != nil && start.Job.Options.ProcessImages && slices.ContainsFunc(session.columns.Mapping(), isImageColumn) {
		session.unfetched = true
		t.caveats = append(t.caveats, csvschema.Warning{
			Code: "images_not_checked",
			Message: "images were not fetched: the import may find further duplicates by them, and images that cannot be used; " +
				"and the products score higher with them",
		})
	}

	return t, nil
}

// keepsBarcodes reports whether sessions with these options ask for the barcodes of
// products that may be matched.
func keepsBarcodes(o jobstore.Options) bool {
	return o.BarcodeConflict == string(dedupe.ConflictDistinct)
}

// Columns implements Trial.
func (t *productTrial) Columns() []csvschema.ColumnMapping { return t.columns.Mapping() }

// Caveats implements Trial.
func (t *productTrial) Caveats() []csvschema.Warning { return t.caveats }
