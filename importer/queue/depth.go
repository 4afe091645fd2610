package queue

import "context"

// Depth counts the messages of a queue.
type Depth struct {
	// Waiting are due and in nobody's hands: what workers are behind.
	Waiting int64
	// Delayed are to be delivered later.
	Delayed int64
	// InHand are with a receiver.
	InHand int64
}

// Depther is implemented by queues that can tell how many messages they hold, for
// metrics. A backend over a network may answer with figures that are a little old.
type Depther interface {
	// Depth returns the numbers of messages. It returns context.Cause(ctx) where ctx has
	// ended and ErrClosed where the queue is closed, as the methods of Queue do.
	Depth(ctx context.Context) (Depth, error)
}
