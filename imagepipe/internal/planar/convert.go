package planar

import (
	"image"
	"image/color"
)

// FromYCbCr returns a picture that shares the samples of m, or nil where m's chroma
// samples are for more than two pixels in a direction, or m does not begin at (0, 0).
func FromYCbCr(m *image.YCbCr) *Picture {
	subX, subY := 0, 0

	switch m.SubsampleRatio {
	case image.YCbCrSubsampleRatio444:
		subX, subY = 1, 1
	case image.YCbCrSubsampleRatio422:
		subX, subY = 2, 1
	case image.YCbCrSubsampleRatio440:
		subX, subY = 1, 2
	case image.YCbCrSubsampleRatio420:
		subX, subY = 2, 2
	}

	if subX == 0 || m.Rect.Min != (image.Point{}) {
		return nil
	}

	width, height := m.Rect.Dx(), m.Rect.Dy()
	chromaWidth, chromaHeight := ceilDiv(width, subX), ceilDiv(height, subY)

	return &Picture{
		Width: width, Height: height, ShownWidth: float64(width), ShownHeight: float64(height),
		SubX: subX, SubY: subY,
		Y:  Plane{Pix: m.Y, Stride: m.YStride, Width: width, Height: height},
		Cb: Plane{Pix: m.Cb, Stride: m.CStride, Width: chromaWidth, Height: chromaHeight},
		Cr: Plane{Pix: m.Cr, Stride: m.CStride, Width: chromaWidth, Height: chromaHeight},
	}
}

// FromImage returns m as a picture with a chroma sample for each pixel, or as a grey one
// where m is grey. The picture shows the rectangle canvas; where m does not cover that,
// or is transparent, it is white.
func FromImage(m image.Image, canvas image.Rectangle) *Picture {
	switch m := m.(type) {
	case *image.Gray:
		if m.Rect == canvas {
			return fromGray(canvas, func(x, y int) byte { return m.Pix[m.PixOffset(x, y)] })
		}
	case *image.Gray16:
		if m.Rect == canvas {
			return fromGray(canvas, func(x, y int) byte { return narrow(uint32(m.Gray16At(x, y).Y)) })
		}
	}

	p := New(canvas.Dx(), canvas.Dy(), 1, 1, false)
	covered := m.Bounds().Intersect(canvas)
	at := pixels(m)

	for y := range p.Height {
		luma, cb, cr := p.Y.Row(y), p.Cb.Row(y), p.Cr.Row(y)

		for x := range luma {
			where := image.Pt(canvas.Min.X+x, canvas.Min.Y+y)
			if !where.In(covered) {
				luma[x], cb[x], cr[x] = 255, 128, 128

				continue
			}

			luma[x], cb[x], cr[x] = color.RGBToYCbCr(at(where.X, where.Y))
		}
	}

	return p
}

func fromGray(canvas image.Rectangle, at func(x, y int) byte) *Picture {
	p := New(canvas.Dx(), canvas.Dy(), 1, 1, true)

	for y := range p.Height {
		row := p.Y.Row(y)
		for x := range row {
			row[x] = at(canvas.Min.X+x, canvas.Min.Y+y)
		}
	}

	return p
}

// pixels returns a function that gives the pixels of m on white.
func pixels(m image.Image) func(x, y int) (r, g, b byte) {
	switch m := m.(type) {
	case *image.NRGBA:
		return func(x, y int) (r, g, b byte) {
			s := m.Pix[m.PixOffset(x, y):][:4:4]

			return onWhite(s[0], s[3]), onWhite(s[1], s[3]), onWhite(s[2], s[3])
		}
	case *image.RGBA:
		return func(x, y int) (r, g, b byte) {
			s := m.Pix[m.PixOffset(x, y):][:4:4]
			rest := 255 - s[3]

			// Sums that are too large come from pixels that are not premultiplied right.
			return addClamped(s[0], rest), addClamped(s[1], rest), addClamped(s[2], rest)
		}
	case *image.Paletted:
		return func(x, y int) (r, g, b byte) { return wideOnWhite(m.At(x, y).RGBA()) }
	case image.RGBA64Image:
		return func(x, y int) (r, g, b byte) {
			c := m.RGBA64At(x, y)

			return wideOnWhite(uint32(c.R), uint32(c.G), uint32(c.B), uint32(c.A))
		}
	default:
		return func(x, y int) (r, g, b byte) { return wideOnWhite(m.At(x, y).RGBA()) }
	}
}

// onWhite returns a channel that is alpha/255 opaque in front of white.
func onWhite(v, alpha byte) byte {
	if alpha == 255 {
		return v
	}

	return byte((uint32(v)*uint32(alpha) + 255*(255-uint32(alpha)) + 127) / 255)
}

func addClamped(a, b byte) byte { return byte(min(uint32(a)+uint32(b), 255)) }

// wideOnWhite does the same for premultiplied channels of 16 bits.
func wideOnWhite(r, g, b, a uint32) (byte, byte, byte) {
	rest := 0xffff - a

	return narrow(min(r+rest, 0xffff)), narrow(min(g+rest, 0xffff)), narrow(min(b+rest, 0xffff))
}

// narrow rounds 16 bits to 8.
func narrow(v uint32) byte { return byte((v*255 + 0x7fff) / 0xffff) }

// ExpandRange makes full-range samples, as JFIF has them, of those of video, in place:
// luma from 16 to 235 and chroma from 16 to 240.
func (p *Picture) ExpandRange() {
	luma, chroma := expansion(16, 219, 0), expansion(128, 224, 128)

	mapPlane(&p.Y, luma)
	mapPlane(&p.Cb, chroma)
	mapPlane(&p.Cr, chroma)
}

// expansion maps samples around zero with a range to ones around centre with 255.
func expansion(zero, size, centre int) *[256]byte {
	var table [256]byte

	for v := range table {
		d := (v - zero) * 255
		if d >= 0 {
			d += size / 2
		} else {
			d -= size / 2
		}

		table[v] = byte(max(0, min(centre+d/size, 255)))
	}

	return &table
}

func mapPlane(p *Plane, table *[256]byte) {
	for y := range p.Height {
		row := p.Row(y)
		for x, v := range row {
			row[x] = table[v]
		}
	}
}
