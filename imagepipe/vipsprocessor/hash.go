//go:build vips

package vipsprocessor

import (
	"bytes"
	"fmt"
	"image"
	"image/draw"
	"image/jpeg"

	"github.com/vyapaarai/bulkimport/imagepipe/internal/phash"
	"github.com/vyapaarai/bulkimport/imagepipe/internal/planar"
)

// perceptualHash returns the hash of a thumbnail's luma, or nothing for one that is so
// uniform that its hash would be that of its noise. Package
// goprocessor does the same, so that both give nearly always the same.
func perceptualHash(thumbnail []byte) (string, error) {
	m, err := jpeg.Decode(bytes.NewReader(thumbnail))
	if err != nil {
		return "", fmt.Errorf("vipsprocessor: perceptual hash: %w", err)
	}

	luma := lumaOf(m)

	return phash.Of(&luma)
}

func lumaOf(m image.Image) planar.Plane {
	b := m.Bounds()
	luma := planar.Plane{Width: b.Dx(), Height: b.Dy()}

	switch m := m.(type) {
	case *image.YCbCr:
		luma.Pix, luma.Stride = m.Y, m.YStride
	case *image.Gray:
		luma.Pix, luma.Stride = m.Pix, m.Stride
	default:
		grey := image.NewGray(b)
		draw.Draw(grey, b, m, b.Min, draw.Src)
		luma.Pix, luma.Stride = grey.Pix, grey.Stride
	}

	return luma
}
