package jpegcodec

import "encoding/binary"

// bitWriter writes the bits of entropy-coded data.
type bitWriter struct {
	buf []byte
	// acc holds the n bits that are not written yet, in its lowest ones. There are less
	// than 32 of them between calls.
	acc uint64
	n   uint
}

// write writes at most 32 bits.
func (w *bitWriter) write(bits uint64, n uint) {
	w.acc = w.acc<<(n&63) | bits
	w.n += n

	if w.n < 32 {
		return
	}

	w.n -= 32
	v := uint32(w.acc >> (w.n & 63))

	// Whether one of the bytes is 0xff; see bitReader.refill.
	if inverse := ^v; (inverse-0x01010101)&v&0x80808080 == 0 {
		w.buf = binary.BigEndian.AppendUint32(w.buf, v)

		return
	}

	for shift := 24; shift >= 0; shift -= 8 {
		w.writeByte(byte(v >> shift))
	}
}

// writeByte writes a byte, and a zero behind one that could be taken for a marker (B.1.1.5).
func (w *bitWriter) writeByte(b byte) {
	w.buf = append(w.buf, b)
	if b == 0xff {
		w.buf = append(w.buf, 0)
	}
}

// flush writes what is left, filled up with ones (F.1.2.3).
func (w *bitWriter) flush() {
	for ; w.n >= 8; w.n -= 8 {
		w.writeByte(byte(w.acc >> (w.n - 8)))
	}

	if w.n > 0 {
		w.writeByte(byte(w.acc<<(8-w.n)) | byte(1<<(8-w.n)-1))
		w.n = 0
	}
}

// block writes a block (F.1.2). It quantises the coefficients and returns the DC
// coefficient, which predicts that of the next block.
func (w *bitWriter) block(coefficients *[64]int32, predicted int32, t *encoderTables) int32 {
	dc, _ := quantise(coefficients[0], t.reciprocals[0])
	difference := dc - predicted
	magnitude := uint32(max(difference, -difference))
	size := category(magnitude)
	code := t.dc[size&255]
	w.write(code.bits()<<size|valueBits(difference, size), code.length()+size)

	run := uint(0)

	for k := 1; k < 64; k++ {
		v, magnitude := quantise(coefficients[zigzag[k]&63], t.reciprocals[k])
		if magnitude == 0 {
			run++

			continue
		}

		for ; run > 15; run -= 16 {
			zeros := t.ac[0xf0]
			w.write(zeros.bits(), zeros.length())
		}

		size := category(magnitude)
		code := t.ac[(run<<4|size)&255]
		w.write(code.bits()<<size|valueBits(v, size), code.length()+size)

		run = 0
	}

	if run > 0 {
		end := t.ac[0]
		w.write(end.bits(), end.length())
	}

	return dc
}

// quantise divides a coefficient, and returns the quotient and its magnitude.
func quantise(coefficient int32, reciprocal uint32) (int32, uint32) {
	sign := coefficient >> 31
	magnitude := uint32((uint64(uint32((coefficient^sign)-sign))*uint64(reciprocal) + 1<<(reciprocalBits-1)) >> reciprocalBits)

	return (int32(magnitude) ^ sign) - sign, magnitude
}

// valueBits are the bits of a coefficient: those of a negative one are complemented.
func valueBits(v int32, size uint) uint64 {
	return uint64(uint32(v+v>>31)) & (1<<size - 1)
}
