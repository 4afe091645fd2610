package sqsqueue

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"github.com/vyapaarai/bulkimport/importer/queue"
	"github.com/vyapaarai/bulkimport/internal/awserr"
)

const (
	// pollLimit ends a poll whose connection is dead; it leaves room for the SDK to
	// try again.
	pollLimit = longPoll + time.Minute
	// giveBackLimit bounds a request that is made after its caller is gone.
	giveBackLimit = 5 * time.Second
)

// errNoAnswer reports a poll that took longer than pollLimit.
var errNoAnswer = errors.New("sqsqueue: no answer from SQS")

// receiver is a call of Receive that waits. It gets one result.
type receiver struct {
	result chan result
}

type result struct {
	delivery *delivery
	err      error
}

// Receive implements queue.Queue. The package comment says how receivers share the
// requests. An error of the service goes to all that wait; throttling becomes one only
// when the SDK's retryer has given up.
func (q *Queue) Receive(ctx context.Context) (queue.Delivery, error) {
	r := &receiver{result: make(chan result, 1)}
	if err := q.join(ctx, r); err != nil {
		return nil, err
	}

	select {
	case got := <-r.result:
		if got.err != nil {
			return nil, got.err
		}

		return got.delivery, nil
	case <-ctx.Done():
		q.leave(ctx, r)

		return nil, context.Cause(ctx)
	}
}

// join adds a receiver to those that wait, and starts a poll where none runs.
func (q *Queue) join(ctx context.Context, r *receiver) error {
	if err := context.Cause(ctx); err != nil {
		return err
	}

	q.mu.Lock()
	defer q.mu.Unlock()

	if q.closed {
		return queue.ErrClosed
	}

	q.waiting = append(q.waiting, r)

	if q.stop == nil {
		// The poll is for all receivers, so it must outlive the first one's context.
		ctx, stop := context.WithCancel(context.WithoutCancel(ctx))
		q.stop = stop

		q.running.Go(func() { q.poll(ctx) })
	}

	return nil
}

// leave takes a receiver out whose context has ended. Where it has been handed a message
// in the same moment, that goes back to the queue.
func (q *Queue) leave(ctx context.Context, r *receiver) {
	q.mu.Lock()
	defer q.mu.Unlock()

	if i := slices.Index(q.waiting, r); i >= 0 {
		q.waiting = slices.Delete(q.waiting, i, i+1)

		return
	}

	// Results are handed over under the lock, so it is there.
	got := <-r.result
	if got.delivery == nil || q.closed {
		return
	}

	q.running.Go(func() { q.giveBack(ctx, got.delivery) })
}

// poll asks for messages for as long as receivers wait.
func (q *Queue) poll(ctx context.Context) {
	for {
		n := q.wanted()
		if n == 0 {
			return
		}

		messages, err := q.fetch(ctx, n)
		if err != nil {
			q.fail(err)

			return
		}

		for i := range messages {
			d := q.accept(ctx, &messages[i])
			if d != nil && !q.hand(d) {
				q.giveBack(ctx, d)
			}
		}
	}
}

// wanted returns how many messages to ask for; 0 says that the poll is over, and that
// the next receiver starts another.
func (q *Queue) wanted() int {
	q.mu.Lock()
	defer q.mu.Unlock()

	if len(q.waiting) == 0 {
		q.end()
	}

	return min(len(q.waiting), maxBatch)
}

// fail hands an error to all receivers and ends the poll.
func (q *Queue) fail(err error) {
	q.mu.Lock()
	defer q.mu.Unlock()

	q.failWaiting(err)
	q.end()
}

// failWaiting hands an error to all receivers. The caller holds the lock.
func (q *Queue) failWaiting(err error) {
	for _, r := range q.waiting {
		r.result <- result{err: err}
	}

	q.waiting = nil
}

// end notes that no poll runs. The caller holds the lock.
func (q *Queue) end() {
	q.stop()
	q.stop = nil
}

// hand gives a message to the receiver that has waited longest, and reports whether
// there is one.
func (q *Queue) hand(d *delivery) bool {
	q.mu.Lock()
	defer q.mu.Unlock()

	if len(q.waiting) == 0 {
		return false
	}

	q.waiting[0].result <- result{delivery: d}
	q.waiting = q.waiting[1:]

	return true
}

// fetch makes one long poll.
func (q *Queue) fetch(ctx context.Context, n int) ([]types.Message, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, pollLimit, errNoAnswer)
	defer cancel()

	out, err := q.client.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{
		QueueUrl:                    &q.url,
		MaxNumberOfMessages:         int32(n),
		WaitTimeSeconds:             seconds(longPoll),
		VisibilityTimeout:           seconds(q.visibility),
		MessageSystemAttributeNames: []types.MessageSystemAttributeName{types.MessageSystemAttributeNameApproximateReceiveCount},
	})
	if err != nil {
		return nil, fmt.Errorf("sqsqueue: receive: %w", awserr.Explain(ctx, err))
	}

	return out.Messages, nil
}

// accept returns the delivery of a message, or nil where it is not to be delivered: it
// is none of this package's, or it is too early for it.
func (q *Queue) accept(ctx context.Context, m *types.Message) *delivery {
	now := time.Now()
	log := q.log.With("message_id", aws.ToString(m.MessageId),
		"receive_count", m.Attributes[string(types.MessageSystemAttributeNameApproximateReceiveCount)])

	message, notBefore, err := Decode(aws.ToString(m.Body))
	if err != nil {
		log.WarnContext(ctx, "message is left to the dead-letter queue", "reason", err)

		return nil
	}

	d := &delivery{
		queue: q, message: message, receipt: aws.ToString(m.ReceiptHandle),
		received: now, expires: now.Add(q.visibility), busy: make(chan struct{}, 1),
	}

	if wait := notBefore.Sub(now); wait > 0 {
		if err := d.hide(ctx, min(wait, MaxHold-holdMargin)); err != nil {
			log.WarnContext(ctx, "message came before its time and cannot be hidden; it comes again", "error", err)
		}

		return nil
	}

	return d
}

// giveBack makes a message visible again that nobody has a use for. Where it cannot, the
// visibility time-out does.
func (q *Queue) giveBack(ctx context.Context, d *delivery) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), giveBackLimit)
	defer cancel()

	if err := d.hide(ctx, 0); err != nil {
		q.log.WarnContext(ctx, "message cannot be given back; it comes again", "job_id", d.message.JobID, "error", err)
	}
}
