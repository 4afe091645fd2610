package processortest

import (
	"image"
	"image/color"
	"math"
)

// scene is a picture with structures of all scales, as a photograph of a product has: a
// bright ground, large shapes, fine patterns, writing. It looks the same in every size.
// Each number gives another one.
func scene(number, width, height int) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, width, height))
	n := float64(number)

	for y := range height {
		for x := range width {
			// A unit is the shorter side.
			u := (float64(x) + 0.5) / float64(min(width, height))
			v := (float64(y) + 0.5) / float64(min(width, height))
			m.SetNRGBA(x, y, sceneAt(n, u, v))
		}
	}

	return m
}

func sceneAt(n, u, v float64) color.NRGBA {
	level := 205 + 25*wave(0.33*u+0.16*n) - 30*v

	// A box with a label, and a disc.
	if u > 0.15 && u < 0.5+0.03*math.Mod(n, 5) && v > 0.2 && v < 0.85 {
		level = 90 + 30*wave(1.4*v+0.16*n)

		if v > 0.4 && v < 0.7 {
			level = 225 - 150*stripe(u*40)*stripe(v*22+0.3)
		}
	}

	dx, dy := u-0.85+0.04*math.Mod(n, 3), v-0.35-0.08*math.Mod(n, 4)
	if square := dx*dx + dy*dy; square < 0.25*0.25 {
		level = 60 + 55*wave(9.5*math.Sqrt(square)+0.25)
	}

	// Grain, as of fabric.
	level += 9 * wave(30*u+6*v) * wave(27*v-4*u)

	return color.NRGBA{
		R: clamp(level + 28*wave(0.5*v+0.16*n)),
		G: clamp(level - 5),
		B: clamp(level - 24*wave(0.4*u-0.16*n)),
		A: 255,
	}
}

// wave is nearly a sine, made of two parabolas, with a period of 1: drawing takes much of
// the time of the suite.
func wave(x float64) float64 {
	x -= math.Floor(x)
	if x < 0.5 {
		return 16 * x * (0.5 - x)
	}

	return -16 * (x - 0.5) * (1 - x)
}

// stripe is a stripe with soft edges, between 0 and 1.
func stripe(phase float64) float64 {
	return min(1, max(0, 0.5+1.2*wave(phase)))
}

func clamp(level float64) uint8 {
	return uint8(min(255, max(0, level+0.5)))
}
