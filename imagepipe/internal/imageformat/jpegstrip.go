package imageformat

// StripJPEG returns the JPEG without its metadata, in memory of its own. A decoder makes
// the same pixels of it.
//
// Kept are the segments that pixels depend on, with all data of the scans: frame, tables,
// restart interval, the JFIF segment without its thumbnail, the Adobe segment, and a colour
// profile that Inspect reports. Everything else goes: Exif with place and thumbnail, XMP,
// IPTC, comments, makers' segments, further pictures and films behind the end, and bytes
// between segments.
//
// The orientation goes too, so whoever wants to publish the result asks KeepAsJPEG first.
//
// It fails with an [*Error]: of kind ErrFormat for what is no JPEG or one of a kind that is
// not read, of kind ErrCorrupt for what is damaged, has no end marker, or contradicts
// itself. Such a file may still decode; then it is to be encoded anew.
func StripJPEG(data []byte) ([]byte, error) {
	if Sniff(data) != JPEG {
		return nil, unread("The file is not a JPEG.")
	}

	reading, err := readJPEG(data)
	if err != nil {
		return nil, err
	}

	switch {
	case !reading.info.Complete:
		return nil, cutShort()
	// Decoders differ in which of several segments they believe, so dropping one of them
	// could change colours. Of all other files, no JFIF segment changes them.
	case reading.info.colorsDisputed:
		return nil, corrupt("The JPEG contradicts itself about its colours.")
	}

	// Two walks, so that one allocation is of the right size: a few kilobytes of picture
	// may stand in front of megabytes of film.
	keepICC := reading.info.ICC != nil
	size := 0

	eachKept(data, keepICC, func(part []byte) { size += len(part) })

	stripped := make([]byte, 0, size)

	eachKept(data, keepICC, func(part []byte) { stripped = append(stripped, part...) })

	return stripped, nil
}

// eachKept calls keep with the parts of which the stripped file consists, in order. The
// file is one that readJPEG has read to its end marker.
func eachKept(data []byte, keepICC bool, keep func(part []byte)) {
	keep(data[:2])

	jfif := false

	for walk := newSegments(data); ; {
		s, err := walk.next()
		if err != nil {
			return // not reached
		}

		switch {
		case isJFIF(s):
			if jfif || len(s.payload) < jfifLength {
				break
			}

			jfif = true

			// Length, and behind the density the thumbnail's sides.
			keep([]byte{0xff, app0, 0, 2 + jfifLength})
			keep(s.payload[:jfifLength-2])
			keep([]byte{0, 0})
		case isAdobe(s):
			keep([]byte{0xff, app14, 0, 2 + adobeLength})
			keep(s.payload[:adobeLength])
		case isICC(s):
			if keepICC {
				keep(s.whole)
			}
		case s.marker < app0: // frames, tables, scans and the end
			keep(s.whole)
		}

		if s.marker == eoi {
			return
		}
	}
}
