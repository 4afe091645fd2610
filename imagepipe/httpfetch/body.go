package httpfetch

import (
	"context"
	"errors"
	"io"

	"github.com/vyapaarai/bulkimport/imagepipe"
)

// firstBytes is the first buffer of a download. Most pictures of shops fit in.
const firstBytes = 64 << 10

// readBody reads a body of up to MaxBytes into memory of account, which has the first
// buffer already. declared is its Content-Length, or negative.
//
// Buffers are not pooled: the collector frees them as cheaply as they are used, and one
// that is used after its release cannot show another product's picture.
func (f *Fetcher) readBody(
	ctx context.Context, watch *stopwatch, body io.Reader, declared int64, account *account,
) ([]byte, error) {
	buf := make([]byte, 0, account.held)

	for {
		if len(buf) == cap(buf) {
			next, more, err := oneByte(body)
			if err != nil || !more {
				return checkBody(buf, err)
			}

			if buf, err = f.enlarge(ctx, watch, buf, declared, account); err != nil {
				return nil, err
			}

			buf = append(buf, next)
		}

		n, err := body.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]

		if err != nil {
			return checkBody(buf, err)
		}
	}
}

// oneByte tells a full buffer at the end of a body from one that is too small.
func oneByte(body io.Reader) (b byte, more bool, err error) {
	var buf [1]byte

	_, err = io.ReadFull(body, buf[:])
	if errors.Is(err, io.EOF) {
		return 0, false, nil
	}

	return buf[0], err == nil, err
}

// enlarge moves a full buffer into one of twice the size, or of the declared one if that
// is less: what was declared is believed only as far as so much has been sent. The
// download's time stands still while it waits for memory.
func (f *Fetcher) enlarge(
	ctx context.Context, watch *stopwatch, buf []byte, declared int64, account *account,
) ([]byte, error) {
	have := int64(cap(buf))
	if have >= f.opts.MaxBytes {
		return nil, tooLarge(f.opts.MaxBytes)
	}

	want := min(2*have, f.opts.MaxBytes)
	if declared > have {
		want = min(want, declared)
	}

	watch.stop()
	defer watch.start()

	if err := account.grow(ctx, want-have); err != nil {
		return nil, err
	}

	return append(make([]byte, 0, want), buf...), nil
}

// checkBody judges what was read until err, which may be io.EOF or nil.
func checkBody(data []byte, err error) ([]byte, error) {
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err // io.ErrUnexpectedEOF is not io.EOF
	}

	if len(data) == 0 {
		return nil, permanent(imagepipe.ErrUnreachable, "the server sent an empty answer")
	}

	return data, nil
}
