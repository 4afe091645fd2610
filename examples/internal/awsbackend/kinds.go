package awsbackend

import (
	"fmt"
	"math"
	"runtime/debug"
	"time"

	"github.com/vyapaarai/bulkimport/imagepipe"
	"github.com/vyapaarai/bulkimport/imagepipe/goprocessor"
	"github.com/vyapaarai/bulkimport/imagepipe/httpfetch"
	"github.com/vyapaarai/bulkimport/importer"
	"github.com/vyapaarai/bulkimport/importer/imagestore"
)

// EnvImageHosts lists, as "host:port,...", where images may come from although that is not
// public, or on other ports than 80 and 443.
const EnvImageHosts = "IMAGE_ALLOW_HOSTS"

// imageTime bounds the time for the images of 250 rows. Of the 15 minutes that a function
// has, what is left must do for the rows that wait for them.
const imageTime = 5 * time.Minute

// Kinds returns the kinds of jobs as functions run them: with images, fetched from
// public addresses and from those that EnvImageHosts lists. Whoever only starts jobs
// needs the same kinds. now is the clock.
func (b *Backend) Kinds(getenv func(string) string, now func() time.Time) ([]importer.Kind, error) {
	hosts, err := httpfetch.ParseAllowHosts(getenv(EnvImageHosts))
	if err != nil {
		return nil, fmt.Errorf("%s must be a list such as images.intern:8080,10.0.0.7:80: %w", EnvImageHosts, err)
	}

	fetcher, err := httpfetch.New(&httpfetch.Options{AllowHosts: hosts})
	if err != nil {
		return nil, fmt.Errorf("cannot fetch images: %w", err)
	}

	pipeline := imagepipe.New(fetcher, goprocessor.New(&goprocessor.Options{Memory: imageMemory(debug.SetMemoryLimit(-1))}),
		imagestore.New(b.Images, b.ImagesURL, nil), nil)

	return []importer.Kind{
		importer.NewProductKind(b.Products, &importer.ProductKindOptions{Now: now, ImageTime: imageTime, Images: pipeline}),
		importer.NewInventoryKind(b.Products, b.Inventory, &importer.InventoryKindOptions{Now: now}),
	}, nil
}

// minImageMemory is enough for the usual pictures of shops.
const minImageMemory = 64 << 20

// imageMemory returns how much decoded pictures may take, in bytes, where the process may
// take limit (GOMEMLIMIT): a third, since the garbage of decoders may take as much again. 0,
// where there is no limit, leaves it to the processor.
func imageMemory(limit int64) int64 {
	if limit == math.MaxInt64 {
		return 0
	}

	return max(limit/3, minImageMemory)
}
