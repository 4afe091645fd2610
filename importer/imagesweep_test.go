package importer_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/imagepipe"
	"github.com/vyapaarai/bulkimport/importer"
	"github.com/vyapaarai/bulkimport/importer/blob"
	"github.com/vyapaarai/bulkimport/importer/blob/memblob"
	"github.com/vyapaarai/bulkimport/importer/catalog"
	"github.com/vyapaarai/bulkimport/importer/catalog/memcatalog"
)

// putImages stores an image of a product in all sizes.
func putImages(t *testing.T, images blob.Store, id string, number int) {
	t.Helper()

	for _, size := range imagepipe.Sizes() {
		putFile(t, images, imagepipe.Key(id, number, size))
	}
}

func putFile(t *testing.T, images blob.Store, key string) {
	t.Helper()

	_, err := images.Put(t.Context(), key, strings.NewReader("x"), nil)
	require.NoError(t, err)
}

// putProduct creates a product with so many images.
func putProduct(t *testing.T, products catalog.Store, id string, images int) {
	t.Helper()

	result := imagepipe.Result{}
	for n := range images {
		urls := map[imagepipe.Size]string{}
		for _, size := range imagepipe.Sizes() {
			urls[size] = "https://img.example/" + imagepipe.Key(id, n+1, size)
		}

		result.Images = append(result.Images, imagepipe.Image{Number: n + 1, URLs: urls})
	}

	_, err := products.Create(t.Context(), []catalog.NewProduct{{Product: catalog.Product{
		ID: id, Name: id, Category: "c", CanonicalImageURLs: result.URLs(),
	}}})
	require.NoError(t, err)
}

func keysOf(t *testing.T, files blob.Store) []string {
	t.Helper()

	var keys []string

	for after := ""; ; {
		page, err := files.List(t.Context(), "", after, 0)
		require.NoError(t, err)

		for _, info := range page {
			keys = append(keys, info.Key)
		}

		if len(page) < blob.MaxPage {
			return keys
		}

		after = keys[len(keys)-1]
	}
}

// What follows the path of an address is for caches, and others may have written it.
func TestTheSweepComparesPaths(t *testing.T) {
	t.Parallel()

	for address, stays := range map[string]bool{
		"https://img.example/p%2D1/medium.jpg":               true,
		"https://img.example/p-1/medium.jpg?v=3":             true,
		"https://img.example/a/p-1/medium.jpg?to=/p-2/x#top": true,
		"https://img.example/p-1/medium.jpg#top?":            true,
		"p-1/medium.jpg": true,
		"https://img.example/100%/p-1/medium.jpg":                         true,
		"https://img.example/other.jpg?path=/p-1/medium.jpg":              false,
		"https://img.example/xp-1/medium.jpg":                             false,
		"https://img.example/p-1/medium.jpg/":                             false,
		"https://img.example/p-1/thumbnail.jpg?fallback=/p-1/medium.jpg?": false,
	} {
		clock := newClock()
		images := memblob.New(&memblob.Options{Now: clock.Now})
		products := memcatalog.New(nil)

		putFile(t, images, imagepipe.Key("p-1", 1, imagepipe.SizeMedium))

		_, err := products.Create(t.Context(), []catalog.NewProduct{{Product: catalog.Product{
			ID: "p-1", Name: "p", Category: "c", CanonicalImageURLs: map[string]string{"medium": address},
		}}})
		require.NoError(t, err)

		removed, _, err := importer.SweepImages(t.Context(), images, products, clock.Now().Add(importer.MinImageAge+time.Hour), "")
		require.NoError(t, err)
		require.Equal(t, stays, removed == 0, address)
	}
}

func TestTheSweepRemovesWhatNoProductRefersTo(t *testing.T) {
	t.Parallel()

	clock := newClock()
	images, products := memblob.New(&memblob.Options{Now: clock.Now}), memcatalog.New(nil)

	putProduct(t, products, "kept", 2)
	putImages(t, images, "kept", 1)
	putImages(t, images, "kept", 2)
	putImages(t, images, "kept", 3) // of a run that got more images than the one that counted
	putImages(t, images, "lost", 1)
	putImages(t, images, "lost", 2)
	putFile(t, images, "README.txt")
	putFile(t, images, "notes/todo.txt")

	clock.advance(importer.MinImageAge)
	putImages(t, images, "young", 1)

	removed, _, err := importer.SweepImages(t.Context(), images, products, clock.Now(), "")
	require.NoError(t, err)
	require.Zero(t, removed, "nothing is old enough")

	clock.advance(time.Second)

	removed, _, err = importer.SweepImages(t.Context(), images, products, clock.Now(), "")
	require.NoError(t, err)
	require.Equal(t, 9, removed)
	require.Equal(t, []string{
		"README.txt",
		"kept/2/medium.jpg", "kept/2/original.jpg", "kept/2/thumbnail.jpg",
		"kept/medium.jpg", "kept/original.jpg", "kept/thumbnail.jpg",
		"notes/todo.txt",
		"young/medium.jpg", "young/original.jpg", "young/thumbnail.jpg",
	}, keysOf(t, images))

	removed, _, err = importer.SweepImages(t.Context(), images, products, clock.Now(), "")
	require.NoError(t, err)
	require.Zero(t, removed)

	// A product that is deleted leaves its images to the sweep.
	require.NoError(t, products.Delete(t.Context(), "kept"))

	removed, _, err = importer.SweepImages(t.Context(), images, products, clock.Now(), "")
	require.NoError(t, err)
	require.Equal(t, 6, removed)
}

// The images of a product may stand on two pages of the list.
func TestTheSweepReadsEveryPage(t *testing.T) {
	t.Parallel()

	clock := newClock()
	images, products := memblob.New(&memblob.Options{Now: clock.Now}), memcatalog.New(nil)

	for i := range 800 {
		id := fmt.Sprintf("p%04d", i)
		putImages(t, images, id, 1)

		if i%3 != 0 {
			putProduct(t, products, id, 1)
		}
	}

	clock.advance(2 * importer.MinImageAge)

	removed, _, err := importer.SweepImages(t.Context(), images, products, clock.Now(), "")
	require.NoError(t, err)
	require.Equal(t, 267*3, removed)
	require.Len(t, keysOf(t, images), 533*3)
}

// A sweep that is cut off goes on where it was, so that it comes to the end of a store of
// any size.
func TestTheSweepGoesOn(t *testing.T) {
	t.Parallel()

	clock := newClock()
	images := memblob.New(&memblob.Options{Now: clock.Now})

	for i := range 1000 {
		putImages(t, images, fmt.Sprintf("p%04d", i), 1)
	}

	clock.advance(2 * importer.MinImageAge)

	products := &countedGets{Store: memcatalog.New(nil), left: 2}
	removed, next, err := importer.SweepImages(t.Context(), images, products, clock.Now(), "")
	require.ErrorIs(t, err, errCut)
	require.Equal(t, 2*blob.MaxPage, removed)
	require.Len(t, keysOf(t, images), 3000-removed)

	products.left = 100
	rest, end, err := importer.SweepImages(t.Context(), images, products, clock.Now(), next)
	require.NoError(t, err)
	require.Empty(t, end)
	require.Equal(t, 3000, removed+rest)
	require.Equal(t, 100-1, products.left, "one page was left")
	require.Empty(t, keysOf(t, images))
}

var errCut = errors.New("cut off")

// countedGets fails every Get beyond some.
type countedGets struct {
	catalog.Store
	left int
}

func (s *countedGets) Get(ctx context.Context, ids []string) ([]catalog.Product, error) {
	if s.left == 0 {
		return nil, errCut
	}

	s.left--

	return s.Store.Get(ctx, ids)
}

// storedAnew is a catalogue during whose Get an import stores an image again.
type storedAnew struct {
	catalog.Store
	store func()
}

func (s storedAnew) Get(ctx context.Context, ids []string) ([]catalog.Product, error) {
	s.store()

	return s.Store.Get(ctx, ids)
}

func TestTheSweepLeavesWhatIsStoredMeanwhile(t *testing.T) {
	t.Parallel()

	clock := newClock()
	images := memblob.New(&memblob.Options{Now: clock.Now})
	putImages(t, images, "resumed", 1)
	clock.advance(2 * importer.MinImageAge)

	removed, _, err := importer.SweepImages(t.Context(), images,
		storedAnew{memcatalog.New(nil), func() { putFile(t, images, "resumed/medium.jpg") }}, clock.Now(), "")
	require.NoError(t, err)
	require.Equal(t, 2, removed)
	require.Equal(t, []string{"resumed/medium.jpg"}, keysOf(t, images))
}

func TestTheSweepStopsWithItsContext(t *testing.T) {
	t.Parallel()

	ctx, cancel := context.WithCancel(t.Context())
	cancel()

	_, _, err := importer.SweepImages(ctx, memblob.New(nil), memcatalog.New(nil), time.Now(), "")
	require.ErrorIs(t, err, context.Canceled)
}
