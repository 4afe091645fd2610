package jpegcodec

import (
	"fmt"

	"github.com/vyapaarai/bulkimport/imagepipe/internal/planar"
)

// Decode decodes a picture of width by height pixels, reduced by 1, 2, 4 or 8 in both
// directions: its dimensions are those of the file divided by reduce, rounded up. It fails
// with ErrUnsupported or ErrCorrupt, and does not look at what follows the scan.
//
// The caller says which dimensions it has found, and answers for: a file in which this
// decoder finds others is damaged. Nothing is allocated for it.
func Decode(data []byte, width, height, reduce int) (*planar.Picture, error) {
	h, err := parse(data)
	if err != nil {
		return nil, err
	}

	if h.width != width || h.height != height {
		return nil, fmt.Errorf("%w: it is %d x %d, not %d x %d", ErrCorrupt, h.width, h.height, width, height)
	}

	d, err := newDecoder(h, reduce)
	if err != nil {
		return nil, err
	}

	d.bits.data = data[h.scan:]
	if err := d.scan(); err != nil {
		d.picture.Free()

		return nil, err
	}

	return d.picture, nil
}

// decoder decodes a scan.
type decoder struct {
	header  *header
	picture *planar.Picture
	planes  []target
	bits    bitReader
	// size is the width and height of a block in samples, 8 / reduce.
	size int
	// mcusX and mcusY are how many MCUs there are in each direction.
	mcusX, mcusY int
}

// target is where the blocks of a component go.
type target struct {
	blocks blockDecoder
	plane  *planar.Plane
	h, v   int
}

func newDecoder(h *header, reduce int) (*decoder, error) {
	if reduce != 1 && reduce != 2 && reduce != 4 && reduce != 8 {
		return nil, fmt.Errorf("%w: reduction by %d", ErrUnsupported, reduce)
	}

	luma := h.components[0]
	d := &decoder{
		header: h, size: 8 / reduce,
		mcusX: divideUp(h.width, 8*luma.h), mcusY: divideUp(h.height, 8*luma.v),
	}

	// Planes of whole MCUs, of which the picture shows a part.
	d.picture = planar.New(d.mcusX*luma.h*d.size, d.mcusY*luma.v*d.size, luma.h, luma.v, len(h.components) == 1)
	d.picture.Width, d.picture.Height = divideUp(h.width, reduce), divideUp(h.height, reduce)
	d.picture.ShownWidth = float64(h.width) / float64(reduce)
	d.picture.ShownHeight = float64(h.height) / float64(reduce)

	for i, plane := range []*planar.Plane{&d.picture.Y, &d.picture.Cb, &d.picture.Cr}[:len(h.components)] {
		c := h.components[i]
		plane.Width = divideUp(d.picture.Width*c.h, luma.h)
		plane.Height = divideUp(d.picture.Height*c.v, luma.v)

		d.planes = append(d.planes, target{
			blocks: blockDecoder{dc: h.dc[c.dc], ac: h.ac[c.ac], quant: h.quant[c.quant]},
			plane:  plane, h: c.h, v: c.v,
		})
	}

	return d, nil
}

func divideUp(a, b int) int { return (a + b - 1) / b }

// scan decodes all MCUs.
func (d *decoder) scan() error {
	until, restarts := d.header.restartEvery, 0

	for my := range d.mcusY {
		for mx := range d.mcusX {
			if d.header.restartEvery > 0 {
				if until == 0 {
					if !d.bits.restart(restarts) {
						return fmt.Errorf("%w: restart marker %d is missing", ErrCorrupt, restarts)
					}

					restarts++
					until = d.header.restartEvery

					for i := range d.planes {
						d.planes[i].blocks.predicted = 0
					}
				}

				until--
			}

			for i := range d.planes {
				if !d.mcu(&d.planes[i], mx, my) {
					return fmt.Errorf("%w: in row %d of %d", ErrCorrupt, my, d.mcusY)
				}
			}
		}

		if d.bits.exhausted() {
			return fmt.Errorf("%w: it is cut short in row %d of %d", ErrCorrupt, my, d.mcusY)
		}
	}

	return nil
}

// mcu decodes the blocks of a component in an MCU.
func (d *decoder) mcu(t *target, mx, my int) bool {
	var b block

	for v := range t.v {
		for h := range t.h {
			end := t.blocks.decode(&d.bits, &b)
			if end == 0 {
				return false
			}

			y, x := (my*t.v+v)*d.size, (mx*t.h+h)*d.size
			d.place(t.plane.Pix[y*t.plane.Stride+x:], t.plane.Stride, &b, end)
		}
	}

	return true
}

// place transforms a block into samples.
func (d *decoder) place(dst []byte, stride int, b *block, end int) {
	switch {
	case end == 1 || d.size == 1:
		b.flatInverse(dst, stride, d.size)
	case d.size == 8:
		b.inverse(dst, stride)
	case d.size == 4:
		b.inverse4(dst, stride)
	default:
		b.inverse2(dst, stride)
	}
}
