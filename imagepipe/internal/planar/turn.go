package planar

import (
	"encoding/binary"
	"slices"
)

// transpose returns the plane with rows and columns exchanged.
func transpose(src *Plane) Plane {
	dst := newPlane(src.Height, src.Width)
	wide, tall := src.Width&^7, src.Height&^7

	for y := 0; y < tall; y += 8 {
		for x := 0; x < wide; x += 8 {
			transposeBlock(dst.Pix[x*dst.Stride+y:], dst.Stride, src.Pix[y*src.Stride+x:], src.Stride)
		}
	}

	// What is left on the right side, and below.
	for y := range src.Height {
		from := wide
		if y >= tall {
			from = 0
		}

		row := src.Row(y)
		for x := from; x < src.Width; x++ {
			dst.Pix[x*dst.Stride+y] = row[x]
		}
	}

	return dst
}

// transposeBlock transposes a block of 8 by 8 samples: it exchanges quarters of the
// block, then quarters of those, then single samples.
func transposeBlock(dst []byte, dstStride int, src []byte, srcStride int) {
	var r [8]uint64
	for i := range r {
		r[i] = binary.LittleEndian.Uint64(src[i*srcStride:])
	}

	for i := range 4 {
		exchange(&r[i], &r[i+4], 32, 0x00000000ffffffff)
	}

	for _, i := range [4]int{0, 1, 4, 5} {
		exchange(&r[i], &r[i+2], 16, 0x0000ffff0000ffff)
	}

	for i := 0; i < 8; i += 2 {
		exchange(&r[i], &r[i+1], 8, evenBytes)
	}

	for i := range r {
		binary.LittleEndian.PutUint64(dst[i*dstStride:], r[i])
	}
}

// exchange swaps the upper halves of a's lanes, of which mask selects the lower, with
// the lower ones of b's.
func exchange(a, b *uint64, shift uint, mask uint64) {
	t := (*a>>shift ^ *b) & mask
	*b ^= t
	*a ^= t << shift
}

// flipX mirrors the plane at its vertical axis, in place.
func flipX(p *Plane) {
	for y := range p.Height {
		slices.Reverse(p.Row(y))
	}
}

// flipY mirrors the plane at its horizontal axis, in place.
func flipY(p *Plane) {
	for top, bottom := 0, p.Height-1; top < bottom; top, bottom = top+1, bottom-1 {
		a, b := p.Row(top), p.Row(bottom)
		for x := range a {
			a[x], b[x] = b[x], a[x]
		}
	}
}
