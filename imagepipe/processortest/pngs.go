package processortest

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/png"
	"testing"

	"github.com/stretchr/testify/require"
)

// The colour types of a PNG.
const (
	pngGrey      = 0
	pngRGB       = 2
	pngPalette   = 3
	pngGreyAlpha = 4
	pngRGBA      = 6
)

const (
	pngMagic = "\x89PNG\r\n\x1a\n"
	// pngHeaderEnd is where the second chunk begins.
	pngHeaderEnd = 8 + 12 + 13
)

func pngOf(t testing.TB, m image.Image) []byte {
	t.Helper()

	var b bytes.Buffer
	require.NoError(t, png.Encode(&b, m))

	return b.Bytes()
}

func pngChunk(name string, content []byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(content)))
	b = append(b, name...)
	b = append(b, content...)

	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
}

// withChunks puts chunks behind the header of a PNG.
func withChunks(file []byte, chunks ...[]byte) []byte {
	return join(file[:pngHeaderEnd], join(chunks...), file[pngHeaderEnd:])
}

// packed compresses data as PNG does.
func packed(t testing.TB, data []byte) []byte {
	t.Helper()

	var b bytes.Buffer

	w := zlib.NewWriter(&b)
	_, err := w.Write(data)
	require.NoError(t, err)
	require.NoError(t, w.Close())

	return b.Bytes()
}

// pngHeader is the start of a PNG, with its header chunk.
func pngHeader(width, height uint32, depth, colorType, interlace byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, width)
	b = binary.BigEndian.AppendUint32(b, height)

	return join([]byte(pngMagic), pngChunk("IHDR", append(b, depth, colorType, 0, 0, interlace)))
}

// plainPNG is a PNG of kinds that the standard library does not write. sample returns a
// pixel's channels, as bits of the depth.
type plainPNG struct {
	width, height    int
	depth, colorType byte
	interlaced       bool
	// extra are chunks between the header and the data.
	extra  []byte
	sample func(x, y int) []uint16
}

// pass is one of the passes of an interlaced PNG: where it starts, and its steps.
type pass struct{ x, y, stepX, stepY int }

func (p plainPNG) encode(t testing.TB) []byte {
	t.Helper()

	passes := []pass{{0, 0, 1, 1}}
	interlace := byte(0)

	if p.interlaced {
		passes = []pass{{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}}
		interlace = 1
	}

	var rows []byte
	for _, pass := range passes {
		rows = append(rows, p.pass(pass)...)
	}

	return join(
		pngHeader(uint32(p.width), uint32(p.height), p.depth, p.colorType, interlace), p.extra,
		pngChunk("IDAT", packed(t, rows)), pngChunk("IEND", nil),
	)
}

// pass returns the rows of a pass, none of them filtered.
func (p plainPNG) pass(pass pass) []byte {
	var rows []byte

	if pass.x >= p.width {
		return nil
	}

	for y := pass.y; y < p.height; y += pass.stepY {
		rows = append(rows, 0)

		var bits, n uint32

		for x := pass.x; x < p.width; x += pass.stepX {
			for _, v := range p.sample(x, y) {
				bits = bits<<p.depth | uint32(v)
				n += uint32(p.depth)

				for ; n >= 8; n -= 8 {
					rows = append(rows, byte(bits>>(n-8)))
				}
			}
		}

		if n > 0 {
			rows = append(rows, byte(bits<<(8-n)))
		}
	}

	return rows
}
