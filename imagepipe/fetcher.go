package imagepipe

import (
	"context"
	"sync"
)

// Fetcher downloads pictures. Implementations are safe for concurrent use, and bound
// how much they have in memory: what was downloaded counts until it is released.
type Fetcher interface {
	// Fetch downloads what url names. It fails with an [*Error] of kind ErrRefused,
	// ErrUnreachable or ErrTooLarge when the picture cannot be had, and with an error
	// that wraps context.Cause(ctx), and is no *Error, when ctx has ended.
	Fetch(ctx context.Context, url string) (*Download, error)
}

// Download is the content that an address gave.
type Download struct {
	// Data is the content, of whatever it is. It is not valid after Release.
	Data []byte

	once    sync.Once
	release func()
}

// NewDownload returns a download. release, which may be nil, is called once, when the
// content is not needed any more.
func NewDownload(data []byte, release func()) *Download {
	return &Download{Data: data, release: release}
}

// Release gives the memory of the content back. It may be called more than once.
func (d *Download) Release() {
	d.once.Do(func() {
		d.Data = nil

		if d.release != nil {
			d.release()
		}
	})
}
