package httpfetch

import "time"

// stopwatch calls a function once it has run for some time. It stands still at first, and
// while others keep the download waiting. It is for one goroutine.
type stopwatch struct {
	left  time.Duration
	over  func()
	timer *time.Timer // nil while it stands still
	since time.Time
}

func newStopwatch(left time.Duration, over func()) *stopwatch {
	return &stopwatch{left: left, over: over}
}

// start lets it run on. It has no effect on one that runs.
func (s *stopwatch) start() {
	if s.timer == nil {
		s.since = time.Now()
		s.timer = time.AfterFunc(s.left, s.over)
	}
}

// stop lets it stand still. It has no effect on one that does.
func (s *stopwatch) stop() {
	if s.timer != nil {
		s.timer.Stop()
		s.left -= time.Since(s.since)
		s.timer = nil
	}
}
