package jpegcodec

import "encoding/binary"

// bitReader reads the bits of entropy-coded data.
type bitReader struct {
	data []byte
	pos  int
	// acc holds n bits, in its lowest ones; those above are old.
	acc uint64
	n   int
	// padding counts the bits that were made up behind the data.
	padding int
}

// refill makes sure that there are more than 32 bits, enough for a code and the bits
// behind it. Behind the data, zeros are made up.
func (r *bitReader) refill() {
	if r.n > 32 {
		return
	}

	if r.pos+4 <= len(r.data) {
		v := binary.BigEndian.Uint32(r.data[r.pos:])
		// Whether one of the bytes is 0xff: then its complement has a zero byte.
		if inverse := ^v; (inverse-0x01010101)&v&0x80808080 == 0 {
			r.acc = r.acc<<32 | uint64(v)
			r.n += 32
			r.pos += 4

			return
		}
	}

	r.refillByBytes()
}

// refillByBytes is refill where there may be stuffed bytes, a marker or the end.
func (r *bitReader) refillByBytes() {
	for r.n <= 48 {
		var b byte

		switch {
		case r.pos >= len(r.data):
			r.padding += 8
		case r.data[r.pos] != 0xff:
			b = r.data[r.pos]
			r.pos++
		case r.pos+1 < len(r.data) && r.data[r.pos+1] == 0:
			b = 0xff
			r.pos += 2
		default: // a marker: the data ends here
			r.padding += 8
		}

		r.acc = r.acc<<8 | uint64(b)
		r.n += 8
	}
}

// exhausted reports whether bits were used that the data does not have.
func (r *bitReader) exhausted() bool { return r.n < r.padding }

// restart drops what is left of the bits and passes over the restart marker with this
// number. It reports whether the data before it was just enough.
func (r *bitReader) restart(number int) bool {
	if r.exhausted() || r.n-r.padding >= 8 {
		return false
	}

	r.acc, r.n, r.padding = 0, 0, 0

	for r.pos+1 < len(r.data) && r.data[r.pos] == 0xff && r.data[r.pos+1] == 0xff {
		r.pos++
	}

	if r.pos+1 >= len(r.data) || r.data[r.pos] != 0xff || r.data[r.pos+1] != byte(markerRST0+number&7) {
		return false
	}

	r.pos += 2

	return true
}
