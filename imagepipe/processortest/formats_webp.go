package processortest

import (
	"image"
	"image/color"
	"testing"

	"github.com/stretchr/testify/require"
)

func webpCases() []testCase {
	var all []testCase

	for _, kind := range []struct {
		name string
		want corners
	}{
		{"lossy", cardColors()},
		{"lossless", cardColors()},
		{"alpha", alphaColors().onWhite()},
		{"alphalossless", alphaColors().onWhite()},
	} {
		all = append(all, testCase{Name: "webp " + kind.name, Run: func(t testing.TB, h Harness) {
			t.Helper()
			webpCard(t, h, fixture(t, kind.name+".webp"), kind.want)
		}})
	}

	return append(all,
		testCase{Name: "webp without extensions", Run: webpSimple},
		testCase{Name: "webp animated", Run: webpFirstFrame},
		testCase{Name: "webp with a frame smaller than the canvas", Run: webpSmallFrame},
	)
}

// webpTolerance is that of the card, and a level for the rounding of the format, which
// has fewer levels of luma.
const webpTolerance = cardTolerance + 1

func webpCard(t testing.TB, h Harness, file []byte, want corners) {
	t.Helper()

	picture := process(t, h, file)

	require.Equal(t, "webp", picture.Format)
	requireDimensions(t, picture, cardWidth, cardHeight)
	requireCard(t, picture, want, webpTolerance)
}

// webpSimple are files of the pixels alone.
func webpSimple(t testing.TB, h Harness) {
	t.Helper()

	for _, name := range []string{"lossy.webp", "lossless.webp"} {
		webpCard(t, h, webpFile(webpPixels(t, fixture(t, name))), cardColors())
	}
}

func webpFirstFrame(t testing.TB, h Harness) {
	t.Helper()

	first, second := webpPixels(t, fixture(t, "lossy.webp")), webpPixels(t, fixture(t, "alphalossless.webp"))

	webpCard(t, h, webpAnimation(cardWidth, cardHeight,
		webpFrame(screen(), first), webpFrame(screen(), second), webpFrame(screen(), second)), cardColors())
}

// webpSmallFrame has a first frame that covers the lower right quarter of the canvas. The
// rest is empty, which is white here.
func webpSmallFrame(t testing.TB, h Harness) {
	t.Helper()

	file := webpAnimation(2*cardWidth, 2*cardHeight,
		webpFrame(image.Rect(cardWidth, cardHeight, 2*cardWidth, 2*cardHeight), webpPixels(t, fixture(t, "lossless.webp"))))
	picture := process(t, h, file)
	white := color.NRGBA{R: 255, G: 255, B: 255, A: 255}
	want := corners{white, white, white, cardColors()[0]}

	requireDimensions(t, picture, 2*cardWidth, 2*cardHeight)

	for _, r := range picture.Renditions {
		m := decoded(t, r)

		for i, c := range want {
			// The frame's own first corner ends at three quarters of the canvas.
			at := image.Pt(r.Width*(1+i%2*4)/8, r.Height*(1+i/2*4)/8)
			requireColor(t, m, at, c, webpTolerance, r.Size)
		}
	}
}
