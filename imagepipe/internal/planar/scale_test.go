package planar_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/imagepipe/internal/planar"
)

func plane(width, height int, at func(x, y int) float64) planar.Plane {
	p := planar.NewPlane(width, height, width)

	for y := range height {
		for x := range width {
			p.Pix[y*p.Stride+x] = byte(math.Round(max(0, min(at(x, y), 255))))
		}
	}

	return p
}

// wavy has structures from the largest to the smallest.
func wavy(x, y int) float64 {
	fx, fy := float64(x), float64(y)

	return 128 + 50*math.Sin(fx/3+fy/11) + 40*math.Cos(fx*fy/400) + 30*math.Sin(fy*1.9)*math.Cos(fx*2.3)
}

// Flat areas keep their colour exactly, whatever the sizes.
func TestFlatStaysFlat(t *testing.T) {
	t.Parallel()

	for _, v := range []float64{0, 1, 127, 254, 255} {
		p := plane(97, 61, func(int, int) float64 { return v })

		for _, size := range [][2]int{{96, 60}, {50, 61}, {97, 13}, {7, 5}, {1, 1}, {33, 2}} {
			got := planar.ScalePlane(&p, size[0], size[1])
			for y := range got.Height {
				for _, sample := range got.Row(y) {
					require.Equal(t, byte(v), sample, "%v", size)
				}
			}
		}
	}
}

// The result is that of the filter's formula in floating point, within what rounding to
// 7 bits costs: at least 45 dB.
func TestScaleAgreesWithTheFormula(t *testing.T) {
	t.Parallel()

	p := plane(211, 173, wavy)

	for _, size := range [][2]int{{200, 160}, {113, 92}, {60, 49}, {21, 17}, {211, 80}, {90, 173}, {5, 3}} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			t.Parallel()

			got, want := planar.ScalePlane(&p, size[0], size[1]), reference(&p, size[0], size[1])
			sum := 0.0

			for y := range got.Height {
				for x, v := range got.Row(y) {
					d := float64(v) - want[y][x]
					sum += d * d
				}
			}

			mse := sum / float64(size[0]*size[1])
			require.Greater(t, 10*math.Log10(255*255/mse), 45.0)
		})
	}
}

// reference resamples by the definition of a Lanczos kernel of three lobes.
func reference(p *planar.Plane, width, height int) [][]float64 {
	rows := make([][]float64, p.Height)
	for y := range rows {
		rows[y] = make([]float64, p.Width)
		for x, v := range p.Row(y) {
			rows[y][x] = float64(v)
		}
	}

	for y, row := range rows {
		rows[y] = referenceLine(row, width)
	}

	result := make([][]float64, height)
	for y := range result {
		result[y] = make([]float64, width)
	}

	for x := range width {
		column := make([]float64, p.Height)
		for y := range column {
			column[y] = rows[y][x]
		}

		for y, v := range referenceLine(column, height) {
			result[y][x] = max(0, min(v, 255))
		}
	}

	return result
}

func referenceLine(line []float64, n int) []float64 {
	result := make([]float64, n)
	scale := float64(len(line)) / float64(n)
	stretch := max(scale, 1)

	for i := range result {
		centre := (float64(i)+0.5)*scale - 0.5
		weight, sum := 0.0, 0.0

		for k := int(centre - 3*stretch - 1); float64(k) < centre+3*stretch+1; k++ {
			x := math.Abs(float64(k)-centre) / stretch * math.Pi
			if x >= 3*math.Pi {
				continue
			}

			w := 1.0
			if x > 0 {
				w = 3 * math.Sin(x) * math.Sin(x/3) / (x * x)
			}

			weight += w
			sum += w * line[max(0, min(k, len(line)-1))]
		}

		result[i] = sum / weight
	}

	return result
}

// Sums of the brightest and the darkest samples stay within their 16 bits: a picture of
// black and white alone, at every phase of the filter, has no sample that has wrapped.
func TestNothingWraps(t *testing.T) {
	t.Parallel()

	for _, period := range []int{2, 3, 5, 9} {
		p := plane(120, 120, func(x, y int) float64 { return 255 * float64((x/period+y/period)%2) })

		for _, n := range []int{119, 110, 97, 80, 61, 60, 59, 31, 7} {
			got, want := planar.ScalePlane(&p, n, n), reference(&p, n, n)

			for y := range n {
				for x, v := range got.Row(y) {
					// The clamping between the two directions is not in the reference.
					require.InDelta(t, want[y][x], v, 40, "period %d to %d, (%d, %d)", period, n, x, y)
				}
			}
		}
	}
}

// Pictures narrower or lower than a machine word.
func TestScaleOfNarrowPlanes(t *testing.T) {
	t.Parallel()

	for width := 1; width < 20; width++ {
		p := plane(width, 40, wavy)
		got := planar.ScalePlane(&p, max(1, width/2), 20)
		want := reference(&p, max(1, width/2), 20)

		for y := range got.Height {
			for x, v := range got.Row(y) {
				require.InDelta(t, want[y][x], v, 3, "width %d", width)
			}
		}
	}
}

func TestScaleKeepsGreyGrey(t *testing.T) {
	t.Parallel()

	p := planar.New(40, 20, 1, 1, true)
	got := planar.Scale(p, 10, 20, 2, 2, 6)
	require.True(t, got.Grey())
	require.Equal(t, [4]int{10, 20, 1, 1}, [4]int{got.Width, got.Height, got.SubX, got.SubY})
}
