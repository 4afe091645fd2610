package jpegcodec

// Smaller pictures come from the lowest coefficients alone: the transform of a smaller
// number of points over them gives the samples that the low frequencies of the block
// describe.

// inverse4 transforms the lowest coefficients of a block into 4 by 4 samples.
func (b *block) inverse4(dst []byte, stride int) {
	var columns [4][4]int32

	for j := range 2 {
		d0, d1, d2, d3 := inverseOf4(b[j], b[4+j], b[8+j], b[12+j])

		for y, d := range [4]int64{d0, d1, d2, d3} {
			const round = both << (constBits - passBits - 1)

			low, high := lanes(d + round)
			columns[y][2*j], columns[y][2*j+1] = low>>(constBits-passBits), high>>(constBits-passBits)
		}
	}

	for y := 0; y < 4; y += 2 {
		a, b := &columns[y], &columns[y+1]
		d0, d1, d2, d3 := inverseOf4(pack(a[0], b[0]), pack(a[1], b[1]), pack(a[2], b[2]), pack(a[3], b[3]))

		for x, d := range [4]int64{d0, d1, d2, d3} {
			const offset = both * (1<<(constBits+passBits+2) + 128<<(constBits+passBits+3))

			dst[y*stride+x], dst[(y+1)*stride+x] = samples(d + offset)
		}
	}
}

// inverseOf4 is the transform of four numbers, scaled as inverse8 scales.
func inverseOf4(s0, s1, s2, s3 int64) (d0, d1, d2, d3 int64) {
	e0, e1 := (s0+s2)<<constBits, (s0-s2)<<constBits
	z := (s1 + s3) * c0541
	o0, o1 := z+s1*c0765, z-s3*c1847

	return e0 + o0, e1 + o1, e1 - o1, e0 - o0
}

// inverse2 transforms the lowest coefficients of a block into 2 by 2 samples.
func (b *block) inverse2(dst []byte, stride int) {
	c00, c01 := lanes(b[0])
	c10, c11 := lanes(b[4])

	const offset = 4 + 128<<3

	dst[0] = clamp((c00 + c01 + c10 + c11 + offset) >> 3)
	dst[1] = clamp((c00 - c01 + c10 - c11 + offset) >> 3)
	dst[stride] = clamp((c00 + c01 - c10 - c11 + offset) >> 3)
	dst[stride+1] = clamp((c00 - c01 - c10 + c11 + offset) >> 3)
}
