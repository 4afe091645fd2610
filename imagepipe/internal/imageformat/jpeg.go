package imageformat

import "errors"

// jpegReading is what a walk over a JPEG file has found.
type jpegReading struct {
	info Info
	// components is the part of the frame header with one entry for each of them, nil as
	// long as it has not come.
	components []byte
	marks      colorMarks
	icc        iccParts
	exif       bool
}

func inspectJPEG(data []byte) (Info, error) {
	reading, err := readJPEG(data)
	if err != nil {
		return Info{}, err
	}

	return reading.info, nil
}

// readJPEG walks over the whole file.
func readJPEG(data []byte) (*jpegReading, error) {
	r := &jpegReading{info: Info{Format: JPEG, Orientation: upright}}

	for walk := newSegments(data); ; {
		s, err := walk.next()
		if errors.Is(err, errSegmentsEnd) {
			break
		}

		if err != nil {
			return nil, err
		}

		if s.marker == eoi {
			r.info.Complete = true
			r.info.HasMetadata = r.info.HasMetadata || len(walk.rest()) > 0

			break
		}

		if err := r.take(s); err != nil {
			return nil, err
		}
	}

	if r.info.Scans == 0 {
		if r.info.Complete {
			return nil, corrupt("The JPEG has no picture in it.")
		}

		return nil, cutShort()
	}

	r.marks.setColor(&r.info, r.components)
	r.info.ICC = r.icc.profile(r.info.Components)

	return r, nil
}

func (r *jpegReading) take(s segment) error {
	switch {
	case s.marker >= sof0 && s.marker <= sof2:
		return r.takeFrame(s)
	case s.marker == sos:
		return r.takeScan(s)
	case s.marker < app0:
		return nil // tables
	default:
		r.takeApp(s)

		return nil
	}
}

func (r *jpegReading) takeFrame(s segment) error {
	// The last one would be what is allocated, and the first one what is looked at.
	if r.components != nil {
		return corrupt("The JPEG has more than one header.")
	}

	components, err := readFrame(&r.info, s.marker, s.payload)
	r.components = components

	return err
}

func (r *jpegReading) takeScan(s segment) error {
	if r.components == nil {
		return corrupt("The JPEG has data in front of its header.")
	}

	// T.81, section B.2.3: a count, two bytes for each component, and three more.
	if n := len(s.payload); n < 6 || n != 4+2*int(s.payload[0]) || int(s.payload[0]) > r.info.Components {
		return corrupt("The JPEG has a scan that makes no sense.")
	}

	r.info.Scans++
	if r.info.Scans > MaxScans {
		return unread("The JPEG is made of too many layers; please save it as an ordinary JPEG.")
	}

	return nil
}

func (r *jpegReading) takeApp(s segment) {
	switch {
	case isJFIF(s):
		r.marks.jfif = true
		r.info.HasMetadata = r.info.HasMetadata || len(s.payload) > jfifLength

		return
	case isAdobe(s):
		r.marks.adobe = true
		r.marks.adobeTransform = s.payload[adobeLength-1]

		return
	case isICC(s):
		r.icc.add(s.payload)

		return
	case isExif(s) && !r.exif:
		// Viewers go by the first one.
		r.exif = true
		r.info.Orientation = exifOrientation(s.payload)
	}

	r.info.HasMetadata = true
}
