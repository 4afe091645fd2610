package queuetest

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/vyapaarai/bulkimport/importer/queue"
	"github.com/vyapaarai/bulkimport/importer/queue/memqueue"
)

// defects lists what a backend may get wrong, at least one for each case.
func defects() map[string]defect {
	return map[string]defect{
		"changes the message":       {caughtBy: "message comes", send: changeMessage},
		"delivers without messages": {caughtBy: "empty queue is quiet", receive: neverEmpty},
		"polls":                     {caughtBy: "message wakes a receiver", receive: poll},
		"loses every fifth message": {caughtBy: "all messages come", send: loseEveryFifth()},
		"drops a repetition":        {caughtBy: "same message twice", send: dropRepetition()},
		"delivers to two receivers": {caughtBy: "concurrent receivers", send: sendTwice},

		"ignores the delay":           {caughtBy: "delayed message comes in time", send: sendNow},
		"blocks while it delays":      {caughtBy: "delayed message holds up no other", send: sendBlocking},
		"keeps to the order of sends": {caughtBy: "sooner message overtakes a wait", send: sendInOrder()},
		"delays by the amount":        {caughtBy: "negative delay is none", send: sendAmount},
		"refuses by the amount":       {caughtBy: "negative delay is none", nack: nackAmount},

		"waits for ever":               {caughtBy: "silent receiver loses its message", visibility: times(1000)},
		"hides for no time":            {caughtBy: "message is hidden until the time-out", visibility: times(0.0001)},
		"ignores Extend":               {caughtBy: "Extend keeps the message", extend: extendNothing},
		"extends only once":            {caughtBy: "Extend repeated keeps the message", extend: extendOnce()},
		"settles late":                 {caughtBy: "late settling is refused", ack: ackQuietly},
		"refuses late for the next":    {caughtBy: "late settling is refused", nack: nackQuietly},
		"settles late for the next":    {caughtBy: "late settling does not touch the next delivery", ack: ackQuietly},
		"Ack only hides":               {caughtBy: "acknowledged message never comes again", ack: ackByNack(visibility)},
		"Nack removes":                 {caughtBy: "refused message comes again", nack: nackByAck},
		"Nack waits for the time-out":  {caughtBy: "refused message comes again", nack: nackNothing},
		"Nack ignores the delay":       {caughtBy: "refused message comes again after its delay", nack: nackNow},
		"settles as often as it likes": {caughtBy: "delivery is settled once", ack: ackQuietly},

		"sends in spite of the context":       {caughtBy: "ended context is refused", send: sendWithoutContext},
		"acks in spite of the context":        {caughtBy: "ended context is refused", ack: ackWithoutContext},
		"receives in spite of the context":    {caughtBy: "ended context is refused", receive: receiveFirst},
		"does not say why":                    {caughtBy: "context that ends wakes a receiver", receive: receiveOpaque},
		"goes on for those who have given up": {caughtBy: "receiver that gave up takes no message", receive: receiveOn},

		"does not wake at Close":  {caughtBy: "Close wakes receivers", receive: poll},
		"goes on after Close":     {caughtBy: "calls after Close are refused", close: closeNothing},
		"other error after Close": {caughtBy: "calls after Close are refused", send: sendOpaque},

		"counts what is in hand as waiting": {caughtBy: "depth counts messages where they are", depth: depthInHand},
		"counts in spite of the context":    {caughtBy: "depth refuses an ended context", depth: depthWithoutContext},
		"counts in spite of being closed":   {caughtBy: "depth refuses after Close", close: closeNothing},
	}
}

func changeMessage(q queue.Queue, ctx context.Context, m queue.Message, delay time.Duration) error {
	return q.Send(ctx, queue.Message{JobID: m.JobID[:1]}, delay)
}

func neverEmpty(q queue.Queue, ctx context.Context) (queue.Delivery, error) {
	if err := q.Send(ctx, queue.Message{}, 0); err != nil {
		return nil, err
	}

	return q.Receive(ctx)
}

// poll looks every 7 seconds, whatever happens in between.
func poll(q queue.Queue, ctx context.Context) (queue.Delivery, error) {
	for {
		look, cancel := context.WithTimeout(ctx, time.Nanosecond)
		d, err := q.Receive(look)
		cancel()

		if err == nil || ctx.Err() != nil {
			return d, err
		}

		time.Sleep(7 * time.Second)
	}
}

func loseEveryFifth() func(queue.Queue, context.Context, queue.Message, time.Duration) error {
	var count atomic.Int64

	return func(q queue.Queue, ctx context.Context, m queue.Message, delay time.Duration) error {
		if count.Add(1)%5 == 0 {
			return nil
		}

		return q.Send(ctx, m, delay)
	}
}

func dropRepetition() func(queue.Queue, context.Context, queue.Message, time.Duration) error {
	var last queue.Message

	return func(q queue.Queue, ctx context.Context, m queue.Message, delay time.Duration) error {
		if m == last {
			return nil
		}

		last = m

		return q.Send(ctx, m, delay)
	}
}

func sendTwice(q queue.Queue, ctx context.Context, m queue.Message, delay time.Duration) error {
	return errors.Join(q.Send(ctx, m, delay), q.Send(ctx, m, delay))
}

func sendNow(q queue.Queue, ctx context.Context, m queue.Message, _ time.Duration) error {
	return q.Send(ctx, m, 0)
}

func sendBlocking(q queue.Queue, ctx context.Context, m queue.Message, delay time.Duration) error {
	time.Sleep(delay)

	return q.Send(ctx, m, 0)
}

// sendInOrder lets no message come before an earlier one.
func sendInOrder() func(queue.Queue, context.Context, queue.Message, time.Duration) error {
	var last time.Time

	return func(q queue.Queue, ctx context.Context, m queue.Message, delay time.Duration) error {
		if due := time.Now().Add(delay); due.After(last) {
			last = due
		}

		return q.Send(ctx, m, time.Until(last))
	}
}

func sendAmount(q queue.Queue, ctx context.Context, m queue.Message, delay time.Duration) error {
	return q.Send(ctx, m, delay.Abs())
}

func sendWithoutContext(q queue.Queue, ctx context.Context, m queue.Message, delay time.Duration) error {
	return errors.Join(context.Cause(ctx), q.Send(context.WithoutCancel(ctx), m, delay))
}

func sendOpaque(q queue.Queue, ctx context.Context, m queue.Message, delay time.Duration) error {
	if err := q.Send(ctx, m, delay); err != nil {
		return errors.New(err.Error())
	}

	return nil
}

// times multiplies the visibility time-out.
func times(factor float64) func(time.Duration) time.Duration {
	return func(visibility time.Duration) time.Duration {
		return time.Duration(float64(visibility) * factor)
	}
}

func extendNothing(queue.Delivery, context.Context, time.Duration) error {
	return nil
}

func extendOnce() func(queue.Delivery, context.Context, time.Duration) error {
	extended := false

	return func(d queue.Delivery, ctx context.Context, by time.Duration) error {
		if extended {
			return nil
		}

		extended = true

		return d.Extend(ctx, by)
	}
}

func ackQuietly(d queue.Delivery, ctx context.Context) error {
	if err := d.Ack(ctx); !errors.Is(err, queue.ErrSettled) {
		return err
	}

	return nil
}

func nackQuietly(d queue.Delivery, ctx context.Context, delay time.Duration) error {
	if err := d.Nack(ctx, delay); !errors.Is(err, queue.ErrSettled) {
		return err
	}

	return nil
}

func ackByNack(delay time.Duration) func(queue.Delivery, context.Context) error {
	return func(d queue.Delivery, ctx context.Context) error {
		return d.Nack(ctx, delay)
	}
}

func ackWithoutContext(d queue.Delivery, ctx context.Context) error {
	return errors.Join(context.Cause(ctx), d.Ack(context.WithoutCancel(ctx)))
}

func nackByAck(d queue.Delivery, ctx context.Context, _ time.Duration) error {
	return d.Ack(ctx)
}

func nackNothing(queue.Delivery, context.Context, time.Duration) error {
	return nil
}

func nackNow(d queue.Delivery, ctx context.Context, _ time.Duration) error {
	return d.Nack(ctx, 0)
}

func nackAmount(d queue.Delivery, ctx context.Context, delay time.Duration) error {
	return d.Nack(ctx, delay.Abs())
}

// receiveFirst looks at the context only when there is nothing else.
func receiveFirst(q queue.Queue, ctx context.Context) (queue.Delivery, error) {
	look, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Nanosecond)
	defer cancel()

	if d, err := q.Receive(look); err == nil {
		return d, nil
	}

	return q.Receive(ctx)
}

func receiveOpaque(q queue.Queue, ctx context.Context) (queue.Delivery, error) {
	d, err := q.Receive(ctx)
	if err != nil {
		return nil, errors.New(err.Error())
	}

	return d, nil
}

// receiveOn leaves a receiver behind when its caller goes.
func receiveOn(q queue.Queue, ctx context.Context) (queue.Delivery, error) {
	received := make(chan queue.Delivery, 1)

	go func() {
		// The error is that the queue is closed in the end.
		if d, err := q.Receive(context.WithoutCancel(ctx)); err == nil {
			received <- d
		}
	}()

	select {
	case d := <-received:
		return d, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

func closeNothing(*memqueue.Queue) error {
	return nil
}

func depthInHand(q *memqueue.Queue, ctx context.Context) (queue.Depth, error) {
	d, err := q.Depth(ctx)

	return queue.Depth{Waiting: d.Waiting + d.InHand, Delayed: d.Delayed}, err
}

func depthWithoutContext(q *memqueue.Queue, ctx context.Context) (queue.Depth, error) {
	return q.Depth(context.WithoutCancel(ctx))
}
