package imageformat

import (
	"bytes"
	"compress/zlib"
	"image"
	"io"
)

// The colour types of PNG.
const (
	pngGray      = 0
	pngRGB       = 2
	pngPalette   = 3
	pngGrayAlpha = 4
	pngRGBAlpha  = 6
)

// maxPNGSide and maxPNGChunk are the bounds that the standard sets, 2^31-1.
const (
	maxPNGSide  = 1<<31 - 1
	maxPNGChunk = 1<<31 - 1
)

// pngChunks walks over the chunks of a PNG file: length, name, payload and checksum. The
// checksums are left to the decoder.
type pngChunks struct{ rest []byte }

// next returns the next chunk; ok is false where the data end before the chunk does.
func (c *pngChunks) next() (name, payload []byte, ok bool) {
	if len(c.rest) < 12 {
		return nil, nil, false
	}

	name = c.rest[4:8]

	length := uint64(be32(c.rest))
	if length > maxPNGChunk || length > uint64(len(c.rest)-12) {
		return name, nil, false
	}

	payload = c.rest[8 : 8+length]
	c.rest = c.rest[12+length:]

	return name, payload, true
}

func inspectPNG(data []byte) (Info, error) {
	chunks := pngChunks{rest: data[len(pngMagic):]}

	info, err := readPNGHeader(&chunks)
	if err != nil {
		return Info{}, err
	}

	var pixels, profiled, oriented bool

	for !info.Complete {
		name, payload, ok := chunks.next()
		if !ok {
			// A cut in the first chunk of pixels is a cut in the pixels.
			pixels = pixels || string(name) == "IDAT"

			break
		}

		switch string(name) {
		case "IHDR":
			return Info{}, corrupt("The PNG has more than one header.")
		case "IDAT":
			pixels = true
		case "IEND":
			info.Complete = true
			info.HasMetadata = info.HasMetadata || len(chunks.rest) > 0
		case "tRNS":
			info.HasAlpha = true
		case "acTL":
			info.Animated = true
		case "iCCP":
			if !profiled {
				profiled = true
				info.ICC = fittingICC(inflateICC(payload), info.Components)
			}
		case "eXIf":
			info.HasMetadata = true

			if !oriented {
				oriented = true
				info.Orientation = exifOrientation(payload)
			}
		case "tEXt", "zTXt", "iTXt", "tIME":
			info.HasMetadata = true
		}
	}

	if !pixels {
		if info.Complete {
			return Info{}, corrupt("The PNG has no picture in it.")
		}

		return Info{}, cutShort()
	}

	return info, nil
}

func readPNGHeader(chunks *pngChunks) (Info, error) {
	name, header, ok := chunks.next()

	switch {
	case string(name) == "CgBI":
		return Info{}, unread("The PNG is of a kind that only iPhones read; please save it as an ordinary PNG.")
	case !ok:
		return Info{}, cutShort()
	case string(name) != "IHDR" || len(header) != 13:
		return Info{}, corrupt("The PNG does not begin with a header.")
	}

	width, height := be32(header), be32(header[4:])
	if width == 0 || height == 0 || width > maxPNGSide || height > maxPNGSide {
		return Info{}, corrupt("The PNG has an impossible size.")
	}

	info := Info{
		Format:      PNG,
		Width:       int(width),
		Height:      int(height),
		Frame:       image.Rect(0, 0, int(width), int(height)),
		Orientation: upright,
		BitDepth:    int(header[8]),
		Progressive: header[12] == 1,
	}

	var depths string

	switch header[9] {
	case pngGray:
		info.Components, info.Color, depths = 1, Gray, "\x01\x02\x04\x08\x10"
	case pngRGB:
		info.Components, info.Color, depths = 3, RGB, "\x08\x10"
	case pngPalette:
		info.Components, info.Color, depths = 3, RGB, "\x01\x02\x04\x08"
	case pngGrayAlpha:
		info.Components, info.Color, info.HasAlpha, depths = 1, Gray, true, "\x08\x10"
	case pngRGBAlpha:
		info.Components, info.Color, info.HasAlpha, depths = 3, RGB, true, "\x08\x10"
	}

	// Behind depth and colour come compression, filter and interlacing.
	if bytes.IndexByte([]byte(depths), header[8]) < 0 || header[10] != 0 || header[11] != 0 || header[12] > 1 {
		return Info{}, corrupt("The PNG has a header that makes no sense.")
	}

	return info, nil
}

// inflateICC unpacks a profile: a name, a zero, the method, zlib data. It returns nil for
// what is damaged or too large.
func inflateICC(payload []byte) []byte {
	name := bytes.IndexByte(payload[:min(len(payload), 80)], 0)
	if name < 1 || len(payload) < name+2 || payload[name+1] != 0 {
		return nil
	}

	packed, err := zlib.NewReader(bytes.NewReader(payload[name+2:]))
	if err != nil {
		return nil
	}

	// One byte more than allowed, so that what is larger is seen to be so. Memory grows
	// with what comes, and errors are those of data: a reader of memory has no others.
	profile, err := io.ReadAll(io.LimitReader(packed, MaxICC+1))
	if err != nil || len(profile) > MaxICC {
		return nil
	}

	return profile
}
