package httpmw

import (
	"io"
	"net/http"
)

// recorder notes what was answered.
type recorder struct {
	http.ResponseWriter
	status int // 0 until the header is written
	bytes  int64
}

// record returns w as a recorder.
func record(w http.ResponseWriter) *recorder {
	if r, ok := w.(*recorder); ok {
		return r
	}

	return &recorder{ResponseWriter: w}
}

// Unwrap gives http.ResponseController its way to the connection.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

func (r *recorder) WriteHeader(status int) {
	// Informational answers come before the one that counts.
	if r.status == 0 && status >= http.StatusOK {
		r.status = status
	}

	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(p []byte) (int, error) {
	r.begin()

	n, err := r.ResponseWriter.Write(p)
	r.bytes += int64(n)

	return n, err
}

// ReadFrom lets the kernel copy files into the connection.
func (r *recorder) ReadFrom(src io.Reader) (int64, error) {
	r.begin()

	n, err := io.Copy(r.ResponseWriter, src)
	r.bytes += n

	return n, err
}

// begin notes the status that a body without one implies.
func (r *recorder) begin() {
	if r.status == 0 {
		r.status = http.StatusOK
	}
}
