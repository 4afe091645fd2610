// Package goprocessor processes pictures in Go alone.
//
// It works on the planes of luma and chroma that JPEG consists of, from the decoder to
// the encoder: nothing is converted to RGB and back. Large photographs are reduced while
// they are decoded, the thumbnail is made of the medium rendition and the hash of the
// thumbnail, and a JPEG that stands upright keeps its pixels as they were uploaded.
package goprocessor

import (
	"context"
	"fmt"
	"runtime"

	"golang.org/x/sync/semaphore"

	"github.com/vyapaarai/bulkimport/imagepipe"
	"github.com/vyapaarai/bulkimport/imagepipe/internal/imageformat"
	"github.com/vyapaarai/bulkimport/imagepipe/internal/jpegcodec"
)

// Options are the optional parts of New.
type Options struct {
	// MaxPixels bounds the pixels of a picture. Default 40 million.
	MaxPixels int64
	// Memory bounds what all pictures that are processed at a time take, decoded, in
	// bytes; others wait. A picture that takes more by itself is refused. Default
	// 512 MiB, which is enough for every picture of 40 million pixels but some of 16
	// bits a channel and some that are progressive without reduced chroma. What decoders
	// leave to the garbage collector is on top, up to about as much again: where memory
	// is short, set GOMEMLIMIT.
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

// New returns a processor. opts may be nil.
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

	return guard(func() (*imagepipe.Picture, error) { return render(data, &info) })
}

// guard makes a panic an error: a decoder may have a defect that only a hostile file
// finds, and that must cost no more than the file.
func guard(f func() (*imagepipe.Picture, error)) (picture *imagepipe.Picture, err error) {
	defer func() {
		if r := recover(); r != nil {
			picture, err = nil, decodeError(fmt.Errorf("goprocessor: panic: %v", r))
		}
	}()

	return f()
}

// maxWork bounds samples times scans: twelve scans of a picture of 40 million pixels with
// all of its chroma, which take about two seconds.
const maxWork = 12 * 3 * 40e6

// check returns what a picture costs of the memory, or why it is not processed.
func (p *Processor) check(info *imageformat.Info) (int64, error) {
	if info.Pixels() > p.maxPixels {
		return 0, tooLarge(fmt.Sprintf("The picture has %d x %d pixels; at most %.3g million are processed.",
			info.Width, info.Height, float64(p.maxPixels)/1e6))
	}

	if max(info.Width, info.Height) > jpegcodec.MaxSide {
		return 0, tooLarge(fmt.Sprintf("The picture is %d x %d pixels; a side may have at most %d.",
			info.Width, info.Height, jpegcodec.MaxSide))
	}

	if !info.Complete {
		return 0, &imagepipe.Error{Kind: imagepipe.ErrCorrupt, Reason: "The picture is cut short; please upload it again."}
	}

	// A progressive picture takes a walk over all of it for each of its scans, which cost
	// a small file nothing. Encoders make about ten.
	if work := info.Samples() * int64(info.Scans); work > maxWork {
		return 0, tooLarge(fmt.Sprintf("The picture of %d x %d pixels has %d scans; please save it as an ordinary JPEG.",
			info.Width, info.Height, info.Scans))
	}

	cost := memoryOf(info)
	if cost > p.memory {
		return 0, tooLarge(fmt.Sprintf("The picture of %d x %d pixels takes more memory to process than there is; please make it smaller.",
			info.Width, info.Height))
	}

	return cost, nil
}

func waitError(ctx context.Context) error {
	return fmt.Errorf("goprocessor: %w", context.Cause(ctx))
}

func tooLarge(reason string) error {
	return &imagepipe.Error{Kind: imagepipe.ErrTooLarge, Reason: reason}
}
