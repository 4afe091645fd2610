package importer

import (
	"context"

	"github.com/vyapaarai/bulkimport/imagepipe"
)

// Images fetches, checks and stores the images of products. *imagepipe.Pipeline is
// one. The engine runs without: rows are then imported without images.
//
// Implementations are safe for concurrent use; the engine bounds how many calls
// run at a time.
type Images interface {
	// Process handles the images of one product. Images that cannot be used are in
	// the result and are never an error: an error means that ctx has ended, or that
	// the store of images is out of reach, and ends the run. Calling it again for
	// the same product replaces what was stored.
	Process(ctx context.Context, req imagepipe.Request) (imagepipe.Result, error)

	// Discard removes the images with the numbers from 1 to last of a product that was
	// not created after all. Some of them may not be there.
	Discard(ctx context.Context, productID string, last int) error
}

var _ Images = (*imagepipe.Pipeline)(nil)
