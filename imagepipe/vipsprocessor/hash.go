//go:build vips

package vipsprocessor

import (
	"bytes"
	"fmt"
	"image"
	"image/draw"
	"image/jpeg"
	"math"

	"github.com/corona10/goimagehash"

	"github.com/vyapaarai/bulkimport/imagepipe/internal/planar"
)

// perceptualHash returns the hash of a thumbnail's luma, or nothing for one that is so
// uniform that its hash would be that of its noise. It takes the same steps as package
// goprocessor, so that both give nearly always the same.
func perceptualHash(thumbnail []byte) (string, error) {
	m, err := jpeg.Decode(bytes.NewReader(thumbnail))
	if err != nil {
		return "", fmt.Errorf("vipsprocessor: perceptual hash: %w", err)
	}

	luma := lumaOf(m)
	if uniform(&luma) {
		return "", nil
	}

	// The hash begins with making the picture this small; our filter does it better.
	const side = 64

	small := planar.ScalePlane(&luma, side, side)
	defer planar.FreePlane(&small)

	hash, err := goimagehash.PerceptionHash(&image.Gray{
		Pix: small.Pix, Stride: small.Stride, Rect: image.Rect(0, 0, side, side),
	})
	if err != nil {
		return "", fmt.Errorf("vipsprocessor: perceptual hash: %w", err)
	}

	return fmt.Sprintf("%016x", hash.GetHash()), nil
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

// uniform reports whether the large structures of a plane, which the hash describes,
// differ by less than what compression and noise do: whether the means of its cells have
// a standard deviation of less than 2 levels of 255.
func uniform(p *planar.Plane) bool {
	const (
		cells = 16 // in each direction
		least = 2.0
	)

	columns, rows := min(cells, p.Width), min(cells, p.Height)

	var sum, squares float64

	for j := range rows {
		for i := range columns {
			mean := cellMean(p, i, j, columns, rows)
			sum += mean
			squares += mean * mean
		}
	}

	n := float64(columns * rows)

	return math.Sqrt(max(0, squares/n-sum/n*sum/n)) < least
}

// cellMean is the mean of cell (i, j) of a grid of columns by rows.
func cellMean(p *planar.Plane, i, j, columns, rows int) float64 {
	sum, n := 0, 0

	for y := j * p.Height / rows; y < (j+1)*p.Height/rows; y++ {
		for _, v := range p.Row(y)[i*p.Width/columns : (i+1)*p.Width/columns] {
			sum += int(v)
			n++
		}
	}

	return float64(sum) / float64(n)
}
