package importer

import (
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

// stopSignal asks a run to stop at the end of a chunk. Chunks that were applied are
// still committed; chunks that were only prepared are dropped.
type stopSignal struct {
	reason atomic.Int32

	// deadline, where it is set, is when the signal sets itself.
	deadline time.Time
	now      func() time.Time
}

// set sets the signal. The first reason stays.
func (s *stopSignal) set(reason stopReason) {
	s.reason.CompareAndSwap(int32(notStopped), int32(reason))
}

// isSet reports whether the run is to stop, and looks at the deadline for that.
func (s *stopSignal) isSet() bool {
	if !s.deadline.IsZero() && s.why() == notStopped && s.now().After(s.deadline) {
		s.set(stopDeadline)
	}

	return s.why() != notStopped
}

func (s *stopSignal) why() stopReason { return stopReason(s.reason.Load()) }
