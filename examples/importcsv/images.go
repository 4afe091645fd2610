package main

import (
	"io"

	"github.com/vyapaarai/bulkimport/examples/internal/imaging"
	"github.com/vyapaarai/bulkimport/importer"
)

// openImages returns what processes images, or nil where they are not wanted.
func openImages(conf config, b *backends) (importer.Images, error) {
	if !conf.images {
		return nil, nil
	}

	images, fetcher, err := imaging.New(b.images, conf.imageURL, conf.imageHosts)
	if err != nil {
		return nil, err
	}

	b.closers = append(b.closers, closerFunc(fetcher.CloseIdleConnections))

	return images, nil
}

// closerFunc is a function that releases something and cannot fail.
type closerFunc func()

var _ io.Closer = closerFunc(nil)

func (f closerFunc) Close() error {
	f()

	return nil
}
