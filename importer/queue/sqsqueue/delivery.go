package sqsqueue

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"github.com/vyapaarai/bulkimport/importer/queue"
	"github.com/vyapaarai/bulkimport/internal/awserr"
)

var _ queue.Delivery = (*delivery)(nil)

// holdMargin is what is left unused of MaxHold: SQS began to count a little before the
// message arrived here, and refuses what goes beyond.
const holdMargin = 10 * time.Second

// delivery is a queue.Delivery. SQS itself does not say reliably that a receiver is too
// late (it removes a message by an expired receipt where nobody else has it yet), so the
// delivery keeps the time as well.
type delivery struct {
	queue    *Queue
	message  queue.Message
	receipt  string
	received time.Time

	// busy holds one token while a method is at work, for one request at a time.
	busy chan struct{}
	// settled and expires are used by who has the token.
	settled bool
	expires time.Time
}

// Message implements queue.Delivery.
func (d *delivery) Message() queue.Message {
	return d.message
}

// Extend implements queue.Delivery, rounded up to the second. The new time counts even
// if it is shorter than what was left. It ends at the latest when MaxHold since the
// message was received is over.
func (d *delivery) Extend(ctx context.Context, by time.Duration) error {
	return d.do(ctx, func() error {
		now := time.Now()

		left := (d.mayHold(now)).Truncate(time.Second)
		if left <= 0 {
			return queue.ErrSettled
		}

		by = time.Duration(seconds(min(by, left))) * time.Second
		if err := d.hide(ctx, by); err != nil {
			return err
		}

		d.expires = now.Add(by)

		return nil
	})
}

// Ack implements queue.Delivery.
func (d *delivery) Ack(ctx context.Context) error {
	return d.do(ctx, func() error { return d.remove(ctx) })
}

// Nack implements queue.Delivery, rounded up to the second. A delay that goes beyond
// MaxHold since the message was received makes it two requests, of which the second
// removes this message and the first sends another: should the second fail, both come.
func (d *delivery) Nack(ctx context.Context, delay time.Duration) error {
	return d.do(ctx, func() error {
		if delay > d.mayHold(time.Now()) {
			if err := d.queue.send(ctx, d.message, delay); err != nil {
				return err
			}

			return d.remove(ctx)
		}

		if err := d.hide(ctx, delay); err != nil {
			return err
		}

		d.settled = true

		return nil
	})
}

// mayHold returns for how much longer SQS can hide the message.
func (d *delivery) mayHold(now time.Time) time.Duration {
	return MaxHold - holdMargin - now.Sub(d.received)
}

// do runs f, one at a time, while d holds its message.
func (d *delivery) do(ctx context.Context, f func() error) error {
	if err := d.queue.ready(ctx); err != nil {
		return err
	}

	select {
	case d.busy <- struct{}{}:
	case <-ctx.Done():
		return context.Cause(ctx)
	}

	defer func() { <-d.busy }()

	if d.settled || !time.Now().Before(d.expires) {
		return queue.ErrSettled
	}

	return f()
}

// remove deletes the message.
func (d *delivery) remove(ctx context.Context) error {
	_, err := d.queue.client.DeleteMessage(ctx, &sqs.DeleteMessageInput{
		QueueUrl: &d.queue.url, ReceiptHandle: &d.receipt,
	})
	if err != nil {
		return settling(ctx, "delete", err)
	}

	d.settled = true

	return nil
}

// hide keeps the message from everybody for a time from now on.
func (d *delivery) hide(ctx context.Context, wait time.Duration) error {
	_, err := d.queue.client.ChangeMessageVisibility(ctx, &sqs.ChangeMessageVisibilityInput{
		QueueUrl: &d.queue.url, ReceiptHandle: &d.receipt, VisibilityTimeout: seconds(wait),
	})

	return settling(ctx, "change visibility", err)
}

// settling returns queue.ErrSettled where SQS does not know the receipt any more.
func settling(ctx context.Context, what string, err error) error {
	if err == nil {
		return nil
	}

	err = fmt.Errorf("sqsqueue: %s: %w", what, awserr.Explain(ctx, err))

	var (
		notInflight *types.MessageNotInflight
		invalid     *types.ReceiptHandleIsInvalid
	)

	// The code is what SQS answers to a receipt that has expired; all other
	// parameters of these requests are known to be valid.
	if errors.As(err, &notInflight) || errors.As(err, &invalid) || awserr.Code(err) == "InvalidParameterValue" {
		return fmt.Errorf("%w: %w", queue.ErrSettled, err)
	}

	return err
}
