package main

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"

	"github.com/vyapaarai/bulkimport/importer/blob"
	"github.com/vyapaarai/bulkimport/importer/blob/dirblob"
	"github.com/vyapaarai/bulkimport/importer/blob/memblob"
	"github.com/vyapaarai/bulkimport/importer/catalog"
	"github.com/vyapaarai/bulkimport/importer/catalog/memcatalog"
	"github.com/vyapaarai/bulkimport/importer/catalog/pebblecatalog"
	"github.com/vyapaarai/bulkimport/importer/queue"
	"github.com/vyapaarai/bulkimport/importer/queue/memqueue"
	"github.com/vyapaarai/bulkimport/internal/pebbledb"
	"github.com/vyapaarai/bulkimport/jobstore"
	"github.com/vyapaarai/bulkimport/jobstore/memjobstore"
	"github.com/vyapaarai/bulkimport/jobstore/pebblejobstore"
)

// backends are one implementation of each port.
type backends struct {
	jobs    jobstore.Store
	files   blob.Store
	queue   queue.Queue
	catalog catalog.Store
	// inventory is what stores have of the products of the catalogue.
	inventory catalog.Inventory

	// images are the images of products; nil without a data folder.
	images blob.Store

	// closers are what has to be closed, in the order it was opened.
	closers []io.Closer
}

// Close closes what was opened, last things first.
func (b *backends) Close() error {
	var errs []error
	for _, c := range slices.Backward(b.closers) {
		errs = append(errs, c.Close())
	}

	return errors.Join(errs...)
}

// openBackends opens the embedded backends in the folder data, or those in memory
// where data is empty.
func openBackends(data string) (*backends, error) {
	// In memory even where the rest is durable: the jobs are the truth, and lost
	// messages are sent again.
	messages, err := memqueue.New(nil)
	if err != nil {
		return nil, err
	}

	if data == "" {
		products := memcatalog.New(nil)

		return &backends{
			jobs:      memjobstore.New(nil),
			files:     memblob.New(nil),
			queue:     messages,
			catalog:   products,
			inventory: products,
		}, nil
	}

	// The layout of the folder is that of examples/httpserver, so that both can
	// work on the same catalogue, though not at the same time.
	db, err := pebbledb.Open(filepath.Join(data, "db"), nil)
	if err != nil {
		return nil, fmt.Errorf("cannot open %s: %w", dataName(data), err)
	}

	jobs, products := pebblejobstore.New(db, nil), pebblecatalog.New(db, nil)
	b := &backends{
		jobs:      jobs,
		queue:     messages,
		catalog:   products,
		inventory: products,
		closers:   []io.Closer{db, jobs, products},
	}

	files, err := dirblob.Open(filepath.Join(data, "files"), nil)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("cannot open %s: %w", dataName(data), err), b.Close())
	}

	b.files = files
	b.closers = append(b.closers, files)

	images, err := dirblob.Open(filepath.Join(data, "images"), nil)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("cannot open %s: %w", dataName(data), err), b.Close())
	}

	b.images = images
	b.closers = append(b.closers, images)

	return b, nil
}

// dataName says in words where the backends keep things.
func dataName(data string) string {
	if data == "" {
		return "memory"
	}

	return "the data folder " + data
}
