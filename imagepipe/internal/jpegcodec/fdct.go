package jpegcodec

// forward8 is the transform of eight numbers, scaled by 2^constBits (by 1 for d0 and d4)
// and by the square root of 8: inverse8 run backwards.
func forward8(s0, s1, s2, s3, s4, s5, s6, s7 int64) (d0, d1, d2, d3, d4, d5, d6, d7 int64) {
	e0, e1, e2, e3 := s0+s7, s1+s6, s2+s5, s3+s4
	o3, o2, o1, o0 := s0-s7, s1-s6, s2-s5, s3-s4

	a0, a3, a1, a2 := e0+e3, e0-e3, e1+e2, e1-e2
	z := (a2 + a3) * c0541

	y := (o0 + o1 + o2 + o3) * c1175
	y1 := (o0 + o3) * c0899
	y2 := (o1 + o2) * c2562
	y3 := y - (o0+o2)*c1961
	y4 := y - (o1+o3)*c0390

	return a0 + a1, o3*c1501 - y1 + y4, z + a3*c0765, o2*c3072 - y2 + y3,
		a0 - a1, o1*c2053 - y2 + y4, z - a2*c1847, o0*c0298 - y1 + y3
}

// forward transforms 8 by 8 samples into coefficients, eight times as large as those of
// A.3.3, row by row.
func forward(src []byte, stride int, out *[64]int32) {
	var columns [32]int64 // columns 2j and 2j+1 in one number, from 8*j on

	// Pairs of rows.
	for i := range 4 {
		a := (*[8]byte)(src[2*i*stride:])
		b := (*[8]byte)(src[(2*i+1)*stride:])

		var s [8]int64
		for x := range s {
			s[x] = int64(a[x]) + int64(b[x])<<32
		}

		const (
			level = both * 8 * 128 // the level shift, which only d0 sees
			shift = constBits - passBits
			round = both << (shift - 1)
		)

		d0, d1, d2, d3, d4, d5, d6, d7 := forward8(s[0], s[1], s[2], s[3], s[4], s[5], s[6], s[7])
		columns[i*2], columns[i*2+1] = exchangeLanes((d0-level)<<constBits, d1, round)
		columns[i*2+8], columns[i*2+9] = exchangeLanes(d2, d3, round)
		columns[i*2+16], columns[i*2+17] = exchangeLanes(d4<<constBits, d5, round)
		columns[i*2+24], columns[i*2+25] = exchangeLanes(d6, d7, round)
	}

	// Pairs of columns.
	for j := range 4 {
		s := (*[8]int64)(columns[8*j:])
		d0, d1, d2, d3, d4, d5, d6, d7 := forward8(s[0], s[1], s[2], s[3], s[4], s[5], s[6], s[7])

		storePair(out, 2*j, d0, passBits)
		storePair(out, 8+2*j, d1, constBits+passBits)
		storePair(out, 16+2*j, d2, constBits+passBits)
		storePair(out, 24+2*j, d3, constBits+passBits)
		storePair(out, 32+2*j, d4, passBits)
		storePair(out, 40+2*j, d5, constBits+passBits)
		storePair(out, 48+2*j, d6, constBits+passBits)
		storePair(out, 56+2*j, d7, constBits+passBits)
	}
}

// exchangeLanes drops bits of two columns of two rows each, and returns the rows.
func exchangeLanes(a, b, round int64) (first, second int64) {
	const shift = constBits - passBits

	a0, a1 := lanes(a + round)
	b0, b1 := lanes(b + round)

	return pack(a0>>shift, b0>>shift), pack(a1>>shift, b1>>shift)
}

// storePair drops bits of two coefficients and stores them.
func storePair(out *[64]int32, at int, p int64, shift uint) {
	low, high := lanes(p + both<<(shift-1))
	out[at&63], out[(at+1)&63] = low>>shift, high>>shift
}
