package imagepipe

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"
)

// Options are the optional parts of New.
type Options struct {
	// InFlight bounds how many pictures are fetched, processed or stored at a time.
	// Default 64.
	InFlight int
	// Remembered bounds how many addresses are remembered, to be fetched once only.
	// An address that comes up again after so many others is fetched again.
	// Default 100,000, which takes some 40 MB.
	Remembered int
}

// Pipeline fetches, processes and stores the pictures of products. It is safe for
// concurrent use.
type Pipeline struct {
	fetcher   Fetcher
	processor Processor
	store     Store
	inFlight  *semaphore.Weighted
	memory    *memory
}

// New returns a pipeline of these parts. opts may be nil.
func New(fetcher Fetcher, processor Processor, store Store, opts *Options) *Pipeline {
	if opts == nil {
		opts = &Options{}
	}

	return &Pipeline{
		fetcher: fetcher, processor: processor, store: store,
		inFlight: semaphore.NewWeighted(int64(positiveOr(opts.InFlight, 64))),
		memory:   newMemory(positiveOr(opts.Remembered, 100_000)),
	}
}

func positiveOr(n, otherwise int) int {
	if n > 0 {
		return n
	}

	return otherwise
}

// Process fetches, processes and stores the pictures of a product, several at a time. An
// address that the request has twice counts once. Pictures that cannot be used are in the
// result and are no error. Calling it again for the same product replaces what was stored.
//
// It fails when the store does, or with an error that wraps context.Cause(ctx) when ctx
// has ended. Some pictures may be stored then; Discard removes them.
func (p *Pipeline) Process(ctx context.Context, req Request) (Result, error) {
	outcomes := make([]outcome, len(req.URLs))
	group, working := errgroup.WithContext(ctx)
	known := make(map[string]bool, len(req.URLs))

	for i, url := range req.URLs {
		if known[url] {
			continue
		}

		known[url] = true

		if p.inFlight.Acquire(working, 1) != nil {
			break // the group's error tells why
		}

		group.Go(func() (err error) {
			defer p.inFlight.Release(1)

			outcomes[i], err = p.image(working, req, i+1)

			return err
		})
	}

	err := group.Wait()
	if err == nil && ctx.Err() != nil {
		err = context.Cause(ctx)
	}

	if err != nil {
		return Result{}, fmt.Errorf("imagepipe: pictures of %s: %w", req.ProductID, err)
	}

	return gather(outcomes, req), nil
}

// outcome is what became of one address. The zero value is that of one that was left out.
type outcome struct {
	image   *Image
	hash    string
	failure *Error
}

// gather makes a result of the outcomes.
func gather(outcomes []outcome, req Request) Result {
	var r Result

	for i, o := range outcomes {
		switch {
		case o.failure != nil:
			r.Failures = append(r.Failures, Failure{URL: req.URLs[i], Err: o.failure})
		case o.image != nil:
			if len(r.Images) == 0 {
				r.Hash = o.hash
			}

			r.Images = append(r.Images, *o.image)
		}
	}

	return r
}

// image brings the picture with this number into the store: from where the same address
// has brought it before, or else from the address.
func (p *Pipeline) image(ctx context.Context, req Request, number int) (outcome, error) {
	url := req.URLs[number-1]

	for {
		e, first := p.memory.enter(req.Scope, url)
		if first {
			return p.bring(ctx, req, number, e)
		}

		select {
		case <-e.done:
		case <-ctx.Done():
			return outcome{}, context.Cause(ctx)
		}

		o, err := p.again(ctx, req, number, e)
		if !errors.Is(err, errGone) {
			return o, err
		}

		p.memory.forget(e)
	}
}

// bring fetches, processes and stores a picture, and lets the entry know.
func (p *Pipeline) bring(ctx context.Context, req Request, number int, e *entry) (o outcome, err error) {
	defer func() {
		// Those who wait look again when this one was interrupted.
		if err != nil {
			p.memory.forget(e)
		}

		close(e.done)
	}()

	picture, release, err := p.fetch(ctx, req.URLs[number-1])

	var failure *Error
	if errors.As(err, &failure) {
		e.failure = failure

		return outcome{failure: failure}, nil
	}

	if err != nil {
		return outcome{}, err
	}
	defer release()

	image := &Image{Number: number, Source: req.URLs[number-1]}

	image.URLs, err = p.put(ctx, req.ProductID, number, picture.Renditions)
	if err != nil {
		return outcome{}, err
	}

	e.productID, e.number, e.hash = req.ProductID, number, picture.Hash

	return outcome{image: image, hash: picture.Hash}, nil
}

// put stores renditions, side by side: a store may take long to make each durable.
func (p *Pipeline) put(ctx context.Context, productID string, number int, renditions []Rendition) (map[Size]string, error) {
	group, working := errgroup.WithContext(ctx)
	urls := make([]string, len(renditions))

	for i, r := range renditions {
		group.Go(func() (err error) {
			urls[i], err = p.store.Put(working, Key(productID, number, r.Size), r.Data)
			if err != nil {
				return fmt.Errorf("store %s: %w", r.Size, err)
			}

			return nil
		})
	}

	if err := group.Wait(); err != nil {
		return nil, err
	}

	bySize := make(map[Size]string, len(renditions))
	for i, r := range renditions {
		bySize[r.Size] = urls[i]
	}

	return bySize, nil
}

// fetch returns the picture behind an address. release gives its memory back.
func (p *Pipeline) fetch(ctx context.Context, url string) (picture *Picture, release func(), err error) {
	download, err := p.fetcher.Fetch(ctx, url)
	if err != nil {
		return nil, nil, err
	}

	picture, err = p.processor.Process(ctx, download.Data)
	if err != nil {
		download.Release()

		return nil, nil, err
	}

	// The renditions take about as much as the download, so its share of the memory is
	// kept until they are stored.
	return picture, download.Release, nil
}

// again stores the picture that an address gave before. It fails with errGone when that
// is not there any more.
func (p *Pipeline) again(ctx context.Context, req Request, number int, e *entry) (outcome, error) {
	switch {
	case e.failure != nil:
		return outcome{failure: e.failure}, nil
	case e.number == 0:
		return outcome{}, errGone
	}

	image := &Image{Number: number, Source: req.URLs[number-1], URLs: make(map[Size]string), Reused: true}

	for _, size := range Sizes() {
		url, err := p.store.Copy(ctx, Key(e.productID, e.number, size), Key(req.ProductID, number, size))
		if errors.Is(err, ErrNotStored) {
			return outcome{}, errGone
		}

		if err != nil {
			return outcome{}, fmt.Errorf("copy %s: %w", size, err)
		}

		image.URLs[size] = url
	}

	return outcome{image: image, hash: e.hash}, nil
}

// Discard removes the pictures of a product: those with the numbers from 1 to last, some
// of which may not be there.
func (p *Pipeline) Discard(ctx context.Context, productID string, last int) error {
	keys := make([]string, 0, last*len(Sizes()))

	for number := range last {
		for _, size := range Sizes() {
			keys = append(keys, Key(productID, number+1, size))
		}
	}

	if err := p.store.Delete(ctx, keys...); err != nil {
		return fmt.Errorf("imagepipe: discard pictures of %s: %w", productID, err)
	}

	return nil
}
