package goprocessor

import "github.com/vyapaarai/bulkimport/imagepipe/internal/imageformat"

// memoryOf bounds what it takes to process a picture, in bytes: what the decoder holds,
// the planes that are made of it, and planes on the way to the renditions.
func memoryOf(info *imageformat.Info) int64 {
	const (
		fixed = 8 << 20
		// planes is for the planes of a picture with all of its chroma, before and after
		// a step.
		planes = 6
	)

	if info.Format == imageformat.JPEG {
		perSample := int64(1)
		if info.Progressive {
			perSample += 4 // the coefficients of the standard library's decoder
		}

		if onPlanes(info) {
			return fixed + info.Samples()*(perSample+2)
		}

		return fixed + info.Samples()*perSample + info.Pixels()*(4+planes)
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

// onPlanes reports whether the planes of a JPEG are used as they are stored. Others are
// converted pixel by pixel.
func onPlanes(info *imageformat.Info) bool {
	if info.Color == imageformat.Gray {
		return true
	}

	luma := info.Sampling[0]
	one := imageformat.Sampling{H: 1, V: 1}

	return info.Color == imageformat.YCbCr && luma.H <= 2 && luma.V <= 2 &&
		info.Sampling[1] == one && info.Sampling[2] == one
}
