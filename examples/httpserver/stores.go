package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/vyapaarai/bulkimport/dedupe"
	"github.com/vyapaarai/bulkimport/examples/internal/api"
	"github.com/vyapaarai/bulkimport/importer/blob"
	"github.com/vyapaarai/bulkimport/importer/blob/dirblob"
	"github.com/vyapaarai/bulkimport/importer/blob/memblob"
	"github.com/vyapaarai/bulkimport/importer/catalog"
	"github.com/vyapaarai/bulkimport/importer/catalog/memcatalog"
	"github.com/vyapaarai/bulkimport/importer/catalog/pebblecatalog"
	"github.com/vyapaarai/bulkimport/internal/pebbledb"
	"github.com/vyapaarai/bulkimport/jobstore"
	"github.com/vyapaarai/bulkimport/jobstore/memjobstore"
	"github.com/vyapaarai/bulkimport/jobstore/pebblejobstore"
)

// stores are where everything is kept.
type stores struct {
	jobs    jobstore.Store
	catalog catalog.Store
	// inventory is what stores have of the products of the catalogue.
	inventory catalog.Inventory
	files     blob.Store
	// images are the images of products, and nothing else.
	images blob.Store

	// closers are what was opened, in that order.
	closers []io.Closer
}

// openStores opens the stores of the backend. now is the clock.
func openStores(conf config, log *slog.Logger, now func() time.Time) (*stores, error) {
	if conf.backend == backendMemory {
		products := memcatalog.New(nil)

		return &stores{
			jobs:    memjobstore.New(&memjobstore.Options{Now: now}),
			catalog: products, inventory: products,
			files:  memblob.New(&memblob.Options{Now: now}),
			images: memblob.New(&memblob.Options{Now: now}),
		}, nil
	}

	return openEmbedded(conf.data, log, now)
}

// folderMode keeps the data folder to its owner.
const folderMode = 0o700

// openEmbedded opens the stores in the data folder, which it makes if need be. The
// database comes first, for its lock is what keeps a second process out of all of
// the folder.
func openEmbedded(folder string, log *slog.Logger, now func() time.Time) (*stores, error) {
	if err := os.MkdirAll(folder, folderMode); err != nil {
		return nil, fmt.Errorf("cannot make the data folder: %w", err)
	}

	db, err := pebbledb.Open(filepath.Join(folder, "db"), &pebbledb.Options{Logger: log})
	if errors.Is(err, pebbledb.ErrLocked) {
		return nil, fmt.Errorf("another process uses the data folder %s; stop that one, or choose another folder by -data", folder)
	}

	if err != nil {
		return nil, fmt.Errorf("cannot open the database in the data folder: %w", err)
	}

	jobs := pebblejobstore.New(db, &pebblejobstore.Options{Now: now})
	products := pebblecatalog.New(db, nil)
	s := &stores{jobs: jobs, catalog: products, inventory: products, closers: []io.Closer{db, jobs, products}}

	files, err := dirblob.Open(filepath.Join(folder, "files"), &dirblob.Options{Now: now})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("cannot open the files in the data folder: %w", err), s.Close())
	}

	s.files = files
	s.closers = append(s.closers, files)

	images, err := dirblob.Open(filepath.Join(folder, "images"), &dirblob.Options{Now: now})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("cannot open the images in the data folder: %w", err), s.Close())
	}

	s.images = images
	s.closers = append(s.closers, images)

	return s, nil
}

// Close closes what was opened, the last first.
func (s *stores) Close() error {
	var errs []error
	for _, c := range slices.Backward(s.closers) {
		errs = append(errs, c.Close())
	}

	return errors.Join(errs...)
}

// checks returns what has to answer for the server to be ready.
func (s *stores) checks() []api.Check {
	return []api.Check{
		{Name: "job store", Probe: func(ctx context.Context) error {
			_, err := s.jobs.List(ctx, jobstore.Query{Limit: 1})

			return err
		}},
		{Name: "catalogue", Probe: func(ctx context.Context) error {
			_, err := s.catalog.Lookup(ctx, []dedupe.Key{{Tier: dedupe.TierBarcode, Value: "0"}})

			return err
		}},
		{Name: "store of files", Probe: func(ctx context.Context) error {
			_, err := s.files.List(ctx, "", "", 1)

			return err
		}},
		{Name: "store of images", Probe: func(ctx context.Context) error {
			_, err := s.images.Stat(ctx, "ready")
			if errors.Is(err, blob.ErrNotFound) {
				return nil
			}

			return err
		}},
	}
}
