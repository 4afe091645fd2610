package processortest

import (
	"encoding/binary"
	"image"
	"testing"

	"github.com/stretchr/testify/require"
)

// The flags of an extended WebP.
const (
	webpAnimated = 0x02
	webpXMP      = 0x04
	webpExif     = 0x08
	webpAlpha    = 0x10
	webpICC      = 0x20
)

func webpChunk(name string, content ...[]byte) []byte {
	whole := join(content...)
	b := binary.LittleEndian.AppendUint32([]byte(name), uint32(len(whole)))
	b = append(b, whole...)

	return append(b, make([]byte, len(whole)%2)...)
}

func webpFile(chunks ...[]byte) []byte {
	return webpChunk("RIFF", []byte("WEBP"), join(chunks...))
}

// webpCanvas is the header of an extended WebP.
func webpCanvas(flags byte, width, height int) []byte {
	return webpChunk("VP8X", []byte{flags, 0, 0, 0}, uint24(width-1), uint24(height-1))
}

func uint24(n int) []byte { return []byte{byte(n), byte(n >> 8), byte(n >> 16)} }

// webpPixels takes the chunks that hold the pixels out of a still WebP.
func webpPixels(t testing.TB, file []byte) []byte {
	t.Helper()

	var pixels []byte

	for rest := file[12:]; len(rest) >= 8; {
		length := int(binary.LittleEndian.Uint32(rest[4:]))
		length += 8 + length%2

		switch string(rest[:4]) {
		case "VP8 ", "VP8L", "ALPH":
			pixels = append(pixels, rest[:length]...)
		}

		rest = rest[length:]
	}

	require.NotEmpty(t, pixels)

	return pixels
}

// webpFrame is a frame of an animation, at an even place.
func webpFrame(at image.Rectangle, pixels []byte) []byte {
	return webpChunk("ANMF",
		uint24(at.Min.X/2), uint24(at.Min.Y/2), uint24(at.Dx()-1), uint24(at.Dy()-1),
		[]byte{100, 0, 0, 0}, pixels)
}

// webpAnimation is an animation with an alpha channel, on a background that players
// ignore.
func webpAnimation(width, height int, frames ...[]byte) []byte {
	return webpFile(
		webpCanvas(webpAnimated|webpAlpha, width, height),
		webpChunk("ANIM", []byte{0, 0, 255, 255, 0, 0}),
		join(frames...),
	)
}
