// Package bound holds the limits that every backend of blob applies alike: to
// the content that comes in, to its taking the place of other content, and to the
// pages that go out.
package bound

import (
	"context"
	"fmt"
	"io"

	"github.com/vyapaarai/bulkimport/importer/blob"
)

// Page returns the number of entries that blob.Store.List gives for limit.
func Page(limit int) int {
	if limit < 1 || limit > blob.MaxPage {
		return blob.MaxPage
	}

	return limit
}

// Content returns a reader of what r delivers, for blob.Store.Put: it fails with
// blob.ErrTooLarge behind opts.MaxBytes and with the cause of ctx as soon as ctx
// has ended, at the end of r too. opts may be nil.
func Content(ctx context.Context, r io.Reader, opts *blob.PutOptions) (io.Reader, error) {
	if opts == nil || opts.MaxBytes == 0 {
		return &content{ctx: ctx, r: r}, nil
	}

	if opts.MaxBytes < 0 {
		return nil, fmt.Errorf("blob: PutOptions.MaxBytes is %d, want 0 or more", opts.MaxBytes)
	}

	return &content{ctx: ctx, r: r, bounded: true, left: opts.MaxBytes, max: opts.MaxBytes}, nil
}

// Allow asks opts.BeforeReplace, where there is one, whether content may take its
// place. opts may be nil.
func Allow(ctx context.Context, opts *blob.PutOptions) error {
	if opts == nil || opts.BeforeReplace == nil {
		return nil
	}

	return opts.BeforeReplace(ctx)
}

// content is the reader that Content makes. It holds a context because io.Reader
// has no room for one, and lives only as long as the Put that was given both.
type content struct {
	ctx     context.Context
	r       io.Reader
	bounded bool
	left    int64 // bytes that may still come, where bounded
	max     int64
}

func (c *content) Read(p []byte) (int, error) {
	if err := context.Cause(c.ctx); err != nil {
		return 0, err
	}

	// One byte more than allowed tells an exact fit from too much.
	if c.bounded && int64(len(p)) > c.left {
		p = p[:c.left+1]
	}

	n, err := c.r.Read(p)
	if c.bounded && int64(n) > c.left {
		return 0, fmt.Errorf("%w: more than %d bytes", blob.ErrTooLarge, c.max)
	}

	c.left -= int64(n)

	if err == io.EOF {
		if cause := context.Cause(c.ctx); cause != nil {
			return n, cause
		}
	}

	return n, err
}
