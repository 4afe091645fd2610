package imageformat

import "image"

// The flags of the VP8X chunk.
const (
	webpAnimated = 1 << 1
	webpExif     = 1 << 3
	webpAlpha    = 1 << 4
	webpICC      = 1 << 5
)

// webpMaxPixels is the bound that the standard sets to a canvas, 2^32-1 pixels.
const webpMaxPixels = 1<<32 - 1

// webpChunks walks over chunks of a RIFF file: name, length, payload, and a byte of
// padding behind odd lengths.
type webpChunks struct{ rest []byte }

// next returns the next chunk. Of one that is cut, whole is false and payload what there
// is; ok is false where there is none.
func (c *webpChunks) next() (name, payload []byte, whole, ok bool) {
	if len(c.rest) < 8 {
		return nil, nil, false, false
	}

	name = c.rest[:4]
	length := uint64(le32(c.rest[4:]))
	c.rest = c.rest[8:]

	if length > uint64(len(c.rest)) {
		payload, c.rest = c.rest, nil

		return name, payload, false, true
	}

	payload = c.rest[:length]
	c.rest = c.rest[min(uint64(len(c.rest)), length+length&1):]

	return name, payload, true, true
}

// webpFile returns the chunks of a file that Sniff has seen, and how many bytes follow
// that do not belong to it. The file ends where its header says, or where it is cut.
func webpFile(data []byte) (chunks webpChunks, trailing int) {
	end := min(8+uint64(le32(data[4:])), uint64(len(data)))
	if end < 12 {
		end = 12
	}

	return webpChunks{rest: data[12:end]}, len(data) - int(end)
}

func inspectWebP(data []byte) (Info, error) {
	chunks, trailing := webpFile(data)
	info := Info{Format: WebP, Orientation: upright, Components: 3, BitDepth: 8, HasMetadata: trailing > 0}

	name, payload, whole, ok := chunks.next()

	switch {
	case !ok:
		return Info{}, cutShort()
	case string(name) == "VP8X":
		if !whole {
			return Info{}, cutShort()
		}

		return inspectWebPExtended(info, payload, chunks)
	}

	stream, err := readWebPStream(name, payload)
	if err != nil {
		return Info{}, err
	}

	info.setWebPStream(stream)
	info.Width, info.Height = stream.width, stream.height
	info.Frame = image.Rect(0, 0, stream.width, stream.height)
	info.Complete = whole

	return info, nil
}

func (i *Info) setWebPStream(s webpStream) {
	i.HasAlpha = i.HasAlpha || s.alpha
	i.Color = YCbCr

	if s.lossless {
		i.Color = RGB
	}
}

// webpStream is what the data of a picture tell themselves.
type webpStream struct {
	width, height   int
	alpha, lossless bool
}

// readWebPStream reads the header of a "VP8 " or "VP8L" chunk. RFC 6386, section 9.1, and
// RFC 9649, section 3.4.
func readWebPStream(name, payload []byte) (webpStream, error) {
	var s webpStream

	switch string(name) {
	case "VP8 ":
		if len(payload) < 10 {
			return s, cutShort()
		}

		// A frame that needs no other before it, and its start code.
		if payload[0]&1 != 0 || string(payload[3:6]) != "\x9d\x01\x2a" {
			return s, corrupt("The WebP has pixels that make no sense.")
		}

		s = webpStream{width: le16(payload[6:]) & 0x3fff, height: le16(payload[8:]) & 0x3fff}
	case "VP8L":
		if len(payload) < 5 {
			return s, cutShort()
		}

		bits := le32(payload[1:])
		if payload[0] != 0x2f || bits>>29 != 0 {
			return s, corrupt("The WebP has pixels that make no sense.")
		}

		s = webpStream{
			width:    int(bits&0x3fff) + 1,
			height:   int(bits>>14&0x3fff) + 1,
			alpha:    bits>>28&1 != 0,
			lossless: true,
		}
	default:
		return s, corrupt("The WebP does not begin with a picture.")
	}

	if s.width == 0 || s.height == 0 {
		return s, corrupt("The WebP has no size.")
	}

	return s, nil
}
