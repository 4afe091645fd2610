package dynamo

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"
)

// Defaults of [Retry].
const (
	DefaultAttempts = 12
	DefaultBase     = 25 * time.Millisecond
	DefaultMaxDelay = 5 * time.Second
)

// Retry is how patient calls are with a table that is busy: throttled, or in the
// middle of somebody else's transaction. The zero value is ready for use. It comes on
// top of the retries of the SDK, which by default gives up after three attempts
// within a second, and never repeats a transaction that was cancelled.
//
// Waits are drawn evenly from zero to Base, twice Base, four times, ... up to
// MaxDelay: full jitter, so that those who collided do not meet again. With the
// defaults twelve attempts take some fifteen seconds.
type Retry struct {
	// Attempts is how often something is tried without any progress, the first time
	// included. 0 means DefaultAttempts.
	Attempts int
	// Base bounds the first wait. 0 means DefaultBase.
	Base time.Duration
	// MaxDelay bounds every wait. 0 means DefaultMaxDelay.
	MaxDelay time.Duration
	// Sleep waits, and returns early with ctx.Err() when ctx ends. Nil means a timer.
	Sleep func(ctx context.Context, d time.Duration) error
	// Random returns a number in [0, 1). Nil means that of package rand. It is called
	// concurrently.
	Random func() float64
}

// Start begins a run of attempts. r may be nil. The result belongs to one goroutine.
func (r *Retry) Start() *Attempts {
	a := &Attempts{}
	if r != nil {
		a.retry = *r
	}

	if a.retry.Attempts <= 0 {
		a.retry.Attempts = DefaultAttempts
	}

	if a.retry.Base <= 0 {
		a.retry.Base = DefaultBase
	}

	if a.retry.MaxDelay <= 0 {
		a.retry.MaxDelay = DefaultMaxDelay
	}

	if a.retry.Sleep == nil {
		a.retry.Sleep = sleep
	}

	if a.retry.Random == nil {
		a.retry.Random = rand.Float64
	}

	return a
}

// Attempts counts the attempts at one thing.
type Attempts struct {
	retry  Retry
	failed int
}

// Again waits before the next attempt, after one that failed because of cause. It
// returns nil when it is time, ctx.Err() where ctx has ended, and an error that wraps
// cause (see [Explain]) where there have been enough attempts.
func (a *Attempts) Again(ctx context.Context, cause error) error {
	a.failed++
	if a.failed >= a.retry.Attempts {
		return fmt.Errorf("given up after %d attempts: %w", a.failed, Explain(ctx, cause))
	}

	limit := a.retry.MaxDelay
	if doublings := a.failed - 1; doublings < 32 && a.retry.Base<<doublings < limit {
		limit = a.retry.Base << doublings
	}

	return a.retry.Sleep(ctx, time.Duration(a.retry.Random()*float64(limit)))
}

// Progress forgets the attempts so far: part of the work was done.
func (a *Attempts) Progress() { a.failed = 0 }

// Do calls f until it succeeds, fails with something that waiting does not help, or
// there have been enough attempts; see [IsTemporary]. Errors are explained.
func (r *Retry) Do(ctx context.Context, f func() error) error {
	attempts := r.Start()

	for {
		err := f()
		if err == nil {
			return nil
		}

		if !IsTemporary(err) {
			return Explain(ctx, err)
		}

		if err := attempts.Again(ctx, err); err != nil {
			return err
		}
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()

	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
