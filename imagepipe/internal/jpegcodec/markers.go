package jpegcodec

import (
	"encoding/binary"
	"fmt"
)

// Markers (table B.1), without their first byte.
const (
	markerSOF0 = 0xc0
	markerSOF1 = 0xc1
	markerDHT  = 0xc4
	markerRST0 = 0xd0
	markerSOI  = 0xd8
	markerEOI  = 0xd9
	markerSOS  = 0xda
	markerDQT  = 0xdb
	markerDRI  = 0xdd
	markerAPP0 = 0xe0
	markerAPPE = 0xee // of Adobe
	markerTEM  = 0x01
)

// header is what stands in front of the scan.
type header struct {
	width, height int
	components    []component
	// restartEvery is the number of MCUs between restart markers, 0 for none.
	restartEvery int
	quant        [4]*quantisation
	dc, ac       [4]*huffman
	// jfif says that there is a JFIF segment, adobe what the one of Adobe says of the
	// colours, or -1.
	jfif  bool
	adobe int
	// scan is where the entropy-coded data begins.
	scan int
}

// component is one of the planes.
type component struct {
	id     uint8
	h, v   int // sampling factors
	quant  int
	dc, ac int
}

// parse reads the segments up to the scan.
func parse(data []byte) (*header, error) {
	if len(data) < 2 || data[0] != 0xff || data[1] != markerSOI {
		return nil, fmt.Errorf("%w: it does not begin as one", ErrCorrupt)
	}

	h := &header{adobe: -1}

	for pos := 2; ; {
		marker, segment, next, err := nextSegment(data, pos)
		if err != nil {
			return nil, err
		}

		pos = next

		switch {
		case marker == markerSOS:
			h.scan = pos

			return h, h.readSOS(segment)
		case marker == markerSOF0 || marker == markerSOF1:
			err = h.readSOF(segment)
		case marker == markerDHT:
			err = h.readDHT(segment)
		case marker == markerDQT:
			err = h.readDQT(segment)
		case marker == markerDRI:
			err = h.readDRI(segment)
		case marker == markerAPP0:
			h.jfif = h.jfif || len(segment) >= 5 && string(segment[:5]) == "JFIF\x00"
		case marker == markerAPPE:
			if len(segment) >= 12 && string(segment[:5]) == "Adobe" {
				h.adobe = int(segment[11])
			}
		case marker > markerSOF1 && marker < markerRST0:
			return nil, fmt.Errorf("%w: coding process %#x", ErrUnsupported, marker)
		case marker == markerEOI:
			return nil, fmt.Errorf("%w: it has no picture", ErrCorrupt)
		}

		if err != nil {
			return nil, err
		}
	}
}

// nextSegment returns the segment at pos, and where the next one is.
func nextSegment(data []byte, pos int) (marker byte, segment []byte, next int, err error) {
	for pos+1 < len(data) && data[pos] == 0xff && data[pos+1] == 0xff {
		pos++ // fill bytes
	}

	if pos+4 > len(data) || data[pos] != 0xff {
		return 0, nil, 0, fmt.Errorf("%w: no marker where one should be", ErrCorrupt)
	}

	// Below the first marker that has a meaning, decoders disagree on what to do.
	marker = data[pos+1]
	if marker < markerSOF0 && marker != markerTEM {
		return 0, nil, 0, fmt.Errorf("%w: marker %#x", ErrCorrupt, marker)
	}

	if marker == markerEOI || marker == markerTEM || marker >= markerRST0 && marker < markerSOI {
		return marker, nil, pos + 2, nil
	}

	next = pos + 2 + int(binary.BigEndian.Uint16(data[pos+2:]))
	if next < pos+4 || next > len(data) {
		return 0, nil, 0, fmt.Errorf("%w: a segment is cut short", ErrCorrupt)
	}

	return marker, data[pos+4 : next], next, nil
}

func (h *header) readSOF(s []byte) error {
	if h.components != nil {
		return fmt.Errorf("%w: two frames", ErrUnsupported)
	}

	if len(s) < 6 || len(s) != 6+3*int(s[5]) {
		return fmt.Errorf("%w: frame header", ErrCorrupt)
	}

	h.height, h.width = int(binary.BigEndian.Uint16(s[1:])), int(binary.BigEndian.Uint16(s[3:]))
	if n := int(s[5]); s[0] != 8 || h.width == 0 || h.height == 0 || n != 1 && n != 3 {
		return fmt.Errorf("%w: %d components of %d bits, %d x %d", ErrUnsupported, n, s[0], h.width, h.height)
	}

	for c := s[6:]; len(c) > 0; c = c[3:] {
		if c[2] > 3 {
			return fmt.Errorf("%w: quantisation table %d", ErrCorrupt, c[2])
		}

		h.components = append(h.components, component{id: c[0], h: int(c[1] >> 4), v: int(c[1] & 15), quant: int(c[2])})
	}

	return h.checkSampling()
}

// checkSampling sees whether the samples are laid out as this decoder can take them.
func (h *header) checkSampling() error {
	if len(h.components) == 1 {
		// The blocks of a single component come one by one (A.2.2).
		h.components[0].h, h.components[0].v = 1, 1

		return nil
	}

	for i, c := range h.components {
		luma := i == 0 && (c.h == 1 || c.h == 2) && (c.v == 1 || c.v == 2)
		chroma := i > 0 && c.h == 1 && c.v == 1

		if !luma && !chroma {
			return fmt.Errorf("%w: sampling of component %d is %d x %d", ErrUnsupported, i, c.h, c.v)
		}
	}

	return nil
}

func (h *header) readDQT(s []byte) error {
	for len(s) > 0 {
		precision, id := s[0]>>4, s[0]&15
		if precision != 0 {
			return fmt.Errorf("%w: quantisation table of precision %d", ErrUnsupported, precision)
		}

		if len(s) < 65 || id > 3 {
			return fmt.Errorf("%w: quantisation table", ErrCorrupt)
		}

		h.quant[id] = new(quantisation)
		for i := range h.quant[id] {
			h.quant[id][i] = int32(s[1+i])
		}

		s = s[65:]
	}

	return nil
}

func (h *header) readDHT(s []byte) error {
	for len(s) > 0 {
		if len(s) < 17 || s[0]>>4 > 1 || s[0]&15 > 3 {
			return fmt.Errorf("%w: Huffman table", ErrCorrupt)
		}

		spec := huffmanSpec{counts: [16]uint8(s[1:17])}
		n := 0

		for _, count := range spec.counts {
			n += int(count)
		}

		if n > 256 || len(s) < 17+n {
			return fmt.Errorf("%w: Huffman table", ErrCorrupt)
		}

		spec.symbols = s[17 : 17+n]
		table := new(huffman)

		if !table.build(&spec) {
			return fmt.Errorf("%w: Huffman table", ErrCorrupt)
		}

		if id := s[0] & 15; s[0]>>4 == 0 {
			h.dc[id] = table
		} else {
			h.ac[id] = table
		}

		s = s[17+n:]
	}

	return nil
}

func (h *header) readDRI(s []byte) error {
	if len(s) != 2 {
		return fmt.Errorf("%w: restart interval", ErrCorrupt)
	}

	h.restartEvery = int(binary.BigEndian.Uint16(s))

	return nil
}

func (h *header) readSOS(s []byte) error {
	n := len(h.components)
	if n == 0 || len(s) < 1 || len(s) != 4+2*int(s[0]) {
		return fmt.Errorf("%w: scan header", ErrCorrupt)
	}

	if int(s[0]) != n {
		return fmt.Errorf("%w: a scan for each component", ErrUnsupported)
	}

	for i := range h.components {
		c := &h.components[i]
		if s[1+2*i] != c.id {
			return fmt.Errorf("%w: components in another order", ErrUnsupported)
		}

		c.dc, c.ac = int(s[2+2*i]>>4&3), int(s[2+2*i]&3)
		if h.quant[c.quant] == nil || h.dc[c.dc] == nil || h.ac[c.ac] == nil {
			return fmt.Errorf("%w: a table is missing", ErrCorrupt)
		}
	}

	if rest := s[1+2*n:]; rest[0] != 0 || rest[1] != 63 || rest[2] != 0 {
		return fmt.Errorf("%w: not sequential", ErrUnsupported)
	}

	return h.checkColours()
}

// checkColours sees whether three components are Y, Cb and Cr. What is neither JFIF nor
// of Adobe may say by its ids that it is RGB.
func (h *header) checkColours() error {
	if len(h.components) == 1 || h.adobe == 1 {
		return nil
	}

	ids := [3]uint8{h.components[0].id, h.components[1].id, h.components[2].id}
	if h.adobe >= 0 || !h.jfif && ids == [3]uint8{'R', 'G', 'B'} {
		return fmt.Errorf("%w: colours are not YCbCr", ErrUnsupported)
	}

	return nil
}
