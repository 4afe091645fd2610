package importer_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/importer"
	"github.com/vyapaarai/bulkimport/importer/catalog"
	"github.com/vyapaarai/bulkimport/jobstore"
)

func TestImagesOfTheRows(t *testing.T) {
	t.Parallel()

	images := newImageStore()
	e := newEngine(t)
	e.images = images

	const file = `name,brand,category,barcode,image_url_1,image_url_2
Salt,Tata,Staples,8904043901015,https://shop.example/a/00000000000000aa,
Namak,Other,Staples,,https://shop.example/b/missing,https://shop.example/b/00000000000000aa
Salt,Tata,Staples,8904043901015,https://shop.example/c/00000000000000cc,
SALT,tata,Staples,,https://shop.example/d/00000000000000dd,
Sugar,Other,Staples,,https://shop.example/e/missing,
`

	job := e.imported(file, nil)
	require.Equal(t, map[string]int64{"barcode": 1, "image_hash": 1, "name_brand": 1}, job.Progress.DuplicatesByTier)
	require.Equal(t, int64(2), job.Progress.Successful)
	require.NotContains(t, strings.Join(images.fetched, " "), "/c/", "a duplicate by barcode is not fetched")

	all := products(t, e.catalog)
	require.Equal(t, "00000000000000aa", all[0].ImageHash)
	require.Equal(t, 70, all[0].QualityScore)
	require.Equal(t, "https://img.example/"+all[0].ID+"/medium.jpg", all[0].CanonicalImageURLs["medium"])
	require.Len(t, all[0].CanonicalImageURLs, 3)
	require.Equal(t, []string{all[0].ID}, images.products(), "no orphans")
	require.Equal(t, jobstore.ImageCounts{Processed: 1, Failed: 1}, job.Progress.Images, "those of rows that became products")

	require.Len(t, job.Warnings, 1)
	require.Equal(t, "image_failed", job.Warnings[0].Code)
	require.Equal(t, []int64{6}, job.Warnings[0].Rows)
	require.Contains(t, e.report(job.ID, importer.ReportResults),
		",image_failed,image_failed: https://shop.example/e/missing: the server answered 404\n")

	// The hash counts against the catalogue too, and without images nothing is fetched.
	fetched := len(images.fetched)
	again := e.imported("name,category,image_url_1\nX,Y,https://shop.example/z/00000000000000AA\n", nil)
	require.Equal(t, map[string]int64{"image_hash": 1}, again.Progress.DuplicatesByTier)

	off := e.imported("name,category,image_url_1\nX,Y,https://shop.example/z/00000000000000AA\n",
		&importer.OptionsPatch{ProcessImages: ptr(false)})
	require.Equal(t, int64(1), off.Progress.Successful)
	require.Len(t, images.fetched, fetched+1)
}

// A row with the barcode of a row before it is fetched after all when that row turns out
// to be a duplicate of something else.
func TestImagesOfARowThatIsNoDuplicateAfterAll(t *testing.T) {
	t.Parallel()

	for _, chunk := range []int{1, 10} {
		images := newImageStore()
		e := newEngine(t)
		e.images = images
		e.workerOptions.ChunkRows = chunk
		e.imported("name,brand,category\nSalt,Tata,Staples\n", nil)

		const file = "name,brand,category,barcode,image_url_1\n" +
			"Salt,Tata,Staples,8904043901015,https://shop.example/00000000000000aa\n" +
			"Pepper,Tata,Staples,8904043901015,https://shop.example/00000000000000bb\n"

		job := e.imported(file, nil)
		require.Equal(t, map[string]int64{"name_brand": 1}, job.Progress.DuplicatesByTier)

		all := products(t, e.catalog)
		pepper := all[slices.IndexFunc(all, func(p catalog.Product) bool { return p.Name == "Pepper" })]
		require.Equal(t, "00000000000000bb", pepper.ImageHash, "chunks of %d rows", chunk)
		require.Equal(t, 70, pepper.QualityScore)
	}
}

// Barcodes keep products apart by which an image was fetched only at the last moment too.
func TestLateImagesOfDistinctProducts(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	e.images = newImageStore()
	e.imported(imageHeader+"Salt,Tata,Staples,,\nPaprika,Other,Staples,8901058851311,https://shop.example/00000000000000bb\n", nil)

	// The second row has the barcode of the first, which is a duplicate by its name.
	job := e.imported(imageHeader+
		"Salt,Tata,Staples,8904043901015,\n"+
		"Pepper,Tata,Staples,8904043901015,https://shop.example/00000000000000bb\n",
		&importer.OptionsPatch{BarcodeConflict: ptr("distinct")})
	require.Equal(t, map[string]int64{"name_brand": 1}, job.Progress.DuplicatesByTier)
	require.Equal(t, int64(1), job.Progress.Successful)
}

// A cancelled job leaves no images behind of rows that were prepared and not imported.
func TestACancelledJobLeavesNoImages(t *testing.T) {
	t.Parallel()

	images := newImageStore()
	e := newEngine(t)
	e.images = images

	var (
		id   string
		file strings.Builder
	)

	e.hook(func(call int64) error {
		if call == 3 {
			_, err := e.service().Cancel(context.Background(), owner, id)

			return err
		}

		return nil
	})

	file.WriteString("name,category,image_url_1\n")

	for i := range 300 {
		fmt.Fprintf(&file, "Product %d,Category,https://shop.example/%016x\n", i, i+1)
	}

	id = e.queued(file.String(), nil)
	require.Equal(t, importer.RunEnded, e.run(id))
	require.Equal(t, jobstore.StatusCancelled, e.job(id).Status)
	require.Equal(t, idsOf(products(t, e.catalog)), images.products())
}

func TestImagesAreBounded(t *testing.T) {
	t.Parallel()

	images := newImageStore()
	e := newEngine(t)
	e.images = images

	var file strings.Builder

	file.WriteString("name,category,image_url_1\n")

	for i := range 300 {
		fmt.Fprintf(&file, "Product %d,Category,https://shop.example/%016x\n", i, i+1)
	}

	require.Equal(t, int64(300), e.imported(file.String(), nil).Progress.Successful)
	require.LessOrEqual(t, images.parallel, 16)
	require.Len(t, images.products(), 300)
}
