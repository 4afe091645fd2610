package main

import (
	"context"
	"time"

	"github.com/vyapaarai/bulkimport/examples/internal/api"
	"github.com/vyapaarai/bulkimport/examples/internal/imaging"
	"github.com/vyapaarai/bulkimport/importer"
)

// imageTime bounds the time for the images of 250 rows: an import leaves out images of
// very slow servers rather than take for ever.
const imageTime = 10 * time.Minute

// openImages has imports of this kind process images.
func (s *server) openImages(conf config, kind *importer.ProductKindOptions) error {
	base := s.stores.imagesURL
	if base == "" {
		base = s.publicURL + api.ImagesBase
	}

	images, fetcher, err := imaging.New(s.stores.images, base, conf.imageHosts)
	if err != nil {
		return err
	}

	s.fetcher, kind.Images = fetcher, images

	return nil
}

// sweepsImages reports whether images that no product shows are removed. Of a bucket or a
// table that others fill too nobody here knows what belongs together, so there it has to
// be asked for.
func (c *config) sweepsImages(shared bool) bool {
	return c.imageSweep == imagesOn || c.imageSweep == imagesAuto && !shared
}

// sweepImagesEvery is how often images are removed that no product refers to.
const sweepImagesEvery = 24 * time.Hour

// sweepImages sweeps the images at the start and then once a day, until ctx ends: a
// server that is started anew every night has its sweep too.
func (s *server) sweepImages(ctx context.Context) {
	ticker := time.NewTicker(sweepImagesEvery)
	defer ticker.Stop()

	for {
		removed, _, err := importer.SweepImages(ctx, s.stores.images, s.stores.catalog, s.now(), "")

		switch {
		case err != nil && ctx.Err() == nil:
			s.log.ErrorContext(ctx, "sweep of images failed", "removed", removed, "error", err)
		case removed > 0:
			s.log.InfoContext(ctx, "images without a product removed", "images", removed)
		}

		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}
