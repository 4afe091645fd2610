package goprocessor

import "github.com/vyapaarai/bulkimport/imagepipe/internal/imageformat"

// memoryOf bounds what it takes to process a picture, in bytes: what the decoder holds,
// the planes that are made of it, and planes on the way to the renditions.
func memoryOf(info *imageformat.Info) int64 {
	const (
		planes = 6 // of a picture with all of its chroma: before and after a step
		fixed  = 8 << 20
	)

	if info.Format == imageformat.JPEG {
		perSample := int64(2)
		if info.Progressive {
			perSample += 4 // the coefficients of the standard library's decoder
		}

		if info.Components == 4 {
			perSample += 2
		}

		return fixed + info.Samples()*perSample
	}

	perPixel := int64(4)

	switch {
	case info.Format == imageformat.WebP:
		perPixel = 8 // the lossless decoder's work, or planes and alpha
	case info.BitDepth == 16:
		perPixel = 8
	case info.Format == imageformat.GIF:
		perPixel = 1
	}

	// The passes of an interlaced PNG are pictures of their own.
	if info.Format == imageformat.PNG && info.Progressive {
		perPixel *= 2
	}

	return fixed + info.Pixels()*(perPixel+planes)
}
