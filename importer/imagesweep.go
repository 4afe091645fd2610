package importer

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/vyapaarai/bulkimport/importer/blob"
	"github.com/vyapaarai/bulkimport/importer/catalog"
)

// MinImageAge is the youngest that SweepImages removes an image: far older than what
// the image of a product that is about to be created can be.
const MinImageAge = 24 * time.Hour

// SweepImages removes images that no product refers to, and returns how many. An
// import removes what it stored for rows that become no product; what is left for the
// sweep are the images of products that were deleted, and those that a process had
// stored when it died. images is a store of images alone, as package imagestore fills
// it; now is the time of the clock that its Info.ModTime follows.
//
// An image stays while its product is in the catalogue with that image among its
// CanonicalImageURLs, while it is younger than MinImageAge, and where its key is not of
// the form of imagepipe.Key. So imports may go on meanwhile. It is enough to call it
// once a day; it lists the whole store, and reads the products in pages. On an error
// what was removed so far stays so, and counts in the result.
func SweepImages(ctx context.Context, images blob.Store, products catalog.Store, now time.Time) (removed int, err error) {
	s := imageSweep{images: images, products: products, before: now.Add(-MinImageAge)}

	for after := ""; ; {
		page, err := images.List(ctx, "", after, 0)
		if err != nil {
			return s.removed, fmt.Errorf("importer: sweep images: %w", err)
		}

		if err := s.page(ctx, page); err != nil {
			return s.removed, fmt.Errorf("importer: sweep images: %w", err)
		}

		if len(page) < blob.MaxPage {
			return s.removed, nil
		}

		after = page[len(page)-1].Key
	}
}

type imageSweep struct {
	images   blob.Store
	products catalog.Store
	// before: images that were stored before this are old enough.
	before  time.Time
	removed int
}

// page looks at one page of the list of images.
func (s *imageSweep) page(ctx context.Context, page []blob.Info) error {
	var (
		old []blob.Info
		ids []string
	)

	for _, info := range page {
		id, _, ok := cutImageKey(info.Key)
		if !ok || !info.ModTime.Before(s.before) {
			continue
		}

		old = append(old, info)

		// Ascending keys: those of a product stand together.
		if len(ids) == 0 || ids[len(ids)-1] != id {
			ids = append(ids, id)
		}
	}

	if len(ids) == 0 {
		return nil
	}

	found, err := s.products.Get(ctx, ids)
	if err != nil {
		return err
	}

	referred := make(map[string]map[string]string, len(found))
	for i := range found {
		referred[found[i].ID] = found[i].CanonicalImageURLs
	}

	for _, info := range old {
		id, name, _ := cutImageKey(info.Key)
		if _, is := referred[id][name]; is {
			continue
		}

		if err := s.remove(ctx, info.Key); err != nil {
			return err
		}
	}

	return nil
}

// remove removes an image, unless it was stored anew since it was listed: a job that
// had been waiting for days may just have been resumed.
func (s *imageSweep) remove(ctx context.Context, key string) error {
	info, err := s.images.Stat(ctx, key)
	if errors.Is(err, blob.ErrNotFound) || err == nil && !info.ModTime.Before(s.before) {
		return nil
	}

	if err != nil {
		return err
	}

	if err := s.images.Delete(ctx, key); err != nil {
		return err
	}

	s.removed++

	return nil
}

// cutImageKey splits the key of an image into the id of its product and its name among
// that product's CanonicalImageURLs, such as "2/medium".
func cutImageKey(key string) (id, name string, ok bool) {
	id, file, nested := strings.Cut(key, "/")
	name, jpeg := strings.CutSuffix(file, ".jpg")

	return id, name, nested && jpeg && name != ""
}
