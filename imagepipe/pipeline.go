package imagepipe

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"
)

// Options are the optional parts of New.
type Options struct {
	// InFlight bounds how many pictures are processed and stored at a time, and with that
	// the memory of their renditions: mostly as much as their uploads, but up to some
	// 40 MB for a noisy picture of 40 million pixels. The fetcher has bounds of its own.
	// Default 16.
	InFlight int
	// Remembered bounds how many addresses are remembered, to be fetched once only.
	// An address that comes up again after so many others is fetched again.
	// Default 100,000, which takes some 40 MB.
	Remembered int
}

// Pipeline fetches, processes and stores the pictures of products. It is safe for
// concurrent use, but for two requests for one product at the same time.
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
		inFlight: semaphore.NewWeighted(int64(positiveOr(opts.InFlight, 16))),
		memory:   newMemory(positiveOr(opts.Remembered, 100_000)),
	}
}

func positiveOr(n, otherwise int) int {
	if n > 0 {
		return n
	}

	return otherwise
}

// requestsAtOnce bounds how many addresses of one request are dealt with at a time.
const requestsAtOnce = 16

// Process fetches, processes and stores the pictures of a product, several at a time. An
// address that the request has twice counts once. Pictures that cannot be used are in the
// result and are no error. Calling it again for the same product replaces the pictures
// with the same numbers; others that an earlier call has stored stay.
//
// It fails when the store does, or with an error that wraps context.Cause(ctx) when ctx
// has ended. The result then has what was finished before. Of the rest something may be
// stored; Discard removes it.
func (p *Pipeline) Process(ctx context.Context, req Request) (Result, error) {
	outcomes := make([]outcome, len(req.URLs))
	group, working := errgroup.WithContext(ctx)
	group.SetLimit(requestsAtOnce)

	known := make(map[string]bool, len(req.URLs))

	for i, url := range req.URLs {
		if known[url] {
			continue
		}

		known[url] = true

		group.Go(func() error {
			return guard(func() (err error) {
				outcomes[i], err = p.image(working, req, i+1)

				return err
			})
		})
	}

	err := group.Wait()
	if err == nil && ctx.Err() != nil {
		err = context.Cause(ctx)
	}

	if err != nil {
		err = fmt.Errorf("imagepipe: pictures of %s: %w", req.ProductID, err)
	}

	return gather(outcomes, req), err
}

// guard makes a panic an error: it would end the whole process, for the defect of a part
// that was handed in.
func guard(f func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v\n%s", r, debug.Stack())
		}
	}()

	return f()
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
	for {
		e, first := p.memory.enter(req, number)
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
	finished := false

	defer func() {
		// Those who wait look again when this one was interrupted.
		if !finished {
			p.memory.forget(e)
		}

		close(e.done)
	}()

	image, hash, err := p.fetchAndStore(ctx, req, number)

	var failure *Error

	switch {
	case errors.As(err, &failure):
		e.failure = failure
		o.failure = failure
	case err != nil:
		return outcome{}, err
	default:
		e.productID, e.number, e.hash = req.ProductID, number, hash
		p.memory.occupy(e)
		o.image, o.hash = image, hash
	}

	finished = true

	return o, nil
}

func (p *Pipeline) fetchAndStore(ctx context.Context, req Request, number int) (image *Image, hash string, err error) {
	download, err := p.fetcher.Fetch(ctx, req.URLs[number-1])
	if err != nil {
		return nil, "", err
	}
	defer download.Release()

	// Not before: those who wait for a slow server must not keep others from working.
	if err := p.inFlight.Acquire(ctx, 1); err != nil {
		return nil, "", context.Cause(ctx)
	}
	defer p.inFlight.Release(1)

	picture, err := p.processor.Process(ctx, download.Data)
	if err != nil {
		return nil, "", err
	}

	// From now on, what was known to be there is not.
	p.memory.vacate(req.ProductID, number)

	urls, err := p.put(ctx, req.ProductID, number, picture.Renditions)
	if err != nil {
		return nil, "", err
	}

	return &Image{Number: number, Source: req.URLs[number-1], URLs: urls}, picture.Hash, nil
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

// again stores the picture that an address gave before. It fails with errGone when that
// is not there any more.
func (p *Pipeline) again(ctx context.Context, req Request, number int, e *entry) (outcome, error) {
	switch {
	case e.failure != nil:
		return outcome{failure: e.failure}, nil
	case e.number == 0 || e.productID == req.ProductID:
		// Interrupted; or the product's own, whose pictures are being replaced.
		return outcome{}, errGone
	}

	if err := p.inFlight.Acquire(ctx, 1); err != nil {
		return outcome{}, context.Cause(ctx)
	}
	defer p.inFlight.Release(1)

	p.memory.vacate(req.ProductID, number)

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
