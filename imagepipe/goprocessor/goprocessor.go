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

	"github.com/vyapaarai/bulkimport/imagepipe"
	"github.com/vyapaarai/bulkimport/imagepipe/internal/gate"
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
type Processor struct{ gate *gate.Gate }

var _ imagepipe.Processor = (*Processor)(nil)

// New returns a processor. opts may be nil.
func New(opts *Options) *Processor {
	if opts == nil {
		opts = &Options{}
	}

	return &Processor{gate: gate.New(gate.Limits{
		MaxPixels: opts.MaxPixels, Memory: opts.Memory, Workers: opts.Workers,
		MaxSide: jpegcodec.MaxSide, MemoryOf: memoryOf,
	})}
}

// Process implements imagepipe.Processor.
func (p *Processor) Process(ctx context.Context, data []byte) (*imagepipe.Picture, error) {
	info, leave, err := p.gate.Enter(ctx, data)
	if err != nil {
		return nil, err
	}
	defer leave()

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
