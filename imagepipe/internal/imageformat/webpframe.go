package imageformat

import (
	"encoding/binary"
	"image"
)

// Frame is the first frame of a WebP animation, or a WebP picture.
type Frame struct {
	// Data is a WebP file that is no animation. Its pixels are those of Bounds alone.
	Data []byte
	// Bounds is where the pixels lie on the canvas, which is transparent elsewhere.
	Bounds image.Rectangle
	// Canvas is the size of the animation.
	Canvas image.Point
}

// FirstFrame makes a still WebP of an animated one. The profile and all metadata stay
// behind; Inspect has told of them. Of a WebP that is no animation, Data is the file.
// Otherwise it is in memory of its own.
//
// It fails as Inspect does, with kind ErrFormat for what is no WebP, and with kind
// ErrCorrupt also when the frame is cut.
func FirstFrame(data []byte) (Frame, error) {
	if Sniff(data) != WebP {
		return Frame{}, unread("The file is not a WebP.")
	}

	info, err := inspectWebP(data)
	if err != nil {
		return Frame{}, err
	}

	result := Frame{Data: data, Bounds: info.Frame, Canvas: image.Pt(info.Width, info.Height)}

	switch {
	case !info.Complete:
		return Frame{}, cutShort()
	case !info.Animated:
		return result, nil
	}

	chunks, _ := webpFile(data)

	for {
		name, payload, _, ok := chunks.next()
		if !ok {
			return Frame{}, cutShort() // not reached: Inspect has found it
		}

		if string(name) != "ANMF" {
			continue
		}

		frame, err := readWebPFrame(payload, image.Rectangle{Max: result.Canvas})
		if err != nil {
			return Frame{}, err
		}

		result.Data = frame.still()

		return result, nil
	}
}

// webpFrame is the content of an ANMF chunk.
type webpFrame struct {
	bounds image.Rectangle
	// alpha is the payload of the ALPH chunk, or nil.
	alpha []byte
	// name and picture are the chunk with the pixels, and stream what it tells.
	name, picture []byte
	stream        webpStream
	// whole is whether the chunk with the pixels is.
	whole bool
}

// readWebPFrame reads the payload of an ANMF chunk. RFC 9649, section 2.7.1.1.
func readWebPFrame(payload []byte, canvas image.Rectangle) (webpFrame, error) {
	if len(payload) < 16 {
		return webpFrame{}, cutShort()
	}

	// Offsets are even and stored as halves, sides as one less.
	at := image.Pt(2*le24(payload), 2*le24(payload[3:]))
	size := image.Pt(le24(payload[6:])+1, le24(payload[9:])+1)

	frame := webpFrame{bounds: image.Rectangle{Min: at, Max: at.Add(size)}}
	if !frame.bounds.In(canvas) {
		return webpFrame{}, corrupt("The WebP has a frame that does not fit into it.")
	}

	for chunks := (webpChunks{rest: payload[16:]}); ; {
		name, content, whole, ok := chunks.next()

		switch {
		case !ok:
			return webpFrame{}, cutShort()
		case string(name) == "ALPH" && frame.alpha == nil:
			frame.alpha = content

			continue
		case string(name) != "VP8 " && string(name) != "VP8L":
			continue
		}

		stream, err := readWebPStream(name, content)
		if err != nil {
			return webpFrame{}, err
		}

		if image.Pt(stream.width, stream.height) != size {
			return webpFrame{}, corrupt("The WebP contradicts itself about its size.")
		}

		frame.name, frame.picture, frame.stream, frame.whole = name, content, stream, whole

		if stream.lossless { // it has its own alpha, and decoders refuse both
			frame.alpha = nil
		}

		return frame, nil
	}
}

// still builds a file of the frame.
func (f *webpFrame) still() []byte {
	const headers = 12 + 8 + 10 + 8 + 8 + 2 // of the file and three chunks, with padding

	out := make([]byte, 0, headers+len(f.alpha)+len(f.picture))
	out = append(out, "RIFF\x00\x00\x00\x00WEBP"...)

	if f.alpha != nil {
		w, h := f.stream.width-1, f.stream.height-1
		out = appendChunk(out, "VP8X", []byte{
			webpAlpha, 0, 0, 0,
			byte(w), byte(w >> 8), byte(w >> 16),
			byte(h), byte(h >> 8), byte(h >> 16),
		})
		out = appendChunk(out, "ALPH", f.alpha)
	}

	out = appendChunk(out, string(f.name), f.picture)
	binary.LittleEndian.PutUint32(out[4:], uint32(len(out)-8))

	return out
}

func appendChunk(out []byte, name string, payload []byte) []byte {
	out = append(out, name...)
	out = binary.LittleEndian.AppendUint32(out, uint32(len(payload)))
	out = append(out, payload...)

	if len(payload)%2 == 1 {
		out = append(out, 0)
	}

	return out
}
