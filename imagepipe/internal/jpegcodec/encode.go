package jpegcodec

import (
	"encoding/binary"
	"fmt"

	"github.com/vyapaarai/bulkimport/imagepipe/internal/planar"
)

// MaxSide is the greatest width and height of a JPEG picture.
const MaxSide = 65535

// Encode appends the picture to buf, as a baseline JPEG of a quality from 1 (worst) to
// 100, and returns the extended buffer.
func Encode(buf []byte, p *planar.Picture, quality int) ([]byte, error) {
	if p.Width < 1 || p.Height < 1 || p.Width > MaxSide || p.Height > MaxSide || quality < 1 || quality > 100 {
		return nil, fmt.Errorf("%w: %d x %d in quality %d", ErrUnsupported, p.Width, p.Height, quality)
	}

	e := &encoder{
		picture: p,
		luma:    newEncoderTables(&lumaQuantisation, lumaDCCodes, lumaACCodes, quality),
		chroma:  newEncoderTables(&chromaQuantisation, chromaDCCodes, chromaACCodes, quality),
	}
	e.out.buf = buf

	e.writeHeader()
	e.writeScan()

	return append(e.out.buf, 0xff, markerEOI), nil
}

// encoder encodes one picture.
type encoder struct {
	picture      *planar.Picture
	luma, chroma *encoderTables
	out          bitWriter
	predicted    [3]int32
}

// writeHeader writes all that stands in front of the entropy-coded data.
func (e *encoder) writeHeader() {
	p := e.picture
	out := append(e.out.buf, 0xff, markerSOI)

	// JFIF 1.1, no density but square pixels, no thumbnail.
	out = appendSegment(out, markerAPP0, []byte("JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"))
	out = appendQuantisation(out, 0, e.luma)

	components := [][3]byte{{1, byte(p.SubX<<4 | p.SubY), 0}, {2, 0x11, 1}, {3, 0x11, 1}}
	if p.Grey() {
		components = components[:1]
	} else {
		out = appendQuantisation(out, 1, e.chroma)
	}

	frame := binary.BigEndian.AppendUint16([]byte{8}, uint16(p.Height))
	frame = binary.BigEndian.AppendUint16(frame, uint16(p.Width))
	frame = append(frame, byte(len(components)))
	scan := []byte{byte(len(components))}

	for _, c := range components {
		frame = append(frame, c[:]...)
		scan = append(scan, c[0], c[2]<<4|c[2])
	}

	out = appendSegment(out, markerSOF0, frame)
	out = appendHuffman(out, 0x00, &lumaDC)
	out = appendHuffman(out, 0x10, &lumaAC)

	if !p.Grey() {
		out = appendHuffman(out, 0x01, &chromaDC)
		out = appendHuffman(out, 0x11, &chromaAC)
	}

	e.out.buf = appendSegment(out, markerSOS, append(scan, 0, 63, 0))
}

func appendSegment(out []byte, marker byte, content []byte) []byte {
	out = binary.BigEndian.AppendUint16(append(out, 0xff, marker), uint16(2+len(content)))

	return append(out, content...)
}

func appendQuantisation(out []byte, id byte, t *encoderTables) []byte {
	content := []byte{id}
	for _, at := range zigzag {
		content = append(content, t.quant[at])
	}

	return appendSegment(out, markerDQT, content)
}

func appendHuffman(out []byte, id byte, spec *huffmanSpec) []byte {
	content := append([]byte{id}, spec.counts[:]...)

	return appendSegment(out, markerDHT, append(content, spec.symbols...))
}

// writeScan writes the entropy-coded data.
func (e *encoder) writeScan() {
	p := e.picture

	for y := 0; y < p.Height; y += 8 * p.SubY {
		for x := 0; x < p.Width; x += 8 * p.SubX {
			for v := range p.SubY {
				for h := range p.SubX {
					e.block(&p.Y, x+8*h, y+8*v, 0, e.luma)
				}
			}

			if !p.Grey() {
				e.block(&p.Cb, x/p.SubX, y/p.SubY, 1, e.chroma)
				e.block(&p.Cr, x/p.SubX, y/p.SubY, 2, e.chroma)
			}
		}
	}

	e.out.flush()
}

// block encodes the block of a plane at (x, y), in samples.
func (e *encoder) block(p *planar.Plane, x, y, component int, t *encoderTables) {
	var coefficients [64]int32

	if x+8 <= p.Width && y+8 <= p.Height {
		forward(p.Pix[y*p.Stride+x:], p.Stride, &coefficients)
	} else {
		edge := edgeBlock(p, x, y)
		forward(edge[:], 8, &coefficients)
	}

	e.predicted[component] = e.out.block(&coefficients, e.predicted[component], t)
}

// edgeBlock returns a block that reaches over the edges of the plane, where the last
// samples are repeated: that costs few bits and leaves no seam.
func edgeBlock(p *planar.Plane, x, y int) *[64]byte {
	var edge [64]byte

	for v := range 8 {
		row := p.Row(min(y+v, p.Height-1))
		for h := range 8 {
			edge[8*v+h] = row[min(x+h, p.Width-1)]
		}
	}

	return &edge
}
