package awsbackend

import (
	"fmt"
	"time"

	"github.com/vyapaarai/bulkimport/examples/internal/imaging"
	"github.com/vyapaarai/bulkimport/imagepipe/httpfetch"
	"github.com/vyapaarai/bulkimport/importer"
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

	images, _, err := imaging.New(b.Images, b.ImagesURL, hosts)
	if err != nil {
		return nil, err
	}

	return []importer.Kind{
		importer.NewProductKind(b.Products, &importer.ProductKindOptions{Now: now, ImageTime: imageTime, Images: images}),
		importer.NewInventoryKind(b.Products, b.Inventory, &importer.InventoryKindOptions{Now: now}),
	}, nil
}
