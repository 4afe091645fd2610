package imageformat

import "image"

// readFrame fills in what the frame header says. T.81, section B.2.2.
func readFrame(info *Info, marker byte, payload []byte) ([]byte, error) {
	if len(payload) < 6 {
		return nil, corrupt("The JPEG has a header that is too short.")
	}

	info.BitDepth = int(payload[0])
	info.Height = be16(payload[1:])
	info.Width = be16(payload[3:])
	info.Components = int(payload[5])
	info.Baseline = marker == sof0
	info.Progressive = marker == sof2

	switch {
	case info.BitDepth != 8:
		return nil, unread("The JPEG has more or less than 8 bits a colour, which is not read; please save it with 8.")
	case info.Height == 0:
		return nil, unread("The JPEG does not say how high it is; please save it as an ordinary JPEG.")
	case info.Width == 0:
		return nil, corrupt("The JPEG has no width.")
	case info.Components != 1 && info.Components != 3 && info.Components != 4:
		return nil, unread("The JPEG has a number of colours that is not read: only grey, RGB and CMYK are.")
	case len(payload) != 6+3*info.Components:
		return nil, corrupt("The JPEG has a header of the wrong length.")
	}

	for i := range info.Components {
		factors := payload[6+3*i+1]
		info.Sampling[i] = Sampling{H: int(factors >> 4), V: int(factors & 0x0f)}

		if h, v := info.Sampling[i].H, info.Sampling[i].V; h < 1 || h > 4 || v < 1 || v > 4 {
			return nil, corrupt("The JPEG has colours of an impossible size.")
		}
	}

	info.Frame = image.Rect(0, 0, info.Width, info.Height)

	return payload[6:], nil
}

// jpegSamples is Samples for JPEG. T.81, section A.2.
func (i *Info) jpegSamples() int64 {
	h, v, blocks := 1, 1, 1

	if i.Components > 1 { // a single component is coded in single blocks, whatever it says
		blocks = 0

		for _, s := range i.Sampling[:i.Components] {
			h, v = max(h, s.H), max(v, s.V)
			blocks += s.H * s.V
		}
	}

	units := int64((i.Width+8*h-1)/(8*h)) * int64((i.Height+8*v-1)/(8*v))

	return units * int64(blocks) * 64
}

// colorMarks is what a JPEG says about the meaning of its components.
type colorMarks struct {
	jfif           bool
	adobe          bool
	adobeTransform byte
}

// setColor decides as libjpeg does, and others after it. JFIF wins over Adobe, which wins
// over the names of the components.
func (m colorMarks) setColor(info *Info, components []byte) {
	switch info.Components {
	case 1:
		info.Color = Gray
	case 3:
		named := string([]byte{components[0], components[3], components[6]})

		switch {
		case m.jfif:
			info.Color = YCbCr
		case m.adobe && m.adobeTransform == 0, !m.adobe && named == "RGB":
			info.Color = RGB
		default:
			info.Color = YCbCr
		}

		// The Adobe segment is honoured by some viewers in a JFIF file too, and so are
		// the names.
		info.colorsDisputed = info.Color == YCbCr && (m.adobe && m.adobeTransform != 1 || named == "RGB")
	case 4:
		info.Color = CMYK
		if m.adobe && m.adobeTransform != 0 {
			info.Color = YCCK
		}
	}
}
