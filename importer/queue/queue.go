// Package queue is the port of job dispatch: it carries the word that a job
// wants a worker.
//
// Delivery is at least once and in no particular order. The job record is the
// truth and the message only a nudge, so a message that comes twice, late or for
// a finished job does no harm, and one that is lost is made up for by the
// engine's sweep.
//
// A backend implements [Queue]; queuetest.Run proves that it keeps the contract.
package queue

import (
	"context"
	"errors"
	"time"
)

var (
	// ErrClosed reports a call on a closed queue.
	ErrClosed = errors.New("queue: closed")
	// ErrSettled reports a call on a delivery that was settled by Ack or Nack, or
	// that has timed out. The call did nothing.
	ErrSettled = errors.New("queue: delivery is settled already")
)

// Message asks for a worker.
type Message struct {
	JobID string `json:"job_id"`
}

// Queue carries messages. Implementations are safe for concurrent use.
//
// Every method here and of Delivery does nothing and returns context.Cause(ctx),
// as it is or wrapped, when ctx has ended before the call.
type Queue interface {
	// Send hands a message over, to be received no sooner than delay from now. A
	// delay below 0 counts as 0.
	Send(ctx context.Context, m Message, delay time.Duration) error

	// Receive waits for a message and returns its delivery, to one of several
	// receivers. It returns context.Cause(ctx) when ctx ends, and ErrClosed when
	// the queue is closed; no message is lost by either.
	Receive(ctx context.Context) (Delivery, error)
}

// Delivery is a message in the hands of one receiver. Until it is settled by Ack
// or Nack nobody else is given the message, unless the backend takes the
// receiver for dead (a visibility time-out). All methods but Message give
// ErrSettled after that, and are safe for concurrent use.
type Delivery interface {
	// Message returns what was sent.
	Message() Message
	// Extend asks the backend to wait d from now, instead of what was left,
	// before it takes the receiver for dead.
	Extend(ctx context.Context, d time.Duration) error
	// Ack removes the message for good.
	Ack(ctx context.Context) error
	// Nack gives the message back, to be delivered again after delay, of which
	// below 0 counts as 0.
	Nack(ctx context.Context, delay time.Duration) error
}
