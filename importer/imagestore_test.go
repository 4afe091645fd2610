package importer_test

import (
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/vyapaarai/bulkimport/imagepipe"
	"github.com/vyapaarai/bulkimport/importer"
	"github.com/vyapaarai/bulkimport/importer/catalog"
)

var _ importer.Images = (*imageStore)(nil)

// imageStore is an image pipeline without images. The last part of an address says
// what it gives: "missing" nothing, any other a picture with that as its hash.
type imageStore struct {
	mu       sync.Mutex
	fetched  []string
	stored   map[string]int // the greatest number of a picture, by product
	running  int
	parallel int

	// answer, where it is set, is asked first for what an address gives: a hash, an
	// error of the picture, or an error of the surroundings.
	answer func(ctx context.Context, url string) (hash string, err error)
}

func newImageStore() *imageStore { return &imageStore{stored: map[string]int{}} }

func (s *imageStore) Process(ctx context.Context, req imagepipe.Request) (imagepipe.Result, error) {
	s.mu.Lock()
	s.running++
	s.parallel = max(s.parallel, s.running)
	s.fetched = append(s.fetched, req.URLs...)
	s.mu.Unlock()

	defer func() {
		s.mu.Lock()
		s.running--
		s.mu.Unlock()
	}()

	var result imagepipe.Result

	for i, url := range req.URLs {
		hash, err := s.fetch(ctx, url)

		if failed, ok := err.(*imagepipe.Error); ok { //nolint:errorlint // as fetch returns it
			result.Failures = append(result.Failures, imagepipe.Failure{URL: url, Err: failed})

			continue
		}

		if err != nil {
			return result, err
		}

		number := i + 1
		image := imagepipe.Image{Number: number, Source: url, URLs: map[imagepipe.Size]string{}}

		for _, size := range imagepipe.Sizes() {
			image.URLs[size] = "https://img.example/" + imagepipe.Key(req.ProductID, number, size)
		}

		if len(result.Images) == 0 {
			result.Hash = hash
		}

		result.Images = append(result.Images, image)

		s.mu.Lock()
		s.stored[req.ProductID] = max(s.stored[req.ProductID], number)
		s.mu.Unlock()
	}

	return result, nil
}

func (s *imageStore) fetch(ctx context.Context, url string) (string, error) {
	if s.answer != nil {
		if hash, err := s.answer(ctx, url); hash != "" || err != nil {
			return hash, err
		}
	}

	last := url[strings.LastIndex(url, "/")+1:]
	if last == "missing" {
		return "", &imagepipe.Error{Kind: imagepipe.ErrUnreachable, Reason: "the server answered 404"}
	}

	return last, nil
}

func (s *imageStore) Discard(_ context.Context, productID string, images int) error {
	s.mu.Lock()
	defer s.mu.Unlock()

	if images >= s.stored[productID] {
		delete(s.stored, productID)
	}

	return nil
}

// products returns the ids of the products with pictures, in order.
func (s *imageStore) products() []string {
	s.mu.Lock()
	defer s.mu.Unlock()

	ids := make([]string, 0, len(s.stored))
	for id := range s.stored {
		ids = append(ids, id)
	}

	slices.Sort(ids)

	return ids
}

// pictured returns the products with images.
func pictured(products []catalog.Product) []catalog.Product {
	return slices.DeleteFunc(slices.Clone(products), func(p catalog.Product) bool { return len(p.CanonicalImageURLs) == 0 })
}

func idsOf(products []catalog.Product) []string {
	ids := make([]string, len(products))
	for i := range products {
		ids[i] = products[i].ID
	}

	return ids
}
