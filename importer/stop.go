package importer

import (
	"context"
	"errors"
	"sync/atomic"
	"time"
)

// stopReason is why a run stops before the end of its file.
type stopReason int32

const (
	notStopped stopReason = iota
	// stopShutdown: the program ends; another run goes on from here.
	stopShutdown
	// stopDeadline: time is up; another run goes on from here.
	stopDeadline
	// stopCancel: the job was cancelled.
	stopCancel
)

// errStopping is why the preparation of a chunk is cut off when its run stops.
var errStopping = errors.New("importer: the run stops")

// stopSignal asks a run to stop at the end of a chunk. Chunks that were applied are
// still committed; chunks that were only prepared, in part or whole, are dropped.
type stopSignal struct {
	reason atomic.Int32
	// done is closed when the signal is set.
	done chan struct{}

	// deadline, where it is set, is when the signal sets itself.
	deadline time.Time
	now      func() time.Time
}

func newStopSignal() *stopSignal { return &stopSignal{done: make(chan struct{})} }

// set sets the signal. The first reason stays.
func (s *stopSignal) set(reason stopReason) {
	if s.reason.CompareAndSwap(int32(notStopped), int32(reason)) {
		close(s.done)
	}
}

// setAt has the signal set itself at the deadline, as told by the clock now. Whoever
// asks isSet does that, and so does a timer, for work that takes long to ask. The
// caller stops the timer.
func (s *stopSignal) setAt(deadline time.Time, now func() time.Time) *time.Timer {
	s.deadline, s.now = deadline, now

	return time.AfterFunc(deadline.Sub(now()), func() { s.isSet() })
}

// isSet reports whether the run is to stop, and looks at the deadline for that.
func (s *stopSignal) isSet() bool {
	if !s.deadline.IsZero() && s.why() == notStopped && !s.now().Before(s.deadline) {
		s.set(stopDeadline)
	}

	return s.why() != notStopped
}

func (s *stopSignal) why() stopReason { return stopReason(s.reason.Load()) }

// context returns a context that ends with parent and, with the cause errStopping,
// when the signal is set. The caller calls release when it is not needed any more.
func (s *stopSignal) context(parent context.Context) (ctx context.Context, release func()) {
	ctx, cancel := context.WithCancelCause(parent)
	watched := make(chan struct{})

	go func() {
		defer close(watched)

		select {
		case <-s.done:
			cancel(errStopping)
		case <-ctx.Done():
		}
	}()

	return ctx, func() {
		cancel(nil)
		<-watched
	}
}

// cutOff reports whether err comes of nothing but the end of a context that context
// returned. Stores may tell the cause of that, or only that it ended.
func (s *stopSignal) cutOff(err error) bool {
	return s.why() != notStopped && (errors.Is(err, errStopping) || errors.Is(err, context.Canceled))
}
