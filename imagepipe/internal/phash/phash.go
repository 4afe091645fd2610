// Package phash makes the perceptual hash of a picture, in the same way for all processors.
package phash

import (
	"fmt"
	"image"
	"math"

	"github.com/corona10/goimagehash"

	"github.com/vyapaarai/bulkimport/imagepipe/internal/planar"
)

// Of returns the hash of a thumbnail's luma, or nothing for one that is so
// uniform that its hash would be that of its noise.
func Of(p *planar.Plane) (string, error) {
	if uniform(p) {
		return "", nil
	}

	// The hash begins with making the picture this small; our filter does it better, and
	// several times as fast.
	const side = 64

	small := planar.ScalePlane(p, side, side)
	defer planar.FreePlane(&small)

	hash, err := goimagehash.PerceptionHash(&image.Gray{
		Pix: small.Pix, Stride: small.Stride, Rect: image.Rect(0, 0, side, side),
	})
	if err != nil {
		return "", fmt.Errorf("phash: %w", err)
	}

	return fmt.Sprintf("%016x", hash.GetHash()), nil
}

// uniform reports whether the large structures of a plane, which the hash describes,
// differ by less than what compression and noise do: whether the means of its cells have
// a standard deviation of less than 2 levels of 255.
func uniform(p *planar.Plane) bool {
	const (
		cells = 16 // in each direction
		least = 2.0
	)

	var sum, squares, n float64

	for j := range min(cells, p.Height) {
		for i := range min(cells, p.Width) {
			mean := cellMean(p, i, j, min(cells, p.Width), min(cells, p.Height))
			sum += mean
			squares += mean * mean
			n++
		}
	}

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
