//go:build vips

package vipsprocessor

import (
	"context"

	"github.com/vyapaarai/bulkimport/imagepipe"
	"github.com/vyapaarai/bulkimport/imagepipe/internal/gate"
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
type Processor struct{ gate *gate.Gate }

var _ imagepipe.Processor = (*Processor)(nil)

// New returns a processor, and starts libvips when it is the first. opts may be nil.
func New(opts *Options) *Processor {
	if opts == nil {
		opts = &Options{}
	}

	startLibrary()

	return &Processor{gate: gate.New(gate.Limits{
		MaxPixels: opts.MaxPixels, Memory: opts.Memory, Workers: opts.Workers,
		MaxSide: maxSide, MemoryOf: memoryOf,
	})}
}

// Process implements imagepipe.Processor.
func (p *Processor) Process(ctx context.Context, data []byte) (*imagepipe.Picture, error) {
	info, leave, err := p.gate.Enter(ctx, data)
	if err != nil {
		return nil, err
	}
	defer leave()

	return render(data, &info)
}

// maxSide is the longest side that libjpeg writes.
const maxSide = 65500

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
