package importer

import (
	"context"
	"errors"
	"fmt"
	neturl "net/url"
	"strings"
	"time"

	"github.com/vyapaarai/bulkimport/imagepipe"
	"github.com/vyapaarai/bulkimport/importer/blob"
	"github.com/vyapaarai/bulkimport/importer/catalog"
)

// MinImageAge is the youngest that SweepImages removes an image: far older than what
// the image of a product that is about to be created can be.
const MinImageAge = 24 * time.Hour

// SweepImages removes images that no product refers to, and returns how many. It begins
// with the keys behind after, "" for all. next is empty where it came to the last one;
// where it failed, or ctx ended, it is the after of a sweep that goes on from there. An
// import removes what it stored for rows that become no product; what is left for the
// sweep are the images of products that were deleted, and those that a process had
// stored when it died. images is a store of images alone, as package imagestore fills
// it; now is the time of the clock that its Info.ModTime follows.
//
// An image stays while its product is in the catalogue and the path of one of its
// CanonicalImageURLs ends in the image's key, whatever query or fragment follows, while it
// is younger than MinImageAge, and where its key is not of the form of imagepipe.Key. So
// imports may go on meanwhile. It is enough to call it once a day; it lists the whole
// store, and reads the products in pages. On an error what was removed so far stays so,
// and counts in the result.
func SweepImages(
	ctx context.Context, images blob.Store, products catalog.Store, now time.Time, after string,
) (removed int, next string, err error) {
	s := imageSweep{images: images, products: products, before: now.Add(-MinImageAge)}

	for {
		page, err := images.List(ctx, "", after, 0)
		if err != nil {
			return s.removed, after, fmt.Errorf("importer: sweep images: %w", err)
		}

		if err := s.page(ctx, page); err != nil {
			return s.removed, after, fmt.Errorf("importer: sweep images: %w", err)
		}

		if len(page) < blob.MaxPage {
			return s.removed, "", nil
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
		id, _, _, ok := imagepipe.ParseKey(info.Key)
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

	byID := make(map[string]*catalog.Product, len(found))
	for i := range found {
		byID[found[i].ID] = &found[i]
	}

	for _, info := range old {
		id, _, _, _ := imagepipe.ParseKey(info.Key)
		if p, exists := byID[id]; exists && shows(p, info.Key) {
			continue
		}

		if err := s.remove(ctx, info.Key); err != nil {
			return err
		}
	}

	return nil
}

// shows reports whether one of the product's images is stored under key. Its addresses
// are asked: the names in front of them do not have the numbers of all keys, for the first
// image that was stored is the main one, whatever its number.
func shows(p *catalog.Product, key string) bool {
	for _, url := range p.CanonicalImageURLs {
		path := url
		if end := strings.IndexAny(url, "?#"); end >= 0 {
			path = url[:end] // a version for caches, or a size for a CDN
		}

		if endsIn(path, key) {
			return true
		}

		if plain, err := neturl.PathUnescape(path); err == nil && endsIn(plain, key) {
			return true
		}
	}

	return false
}

func endsIn(path, key string) bool { return path == key || strings.HasSuffix(path, "/"+key) }

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
