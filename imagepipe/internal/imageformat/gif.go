package imageformat

import "image"

// The blocks of GIF.
const (
	gifExtension = 0x21
	gifFrame     = 0x2c
	gifTrailer   = 0x3b

	gifComment        = 0xfe
	gifApplication    = 0xff
	gifGraphicControl = 0xf9
)

// gifReader reads a GIF file. Behind its end, all reads give nothing.
type gifReader struct{ rest []byte }

// take returns the next n bytes, or nil where there are fewer.
func (g *gifReader) take(n int) []byte {
	if n > len(g.rest) {
		g.rest = nil

		return nil
	}

	taken := g.rest[:n]
	g.rest = g.rest[n:]

	return taken
}

// skipBlocks goes behind the empty block that ends a row of them, and returns the first
// one. whole is false where the data end before.
func (g *gifReader) skipBlocks() (first []byte, whole bool) {
	for {
		size := g.take(1)
		if size == nil {
			return first, false
		}

		if size[0] == 0 {
			return first, true
		}

		block := g.take(int(size[0]))
		if block == nil {
			return first, false
		}

		if first == nil {
			first = block
		}
	}
}

// skipColors goes behind the colour table that flags tell of.
func (g *gifReader) skipColors(flags byte) bool {
	if flags&0x80 == 0 {
		return true
	}

	return g.take(3<<(1+flags&7)) != nil
}

func inspectGIF(data []byte) (Info, error) {
	g := gifReader{rest: data[len(gif89):]}

	screen := g.take(7)
	if screen == nil || !g.skipColors(screen[4]) {
		return Info{}, cutShort()
	}

	info := Info{
		Format:      GIF,
		Width:       le16(screen),
		Height:      le16(screen[2:]),
		Orientation: upright,
		Components:  3,
		BitDepth:    8,
		Color:       RGB,
	}

	for {
		kind := g.take(1)
		seen := !info.Frame.Empty()

		switch {
		case kind == nil && !seen:
			return Info{}, cutShort()
		case kind == nil:
			return info, nil
		case kind[0] == gifExtension:
			g.readExtension(&info, !seen)
		case kind[0] == gifFrame && seen:
			info.Animated = true

			// Nothing that comes now is looked at.
			return info, nil
		case kind[0] == gifFrame:
			if err := g.readFrame(&info); err != nil {
				return Info{}, err
			}
		case seen: // the trailer, or what decoders of one frame do not come to
			info.HasMetadata = info.HasMetadata || len(g.rest) > 0

			return info, nil
		case kind[0] == gifTrailer:
			return Info{}, corrupt("The GIF has no picture in it.")
		default:
			return Info{}, corrupt("The GIF has a part that makes no sense.")
		}
	}
}

// readExtension reads what stands in front of frames.
func (g *gifReader) readExtension(info *Info, first bool) {
	label := g.take(1)
	if label == nil {
		return
	}

	block, _ := g.skipBlocks()

	switch label[0] {
	case gifGraphicControl:
		if first && len(block) == 4 && block[0]&1 != 0 {
			info.HasAlpha = true
		}
	case gifComment:
		info.HasMetadata = true
	case gifApplication:
		// Two names for the count of repetitions; others are XMP and the like.
		loops := string(block) == "NETSCAPE2.0" || string(block) == "ANIMEXTS1.0"
		info.HasMetadata = info.HasMetadata || !loops
	}
}

// readFrame reads the first frame.
func (g *gifReader) readFrame(info *Info) error {
	frame := g.take(9)
	if frame == nil || !g.skipColors(frame[8]) {
		return cutShort()
	}

	left, top, width, height := le16(frame), le16(frame[2:]), le16(frame[4:]), le16(frame[6:])

	// The standard wants frames within the screen, which so is not empty either. Browsers enlarge the screen instead;
	// what is told here must be what every decoder allocates, so such files are refused,
	// as the standard library does.
	if width == 0 || height == 0 || left+width > info.Width || top+height > info.Height {
		return corrupt("The GIF has a frame that does not fit into it.")
	}

	info.Frame = image.Rect(left, top, left+width, top+height)
	info.Progressive = frame[8]&0x40 != 0

	// What the frame does not cover shows what is below.
	if width < info.Width || height < info.Height {
		info.HasAlpha = true
	}

	if g.take(1) != nil { // the width of codes
		_, info.Complete = g.skipBlocks()
	}

	return nil
}
