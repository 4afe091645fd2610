package imagepipe

import "context"

// Options are the optional parts of New.
type Options struct {
	// InFlight bounds how many pictures are fetched, processed or stored at a time.
	// Default 64.
	InFlight int
	// Remembered bounds how many addresses are remembered, to be fetched once only.
	// An address that comes up again after so many others is fetched again.
	// Default 100,000, which takes some 30 MB.
	Remembered int
}

// Pipeline fetches, processes and stores the pictures of products. It is safe for
// concurrent use.
type Pipeline struct {
	fetcher   Fetcher
	processor Processor
	store     Store
}

// New returns a pipeline of these parts. opts may be nil.
func New(fetcher Fetcher, processor Processor, store Store, opts *Options) *Pipeline {
	return &Pipeline{fetcher: fetcher, processor: processor, store: store}
}

// Process fetches, processes and stores the pictures of a product. Pictures that cannot
// be used are in the result and are no error. Calling it again for the same product
// replaces what was stored.
func (p *Pipeline) Process(ctx context.Context, req Request) (Result, error) {
	panic("being written")
}

// Discard removes the first images pictures of a product, which is as many as the
// result of Process had.
func (p *Pipeline) Discard(ctx context.Context, productID string, images int) error {
	panic("being written")
}
