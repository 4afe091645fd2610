// Package jpegcodec decodes and encodes JPEG pictures as planes of samples, for speed.
//
// The decoder reads what nearly all photographs are: baseline, 8 bits, grey or YCbCr
// with chroma samples for one, two or four pixels, in one interleaved scan. It can make
// the picture smaller by 2, 4 or 8 while it decodes, in the frequency domain. Of anything
// else it says [ErrUnsupported], and the standard library's decoder is the one to ask; the
// same goes for files that it finds damaged. The encoder writes baseline pictures with the
// Huffman tables of the standard's annex K.
//
// Numbers in comments refer to the standard, ITU-T T.81.
//
// # Two numbers in one
//
// The transforms are linear: sums, differences and multiplications by constants. So two
// signed numbers of 32 bits travel in one of 64 as high<<32 + low (not "or": a negative
// low borrows from high), and one pass does two columns for the price of one. Only where
// bits are dropped do they part; see lanes.
package jpegcodec

import "errors"

var (
	// ErrUnsupported reports a picture of a kind that this decoder leaves to others.
	ErrUnsupported = errors.New("jpegcodec: kind of picture is not supported")
	// ErrCorrupt reports a picture that is damaged or cut short.
	ErrCorrupt = errors.New("jpegcodec: picture is damaged")
)
