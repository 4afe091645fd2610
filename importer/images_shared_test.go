package importer_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/dedupe"
	"github.com/vyapaarai/bulkimport/importer"
	"github.com/vyapaarai/bulkimport/importer/catalog"
	"github.com/vyapaarai/bulkimport/jobstore"
)

const (
	placeholder = "https://shop.example/00000000000000ff"
	imageHeader = "name,brand,category,barcode,image_url_1\n"
)

// withPlaceholder is a file of products that all show the shop's placeholder.
func withPlaceholder(names ...string) string {
	var file strings.Builder

	file.WriteString(imageHeader)

	for _, name := range names {
		fmt.Fprintf(&file, "%s,,Category,,%s\n", name, placeholder)
	}

	return file.String()
}

func numberedNames(n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("Product %d", i)
	}

	return names
}

func TestAPlaceholderIsNoIdentity(t *testing.T) {
	t.Parallel()

	for name, test := range map[string]struct {
		names      []string
		chunk      int
		shared     int
		duplicates int64
	}{
		"many names in one chunk cost no row":         {names: numberedNames(9), chunk: 10, duplicates: 0},
		"across chunks it takes a few rows to notice": {names: numberedNames(9), chunk: 1, duplicates: 2},
		"two rows a chunk":                            {names: numberedNames(9), chunk: 2, duplicates: 1},
		"as many names as are allowed":                {names: numberedNames(3), chunk: 10, duplicates: 2},
		"as many names as are allowed, across chunks": {names: numberedNames(3), chunk: 1, duplicates: 2},
		"one more": {names: numberedNames(4), chunk: 10, duplicates: 0},
		"one name, however it is written": {
			names: []string{"Salt", "SALT", "salt!", "S a l t", "Sált", "salt", "Salt"}, chunk: 10, duplicates: 6,
		},
		"one name across chunks": {names: []string{"Salt", "SALT", "salt!", "S a l t", "Sált"}, chunk: 2, duplicates: 4},
		"a limit of one":         {names: numberedNames(2), chunk: 10, shared: 1, duplicates: 0},
		"no limit":               {names: numberedNames(9), chunk: 10, shared: -1, duplicates: 8},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			images := newImageStore()
			e := newEngine(t)
			e.images = images
			e.kindOptions.SharedImage = test.shared
			e.workerOptions.ChunkRows = test.chunk

			job := e.imported(withPlaceholder(test.names...), nil)
			require.Equal(t, test.duplicates, job.Progress.Duplicates)
			require.Equal(t, job.Progress.Duplicates, job.Progress.DuplicatesByTier["image_hash"])
			require.Equal(t, int64(len(test.names)), job.Progress.Successful+job.Progress.Duplicates)

			var unidentified int64

			for _, p := range products(t, e.catalog) {
				require.Len(t, p.CanonicalImageURLs, 3, "the picture itself is kept")

				if p.ImageHash == "" {
					unidentified++
				}
			}

			// Who came before it was noticed has the hash.
			early := int64(0)
			if test.duplicates > 0 {
				early = 1
			}

			require.Equal(t, job.Progress.Successful-early, unidentified)
			require.Equal(t, unidentified, warned(job, "image_shared"))
			require.Equal(t, idsOf(products(t, e.catalog)), images.products(), "no orphans")
		})
	}
}

// warned returns how often a job has a warning.
func warned(job jobstore.Job, code string) int64 {
	for _, w := range job.Warnings {
		if w.Code == code {
			return w.Count
		}
	}

	return 0
}

// A placeholder that a product of an earlier import holds does not match either.
func TestAPlaceholderThatTheCatalogueHolds(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	e.images = newImageStore()

	e.imported(withPlaceholder("First"), nil)
	require.Equal(t, "00000000000000ff", products(t, e.catalog)[0].ImageHash)

	require.Equal(t, int64(1), e.imported(withPlaceholder("Second"), nil).Progress.Duplicates)
	require.Equal(t, int64(4), e.imported(withPlaceholder(numberedNames(4)...), nil).Progress.Successful)
	require.Len(t, products(t, e.catalog), 5)
}

// Rows that are one product by their barcode are no reason to distrust its picture.
func TestDuplicatesByBarcodeDoNotCountAsNames(t *testing.T) {
	t.Parallel()

	for _, chunk := range []int{1, 3, 20} {
		e := newEngine(t)
		e.images = newImageStore()
		e.workerOptions.ChunkRows = chunk

		var file strings.Builder

		file.WriteString(imageHeader)

		for i := range 9 {
			fmt.Fprintf(&file, "Product %d,,Category,8904043901015,%s\n", i, placeholder)
		}

		fmt.Fprintf(&file, "Other,,Category,,%s\n", placeholder)

		job := e.imported(file.String(), nil)
		require.Equal(t, map[string]int64{"barcode": 8, "image_hash": 1}, job.Progress.DuplicatesByTier, "chunks of %d", chunk)
		require.Zero(t, warned(job, "image_shared"))
	}
}

// lateCatalogue looks barcodes up too early to see any.
type lateCatalogue struct{ catalog.Store }

func (c lateCatalogue) Lookup(ctx context.Context, keys []dedupe.Key) (map[dedupe.Key]string, error) {
	return c.Store.Lookup(ctx, slices.DeleteFunc(slices.Clone(keys), func(k dedupe.Key) bool { return k.Tier == dedupe.TierBarcode }))
}

// Also where their images were fetched, because it was not known yet that they are
// duplicates.
func TestDuplicatesByBarcodeThatWereFetchedDoNotCountAsNames(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	e.catalog = lateCatalogue{e.catalog}
	images := newImageStore()
	e.images = images
	e.workerOptions.ChunkRows = 1

	var file strings.Builder

	file.WriteString(imageHeader)

	for i := range 4 {
		fmt.Fprintf(&file, "Product %d,,Category,8904043901015,%s\n", i, placeholder)
	}

	fmt.Fprintf(&file, "Other,,Category,,%s\n", placeholder)

	job := e.imported(file.String(), nil)
	require.Len(t, images.fetched, 5)
	require.Equal(t, map[string]int64{"barcode": 3, "image_hash": 1}, job.Progress.DuplicatesByTier)
}

// Where duplicates are imported, a placeholder is no identity either.
func TestAPlaceholderWhereDuplicatesAreImported(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	e.images = newImageStore()
	e.workerOptions.ChunkRows = 2

	job := e.imported(withPlaceholder(numberedNames(8)...), &importer.OptionsPatch{SkipDuplicates: ptr(false)})
	require.Equal(t, int64(8), job.Progress.Successful)
	require.Equal(t, int64(6), warned(job, "image_shared"), "from the second chunk on")
}

// Hashes of any value count, and what is no hash identifies nothing.
func TestUnusualHashes(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	e.images = newImageStore()

	job := e.imported(imageHeader+
		"A,,Category,,https://shop.example/0000000000000000\n"+
		"B,,Category,,https://shop.example/0000000000000000\n"+
		"C,,Category,,https://shop.example/short\n"+
		"D,,Category,,https://shop.example/short\n", nil)
	require.Equal(t, map[string]int64{"image_hash": 1}, job.Progress.DuplicatesByTier)
	require.Equal(t, int64(3), job.Progress.Successful)
}

// pictureRows is a file in which every rule about images comes up: placeholders early and
// late, pictures of variants, duplicates of every tier, failing images.
func pictureRows(n int) string {
	var file strings.Builder

	file.WriteString("name,brand,category,barcode,image_url_1,image_url_2\n")

	for i := range n {
		picture, second := fmt.Sprintf("https://shop.example/%016x", 4096+i), ""
		name, brand, barcode := fmt.Sprintf("Product %d", i), "Brand", fmt.Sprintf("%012d", 1000+i)

		switch {
		case i%5 == 0:
			picture = placeholder
		case i > n/2 && i%7 == 3: // a second placeholder, late
			picture = "https://shop.example/00000000000000ee"
		case i%11 == 4: // a variant of the row before
			picture = fmt.Sprintf("https://shop.example/%016x", 4096+i-1)
		}

		switch {
		case i%13 == 6:
			barcode = fmt.Sprintf("%012d", 1000+i-1)
		case i%13 == 7:
			barcode, brand = "", ""
		case i%13 == 8:
			name, barcode = fmt.Sprintf("Product %d", i-3), ""
		case i%13 == 9: // by name an earlier one, by barcode the same as the next
			name, barcode = "Product 1", fmt.Sprintf("%012d", 1000+i+1)
		case i%13 == 12:
			name = ""
		}

		if i%6 == 1 {
			second = "https://shop.example/missing"
		}

		if i%17 == 2 {
			picture = "https://shop.example/missing"
		}

		fmt.Fprintf(&file, "%s,%s,Category,%s,%s,%s\n", name, brand, barcode, picture, second)
	}

	return file.String()
}

// Promise 2 holds for what is carried from chunk to chunk too.
func TestACrashAtAnyCallChangesNothingAboutImages(t *testing.T) {
	t.Parallel()

	const chunk = 6

	file := pictureRows(70)

	undisturbed := newEngine(t)
	undisturbed.images = newImageStore()
	undisturbed.workerOptions.ChunkRows = chunk
	job := undisturbed.imported(file, nil)
	want := undisturbed.footprint(job.ID)

	require.NotZero(t, warned(job, "image_shared"))
	require.NotZero(t, warned(job, "image_failed"))
	require.NotZero(t, job.Progress.Images.Failed)
	require.Len(t, job.Progress.DuplicatesByTier, 3)

	for _, mode := range []crashMode{crashBefore, crashHalf, crashAfter} {
		t.Run(string(mode), func(t *testing.T) {
			t.Parallel()

			for n := 1; ; n++ {
				images := newImageStore()
				e := newEngine(t)
				e.images = images
				e.workerOptions.ChunkRows = chunk
				id := e.queued(file, nil)
				lived := e.runDoomed(id, n, mode)

				e.clock.advance(time.Hour)
				e.run(id)

				require.Equal(t, want, e.footprint(id), "crash at call %d", n)
				// There may be more: what the dead process had stored for rows that turned out
				// to be duplicates is for the sweep.
				require.Subset(t, images.products(), idsOf(pictured(want.Products)), "crash at call %d", n)

				if lived {
					require.Greater(t, n, 25, "the calls must reach the job's end")

					return
				}
			}
		})
	}
}

// However often, too: what one run carried goes through the next.
func TestCrashesOneAfterAnotherChangeNothingAboutImages(t *testing.T) {
	t.Parallel()

	file := pictureRows(150)

	undisturbed := newEngine(t)
	undisturbed.images = newImageStore()
	want := undisturbed.footprint(undisturbed.imported(file, nil).ID)

	for calls := 6; calls <= 9; calls++ {
		e := newEngine(t)
		e.images = newImageStore()
		id := e.queued(file, nil)

		for crashes := 0; !e.job(id).Status.Terminal() || e.job(id).Notification == jobstore.NotificationPending; crashes++ {
			require.Less(t, crashes, 200, "no progress")
			e.runDoomed(id, calls, []crashMode{crashAfter, crashHalf, crashBefore}[crashes%3])
			e.clock.advance(time.Hour)
		}

		require.Equal(t, want, e.footprint(id), "%d calls each", calls)
	}
}
