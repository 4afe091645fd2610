package s3blob

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/vyapaarai/bulkimport/importer/blob"
)

// Open implements blob.Store. The reader depends on ctx, and fails with blob.ErrChanged
// once the connection breaks after the content was replaced or deleted. It keeps a
// connection until it is closed or at its end, and must not be used by several goroutines
// at a time.
func (s *Store) Open(ctx context.Context, key string, opts *blob.OpenOptions) (io.ReadCloser, blob.Info, error) {
	if err := check(ctx, key); err != nil {
		return nil, blob.Info{}, err
	}

	if opts == nil {
		opts = &blob.OpenOptions{}
	}

	if opts.Offset < 0 || opts.Offset > maxObject || !isETag(opts.IfMatch) {
		return s.openNothing(ctx, key, *opts)
	}

	r := &reader{ctx: ctx, store: s, key: key, offset: opts.Offset, size: -1, etag: opts.IfMatch}

	info, err := r.open()
	if errors.Is(err, blob.ErrRange) {
		return s.openNothing(ctx, key, *opts)
	}

	if err != nil {
		return nil, blob.Info{}, fmt.Errorf("s3blob: open %s: %w", key, err)
	}

	return r, info, nil
}

// openNothing opens content that has no byte at the offset, or an ETag that none has: the
// content may be missing or another, the offset be its end or beyond it.
func (s *Store) openNothing(ctx context.Context, key string, opts blob.OpenOptions) (io.ReadCloser, blob.Info, error) {
	info, _, err := s.head(ctx, key)

	switch {
	case err != nil:
	case opts.IfMatch != "" && opts.IfMatch != info.ETag:
		err = blob.ErrChanged
	case opts.Offset < 0 || opts.Offset > info.Size:
		err = fmt.Errorf("%w: offset %d of %d", blob.ErrRange, opts.Offset, info.Size)
	case opts.Offset < info.Size:
		// It was shorter a moment ago.
		err = blob.ErrChanged
	}

	if err != nil {
		return nil, blob.Info{}, fmt.Errorf("s3blob: open %s: %w", key, err)
	}

	return io.NopCloser(bytes.NewReader(nil)), info, nil
}

// isETag reports whether etag can be sent as one; anything else matches nothing.
func isETag(etag string) bool {
	return len(etag) <= 256 && !strings.ContainsFunc(etag, func(r rune) bool { return r <= ' ' || r > '~' || r == '"' })
}

// connection is the body of one answer.
type connection struct {
	body   io.ReadCloser
	cancel context.CancelCauseFunc
	ctx    context.Context
	// watch ends the connection if nothing comes of it.
	watch *time.Timer
}

// errStalled is why a connection is given up that delivers nothing.
var errStalled = errors.New("s3blob: no data for too long")

// connect asks for the content from the offset of r on.
func (r *reader) connect() (*connection, blob.Info, error) {
	ctx, cancel := context.WithCancelCause(r.ctx)
	watch := time.AfterFunc(r.store.opts.ReadTimeout, func() { cancel(errStalled) })

	input := &s3.GetObjectInput{Bucket: r.store.bucket, Key: r.store.object(r.key)}
	if r.etag != "" {
		input.IfMatch = quote(r.etag)
	}

	if r.offset > 0 {
		input.Range = aws.String(fmt.Sprintf("bytes=%d-", r.offset))
	}

	// Nobody would read a remark on every object that has no checksum.
	out, err := r.store.client.GetObject(ctx, input, func(o *s3.Options) { o.DisableLogOutputChecksumValidationSkipped = true })

	watch.Stop()

	if err != nil {
		err = explain(ctx, err)
		cancel(nil)

		return nil, blob.Info{}, err
	}

	c := &connection{body: out.Body, cancel: cancel, ctx: ctx, watch: watch}

	size, err := wholeSize(out, r.offset)
	if err != nil {
		c.close()

		return nil, blob.Info{}, err
	}

	return c, blob.Info{Key: r.key, Size: size, ETag: unquote(out.ETag), ModTime: aws.ToTime(out.LastModified)}, nil
}

// wholeSize returns the size of the whole content, of which out delivers what begins at
// offset.
func wholeSize(out *s3.GetObjectOutput, offset int64) (int64, error) {
	if offset == 0 {
		return aws.ToInt64(out.ContentLength), nil
	}

	// "bytes 5-9/10"
	answered := aws.ToString(out.ContentRange)
	span, total, _ := strings.Cut(strings.TrimPrefix(answered, "bytes "), "/")
	first, _, _ := strings.Cut(span, "-")

	size, err := strconv.ParseInt(total, 10, 64)
	if err != nil || first != strconv.FormatInt(offset, 10) {
		return 0, fmt.Errorf("s3blob: asked for bytes from %d on, the server answered with range %q", offset, answered)
	}

	return size, nil
}

// read reads from the connection, which fails if nothing comes for the given time.
func (c *connection) read(p []byte, within time.Duration) (int, error) {
	c.watch.Reset(within)
	n, err := c.body.Read(p)
	c.watch.Stop()

	if err != nil && err != io.EOF && errors.Is(context.Cause(c.ctx), errStalled) {
		err = errStalled
	}

	return n, err
}

// close ends the connection. What closing the rest of a body says is of no interest.
func (c *connection) close() {
	c.watch.Stop()
	c.cancel(nil)
	_ = c.body.Close()
}
