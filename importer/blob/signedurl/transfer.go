package signedurl

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"
)

// progress is what a client must take or deliver in every idle time-out, in
// bytes. It makes a client that dribbles a byte now and then as good as silent,
// and leaves room for a line of 10 kbit/s at the default time-out.
const progress = 64 << 10

var (
	errStalled    = errors.New("signedurl: the client stalls")
	errIncomplete = errors.New("signedurl: the body ends early")
	errPartial    = errors.New("signedurl: the request has a Content-Range")
)

// deadlines moves the deadlines of a connection along. The time is the real one,
// as the network's is.
type deadlines struct {
	control *http.ResponseController
	idle    time.Duration
}

// begin replaces the time-outs of the server by those of the handler.
func (d deadlines) begin(r *http.Request) error {
	// Where there is no body, net/http lifts the read deadline itself.
	if r.ContentLength == 0 {
		return d.write()
	}

	// Even before it is known whether the body is wanted, for net/http reads on
	// through one that was refused.
	return errors.Join(d.read(d.idle), d.write())
}

// read gives the client the time to deliver.
func (d deadlines) read(within time.Duration) error {
	return ignoreUnsupported(d.control.SetReadDeadline(time.Now().Add(within)))
}

// write gives the client another idle time-out to take.
func (d deadlines) write() error {
	return ignoreUnsupported(d.control.SetWriteDeadline(time.Now().Add(d.idle)))
}

// ignoreUnsupported lets connections be that have no deadlines, such as those of
// tests and of middleware that hides them: the server's own time-outs hold then.
func ignoreUnsupported(err error) error {
	if errors.Is(err, http.ErrNotSupported) {
		return nil
	}

	return err
}

// upload is the body of a request on its way to the store.
type upload struct {
	body      io.Reader
	deadlines deadlines

	// budget is how long the client may still take until it has delivered
	// progress bytes, and delivered how many of them have come. Only the time of
	// waiting for the client counts, not what the store takes in between.
	budget    time.Duration
	delivered int

	end error // what the end of the body came to
}

// newUpload returns the body of r.
func newUpload(r *http.Request, d deadlines) *upload {
	return &upload{body: r.Body, deadlines: d, budget: d.idle}
}

// Read implements io.Reader. Errors of the connection wrap errStalled or
// errIncomplete, so that they differ from those of the store.
func (u *upload) Read(p []byte) (int, error) {
	if u.end != nil {
		return 0, u.end
	}

	n, err := u.receive(p)

	switch {
	case err == nil:
		return n, nil
	case errors.Is(err, io.EOF):
		// The read deadline is net/http's to lift, at the end of a body: it goes
		// on reading, to notice when the client leaves.
		u.end = io.EOF
	case errors.Is(err, os.ErrDeadlineExceeded):
		u.end = fmt.Errorf("%w: %w", errStalled, err)
	default:
		u.end = fmt.Errorf("%w: %w", errIncomplete, err)
	}

	return n, u.end
}

// receive reads from the body within the budget.
func (u *upload) receive(p []byte) (int, error) {
	if err := u.deadlines.read(u.budget); err != nil {
		return 0, err
	}

	started := time.Now()
	n, err := u.body.Read(p)
	u.budget -= time.Since(started)

	u.delivered += n
	if u.delivered >= progress {
		u.budget, u.delivered = u.deadlines.idle, 0
	}

	return n, err
}

// download copies size bytes of content to w. It goes in steps, so that each has
// a deadline of its own and may still be done by the kernel.
func download(w io.Writer, content io.Reader, size int64, d deadlines) error {
	for size > 0 {
		if err := d.write(); err != nil {
			return err
		}

		n, err := io.CopyN(w, content, min(size, progress))
		if err != nil {
			return err
		}

		size -= n
	}

	return nil
}
