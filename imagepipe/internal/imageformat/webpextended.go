package imageformat

import "image"

// inspectWebPExtended reads a file that begins with a VP8X chunk, whose payload is header.
func inspectWebPExtended(info Info, header []byte, chunks webpChunks) (Info, error) {
	canvas, err := readCanvas(header)
	if err != nil {
		return Info{}, err
	}

	flags := header[0]
	info.Width, info.Height = canvas.X, canvas.Y
	info.Animated = flags&webpAnimated != 0
	info.HasAlpha = flags&webpAlpha != 0

	var profiled, oriented bool

	for {
		name, payload, whole, ok := chunks.next()
		if !ok {
			break
		}

		seen := !info.Frame.Empty()

		switch string(name) {
		case "VP8X":
			return Info{}, corrupt("The WebP has more than one header.")
		case "VP8 ", "VP8L", "ANMF":
			if seen || (string(name) == "ANMF") != info.Animated {
				continue
			}

			if err := info.setFirstFrame(name, payload, whole); err != nil {
				return Info{}, err
			}
		case "ALPH":
			info.HasAlpha = true
		case "ICCP":
			if whole && !profiled && flags&webpICC != 0 {
				profiled = true
				info.ICC = fittingICC(payload, info.Components)
			}
		case "EXIF":
			info.HasMetadata = true

			// The flag decides whether viewers look at it.
			if whole && !oriented && flags&webpExif != 0 {
				oriented = true
				info.Orientation = exifOrientation(payload)
			}
		case "ANIM":
		default: // XMP, and what nobody knows
			info.HasMetadata = true
		}
	}

	if info.Frame.Empty() {
		return Info{}, cutShort()
	}

	return info, nil
}

// readCanvas reads the size out of the payload of a VP8X chunk.
func readCanvas(header []byte) (image.Point, error) {
	if len(header) != 10 {
		return image.Point{}, corrupt("The WebP has a header of the wrong length.")
	}

	canvas := image.Pt(le24(header[4:])+1, le24(header[7:])+1)
	if uint64(canvas.X)*uint64(canvas.Y) > webpMaxPixels {
		return image.Point{}, corrupt("The WebP has an impossible size.")
	}

	return canvas, nil
}

// setFirstFrame takes what the first chunk with a picture tells.
func (i *Info) setFirstFrame(name, payload []byte, whole bool) error {
	canvas := image.Rect(0, 0, i.Width, i.Height)

	if string(name) == "ANMF" {
		frame, err := readWebPFrame(payload, canvas)
		if err != nil {
			return err
		}

		i.Frame = frame.bounds
		i.setWebPStream(frame.stream)
		i.Complete = frame.whole
		i.HasAlpha = i.HasAlpha || frame.alpha != nil || frame.bounds != canvas

		return nil
	}

	stream, err := readWebPStream(name, payload)
	if err != nil {
		return err
	}

	// A decoder may allocate by the one size and write by the other.
	if stream.width != i.Width || stream.height != i.Height {
		return corrupt("The WebP contradicts itself about its size.")
	}

	i.Frame = canvas
	i.setWebPStream(stream)
	i.Complete = whole

	return nil
}
