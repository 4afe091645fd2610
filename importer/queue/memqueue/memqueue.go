// Package memqueue dispatches jobs inside one process.
//
// It keeps messages in memory, which is enough there: the job record is the truth,
// and after a restart the engine's sweep finds the jobs whose messages are gone.
// It is meant for as many messages as there are jobs under way, thousands rather
// than millions: each call looks through all of them.
package memqueue

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/vyapaarai/bulkimport/importer/queue"
)

var _ queue.Queue = (*Queue)(nil)

// DefaultVisibility is Options.Visibility by default.
const DefaultVisibility = 5 * time.Minute

// Options are the optional parts of New.
type Options struct {
	// Visibility is how long a receiver may be silent (neither settle nor extend)
	// before its message is delivered again. Default DefaultVisibility; a
	// negative number is an error.
	Visibility time.Duration
}

// Queue is a queue.Queue in memory. It delivers what is due in the order of
// sending. It is safe for concurrent use and has no goroutines of its own.
type Queue struct {
	visibility time.Duration

	mu      sync.Mutex
	closed  bool
	entries []*entry // in order of sending
	// changed is closed, and replaced, when something may be due sooner.
	changed chan struct{}
}

// entry is a message that is not settled for good.
type entry struct {
	message queue.Message
	// due is when it may be delivered next.
	due time.Time
	// holder is the delivery that may settle it until then, or nil.
	holder *delivery
}

// New returns an empty queue. opts may be nil.
func New(opts *Options) (*Queue, error) {
	q := &Queue{visibility: DefaultVisibility, changed: make(chan struct{})}
	if opts == nil || opts.Visibility == 0 {
		return q, nil
	}

	if opts.Visibility < 0 {
		return nil, fmt.Errorf("memqueue: Visibility is %v, want 0 or more", opts.Visibility)
	}

	q.visibility = opts.Visibility

	return q, nil
}

// Send implements queue.Queue.
func (q *Queue) Send(ctx context.Context, m queue.Message, delay time.Duration) error {
	return q.do(ctx, func() error {
		q.entries = append(q.entries, &entry{message: m, due: time.Now().Add(delay)})
		q.wake()

		return nil
	})
}

// Receive implements queue.Queue.
func (q *Queue) Receive(ctx context.Context) (queue.Delivery, error) {
	for {
		var (
			d       *delivery
			wait    <-chan time.Time
			changed <-chan struct{}
		)

		err := q.do(ctx, func() error {
			var next time.Duration

			d, next = q.take(time.Now())
			if d == nil && next > 0 {
				wait = time.After(next)
			}

			changed = q.changed

			return nil
		})
		if err != nil {
			return nil, err
		}

		if d != nil {
			return d, nil
		}

		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-changed:
		case <-wait:
		}
	}
}

// Close wakes the receivers, forgets the messages and refuses all later calls,
// also of deliveries, with queue.ErrClosed. It never fails; closing twice does
// nothing.
func (q *Queue) Close() error {
	q.mu.Lock()
	defer q.mu.Unlock()

	if !q.closed {
		q.closed = true
		q.entries = nil
		q.wake()
	}

	return nil
}

// do runs f under the lock unless ctx has ended or the queue is closed.
func (q *Queue) do(ctx context.Context, f func() error) error {
	if err := context.Cause(ctx); err != nil {
		return err
	}

	q.mu.Lock()
	defer q.mu.Unlock()

	if q.closed {
		return queue.ErrClosed
	}

	return f()
}

// wake has all waiting receivers look again. There are as many as there are
// workers in a process, so that waking all costs less than choosing one.
func (q *Queue) wake() {
	close(q.changed)
	q.changed = make(chan struct{})
}

// take returns a delivery of the first message that is due; without one, how long
// it takes until one is, or 0 when there is no message.
func (q *Queue) take(now time.Time) (*delivery, time.Duration) {
	var next time.Duration

	for _, e := range q.entries {
		wait := e.due.Sub(now)
		if wait <= 0 {
			e.due = now.Add(q.visibility)
			e.holder = &delivery{queue: q, entry: e}

			return e.holder, 0
		}

		if next == 0 || wait < next {
			next = wait
		}
	}

	return nil, next
}
