package api

import (
	"context"
	"errors"

	"github.com/vyapaarai/bulkimport/dedupe"
	"github.com/vyapaarai/bulkimport/importer/blob"
	"github.com/vyapaarai/bulkimport/importer/catalog"
	"github.com/vyapaarai/bulkimport/jobstore"
)

// Checks returns the checks that stores answer, without which there is no import.
func Checks(jobs jobstore.Store, products catalog.Store, files, images blob.Store) []Check {
	return []Check{
		{Name: "job store", Probe: func(ctx context.Context) error {
			_, err := jobs.List(ctx, jobstore.Query{Limit: 1})

			return err
		}},
		{Name: "catalogue", Probe: func(ctx context.Context) error {
			_, err := products.Lookup(ctx, []dedupe.Key{{Tier: dedupe.TierBarcode, Value: "0"}})

			return err
		}},
		{Name: "store of files", Probe: func(ctx context.Context) error {
			_, err := files.List(ctx, "", "", 1)

			return err
		}},
		{Name: "store of images", Probe: func(ctx context.Context) error {
			_, err := images.Stat(ctx, "ready")
			if errors.Is(err, blob.ErrNotFound) {
				return nil
			}

			return err
		}},
	}
}
