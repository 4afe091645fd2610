package imagepipe

import "context"

// Size is one of the sizes in which a picture is kept. Its value is part of the keys
// and names the address in a product's list of images.
type Size string

// The sizes. No rendition is larger than the picture it comes from.
const (
	// SizeOriginal has all pixels of the upload. Where that is an upright JPEG it is the
	// upload itself, without its metadata; else a JPEG of quality 90.
	SizeOriginal Size = "original"
	// SizeMedium has a longest side of 800 pixels.
	SizeMedium Size = "medium"
	// SizeThumbnail has a longest side of 200 pixels.
	SizeThumbnail Size = "thumbnail"
)

// MediumSide and ThumbnailSide are the longest sides of those sizes, in pixels.
const (
	MediumSide    = 800
	ThumbnailSide = 200
)

// Sizes returns all sizes, the largest first.
func Sizes() []Size { return []Size{SizeOriginal, SizeMedium, SizeThumbnail} }

// Processor reads pictures and makes their renditions. Implementations are safe for
// concurrent use, and bound how many pixels they have in memory by making callers wait.
//
// processortest.Run proves that an implementation keeps this contract.
type Processor interface {
	// Process reads a picture: JPEG, PNG, GIF (its first frame) or WebP, told by its
	// content. The renditions are upright, have no transparency (it becomes white) and
	// none of the metadata but the colour profile. data is not modified, and not used
	// after the return; the renditions do not share its memory.
	//
	// It fails with an [*Error] of kind ErrFormat, ErrCorrupt or ErrTooLarge when the
	// picture cannot be used, and with an error that wraps context.Cause(ctx), and is
	// no *Error, when ctx has ended while it waited.
	Process(ctx context.Context, data []byte) (*Picture, error)
}

// Picture is a processed picture.
type Picture struct {
	// Format is what the upload was: "jpeg", "png", "gif" or "webp".
	Format string
	// Width and Height are the pixels of the upright upload.
	Width, Height int
	// Hash is the 64-bit perceptual hash, as 16 hexadecimal digits. It is empty for
	// pictures that are so uniform that their hash says nothing.
	Hash string
	// Renditions has one entry for each of Sizes, in that order.
	Renditions []Rendition
}

// Rendition is a picture in one size, as JPEG.
type Rendition struct {
	Size          Size
	Width, Height int
	Data          []byte
}
