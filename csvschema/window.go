package csvschema

import "io"

// window is the stretch of decoded text that a Reader looks at: the record in hand
// and what was read beyond it. It grows up to a bound and is moved down as records
// are done with.
type window struct {
	src        io.Reader
	buf        []byte
	start, end int // the bytes not done with are buf[start:end]
	max        int // buf never grows beyond this
	eof        bool
	err        error // what src returned along with its last bytes
}

const (
	initialWindow = 64 << 10
	// maxEmptyReads is how often a source may return nothing before it is taken
	// for broken.
	maxEmptyReads = 100
)

// newWindow returns a window that can show need bytes at once.
func newWindow(src io.Reader, need int) *window {
	// Half as much again keeps the cost of moving down a nearly full window
	// proportional to what was read.
	size := need + max(need/2, 4<<10)
	return &window{src: src, max: size, buf: make([]byte, min(size, initialWindow))}
}

// bytes returns what is not done with; it is valid until the next more.
func (w *window) bytes() []byte { return w.buf[w.start:w.end] }

// advance is done with the first n bytes.
func (w *window) advance(n int) { w.start += n }

// more reads at least one further byte. It returns io.EOF at the end of the source
// and whatever error the source returns.
func (w *window) more() error {
	if w.eof {
		return io.EOF
	}
	w.makeRoom()
	for range maxEmptyReads {
		if w.err != nil {
			if w.err == io.EOF {
				w.eof = true
			}
			return w.err
		}
		var n int
		n, w.err = w.src.Read(w.buf[w.end:])
		if n > 0 {
			w.end += n
			return nil
		}
	}
	return io.ErrNoProgress
}

// makeRoom leaves free space at the end of the buffer.
func (w *window) makeRoom() {
	if w.start == w.end {
		w.start, w.end = 0, 0
	}
	if w.end < len(w.buf) {
		return
	}
	if len(w.buf) == w.max || w.start >= len(w.buf)/2 {
		w.end = copy(w.buf, w.buf[w.start:w.end])
		w.start = 0
		return
	}
	grown := make([]byte, min(2*len(w.buf), w.max))
	w.end = copy(grown, w.buf[w.start:w.end])
	w.start, w.buf = 0, grown
}
