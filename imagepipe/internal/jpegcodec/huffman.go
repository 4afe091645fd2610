package jpegcodec

// fastBits is how many bits are looked up at once. Most codes are shorter, and with the
// bits of the coefficient still are.
const fastBits = 10

// huffman decodes one table.
type huffman struct {
	// fast says what the next bits begin with. The zero entry says that the code is
	// longer than fastBits, or that there is none.
	fast [1 << fastBits]fastEntry
	// limit is, for each length, the first code (moved up to 16 bits) that is longer;
	// offset added to a code of the length gives the place of its symbol.
	limit   [17]uint32
	offset  [17]int32
	symbols [256]uint8
}

// fastEntry is, from its lowest bits on: 5 bits of length, 4 of run, 4 of size, 3 not
// used, 16 of value. Run and size are those of a symbol (F.1.2.2.1). Where the bits of
// the coefficient were seen too, value is the coefficient, and the length includes them.
type fastEntry uint32

func (e fastEntry) length() int  { return int(e & 31) }
func (e fastEntry) run() int     { return int(e >> 5 & 15) }
func (e fastEntry) size() int    { return int(e >> 9 & 15) }
func (e fastEntry) value() int32 { return int32(e) >> 16 }

// build prepares the table (annex C). It reports whether the table is a possible one.
func (h *huffman) build(spec *huffmanSpec) bool {
	*h = huffman{}
	copy(h.symbols[:], spec.symbols)

	code, n := uint32(0), int32(0)

	for length := 1; length <= 16; length++ {
		count := uint32(spec.counts[length-1])
		h.offset[length] = n - int32(code)

		for range count {
			if length <= fastBits {
				h.fill(code, length, spec.symbols[n])
			}

			code++
			n++
		}

		if code > 1<<length {
			return false
		}

		h.limit[length] = code << (16 - length)
		code <<= 1
	}

	return true
}

// fill sets the entries that begin with a code.
func (h *huffman) fill(code uint32, length int, symbol uint8) {
	rest := fastBits - length
	size := int(symbol & 15)

	for tail := range uint32(1) << rest {
		at := code<<rest | tail
		if at >= uint32(len(h.fast)) {
			return // more codes than there can be; build says so
		}

		e := fastEntry(length) | fastEntry(symbol>>4)<<5 | fastEntry(size)<<9

		if size > 0 && size <= rest {
			bits := tail >> (rest - size)
			e = fastEntry(length+size) | fastEntry(symbol>>4)<<5 | fastEntry(extend(bits, size))<<16
		}

		h.fast[at] = e
	}
}

// extend returns the coefficient that size bits stand for (table F.1 and F.2): those that
// begin with 0 are negative.
func extend(bits uint32, size int) int32 {
	v := int32(bits)
	if v < 1<<(size-1) {
		v += -1<<size + 1
	}

	return v
}

// slow decodes the next of n bits, which are the lowest of acc, to a symbol, bit length
// by bit length. It returns a length of 0 for a code that is not in the table.
func (h *huffman) slow(acc uint64, n int) (symbol uint8, length int) {
	next := uint32(acc>>((n-16)&63)) & 0xffff

	for length = 1; length <= 16; length++ {
		if next < h.limit[length] {
			at := int32(next>>(16-length)) + h.offset[length]

			return h.symbols[at&255], length
		}
	}

	return 0, 0
}
