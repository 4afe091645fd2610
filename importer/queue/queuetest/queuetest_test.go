package queuetest

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/importer/queue"
	"github.com/vyapaarai/bulkimport/importer/queue/memqueue"
	"github.com/vyapaarai/bulkimport/internal/suitecheck"
)

func suite() suitecheck.Suite[Harness] {
	return suitecheck.Suite[Harness]{Cases: cases(), Around: synctest.Test}
}

// TestSuiteCatchesDefects runs the suite over queues that break one promise each,
// and wants the case that is about the promise to fail.
func TestSuiteCatchesDefects(t *testing.T) {
	t.Parallel()

	var planted []suitecheck.Defect[Harness]
	for name, d := range defects() {
		planted = append(planted, suitecheck.Defect[Harness]{Name: name, Harness: d.harness(), FoundBy: d.caughtBy})
	}

	suite().Finds(t, planted)
	suite().Covers(t, planted)
}

// TestSuiteAcceptsWholeQueue shows that the failures above come from the defects.
func TestSuiteAcceptsWholeQueue(t *testing.T) {
	t.Parallel()

	suite().Accepts(t, defect{}.harness())
}

// TestSuiteSkipsGaps: what a backend does not offer is skipped, and nothing else is.
func TestSuiteSkipsGaps(t *testing.T) {
	t.Parallel()

	whole := defect{}.harness()

	unclosed := Harness{New: whole.New}
	suite().Accepts(t, unclosed, "Close wakes receivers", "* after Close*")

	// The interface hides the method that counts.
	uncounted := whole
	uncounted.New = func(t testing.TB, visibility time.Duration) queue.Queue {
		return struct{ queue.Queue }{whole.New(t, visibility)}
	}
	uncounted.Close = func(t testing.TB, q queue.Queue) { whole.Close(t, q.(struct{ queue.Queue }).Queue) }
	suite().Accepts(t, uncounted, "depth *")
}

// defect is a queue in memory that breaks one promise. Methods without a
// replacement are those of memqueue.
type defect struct {
	caughtBy string

	visibility func(time.Duration) time.Duration
	send       func(q queue.Queue, ctx context.Context, m queue.Message, delay time.Duration) error
	receive    func(q queue.Queue, ctx context.Context) (queue.Delivery, error)
	extend     func(d queue.Delivery, ctx context.Context, by time.Duration) error
	ack        func(d queue.Delivery, ctx context.Context) error
	nack       func(d queue.Delivery, ctx context.Context, delay time.Duration) error
	close      func(q *memqueue.Queue) error
	depth      func(q *memqueue.Queue, ctx context.Context) (queue.Depth, error)
}

func (d defect) harness() Harness {
	return Harness{
		New: func(t testing.TB, visibility time.Duration) queue.Queue {
			if d.visibility != nil {
				visibility = d.visibility(visibility)
			}

			q, err := memqueue.New(&memqueue.Options{Visibility: visibility})
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, q.Close()) })

			return &brokenQueue{q, d}
		},
		Close: func(t testing.TB, q queue.Queue) {
			whole := q.(*brokenQueue).Queue
			if d.close != nil {
				require.NoError(t, d.close(whole))
				return
			}

			require.NoError(t, whole.Close())
		},
	}
}

// brokenQueue is a whole queue behind a defect.
type brokenQueue struct {
	*memqueue.Queue
	defect
}

func (b *brokenQueue) Send(ctx context.Context, m queue.Message, delay time.Duration) error {
	if b.send != nil {
		return b.send(b.Queue, ctx, m, delay)
	}

	return b.Queue.Send(ctx, m, delay)
}

func (b *brokenQueue) Receive(ctx context.Context) (queue.Delivery, error) {
	receive := queue.Queue.Receive
	if b.receive != nil {
		receive = b.receive
	}

	d, err := receive(b.Queue, ctx)
	if d == nil {
		return nil, err
	}

	return &brokenDelivery{d, b.defect}, err
}

func (b *brokenQueue) Depth(ctx context.Context) (queue.Depth, error) {
	if b.depth != nil {
		return b.depth(b.Queue, ctx)
	}

	return b.Queue.Depth(ctx)
}

// brokenDelivery is a whole delivery behind a defect.
type brokenDelivery struct {
	queue.Delivery
	defect
}

func (b *brokenDelivery) Extend(ctx context.Context, by time.Duration) error {
	if b.extend != nil {
		return b.extend(b.Delivery, ctx, by)
	}

	return b.Delivery.Extend(ctx, by)
}

func (b *brokenDelivery) Ack(ctx context.Context) error {
	if b.ack != nil {
		return b.ack(b.Delivery, ctx)
	}

	return b.Delivery.Ack(ctx)
}

func (b *brokenDelivery) Nack(ctx context.Context, delay time.Duration) error {
	if b.nack != nil {
		return b.nack(b.Delivery, ctx, delay)
	}

	return b.Delivery.Nack(ctx, delay)
}
