package importer_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/imagepipe"
	"github.com/vyapaarai/bulkimport/importer"
	"github.com/vyapaarai/bulkimport/importer/blob/memblob"
	"github.com/vyapaarai/bulkimport/importer/catalog/memcatalog"
	"github.com/vyapaarai/bulkimport/importer/imagestore"
	"github.com/vyapaarai/bulkimport/jobstore"
)

// plainFetcher gives the last part of an address, and nothing for "missing".
type plainFetcher struct{}

func (plainFetcher) Fetch(_ context.Context, url string) (*imagepipe.Download, error) {
	name := url[strings.LastIndex(url, "/")+1:]
	if name == "missing" {
		return nil, &imagepipe.Error{Kind: imagepipe.ErrUnreachable, Reason: "the server answered 404"}
	}

	return imagepipe.NewDownload([]byte(name), nil), nil
}

// plainProcessor takes the content for the hash.
type plainProcessor struct{}

func (plainProcessor) Process(_ context.Context, data []byte) (*imagepipe.Picture, error) {
	p := &imagepipe.Picture{Format: "jpeg", Hash: string(data)}
	for _, size := range imagepipe.Sizes() {
		p.Renditions = append(p.Renditions, imagepipe.Rendition{Size: size, Data: []byte("picture")})
	}

	return p, nil
}

// What an import has stored by the pipeline stays, also where the first address gave
// nothing and the main picture has another number; what a duplicate had does not.
func TestTheSweepKeepsWhatAnImportStored(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	files := memblob.New(&memblob.Options{Now: e.clock.Now})
	e.images = imagepipe.New(plainFetcher{}, plainProcessor{}, imagestore.New(files, "https://img.example", nil), nil)

	job := e.imported("name,brand,category,image_url_1,image_url_2\n"+
		"Salt,Tata,Staples,https://shop.example/missing,https://shop.example/00000000000000aa\n"+
		"SALT,tata,Staples,https://shop.example/missing,https://shop.example/00000000000000bb\n", nil)
	require.Equal(t, jobstore.ImageCounts{Processed: 1, Failed: 1}, job.Progress.Images)
	require.Len(t, keysOf(t, files), 3, "those of the duplicate are gone")

	e.clock.advance(importer.MinImageAge + time.Hour)

	removed, _, err := importer.SweepImages(t.Context(), files, e.catalog, e.clock.Now(), "")
	require.NoError(t, err)
	require.Zero(t, removed)
	require.Len(t, keysOf(t, files), 3)

	// The status tells which image it was.
	require.Contains(t, job.Warnings[0].Message, "https://shop.example/missing: the server answered 404")
}

// Keys that the pipeline does not make are somebody else's.
func TestTheSweepLeavesOtherKeys(t *testing.T) {
	t.Parallel()

	c := newClock()
	files := memblob.New(&memblob.Options{Now: c.Now})
	putFile(t, files, "banners/summer/home.jpg")
	putFile(t, files, "banners/logo.jpg")
	putFile(t, files, "gone/medium.jpg")
	c.advance(48 * time.Hour)

	removed, _, err := importer.SweepImages(t.Context(), files, memcatalog.New(nil), c.Now(), "")
	require.NoError(t, err)
	require.Equal(t, 1, removed)
	require.Equal(t, []string{"banners/logo.jpg", "banners/summer/home.jpg"}, keysOf(t, files))
}
