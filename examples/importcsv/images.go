package main

import (
	"fmt"
	"io"

	"github.com/vyapaarai/bulkimport/imagepipe"
	"github.com/vyapaarai/bulkimport/imagepipe/goprocessor"
	"github.com/vyapaarai/bulkimport/imagepipe/httpfetch"
	"github.com/vyapaarai/bulkimport/importer"
	"github.com/vyapaarai/bulkimport/importer/imagestore"
)

// openImages returns what processes images, or nil where they are not wanted.
func openImages(conf config, b *backends) (importer.Images, error) {
	if !conf.images {
		return nil, nil
	}

	fetcher, err := httpfetch.New(&httpfetch.Options{AllowHosts: conf.imageHosts})
	if err != nil {
		return nil, fmt.Errorf("cannot fetch images: %w", err)
	}

	b.closers = append(b.closers, closerFunc(fetcher.CloseIdleConnections))

	return imagepipe.New(fetcher, goprocessor.New(nil), imagestore.New(b.images, conf.imageURL, nil), nil), nil
}

// closerFunc is a function that releases something and cannot fail.
type closerFunc func()

var _ io.Closer = closerFunc(nil)

func (f closerFunc) Close() error {
	f()

	return nil
}
