package processortest

import (
	"encoding/binary"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/imagepipe"
)

func limitCases() []testCase {
	return []testCase{
		{Name: "the limit of pixels", Run: pixelLimit},
		{Name: "the default limit of pixels", Run: defaultLimit},
		{Name: "a side that no JPEG can have", Run: longSide},
	}
}

// pixelLimit is met exactly, then missed by one.
func pixelLimit(t testing.TB, h Harness) {
	t.Helper()

	const pixels = cardWidth * cardHeight

	for _, file := range [][]byte{
		fixture(t, "420.jpg"), fixture(t, "card.png"), damagedFixture(t, "gif"), fixture(t, "lossy.webp"),
		withSegments(fixture(t, "420.jpg"), exifSegment(binary.LittleEndian, 6)),
	} {
		picture := processBy(t, h.New(t, Limits{MaxPixels: pixels}), file)
		require.EqualValues(t, pixels, picture.Width*picture.Height)

		require.ErrorIs(t, refusedBy(t, h.New(t, Limits{MaxPixels: pixels - 1}), file), imagepipe.ErrTooLarge)
	}
}

// defaultLimit asks with headers alone: what is not too large is found to be cut short.
func defaultLimit(t testing.TB, h Harness) {
	t.Helper()

	const million = 1_000_000

	for pixels, want := range map[[2]uint32]error{
		{8000, 5000}: imagepipe.ErrCorrupt,
		{8000, 5001}: imagepipe.ErrTooLarge,
	} {
		file := join(pngHeader(pixels[0], pixels[1], 8, pngRGB, 0), pngChunk("IDAT", nil), pngChunk("IEND", nil))
		require.ErrorIs(t, refused(t, h, file), want, "%.3f million", float64(pixels[0])*float64(pixels[1])/million)
	}
}

// longSide has few pixels, but a row of more than the 65,535 that JPEG can count.
func longSide(t testing.TB, h Harness) {
	t.Helper()

	file := plainPNG{
		width: 70_000, height: 1, depth: 8, colorType: pngGrey,
		sample: func(x, _ int) []uint16 { return []uint16{uint16(x % 256)} },
	}.encode(t)

	require.ErrorIs(t, refused(t, h, file), imagepipe.ErrTooLarge)
}
