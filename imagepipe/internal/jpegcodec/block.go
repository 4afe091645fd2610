package jpegcodec

// block holds the 64 coefficients of a block, dequantised, two to a number: those of the
// columns 2i and 2i+1.
type block [32]int64

// quantisation is what the coefficients of a component are multiplied by, in the order
// of the file.
type quantisation [64]int32

// blockDecoder decodes the blocks of a component.
type blockDecoder struct {
	dc, ac *huffman
	quant  *quantisation
	// predicted is the DC coefficient of the block before, not dequantised.
	predicted int32
}

// decode reads a block (F.2.2). It reports the place, in the order of the file, behind
// the last coefficient that is not zero, or 0 if the data is damaged.
func (d *blockDecoder) decode(r *bitReader, b *block) int {
	if !d.decodeDC(r) {
		return 0
	}

	*b = block{}
	b[0] = int64(d.predicted * d.quant[0])
	end := 1

	// The bits in registers, for the loop that most of the time is spent in.
	acc, n, fast, quant := r.acc, r.n, &d.ac.fast, d.quant

	for k := 1; k < 64; k++ {
		if n <= 32 {
			r.acc, r.n = acc, n
			r.refill()
			acc, n = r.acc, r.n
		}

		e := fast[acc>>((n-fastBits)&63)&(1<<fastBits-1)]
		v := e.value()

		if v != 0 {
			n -= e.length()
			k += e.run()
		} else {
			run, size, length := d.symbol(acc, n, e)
			if length == 0 {
				return 0
			}

			n -= length
			k += run

			if size == 0 {
				if run != 15 {
					break // end of block
				}

				continue // sixteen zeros
			}

			n -= size
			v = extend(uint32(acc>>(n&63))&(1<<size-1), size)
		}

		if k > 63 {
			return 0
		}

		at := zigzag[k]
		b[at>>1&31] += int64(v*quant[k]) << (at & 1 << 5)
		end = k + 1
	}

	r.acc, r.n = acc, n

	return end
}

// decodeDC reads the difference of the DC coefficient.
func (d *blockDecoder) decodeDC(r *bitReader) bool {
	r.refill()

	symbol, length := d.dc.slow(r.acc, r.n)
	if length == 0 || symbol > 15 {
		return false
	}

	// There are bits enough after a refill: a code has 16 at the most, and a number 15.
	r.n -= length + int(symbol)
	if symbol > 0 {
		d.predicted += extend(uint32(r.acc>>(r.n&63))&(1<<symbol-1), int(symbol))
	}

	return true
}

// symbol decodes the next of n bits to a symbol whose coefficient e does not have, and the
// length of its code, which is 0 where there is no such code.
func (d *blockDecoder) symbol(acc uint64, n int, e fastEntry) (run, size, length int) {
	if e != 0 {
		return e.run(), e.size(), e.length()
	}

	symbol, length := d.ac.slow(acc, n)

	return int(symbol >> 4), int(symbol & 15), length
}
