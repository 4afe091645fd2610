//go:build vips

package vipsprocessor

import (
	"context"
	"fmt"
	"runtime"

	"golang.org/x/sync/semaphore"

	"github.com/vyapaarai/bulkimport/imagepipe"
	"github.com/vyapaarai/bulkimport/imagepipe/internal/imageformat"
)

// Options are the optional parts of New.
type Options struct {
	// MaxPixels bounds the pixels of a picture. Default 40 million.
	MaxPixels int64
	// Memory bounds what all pictures that are processed at a time take, decoded, in
	// bytes; others wait. A picture that takes more by itself is refused. Default
	// 512 MiB, which is enough for every picture of 40 million pixels but some of 16
	// bits a channel.
	Memory int64
	// Workers bounds how many pictures are processed at a time. Default GOMAXPROCS.
	Workers int
}

// Processor is an imagepipe.Processor. It is safe for concurrent use.
type Processor struct {
	maxPixels, memory int64
	// workers and budget are acquired in this order.
	workers, budget *semaphore.Weighted
}

var _ imagepipe.Processor = (*Processor)(nil)

// New returns a processor, and starts libvips when it is the first. opts may be nil.
func New(opts *Options) *Processor {
	if opts == nil {
		opts = &Options{}
	}

	p := &Processor{maxPixels: 40e6, memory: 512 << 20}
	workers := runtime.GOMAXPROCS(0)

	if opts.MaxPixels > 0 {
		p.maxPixels = opts.MaxPixels
	}

	if opts.Memory > 0 {
		p.memory = opts.Memory
	}

	if opts.Workers > 0 {
		workers = opts.Workers
	}

	p.workers, p.budget = semaphore.NewWeighted(int64(workers)), semaphore.NewWeighted(p.memory)

	startLibrary()

	return p
}

// Process implements imagepipe.Processor.
func (p *Processor) Process(ctx context.Context, data []byte) (*imagepipe.Picture, error) {
	if ctx.Err() != nil {
		return nil, waitError(ctx)
	}

	info, err := imageformat.Inspect(data)
	if err != nil {
		return nil, formatError(err)
	}

	cost, err := p.check(&info)
	if err != nil {
		return nil, err
	}

	if p.workers.Acquire(ctx, 1) != nil {
		return nil, waitError(ctx)
	}
	defer p.workers.Release(1)

	if p.budget.Acquire(ctx, cost) != nil {
		return nil, waitError(ctx)
	}
	defer p.budget.Release(cost)

	return render(data, &info)
}

// maxSide is the longest side that libjpeg writes.
const maxSide = 65500

// check returns what a picture costs of the memory, or why it is not processed.
func (p *Processor) check(info *imageformat.Info) (int64, error) {
	if info.Pixels() > p.maxPixels {
		return 0, tooLarge(fmt.Sprintf("The picture has %d x %d pixels; at most %.3g million are processed.",
			info.Width, info.Height, float64(p.maxPixels)/1e6))
	}

	if max(info.Width, info.Height) > maxSide {
		return 0, tooLarge(fmt.Sprintf("The picture is %d x %d pixels; a side may have at most %d.",
			info.Width, info.Height, maxSide))
	}

	if !info.Complete {
		return 0, &imagepipe.Error{Kind: imagepipe.ErrCorrupt, Reason: "The picture is cut short; please upload it again."}
	}

	cost := memoryOf(info)
	if cost > p.memory {
		return 0, tooLarge(fmt.Sprintf("The picture of %d x %d pixels takes more memory to process than there is; please make it smaller.",
			info.Width, info.Height))
	}

	return cost, nil
}

// memoryOf bounds what it takes to process a picture, in bytes: its pixels, and what their
// decoder holds besides.
func memoryOf(info *imageformat.Info) int64 {
	const fixed = 8 << 20 // strips on their way through the filters, and the renditions

	if info.Format == imageformat.JPEG {
		cost := fixed + info.Pixels()*int64(info.Components)
		if info.Progressive {
			cost += 2 * info.Samples() // the coefficients
		}

		return cost
	}

	// Four channels, once as the decoder keeps them and once as libvips does.
	perPixel := int64(8)
	if info.BitDepth == 16 {
		perPixel = 16
	}

	return fixed + info.Pixels()*perPixel
}
