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

	"github.com/vyapaarai/bulkimport/examples/internal/api"
	"github.com/vyapaarai/bulkimport/examples/internal/awsbackend"
	"github.com/vyapaarai/bulkimport/importer/blob"
	"github.com/vyapaarai/bulkimport/importer/blob/dirblob"
	"github.com/vyapaarai/bulkimport/importer/blob/memblob"
	"github.com/vyapaarai/bulkimport/importer/catalog"
	"github.com/vyapaarai/bulkimport/importer/catalog/memcatalog"
	"github.com/vyapaarai/bulkimport/importer/catalog/pebblecatalog"
	"github.com/vyapaarai/bulkimport/importer/notify"
	"github.com/vyapaarai/bulkimport/importer/queue"
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

	// queue and signer are nil where the server has to bring its own.
	queue  queue.Queue
	signer blob.Signer
	// channels are told of the ends of imports besides the log.
	channels []notify.Channel
	// redirects are which files others serve, and imagesURL where they serve images;
	// empty where the server itself does.
	redirects api.Redirects
	imagesURL string
	// filesOrigin is the scheme and host that signer's URLs have; empty where that is the
	// server itself.
	filesOrigin string
	// shared: other processes may use the stores at the same time.
	shared bool

	// closers are what was opened, in that order.
	closers []io.Closer
}

// openStores opens the stores of the backend. now is the clock.
func openStores(ctx context.Context, conf config, log *slog.Logger, now func() time.Time) (*stores, error) {
	switch conf.backend {
	case backendAWS:
		return openAWS(ctx, conf, log, now)
	case backendMemory:
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

// openAWS opens the stores on AWS.
func openAWS(ctx context.Context, conf config, log *slog.Logger, now func() time.Time) (*stores, error) {
	b, err := awsbackend.Open(ctx, conf.aws, &awsbackend.Options{Logger: log, Now: now})
	if err != nil {
		return nil, err
	}

	origin, err := b.FilesOrigin(ctx)
	if err != nil {
		return nil, errors.Join(err, b.Close())
	}

	s := &stores{
		jobs: b.Jobs, catalog: b.Products, inventory: b.Inventory, files: b.Files, images: b.Images,
		queue: b.Queue, signer: b.Files,
		redirects: api.Redirects{Reports: true, Image: b.ImageURL}, imagesURL: conf.aws.ImagesURL,
		filesOrigin: origin,
		shared:      true,
		closers:     []io.Closer{b},
	}

	if b.Topic != nil {
		s.channels = append(s.channels, notify.Channel{Name: awsbackend.ChannelTopic, Notifier: b.Topic})
	}

	return s, nil
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
