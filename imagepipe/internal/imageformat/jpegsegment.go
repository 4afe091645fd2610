package imageformat

import (
	"bytes"
	"errors"
)

// The markers of JPEG files, the byte behind 0xff. T.81, table B.1.
const (
	sof0  = 0xc0 // baseline
	sof1  = 0xc1 // extended sequential
	sof2  = 0xc2 // progressive
	dht   = 0xc4
	sof15 = 0xcf
	rst0  = 0xd0
	rst7  = 0xd7
	soi   = 0xd8
	eoi   = 0xd9
	sos   = 0xda
	dqt   = 0xdb
	dnl   = 0xdc
	dri   = 0xdd
	dhp   = 0xde
	exp   = 0xdf
	app0  = 0xe0
	app1  = 0xe1
	app2  = 0xe2
	app14 = 0xee
	app15 = 0xef
	jpg0  = 0xf0
	jpg13 = 0xfd
	com   = 0xfe
)

// errSegmentsEnd reports that the data end before the end marker.
var errSegmentsEnd = errors.New("imageformat: no end marker")

// segment is one segment of a JPEG file.
type segment struct {
	marker byte
	// whole is the segment from its marker on, without fill bytes. That of a scan goes on
	// to the next marker: its entropy-coded data are part of it.
	whole []byte
	// payload is what follows the length.
	payload []byte
}

// segments walks over the segments of a JPEG file. What stands between them, which is
// nothing in a sound file, is skipped as decoders do: bytes that are no marker, fill
// bytes, and restart markers outside of scans.
type segments struct {
	data []byte
	pos  int
}

// newSegments begins behind the SOI marker, which Sniff has seen.
func newSegments(data []byte) *segments { return &segments{data: data, pos: 2} }

// next returns the next segment. It fails with errSegmentsEnd, or with the error of a
// marker that belongs to no picture that is read. The end marker is a segment without
// payload; rest is then what follows.
func (s *segments) next() (segment, error) {
	marker, start, err := s.findMarker()
	if err != nil {
		return segment{}, err
	}

	if marker == eoi {
		return segment{marker: eoi, whole: s.data[start:s.pos]}, nil
	}

	if err := refuseMarker(marker); err != nil {
		return segment{}, err
	}

	if len(s.data)-s.pos < 2 {
		return segment{}, errSegmentsEnd
	}

	length := be16(s.data[s.pos:])
	if length < 2 {
		return segment{}, corrupt("The JPEG has a segment without a length.")
	}

	if length > len(s.data)-s.pos {
		return segment{}, errSegmentsEnd
	}

	payload := s.data[s.pos+2 : s.pos+length]
	s.pos += length

	if marker == sos {
		s.skipEntropy()
	}

	return segment{marker: marker, whole: s.data[start:s.pos], payload: payload}, nil
}

// rest is what has not been walked over.
func (s *segments) rest() []byte { return s.data[s.pos:] }

// findMarker goes behind the next marker that begins a segment or ends the file.
func (s *segments) findMarker() (marker byte, start int, err error) {
	for {
		at := bytes.IndexByte(s.data[s.pos:], 0xff)
		if at < 0 {
			return 0, 0, errSegmentsEnd
		}

		s.pos += at
		for s.pos < len(s.data) && s.data[s.pos] == 0xff {
			s.pos++
		}

		if s.pos == len(s.data) {
			return 0, 0, errSegmentsEnd
		}

		marker = s.data[s.pos]
		s.pos++

		if marker != 0 && (marker < rst0 || marker > rst7) {
			return marker, s.pos - 2, nil
		}
	}
}

// skipEntropy goes to the marker behind the data of a scan, or to the end of the file.
// Nearly all bytes of a picture are in such data, so this is what must be fast.
func (s *segments) skipEntropy() {
	for {
		at := bytes.IndexByte(s.data[s.pos:], 0xff)
		if at < 0 || s.pos+at+1 >= len(s.data) {
			s.pos = len(s.data)

			return
		}

		s.pos += at

		switch b := s.data[s.pos+1]; {
		case b == 0 || b >= rst0 && b <= rst7:
			s.pos += 2
		case b == 0xff:
			s.pos++ // a fill byte: the next one may begin a marker
		default:
			return
		}
	}
}

// refuseMarker is the error of the markers that no readable picture has.
func refuseMarker(marker byte) error {
	const other = "The JPEG is of a rare kind that is not read; please save it as an ordinary JPEG."

	switch {
	case marker < sof0 || marker == soi:
		return corrupt("The JPEG has a marker that makes no sense.")
	// Other processes, with what only they need, such as arithmetic coding.
	case marker > sof2 && marker <= sof15 && marker != dht,
		marker == dnl, marker == dhp, marker == exp,
		marker >= jpg0 && marker <= jpg13:
		return unread(other)
	}

	return nil
}
