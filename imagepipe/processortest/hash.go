package processortest

import (
	"encoding/binary"
	"image"
	"image/color"
	"image/draw"
	"math/bits"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

func hashCases() []testCase {
	return []testCase{
		{Name: "hash of the same pixels in other files", Run: hashOfFiles},
		{Name: "hash of another quality and size", Run: hashOfQualities},
		{Name: "hash of a picture that is turned", Run: hashOfTurned},
		{Name: "hash of other pictures", Run: hashOfOthers},
		{Name: "hash of a faint picture", Run: hashOfFaint},
	}
}

// distance is in how many of the 64 bits two hashes differ.
func distance(t testing.TB, a, b string) int {
	t.Helper()
	require.NotEmpty(t, a, "there is no hash")
	require.NotEmpty(t, b, "there is no hash")

	first, err := strconv.ParseUint(a, 16, 64)
	require.NoError(t, err)
	second, err := strconv.ParseUint(b, 16, 64)
	require.NoError(t, err)

	return bits.OnesCount64(first ^ second)
}

// sceneNumbers are those of pictures with which hashes are compared.
func sceneNumbers() []int { return []int{1, 2, 3} }

// hashOfFiles wants the very same hash: duplicates are found by equality.
func hashOfFiles(t testing.TB, h Harness) {
	t.Helper()

	p := h.New(t, Limits{})

	for _, number := range sceneNumbers() {
		m := scene(number, 400, 300)
		deep := image.NewNRGBA64(m.Rect)
		draw.Draw(deep, m.Rect, m, image.Point{}, draw.Src)

		plain := processBy(t, p, pngOf(t, m)).Hash
		require.NotEmpty(t, plain)

		again := plainPNG{
			width: 400, height: 300, depth: 8, colorType: pngRGB, interlaced: true,
			sample: func(x, y int) []uint16 {
				c := m.NRGBAAt(x, y)

				return []uint16{uint16(c.R), uint16(c.G), uint16(c.B)}
			},
		}

		require.Equal(t, plain, processBy(t, p, again.encode(t)).Hash, "interlaced")
		require.Equal(t, plain, processBy(t, p, pngOf(t, deep)).Hash, "with 16 bits")
	}
}

// hashOfQualities lets a bit differ here and there: what is on the threshold between two
// values may fall to either side when pixels change.
func hashOfQualities(t testing.TB, h Harness) {
	t.Helper()

	const mostBits = 4

	p := h.New(t, Limits{})
	equal, all := 0, 0

	for _, number := range sceneNumbers() {
		m := scene(number, 900, 675)
		want := processBy(t, p, jpegOf(t, m, 92)).Hash

		for name, file := range map[string][]byte{
			"quality 75": jpegOf(t, m, 75),
			"quality 50": jpegOf(t, m, 50),
			"half size":  jpegOf(t, scene(number, 450, 338), 92),
			"small size": jpegOf(t, scene(number, 240, 180), 92),
			"png":        pngOf(t, m),
		} {
			got := processBy(t, p, file).Hash
			require.LessOrEqual(t, distance(t, want, got), mostBits, "scene %d in %s", number, name)

			all++

			if got == want {
				equal++
			}
		}
	}

	require.GreaterOrEqual(t, equal*10, all*8, "too few hashes of the same picture are equal: %d of %d", equal, all)
}

// hashOfTurned has the picture as phones store it.
func hashOfTurned(t testing.TB, h Harness) {
	t.Helper()

	p := h.New(t, Limits{})
	m := scene(5, 400, 300)

	// What is stored for orientation 6 has the picture's right side as its first row.
	stored := image.NewNRGBA(image.Rect(0, 0, 300, 400))

	for y := range 400 {
		for x := range 300 {
			stored.SetNRGBA(x, y, m.NRGBAAt(399-y, x))
		}
	}

	want := processBy(t, p, pngOf(t, m)).Hash
	got := processBy(t, p, withChunks(pngOf(t, stored), pngChunk("eXIf", exif(binary.BigEndian, 6)))).Hash

	require.NotEmpty(t, want)
	require.LessOrEqual(t, distance(t, want, got), 1)
	require.Greater(t, distance(t, want, processBy(t, p, pngOf(t, stored)).Hash), 8, "a picture on its side is another one")
}

func hashOfOthers(t testing.TB, h Harness) {
	t.Helper()

	p := h.New(t, Limits{})
	seen := make(map[string]int)

	for _, number := range sceneNumbers() {
		got := processBy(t, p, pngOf(t, scene(number, 400, 300))).Hash

		for other, of := range seen {
			require.Greater(t, distance(t, got, other), 4, "scenes %d and %d have all but one hash", number, of)
		}

		seen[got] = number
	}
}

// hashOfFaint has a picture of few levels, as of a white product on white: little is not
// nothing.
func hashOfFaint(t testing.TB, h Harness) {
	t.Helper()

	m := scene(1, 400, 300)

	for i, v := range m.Pix {
		if i%4 != 3 {
			m.Pix[i] = uint8(215 + int(v)/8)
		}
	}

	want := process(t, h, pngOf(t, scene(1, 400, 300))).Hash
	require.LessOrEqual(t, distance(t, want, process(t, h, pngOf(t, m)).Hash), 8)
}

func uniformCases() []testCase {
	return []testCase{{Name: "uniform pictures have no hash", Run: uniform}}
}

// uniform are the pictures that say nothing: what a hash would tell is their noise, and
// all of them would look like one.
func uniform(t testing.TB, h Harness) {
	t.Helper()

	p := h.New(t, Limits{})
	flat := func(c color.Color) *image.NRGBA {
		m := image.NewNRGBA(image.Rect(0, 0, 400, 300))
		draw.Draw(m, m.Rect, image.NewUniform(c), image.Point{}, draw.Src)

		return m
	}

	noisy, state := flat(color.White), uint32(7)
	for i := range noisy.Pix {
		state = state*1664525 + 1013904223
		if i%4 != 3 {
			noisy.Pix[i] = uint8(250 + state>>30)
		}
	}

	dot := image.NewNRGBA(image.Rect(0, 0, 1, 1))

	for name, m := range map[string]image.Image{
		"white":       flat(color.White),
		"black":       flat(color.Black),
		"grey":        flat(color.Gray{Y: 128}),
		"a colour":    flat(color.NRGBA{R: 210, G: 40, B: 90, A: 255}),
		"transparent": image.NewNRGBA(image.Rect(0, 0, 400, 300)),
		"noise":       noisy,
		"a pixel":     dot,
	} {
		require.Empty(t, processBy(t, p, pngOf(t, m)).Hash, "%s as png", name)
		require.Empty(t, processBy(t, p, jpegOf(t, m, 60)).Hash, "%s as jpeg", name)
	}
}
