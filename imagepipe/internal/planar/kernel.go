package planar

import "math"

// lanczosLobes is the number of lobes on each side of the kernel. Three are the common
// choice for photographs, libvips's too: sharper than a cubic, with ringing that is
// hardly seen.
const lanczosLobes = 3

// The sums of weighted samples are kept in 16 bits, four to a machine word. With weights
// that add up to weightSum, of which the positive ones are at most maxPositive and the
// negative ones at least -maxNegative, and a sum that begins at bias, no sum of samples
// leaves 0..65535: a Lanczos kernel of three lobes stays below 1.28 and above -0.28.
const (
	weightBits  = 7
	weightSum   = 1 << weightBits
	maxPositive = 168
	maxNegative = 40
	bias        = maxNegative*256 + weightSum/2 // with what rounds
)

// taps say which samples of a line make up the samples of another one.
type taps struct {
	// width is how many samples each one is made of.
	width int
	// first is, for each sample, the first that it is made of. Not less than 0.
	first []int
	// weights are width weights for each sample, which add up to weightSum. Negative
	// ones are in two's complement.
	weights []uint64
}

// newTaps returns the taps that make n samples out of the first size samples of a line.
// Sample i lies at offset + (i+0.5)*scale - 0.5 in it: scale is how many samples of the
// line one is for, at least 1 for a line that is made shorter.
func newTaps(n, size int, scale, offset float64) *taps {
	stretch := max(scale, 1)
	radius := lanczosLobes * stretch
	width := min(2*int(math.Ceil(radius))+1, size)

	t := &taps{width: width, first: make([]int, n), weights: make([]uint64, n*width)}
	exact := make([]float64, width)

	for i := range n {
		centre := offset + (float64(i)+0.5)*scale - 0.5
		from := int(math.Ceil(centre - radius))
		t.first[i] = max(0, min(from, size-width))

		clear(exact)

		// Behind the edges, the line goes on with its last sample.
		for k := from; float64(k) <= centre+radius; k++ {
			at := max(0, min(k, size-1)) - t.first[i]
			exact[max(0, min(at, width-1))] += lanczos((float64(k) - centre) / stretch)
		}

		quantise(exact, t.weights[i*width:(i+1)*width])
	}

	return t
}

// lanczos is the kernel: sinc(x) * sinc(x/lobes) within the lobes.
func lanczos(x float64) float64 {
	switch {
	case x == 0:
		return 1
	case math.Abs(x) >= lanczosLobes:
		return 0
	}

	x *= math.Pi

	return lanczosLobes * math.Sin(x) * math.Sin(x/lanczosLobes) / (x * x)
}

// quantise rounds weights so that they add up to weightSum: what rounding one leaves is
// carried over to the next. Without that, flat areas would change their colour.
func quantise(exact []float64, weights []uint64) {
	sum := 0.0
	for _, w := range exact {
		sum += w
	}

	upTo, given := 0.0, 0

	for i, w := range exact {
		upTo += w / sum * weightSum
		next := int(math.Round(upTo))
		weights[i] = uint64(int64(next - given))
		given = next
	}
}
