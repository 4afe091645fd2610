// Package planar works on pictures as planes of luma and chroma samples, which is how
// JPEG keeps them: pictures are scaled and turned without a detour through RGB, and
// chroma planes that have a quarter of the samples take a quarter of the time.
package planar

// Plane is a rectangle of 8-bit samples.
type Plane struct {
	// Pix holds the samples, row by row; row y begins at y*Stride.
	Pix    []byte
	Stride int
	// Width and Height are in samples.
	Width, Height int
}

// Row returns the samples of row y.
func (p *Plane) Row(y int) []byte {
	return p.Pix[y*p.Stride : y*p.Stride+p.Width]
}

// Picture is a picture in the colours of JFIF: full-range Y, Cb and Cr after BT.601, or
// Y alone for a grey one.
type Picture struct {
	// Width and Height are in pixels.
	Width, Height int
	// ShownWidth and ShownHeight are how much of that shows the picture, from 0 on: less
	// where a picture that was reduced while it was decoded ends within its last pixel.
	ShownWidth, ShownHeight float64
	Y                       Plane
	// Cb and Cr have no samples in a grey picture. Else their sizes are Width/SubX and
	// Height/SubY, rounded up; a sample lies in the centre of the pixels it is for.
	Cb, Cr Plane
	// SubX and SubY are 1 or 2: how many pixels a chroma sample is for. 1 for a grey
	// picture.
	SubX, SubY int
}

// Grey reports whether the picture has no colours.
func (p *Picture) Grey() bool { return len(p.Cb.Pix) == 0 }

// New returns a picture whose samples are not set. Give it back by Free.
func New(width, height, subX, subY int, grey bool) *Picture {
	p := &Picture{
		Width: width, Height: height, ShownWidth: float64(width), ShownHeight: float64(height),
		SubX: subX, SubY: subY, Y: newPlane(width, height),
	}

	if grey {
		p.SubX, p.SubY = 1, 1

		return p
	}

	p.Cb = newPlane(ceilDiv(width, subX), ceilDiv(height, subY))
	p.Cr = newPlane(ceilDiv(width, subX), ceilDiv(height, subY))

	return p
}

// Free gives the memory of the samples back for other pictures. The picture must not be
// used any more.
func (p *Picture) Free() {
	free(p.Y.Pix)
	free(p.Cb.Pix)
	free(p.Cr.Pix)
	*p = Picture{}
}

func newPlane(width, height int) Plane {
	return NewPlane(width, height, width)
}

// NewPlane returns a plane whose samples are not set.
func NewPlane(width, height, stride int) Plane {
	return Plane{Pix: alloc(stride * height), Stride: stride, Width: width, Height: height}
}

func ceilDiv(a, b int) int { return (a + b - 1) / b }
