package planar

// Orientation is how a picture is to be turned to stand upright, as in the EXIF tag of
// that name: 1 to 8, of which 1 is upright.
type Orientation int

// swaps says that rows become columns, flipsX and flipsY that the picture, before rows
// become columns, is mirrored in that direction.
func (o Orientation) swaps() bool  { return o >= 5 && o <= 8 }
func (o Orientation) flipsX() bool { return o == 2 || o == 3 || o == 7 || o == 8 }
func (o Orientation) flipsY() bool { return o == 3 || o == 4 || o == 6 || o == 7 }

// Upright returns the dimensions of a picture of these ones when it stands upright.
func (o Orientation) Upright(width, height int) (int, int) {
	if o.swaps() {
		return height, width
	}

	return width, height
}

// Scale returns the picture upright and in other dimensions, which are those of the
// upright picture. A chroma sample of the result is for subX by subY of its pixels.
//
// It filters with a Lanczos kernel of three lobes, on the samples as they are: neither
// more nor less linear than what browsers and libvips do by default.
func Scale(src *Picture, width, height, subX, subY int, o Orientation) *Picture {
	if o.swaps() {
		width, height, subX, subY = height, width, subY, subX
	}

	if src.Grey() {
		subX, subY = 1, 1
	}

	dst := &Picture{
		Width: width, Height: height, ShownWidth: float64(width), ShownHeight: float64(height),
		SubX: subX, SubY: subY,
		Y: resample(&src.Y,
			newAxis(width, src.Width, src.ShownWidth/float64(width), 0),
			newAxis(height, src.Height, src.ShownHeight/float64(height), 0)),
	}

	if !src.Grey() {
		x := chromaAxis(src.Cb.Width, src.ShownWidth/float64(src.SubX), width, subX, o.flipsX())
		y := chromaAxis(src.Cb.Height, src.ShownHeight/float64(src.SubY), height, subY, o.flipsY())
		dst.Cb, dst.Cr = resample(&src.Cb, x, y), resample(&src.Cr, x, y)
	}

	dst.turn(o)

	return dst
}

// Upright returns the picture upright, in its own dimensions. A chroma sample stays one for
// as many pixels as it was.
func Upright(src *Picture, o Orientation) *Picture {
	width, height := o.Upright(src.Width, src.Height)
	subX, subY := src.SubX, src.SubY

	if o.swaps() {
		subX, subY = subY, subX
	}

	return Scale(src, width, height, subX, subY, o)
}

// ScalePlane returns a plane in other dimensions.
func ScalePlane(src *Plane, width, height int) Plane {
	horizontal := newAxis(width, src.Width, float64(src.Width)/float64(width), 0)
	vertical := horizontal

	if src.Height != src.Width || height != width {
		vertical = newAxis(height, src.Height, float64(src.Height)/float64(height), 0)
	}

	return resample(src, horizontal, vertical)
}

// FreePlane gives the memory of a plane back, as Picture.Free does.
func FreePlane(p *Plane) {
	free(p.Pix)
	*p = Plane{}
}

// chromaAxis says how lines of size chroma samples, of which shown show the picture, become
// ones for sub of n pixels.
func chromaAxis(size int, shown float64, n, sub int, flipped bool) axis {
	scale := shown / float64(n) // source samples a pixel
	count, offset := ceilDiv(n, sub), 0.0

	// The last sample of a line may reach over its end. When the line is mirrored, it is
	// the first, and begins in front of it.
	if over := count*sub - n; flipped && over > 0 {
		offset = -float64(over) * scale
	}

	return newAxis(count, size, scale*float64(sub), offset)
}

// turn makes the picture stand upright.
func (p *Picture) turn(o Orientation) {
	p.turnPlane(&p.Y, o)

	if !p.Grey() {
		p.turnPlane(&p.Cb, o)
		p.turnPlane(&p.Cr, o)
	}

	if o.swaps() {
		p.Width, p.Height, p.SubX, p.SubY = p.Height, p.Width, p.SubY, p.SubX
		p.ShownWidth, p.ShownHeight = p.ShownHeight, p.ShownWidth
	}
}

func (p *Picture) turnPlane(plane *Plane, o Orientation) {
	if o.flipsX() {
		flipX(plane)
	}

	if o.flipsY() {
		flipY(plane)
	}

	if o.swaps() {
		turned := transpose(plane)
		free(plane.Pix)
		*plane = turned
	}
}
