package imageformat_test

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// join makes a file of its parts.
func join(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

// drawn is a picture in which no two pixels of a row are equal.
func drawn(width, height int) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, width, height))

	for y := range height {
		for x := range width {
			m.SetNRGBA(x, y, color.NRGBA{R: uint8(5 * x), G: uint8(9 * y), B: uint8(3*x + 2*y), A: 255})
		}
	}

	return m
}

func jpegOf(t testing.TB, m image.Image) []byte {
	t.Helper()

	var b bytes.Buffer
	require.NoError(t, jpeg.Encode(&b, m, nil))

	return b.Bytes()
}

func pngOf(t testing.TB, m image.Image) []byte {
	t.Helper()

	var b bytes.Buffer
	require.NoError(t, png.Encode(&b, m))

	return b.Bytes()
}

// gifOf makes a GIF with frames at the given places of a screen.
func gifOf(t testing.TB, width, height int, frames ...image.Rectangle) []byte {
	t.Helper()

	colors := color.Palette{color.Black, color.White, color.Transparent}
	g := &gif.GIF{Config: image.Config{Width: width, Height: height, ColorModel: colors}}

	for _, frame := range frames {
		g.Image = append(g.Image, image.NewPaletted(frame, colors[:2]))
		g.Delay = append(g.Delay, 10)
	}

	var b bytes.Buffer
	require.NoError(t, gif.EncodeAll(&b, g))

	return b.Bytes()
}

// fixture reads a file of testdata.
func fixture(t testing.TB, name string) []byte {
	t.Helper()

	data, err := os.ReadFile("testdata/" + name)
	require.NoError(t, err)

	return data
}

// jpegSegment is a marker with its length and payload.
func jpegSegment(marker byte, payload ...[]byte) []byte {
	whole := join(payload...)

	return join([]byte{0xff, marker, byte((len(whole) + 2) >> 8), byte(len(whole) + 2)}, whole)
}

// inFront puts parts behind the first two bytes of a JPEG.
func inFront(file []byte, parts ...[]byte) []byte {
	return join(file[:2], join(parts...), file[2:])
}

// frame is a frame header: 8 bits, and a byte with the factors of each component, which
// are numbered from 1.
func frame(marker byte, width, height int, factors ...byte) []byte {
	payload := []byte{8, byte(height >> 8), byte(height), byte(width >> 8), byte(width), byte(len(factors))}
	for i, f := range factors {
		payload = append(payload, byte(i+1), f, 0)
	}

	return jpegSegment(marker, payload)
}

// scan is a scan of one component, with some data.
func scan(data ...byte) []byte {
	return join(jpegSegment(0xda, []byte{1, 1, 0, 0, 63, 0}), data)
}

var (
	start = []byte{0xff, 0xd8}
	end   = []byte{0xff, 0xd9}
)

func jfif() []byte {
	return jpegSegment(0xe0, []byte("JFIF\x00\x01\x02\x01\x00\x48\x00\x48\x00\x00"))
}

func adobe(transform byte) []byte {
	return jpegSegment(0xee, []byte("Adobe\x00\x64\x00\x00\x00\x00"), []byte{transform})
}

// exif is the TIFF file of Exif data: an entry before the orientation, and behind the
// directory a position that must not be published.
func exif(order binary.AppendByteOrder, orientation int) []byte {
	b := []byte("II")
	if order == binary.AppendByteOrder(binary.BigEndian) {
		b = []byte("MM")
	}

	b = order.AppendUint16(b, 42)
	b = order.AppendUint32(b, 8)
	b = order.AppendUint16(b, 2)
	b = append(b, exifEntry(order, 0x0100, 4, 1, 640)...)
	b = append(b, exifEntry(order, 0x0112, 3, 1, orientation)...)
	b = order.AppendUint32(b, 0)

	return append(b, place...)
}

func exifEntry(order binary.AppendByteOrder, tag, kind uint16, count uint32, value int) []byte {
	b := order.AppendUint16(nil, tag)
	b = order.AppendUint16(b, kind)
	b = order.AppendUint32(b, count)

	if kind == 3 {
		b = order.AppendUint16(b, uint16(value))

		return order.AppendUint16(b, 0)
	}

	return order.AppendUint32(b, uint32(value))
}

// place stands for what metadata must not tell.
const place = "GPS 19.0760 N 72.8777 E"

func exifSegment(orientation int) []byte {
	return jpegSegment(0xe1, []byte("Exif\x00\x00"), exif(binary.BigEndian, orientation))
}

// iccProfile is a profile of a colour space with one tag, filled up to size bytes.
func iccProfile(space string, size int) []byte {
	p := make([]byte, size)
	for i := 144; i < size; i++ {
		p[i] = byte(i * 7)
	}

	binary.BigEndian.PutUint32(p, uint32(size))
	copy(p[16:], space)
	copy(p[36:], "acsp")
	binary.BigEndian.PutUint32(p[128:], 1)
	copy(p[132:], "desc")
	binary.BigEndian.PutUint32(p[136:], 144)
	binary.BigEndian.PutUint32(p[140:], uint32(size-144))

	return p
}

func iccSegment(number, count int, part []byte) []byte {
	return jpegSegment(0xe2, []byte("ICC_PROFILE\x00"), []byte{byte(number), byte(count)}, part)
}

func pngChunk(name string, payload []byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(payload)))
	b = append(b, name...)
	b = append(b, payload...)

	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
}

// withChunks puts chunks behind the header of a PNG.
func withChunks(file []byte, chunks ...[]byte) []byte {
	const header = 8 + 12 + 13

	return join(file[:header], join(chunks...), file[header:])
}

// pngHeader is a PNG that ends behind its header.
func pngHeader(width, height uint32, depth, colorType byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, width)
	b = binary.BigEndian.AppendUint32(b, height)

	return join([]byte("\x89PNG\r\n\x1a\n"), pngChunk("IHDR", append(b, depth, colorType, 0, 0, 0)))
}

func iccChunk(t testing.TB, profile []byte) []byte {
	t.Helper()

	var packed bytes.Buffer

	w := zlib.NewWriter(&packed)
	_, err := w.Write(profile)
	require.NoError(t, err)
	require.NoError(t, w.Close())

	return pngChunk("iCCP", join([]byte("name\x00\x00"), packed.Bytes()))
}

func webpChunk(name string, payload ...[]byte) []byte {
	whole := join(payload...)
	b := binary.LittleEndian.AppendUint32([]byte(name), uint32(len(whole)))
	b = append(b, whole...)

	return append(b, make([]byte, len(whole)%2)...)
}

func webp(chunks ...[]byte) []byte {
	return webpChunk("RIFF", []byte("WEBP"), join(chunks...))
}

// The flags of a canvas.
const (
	animated  = 0x02
	withExif  = 0x08
	withAlpha = 0x10
	withICC   = 0x20
)

func canvas(flags byte, width, height int) []byte {
	return webpChunk("VP8X", []byte{flags, 0, 0, 0}, uint24(width-1), uint24(height-1))
}

func uint24(n int) []byte { return []byte{byte(n), byte(n >> 8), byte(n >> 16)} }

// webpFrame is a frame of an animation. The place must be even.
func webpFrame(at image.Rectangle, content ...[]byte) []byte {
	return webpChunk("ANMF",
		uint24(at.Min.X/2), uint24(at.Min.Y/2), uint24(at.Dx()-1), uint24(at.Dy()-1),
		[]byte{100, 0, 0, 0}, join(content...))
}

// chunkOf takes the first chunk of that name out of a WebP, with its header.
func chunkOf(t testing.TB, file []byte, name string) []byte {
	t.Helper()

	for rest := file[12:]; len(rest) >= 8; {
		length := int(binary.LittleEndian.Uint32(rest[4:]))
		length += 8 + length%2

		if string(rest[:4]) == name {
			return rest[:length]
		}

		rest = rest[length:]
	}

	require.FailNow(t, "no such chunk", name)

	return nil
}

// lossyHeader is a "VP8 " chunk that ends behind the size.
func lossyHeader(width, height int) []byte {
	return webpChunk("VP8 ", []byte{0, 0, 0, 0x9d, 0x01, 0x2a, byte(width), byte(width >> 8), byte(height), byte(height >> 8)})
}

// losslessHeader is a VP8L chunk that ends behind the size.
func losslessHeader(width, height int) []byte {
	return webpChunk("VP8L", []byte{0x2f}, binary.LittleEndian.AppendUint32(nil, uint32(width-1)|uint32(height-1)<<14))
}
