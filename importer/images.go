package importer

import "context"

// Images fetches, checks and stores the images of a product. The engine runs
// without one: rows are then imported without images.
//
// Implementations are safe for concurrent use; the engine bounds how many calls
// run at a time.
type Images interface {
	// Process handles the images of one row. Failed images are reported in the
	// result and are never an error: an error means that the store of images is
	// out of reach, and ends the run. Calling it again for the same product
	// replaces what was stored.
	Process(ctx context.Context, req ImageRequest) (ImageResult, error)

	// Discard removes what Process stored for a product that was not created
	// after all. It is called at most once for each Process.
	Discard(ctx context.Context, productID string) error
}

// ImageRequest asks for the images of one row.
type ImageRequest struct {
	JobID     string
	ProductID string
	// URLs are the image addresses of the row in column order, at least one.
	URLs []string
}

// ImageResult is what became of a row's images.
type ImageResult struct {
	// Hash is the perceptual hash of the first image: 16 hexadecimal digits, or
	// empty where it has none.
	Hash string
	// URLs are the stored images by size.
	URLs map[string]string
	// Stored is the number of images stored.
	Stored int
	// Failures are the images that could not be used.
	Failures []ImageFailure
}

// ImageFailure is one image that could not be used.
type ImageFailure struct {
	URL string
	// Reason is a sentence for the user.
	Reason string
}
