package planar

import "encoding/binary"

// evenBytes selects every second byte of a word, as four numbers of 16 bits.
const evenBytes = 0x00ff00ff00ff00ff

// biasLanes is bias in each of four numbers of 16 bits.
const biasLanes = bias * 0x0001000100010001

// clampTable maps what is left of a sum, without its weightBits lowest bits, to the
// sample that it stands for.
var clampTable = makeClampTable()

func makeClampTable() *[1 << (16 - weightBits)]byte {
	var table [1 << (16 - weightBits)]byte

	const zero = bias >> weightBits

	for i := range table {
		table[i] = byte(max(0, min(i-zero, 255)))
	}

	return &table
}

// resample makes a plane of other dimensions out of src.
func resample(src *Plane, horizontal, vertical axis) Plane {
	// Both directions are done on columns, which words of eight samples suit; the plane
	// is turned between.
	tall := vertical.apply(src)
	if horizontal.taps == nil {
		return tall
	}

	turned := transpose(&tall)
	free(tall.Pix)

	wide := horizontal.apply(&turned)
	free(turned.Pix)

	result := transpose(&wide)
	free(wide.Pix)

	return result
}

// axis says how the lines of a plane, in one direction, become ones of n samples.
type axis struct {
	n int
	// taps is nil where the samples stay as they are.
	taps *taps
}

// newAxis returns the axis for lines of size samples; see newTaps.
func newAxis(n, size int, scale, offset float64) axis {
	if n == size && scale == 1 && offset == 0 {
		return axis{n: n}
	}

	return axis{n: n, taps: newTaps(n, size, scale, offset)}
}

// apply resamples the columns of a plane.
func (a axis) apply(src *Plane) Plane {
	if a.taps == nil {
		return copyPlane(src)
	}

	t := a.taps
	dst := newPlane(src.Width, a.n)

	for y := range a.n {
		weights := t.weights[y*t.width : (y+1)*t.width]
		sumRows(dst.Row(y), src.Pix[t.first[y]*src.Stride:], src.Stride, weights)
	}

	return dst
}

// sumRows sets dst to the weighted sum of rows, of which src is the first.
//
// A word of eight samples is split into two of four, each in 16 bits, so that one
// multiplication weighs four samples. Where a weight is negative, a product borrows from
// its neighbour; but the sums are linear, so that only the last ones have to fit, and
// they do (see bias).
func sumRows(dst, src []byte, stride int, weights []uint64) {
	if len(dst) < 8 {
		sumNarrow(dst, src, stride, weights)

		return
	}

	x := 0
	for ; x+16 <= len(dst); x += 16 {
		even1, odd1, even2, odd2 := uint64(biasLanes), uint64(biasLanes), uint64(biasLanes), uint64(biasLanes)
		at := x

		for _, w := range weights {
			s := (*[16]byte)(src[at:])
			v1, v2 := binary.LittleEndian.Uint64(s[:8]), binary.LittleEndian.Uint64(s[8:])
			even1 += v1 & evenBytes * w
			odd1 += v1 >> 8 & evenBytes * w
			even2 += v2 & evenBytes * w
			odd2 += v2 >> 8 & evenBytes * w
			at += stride
		}

		d := (*[16]byte)(dst[x:])
		storeSums((*[8]byte)(d[:8]), even1, odd1)
		storeSums((*[8]byte)(d[8:]), even2, odd2)
	}

	for ; x < len(dst); x += 8 {
		// The last word overlaps the one before.
		x = min(x, len(dst)-8)

		even, odd := uint64(biasLanes), uint64(biasLanes)
		at := x

		for _, w := range weights {
			v := binary.LittleEndian.Uint64(src[at:])
			even += v & evenBytes * w
			odd += v >> 8 & evenBytes * w
			at += stride
		}

		storeSums((*[8]byte)(dst[x:]), even, odd)
	}
}

// storeSums makes eight samples of eight sums.
func storeSums(dst *[8]byte, even, odd uint64) {
	table := clampTable

	dst[0] = table[even>>weightBits&0x1ff]
	dst[1] = table[odd>>weightBits&0x1ff]
	dst[2] = table[even>>(16+weightBits)&0x1ff]
	dst[3] = table[odd>>(16+weightBits)&0x1ff]
	dst[4] = table[even>>(32+weightBits)&0x1ff]
	dst[5] = table[odd>>(32+weightBits)&0x1ff]
	dst[6] = table[even>>(48+weightBits)]
	dst[7] = table[odd>>(48+weightBits)]
}

// sumNarrow is sumRows for planes that are narrower than a word.
func sumNarrow(dst, src []byte, stride int, weights []uint64) {
	for x := range dst {
		sum := uint64(bias)
		for k, w := range weights {
			sum += uint64(src[k*stride+x]) * w
		}

		dst[x] = clampTable[sum>>weightBits&0x1ff]
	}
}

func copyPlane(src *Plane) Plane {
	dst := newPlane(src.Width, src.Height)
	for y := range src.Height {
		copy(dst.Row(y), src.Row(y))
	}

	return dst
}
