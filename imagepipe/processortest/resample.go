package processortest

import (
	"image"
	"image/color"
	"math"
)

// plane is a picture of one channel, in levels of 0 to 255, with all digits.
type plane struct {
	width, height int
	pix           []float64
}

func newPlane(width, height int) plane {
	return plane{width: width, height: height, pix: make([]float64, width*height)}
}

// lumaOf returns the luma of a picture (ITU-R BT.601, as JFIF has it).
func lumaOf(m image.Image) plane {
	b := m.Bounds()
	p := newPlane(b.Dx(), b.Dy())

	for y := range p.height {
		for x := range p.width {
			switch m := m.(type) {
			case *image.YCbCr:
				p.pix[y*p.width+x] = float64(m.Y[m.YOffset(b.Min.X+x, b.Min.Y+y)])
			case *image.NRGBA: // opaque
				c := m.NRGBAAt(b.Min.X+x, b.Min.Y+y)
				p.pix[y*p.width+x] = 0.299*float64(c.R) + 0.587*float64(c.G) + 0.114*float64(c.B)
			default:
				c := color.RGBAModel.Convert(m.At(b.Min.X+x, b.Min.Y+y)).(color.RGBA)
				p.pix[y*p.width+x] = 0.299*float64(c.R) + 0.587*float64(c.G) + 0.114*float64(c.B)
			}
		}
	}

	return p
}

// kernel is a filter: its value at a distance, in samples of the smaller picture, and the
// distance from which on it is zero.
type kernel struct {
	name   string
	radius float64
	at     func(distance float64) float64
}

// kernels are the good filters for reducing.
func kernels() []kernel {
	return []kernel{
		{"catmull-rom", 2, catmullRom},
		{"lanczos", 3, func(d float64) float64 { return sinc(d) * sinc(d/3) }},
	}
}

func sinc(x float64) float64 {
	if x == 0 {
		return 1
	}

	return math.Sin(math.Pi*x) / (math.Pi * x)
}

func catmullRom(d float64) float64 {
	d = math.Abs(d)
	if d < 1 {
		return 1.5*d*d*d - 2.5*d*d + 1
	}

	return -0.5*d*d*d + 2.5*d*d - 4*d + 2
}

// reduce returns the picture in a smaller size, by a filter.
func (p plane) reduce(width, height int, k kernel) plane {
	return p.reduceRows(width, k).transpose().reduceRows(height, k).transpose()
}

func (p plane) reduceRows(width int, k kernel) plane {
	small := newPlane(width, p.height)
	scale := float64(p.width) / float64(width)

	for x := range width {
		centre := (float64(x) + 0.5) * scale
		first := max(0, int(math.Floor(centre-k.radius*scale)))
		last := min(p.width-1, int(math.Ceil(centre+k.radius*scale)))

		weights, sum := make([]float64, last-first+1), 0.0

		for i := range weights {
			if d := (float64(first+i) + 0.5 - centre) / scale; math.Abs(d) <= k.radius {
				weights[i] = k.at(d)
				sum += weights[i]
			}
		}

		for y := range p.height {
			row, value := p.pix[y*p.width+first:], 0.0
			for i, w := range weights {
				value += w * row[i]
			}

			small.pix[y*width+x] = value / sum
		}
	}

	return small
}

func (p plane) transpose() plane {
	other := newPlane(p.height, p.width)

	for y := range p.height {
		for x := range p.width {
			other.pix[x*p.height+y] = p.pix[y*p.width+x]
		}
	}

	return other
}

// linear returns the picture in linear light, and gamma one in linear light as levels
// again (IEC 61966-2-1).
func (p plane) linear() plane {
	return p.each(func(v float64) float64 {
		if v /= 255; v > 0.04045 {
			return math.Pow((v+0.055)/1.055, 2.4)
		}

		return v / 12.92
	})
}

func (p plane) gamma() plane {
	return p.each(func(v float64) float64 {
		if v > 0.0031308 {
			return 255 * (1.055*math.Pow(v, 1/2.4) - 0.055)
		}

		return 255 * 12.92 * v
	})
}

// clamped returns the picture with levels that exist: filters overshoot at edges.
func (p plane) clamped(most float64) plane {
	return p.each(func(v float64) float64 { return min(most, max(0, v)) })
}

func (p plane) each(f func(float64) float64) plane {
	other := newPlane(p.width, p.height)
	for i, v := range p.pix {
		other.pix[i] = f(v)
	}

	return other
}

// psnr is how alike two pictures of one size are, in decibels.
func psnr(a, b plane) float64 {
	sum := 0.0
	for i, v := range a.pix {
		sum += (v - b.pix[i]) * (v - b.pix[i])
	}

	return 10 * math.Log10(255*255/max(1e-9, sum/float64(len(a.pix))))
}

// gradient is the mean square of the differences between neighbours: how sharp a picture
// is.
func (p plane) gradient() float64 {
	sum := 0.0

	for y := range p.height - 1 {
		for x := range p.width - 1 {
			v := p.pix[y*p.width+x]
			dx, dy := p.pix[y*p.width+x+1]-v, p.pix[(y+1)*p.width+x]-v
			sum += dx*dx + dy*dy
		}
	}

	return sum / float64(len(p.pix))
}

// deviation is the standard deviation of the levels.
func (p plane) deviation() float64 {
	var sum, squares float64
	for _, v := range p.pix {
		sum += v
		squares += v * v
	}

	n := float64(len(p.pix))

	return math.Sqrt(max(0, squares/n-sum/n*sum/n))
}
