package jpegcodec

import "encoding/binary"

// The inverse transform is that of Loeffler, Ligtenberg and Moschytz, "Practical fast 1-D
// DCT algorithms with 11 multiplications" (ICASSP 1989), in fixed point. Constants have
// constBits bits behind the point; what is between the passes over columns and rows has
// passBits.
const (
	constBits = 13
	passBits  = 2
)

// Sums of cosines of multiples of pi/16, times the square root of 2.
const (
	c0298 = 2446  // 0.298631336
	c0390 = 3196  // 0.390180644
	c0541 = 4433  // 0.541196100
	c0765 = 6270  // 0.765366865
	c0899 = 7373  // 0.899976223
	c1175 = 9633  // 1.175875602
	c1501 = 12299 // 1.501321110
	c1847 = 15137 // 1.847759065
	c1961 = 16069 // 1.961570560
	c2053 = 16819 // 2.053119869
	c2562 = 20995 // 2.562915447
	c3072 = 25172 // 3.072711026
)

// both is the number n in both halves of a number.
const both = 1<<32 + 1

// lanes returns the two halves of a number.
func lanes(p int64) (low, high int32) {
	return int32(p), int32((p + 1<<31) >> 32)
}

// pack is the reverse of lanes.
func pack(low, high int32) int64 { return int64(low) + int64(high)<<32 }

// inverse8 is the transform of eight numbers, scaled by 2^constBits and by the square
// root of 8.
func inverse8(s0, s1, s2, s3, s4, s5, s6, s7 int64) (d0, d1, d2, d3, d4, d5, d6, d7 int64) {
	z := (s2 + s6) * c0541
	e2 := z - s6*c1847
	e3 := z + s2*c0765
	e0 := (s0 + s4) << constBits
	e1 := (s0 - s4) << constBits
	a0, a3 := e0+e3, e0-e3
	a1, a2 := e1+e2, e1-e2

	y := (s7 + s3 + s5 + s1) * c1175
	y1 := (s7 + s1) * c0899
	y2 := (s5 + s3) * c2562
	y3 := y - (s7+s3)*c1961
	y4 := y - (s5+s1)*c0390
	o0 := s7*c0298 - y1 + y3
	o1 := s5*c2053 - y2 + y4
	o2 := s3*c3072 - y2 + y3
	o3 := s1*c1501 - y1 + y4

	return a0 + o3, a1 + o2, a2 + o1, a3 + o0, a3 - o0, a2 - o1, a1 - o2, a0 - o3
}

// inverse transforms a block into 8 by 8 samples.
func (b *block) inverse(dst []byte, stride int) {
	var rows [32]int64 // rows 2i and 2i+1 in one number, from 8*i on

	for j := range 4 {
		s := (*[29]int64)(b[j:])

		if s[4]|s[8]|s[12]|s[16]|s[20]|s[24]|s[28] == 0 {
			low, high := lanes(s[0])
			l, h := int64(low)*(both<<passBits), int64(high)*(both<<passBits)

			for i := 0; i < 32; i += 8 {
				rows[i+2*j], rows[i+2*j+1] = l, h
			}

			continue
		}

		const round = both << (constBits - passBits - 1)

		d0, d1, d2, d3, d4, d5, d6, d7 := inverse8(s[0], s[4], s[8], s[12], s[16], s[20], s[24], s[28])
		rows[2*j], rows[2*j+1] = regroup(d0+round, d1+round)
		rows[2*j+8], rows[2*j+9] = regroup(d2+round, d3+round)
		rows[2*j+16], rows[2*j+17] = regroup(d4+round, d5+round)
		rows[2*j+24], rows[2*j+25] = regroup(d6+round, d7+round)
	}

	for i := range 4 {
		s := (*[8]int64)(rows[8*i:])

		// What rounds, and the level shift of A.3.1.
		const offset = both * (1<<(constBits+passBits+2) + 128<<(constBits+passBits+3))

		d0, d1, d2, d3, d4, d5, d6, d7 := inverse8(s[0], s[1], s[2], s[3], s[4], s[5], s[6], s[7])
		a, b := (*[8]byte)(dst[2*i*stride:]), (*[8]byte)(dst[(2*i+1)*stride:])
		a[0], b[0] = samples(d0 + offset)
		a[1], b[1] = samples(d1 + offset)
		a[2], b[2] = samples(d2 + offset)
		a[3], b[3] = samples(d3 + offset)
		a[4], b[4] = samples(d4 + offset)
		a[5], b[5] = samples(d5 + offset)
		a[6], b[6] = samples(d6 + offset)
		a[7], b[7] = samples(d7 + offset)
	}
}

// regroup turns two rows of two columns each into two columns of two rows each.
func regroup(a, b int64) (left, right int64) {
	const shift = constBits - passBits

	a0, a1 := lanes(a)
	b0, b1 := lanes(b)

	return pack(a0>>shift, b0>>shift), pack(a1>>shift, b1>>shift)
}

// samples are the two samples that the end of the passes over columns and rows gave.
func samples(p int64) (byte, byte) {
	const shift = constBits + passBits + 3

	low, high := lanes(p)

	return clamp(low >> shift), clamp(high >> shift)
}

func clamp(v int32) byte {
	if uint32(v) > 255 {
		return byte(^(v >> 31))
	}

	return byte(v)
}

// flat is the sample of a block that has only a DC coefficient.
func (b *block) flat() byte { return clamp((int32(b[0])+4)>>3 + 128) }

// flatInverse is inverse for such blocks, of size by size samples.
func (b *block) flatInverse(dst []byte, stride, size int) {
	row := uint64(b.flat()) * 0x0101010101010101

	if size == 8 {
		for y := range 8 {
			binary.LittleEndian.PutUint64(dst[y*stride:], row)
		}

		return
	}

	for y := range size {
		for x := range size {
			dst[y*stride+x] = byte(row)
		}
	}
}
