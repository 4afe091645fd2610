package main

import (
	"context"
	"math"

	"golang.org/x/time/rate"

	"github.com/vyapaarai/bulkimport/internal/dynamo"
)

// pace keeps the capacity that is used within bounds. What a page costs is known when it
// is through, so the wait for it comes before the next page: a bound holds on average,
// over some seconds.
type pace struct {
	read, write *rate.Limiter
	meter       *dynamo.Meter
}

func newPace(rcu, wcu float64, meter *dynamo.Meter) *pace {
	return &pace{read: newLimiter(rcu), write: newLimiter(wcu), meter: meter}
}

// newLimiter returns a limiter of units a second; 0 is no limit. It lets a second's
// worth through at once.
func newLimiter(units float64) *rate.Limiter {
	if units == 0 {
		return rate.NewLimiter(rate.Inf, 0)
	}

	return rate.NewLimiter(rate.Limit(units), max(1, int(math.Ceil(units))))
}

// wait waits until what was used so far is within bounds. It may be called
// concurrently.
func (p *pace) wait(ctx context.Context) error {
	used := p.meter.Take()

	if err := spend(ctx, p.read, used.ReadUnits); err != nil {
		return err
	}

	return spend(ctx, p.write, used.WriteUnits)
}

// spend takes units, a burst of the limiter at a time.
func spend(ctx context.Context, limiter *rate.Limiter, units float64) error {
	if limiter.Limit() == rate.Inf {
		return ctx.Err()
	}

	for left := int(math.Ceil(units)); left > 0; {
		take := min(left, limiter.Burst())
		if err := limiter.WaitN(ctx, take); err != nil {
			return err
		}

		left -= take
	}

	return ctx.Err()
}
