package jpegcodec

import "math/bits"

// encoderTables are the tables of one kind of component.
type encoderTables struct {
	// quant is the quantisation table row by row, as the file has it.
	quant [64]uint8
	// reciprocals are what coefficients are multiplied by in place of a division, in
	// the order of the file.
	reciprocals [64]uint32
	dc, ac      *[256]huffmanCode
}

// huffmanCode is the code of a symbol: its bits, and how many they are in the lowest 8.
type huffmanCode uint32

func (c huffmanCode) bits() uint64 { return uint64(c >> 8) }
func (c huffmanCode) length() uint { return uint(c & 255) }

// The tables of annex K as codes.
var (
	lumaDCCodes   = lumaDC.codes()
	lumaACCodes   = lumaAC.codes()
	chromaDCCodes = chromaDC.codes()
	chromaACCodes = chromaAC.codes()
)

// codes returns the code of each symbol (annex C).
func (s *huffmanSpec) codes() *[256]huffmanCode {
	var codes [256]huffmanCode

	code, n := huffmanCode(0), 0

	for i, count := range s.counts {
		for range count {
			codes[s.symbols[n]] = code<<8 | huffmanCode(i+1)
			code++
			n++
		}

		code <<= 1
	}

	return &codes
}

// reciprocalBits is how many bits reciprocals have behind the point. Coefficients have
// less than 16 bits, so that the quotient is the rounded one but where it is within
// 2^-6 of the middle between two numbers.
const reciprocalBits = 21

// newEncoderTables returns the tables for a quality from 1 to 100, scaled as the
// Independent JPEG Group's software does.
func newEncoderTables(base *[64]uint8, dc, ac *[256]huffmanCode, quality int) *encoderTables {
	scale := 200 - 2*quality
	if quality < 50 {
		scale = 5000 / quality
	}

	t := &encoderTables{dc: dc, ac: ac}

	for i, b := range base {
		t.quant[i] = uint8(max(1, min((int(b)*scale+50)/100, 255)))
	}

	for k, at := range zigzag {
		// Coefficients come eight times as large.
		divisor := 8 * uint32(t.quant[at])
		t.reciprocals[k] = (1<<reciprocalBits + divisor/2) / divisor
	}

	return t
}

// category is how many bits a coefficient takes (tables F.1 and F.2).
func category(magnitude uint32) uint { return uint(bits.Len32(magnitude)) }
