package jobstoretest

import (
	"sync"
	"time"
)

// clock is a clock that moves only when told to. It is safe for concurrent use.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

// newClock returns a clock at a time with nanoseconds, in UTC.
func newClock() *clock {
	return &clock{now: time.Date(2025, time.January, 6, 9, 30, 0, 123456789, time.UTC)}
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()

	return c.now
}

func (c *clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()

	c.now = c.now.Add(d)
}
