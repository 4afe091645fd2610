package s3blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"time"

	"github.com/vyapaarai/bulkimport/importer/blob"
)

// maxDelay is the longest pause between two connections.
const maxDelay = 5 * time.Second

// reader reads content to its end, over as many connections as it takes.
type reader struct {
	ctx   context.Context
	store *Store
	key   string

	offset int64  // of the next byte
	size   int64  // of the whole content; -1 before the first connection
	etag   string // of the content; "" before the first connection where any will do

	conn *connection // nil between two of them
	// failures counts the connections that have broken since the last byte.
	failures int
	// err is how reading has ended.
	err error
}

// open makes the first connection.
func (r *reader) open() (blob.Info, error) {
	for {
		conn, info, err := r.connect()
		if err == nil {
			r.conn, r.size, r.etag = conn, info.Size, info.ETag

			return info, nil
		}

		// The SDK has tried more than once, except for what has stalled.
		if !errors.Is(err, errStalled) {
			return blob.Info{}, err
		}

		if err := r.pause(err); err != nil {
			return blob.Info{}, err
		}
	}
}

// Read implements io.Reader.
func (r *reader) Read(p []byte) (int, error) {
	for r.err == nil {
		if len(p) == 0 {
			return 0, nil
		}

		// What has come already could be read on for megabytes.
		if r.ctx.Err() != nil {
			r.end(fmt.Errorf("s3blob: read %s at byte %d: %w", r.key, r.offset, context.Cause(r.ctx)))

			break
		}

		if r.conn == nil {
			if err := r.resume(); err != nil {
				r.end(fmt.Errorf("s3blob: read %s at byte %d: %w", r.key, r.offset, err))

				break
			}
		}

		n, err := r.conn.read(p, r.store.opts.ReadTimeout)
		r.offset += int64(n)

		if n > 0 {
			r.failures = 0
		}

		if err != nil {
			r.broke(err)
		}

		if n > 0 {
			return n, nil
		}
	}

	return 0, r.err
}

// broke notes that a connection has ended, and how.
func (r *reader) broke(err error) {
	r.conn.close()
	r.conn = nil

	if err == io.EOF {
		err = io.ErrUnexpectedEOF
		if r.offset == r.size {
			r.end(io.EOF)

			return
		}
	}

	// Everything has come, or more than that, and yet there is an error: a checksum that
	// does not fit. It is too late to read anything again.
	if r.offset >= r.size {
		r.end(fmt.Errorf("s3blob: read %s: the content was damaged on its way: %w", r.key, err))

		return
	}

	if pauseErr := r.pause(err); pauseErr != nil {
		r.end(fmt.Errorf("s3blob: read %s at byte %d: %w", r.key, r.offset, pauseErr))
	}
}

// resume makes another connection, from where the last one broke.
func (r *reader) resume() error {
	for {
		conn, info, err := r.connect()

		switch {
		case err == nil && (info.ETag != r.etag || info.Size != r.size):
			conn.close()

			return blob.ErrChanged
		case err == nil:
			r.conn = conn

			return nil
		case errors.Is(err, blob.ErrNotFound), errors.Is(err, blob.ErrRange):
			// It was there, and longer, when it was opened.
			return fmt.Errorf("%w: %w", blob.ErrChanged, err)
		case isFinal(r.ctx, err):
			return err
		}

		if err := r.pause(err); err != nil {
			return err
		}
	}
}

// pause counts a failure, and waits before the next attempt. It returns an error if there
// shall be none.
func (r *reader) pause(failure error) error {
	r.failures++
	if r.failures >= r.store.opts.ReadAttempts {
		return fmt.Errorf("%d connections have failed: %w", r.failures, failure)
	}

	delay := min(r.store.opts.RetryDelay<<min(r.failures-1, 20), maxDelay)
	// Readers that have broken together shall not all come back together.
	delay = delay/2 + rand.N(delay/2+1)

	timer := time.NewTimer(delay)
	defer timer.Stop()

	select {
	case <-timer.C:
		return nil
	case <-r.ctx.Done():
		return fmt.Errorf("%w: %w", context.Cause(r.ctx), failure)
	}
}

// end has all further reads return err.
func (r *reader) end(err error) { r.err = err }

// Close implements io.Closer.
func (r *reader) Close() error {
	if r.conn != nil {
		r.conn.close()
		r.conn = nil
	}

	r.end(fmt.Errorf("s3blob: read %s: %w", r.key, os.ErrClosed))

	return nil
}
