// Package gate lets pictures in to be processed: those that are whole and not too large, as
// many at a time as there are workers and memory for. All processors share its rules and
// its words.
package gate

import (
	"context"
	"errors"
	"fmt"
	"runtime"

	"golang.org/x/sync/semaphore"

	"github.com/vyapaarai/bulkimport/imagepipe"
	"github.com/vyapaarai/bulkimport/imagepipe/internal/imageformat"
)

// The defaults of Limits.
const (
	DefaultMaxPixels = 40e6
	DefaultMemory    = 512 << 20
)

// maxWork bounds samples times scans: twelve scans of a picture of 40 million pixels with
// all of its chroma, which take about two seconds.
const maxWork = 12 * 3 * 40e6

// Limits are what a processor can take.
type Limits struct {
	// MaxPixels bounds the pixels of a picture. Default DefaultMaxPixels.
	MaxPixels int64
	// Memory bounds the bytes of all pictures at a time. Default DefaultMemory.
	Memory int64
	// Workers bounds how many are processed at a time. Default GOMAXPROCS.
	Workers int
	// MaxSide is the longest side that the encoder writes, in pixels.
	MaxSide int
	// MemoryOf bounds what it takes to process a picture, in bytes.
	MemoryOf func(info *imageformat.Info) int64
}

// Gate is safe for concurrent use.
type Gate struct {
	limits Limits
	// workers and budget are acquired in this order.
	workers, budget *semaphore.Weighted
}

// New returns a gate.
func New(l Limits) *Gate {
	if l.MaxPixels <= 0 {
		l.MaxPixels = DefaultMaxPixels
	}

	if l.Memory <= 0 {
		l.Memory = DefaultMemory
	}

	if l.Workers <= 0 {
		l.Workers = runtime.GOMAXPROCS(0)
	}

	return &Gate{
		limits:  l,
		workers: semaphore.NewWeighted(int64(l.Workers)), budget: semaphore.NewWeighted(l.Memory),
	}
}

// Enter inspects a picture and waits for its turn. leave ends that. It fails as
// imagepipe.Processor.Process does.
func (g *Gate) Enter(ctx context.Context, data []byte) (info imageformat.Info, leave func(), err error) {
	if ctx.Err() != nil {
		return info, nil, waitError(ctx)
	}

	info, err = imageformat.Inspect(data)
	if err != nil {
		return info, nil, FormatError(err)
	}

	cost, err := g.check(&info)
	if err != nil {
		return info, nil, err
	}

	if g.workers.Acquire(ctx, 1) != nil {
		return info, nil, waitError(ctx)
	}

	if g.budget.Acquire(ctx, cost) != nil {
		g.workers.Release(1)

		return info, nil, waitError(ctx)
	}

	return info, func() {
		g.budget.Release(cost)
		g.workers.Release(1)
	}, nil
}

// check returns what a picture costs of the memory, or why it is not processed.
func (g *Gate) check(info *imageformat.Info) (int64, error) {
	if info.Pixels() > g.limits.MaxPixels {
		return 0, tooLarge(fmt.Sprintf("The picture has %d x %d pixels; at most %.3g million are processed.",
			info.Width, info.Height, float64(g.limits.MaxPixels)/1e6))
	}

	if max(info.Width, info.Height) > g.limits.MaxSide {
		return 0, tooLarge(fmt.Sprintf("The picture is %d x %d pixels; a side may have at most %d.",
			info.Width, info.Height, g.limits.MaxSide))
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

	cost := g.limits.MemoryOf(info)
	if cost > g.limits.Memory {
		return 0, tooLarge(fmt.Sprintf("The picture of %d x %d pixels takes more memory to process than there is; please make it smaller.",
			info.Width, info.Height))
	}

	return cost, nil
}

// FormatError makes an error of package imageformat one of the pipeline.
func FormatError(err error) error {
	kind := imagepipe.ErrFormat
	if errors.Is(err, imageformat.ErrCorrupt) {
		kind = imagepipe.ErrCorrupt
	}

	reason := "The file is not a picture that can be read."

	var known *imageformat.Error
	if errors.As(err, &known) {
		reason = known.Reason
	}

	return &imagepipe.Error{Kind: kind, Reason: reason, Cause: err}
}

func waitError(ctx context.Context) error {
	return fmt.Errorf("imagepipe: wait to process a picture: %w", context.Cause(ctx))
}

func tooLarge(reason string) error {
	return &imagepipe.Error{Kind: imagepipe.ErrTooLarge, Reason: reason}
}
