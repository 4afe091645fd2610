package processortest

import (
	"encoding/binary"
	"image"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/imagepipe"
)

func bombCases() []testCase {
	return []testCase{
		{Name: "bombs", Run: bombs, Alone: true},
		{Name: "data that unpack to very much", Run: packedBombs, Alone: true},
	}
}

// bombMemory is what refusing a few bytes may take.
const bombMemory = 16 << 20

// bombs are small files of huge pictures. A refusal must not cost what the header claims.
func bombs(t testing.TB, h Harness) {
	t.Helper()

	const side = 50_000

	gifFile := damagedFixture(t, "gif")
	binary.LittleEndian.PutUint16(gifFile[6:], side)
	binary.LittleEndian.PutUint16(gifFile[8:], side)

	lossless := webpPixels(t, fixture(t, "lossless.webp"))
	// Behind a signature, 14 bits each for the width and height, less one.
	binary.LittleEndian.PutUint32(lossless[9:], 16383|16383<<14|binary.LittleEndian.Uint32(lossless[9:])&0xf0000000)

	lossy := webpPixels(t, fixture(t, "lossy.webp"))
	binary.LittleEndian.PutUint16(lossy[14:], 16383)
	binary.LittleEndian.PutUint16(lossy[16:], 16383)

	p := h.New(t, Limits{})

	for name, file := range map[string][]byte{
		"jpeg":             withFrame(t, fixture(t, "420.jpg"), 0, 0, side, side),
		"jpeg progressive": withFrame(t, fixture(t, "progressive.jpg"), 0, 0, side, side),
		"jpeg, all of it":  withFrame(t, fixture(t, "cmyk.jpg"), 0, 0, 65535, 65535),
		"png":              join(pngHeader(side, side, 8, pngRGBA, 0), fixture(t, "card.png")[pngHeaderEnd:]),
		"png, deep":        join(pngHeader(side, side, 16, pngRGBA, 1), fixture(t, "card.png")[pngHeaderEnd:]),
		"png, all of it":   join(pngHeader(1<<31-1, 1<<31-1, 16, pngRGBA, 1), fixture(t, "card.png")[pngHeaderEnd:]),
		"gif":              gifFile,
		"webp lossless":    webpFile(lossless),
		"webp lossy":       webpFile(lossy),
		"webp animated": webpAnimation(side, side,
			webpFrame(image.Rect(0, 0, cardWidth, cardHeight), webpPixels(t, fixture(t, "lossy.webp")))),
	} {
		var kind error

		taken := memoryOf(t, func() { kind = refusedBy(t, p, file) })

		require.ErrorIs(t, kind, imagepipe.ErrTooLarge, name)
		require.LessOrEqual(t, taken, int64(bombMemory), "refusing %q took so many bytes", name)
	}
}

// packedBombs have a small picture, and besides it 48 MiB of zeros in a few kilobytes.
func packedBombs(t testing.TB, h Harness) {
	t.Helper()

	bomb := packed(t, make([]byte, 3*bombMemory))
	card := fixture(t, "card.png")
	p := h.New(t, Limits{})

	for name, file := range map[string][]byte{
		"profile": withChunks(card, pngChunk("iCCP", join([]byte("profile\x00\x00"), bomb))),
		"text":    withChunks(card, pngChunk("zTXt", join([]byte("Comment\x00\x00"), bomb))),
		"itext":   withChunks(card, pngChunk("iTXt", join([]byte("Comment\x00\x01\x00\x00\x00"), bomb))),
		"pixels":  join(card[:pngHeaderEnd], pngChunk("IDAT", bomb), pngChunk("IEND", nil)),
	} {
		var (
			picture *imagepipe.Picture
			err     error
		)

		taken := memoryOf(t, func() { picture, err = p.Process(t.Context(), file) })
		require.LessOrEqual(t, taken, int64(bombMemory), "%q took so many bytes", name)

		if err != nil {
			kindOf(t, err)

			continue
		}

		requireDimensions(t, picture, cardWidth, cardHeight)
	}
}
