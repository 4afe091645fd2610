package sqsqueue_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/importer/queue"
	"github.com/vyapaarai/bulkimport/importer/queue/sqsqueue"
)

var errGone = errors.New("the worker is gone")

// fakeSQS is SQS in virtual time, for what takes the real one hours, or happens at one
// moment in a million. It hands out one message at a time of sending and keeps the
// limits of the service.
type fakeSQS struct {
	sqsqueue.Client // what is not replaced

	mu       sync.Mutex
	messages []*fakeMessage
	receipts int

	// asked are the MaxNumberOfMessages of the receives, answered or not.
	asked []int32
	// delays are the DelaySeconds of the sends.
	delays []int32
	// beforeAnswer, where not nil, is called once messages are taken, before the answer.
	beforeAnswer func()
}

type fakeMessage struct {
	body     string
	visible  time.Time
	received time.Time
	receipt  string
}

func (f *fakeSQS) SendMessage(_ context.Context, in *sqs.SendMessageInput, _ ...func(*sqs.Options)) (*sqs.SendMessageOutput, error) {
	f.mu.Lock()
	defer f.mu.Unlock()

	if in.DelaySeconds < 0 || in.DelaySeconds > 900 {
		return nil, fmt.Errorf("DelaySeconds %d", in.DelaySeconds)
	}

	f.delays = append(f.delays, in.DelaySeconds)
	f.messages = append(f.messages, &fakeMessage{
		body: *in.MessageBody, visible: time.Now().Add(time.Duration(in.DelaySeconds) * time.Second),
	})

	return &sqs.SendMessageOutput{}, nil
}

func (f *fakeSQS) ReceiveMessage(ctx context.Context, in *sqs.ReceiveMessageInput, _ ...func(*sqs.Options)) (*sqs.ReceiveMessageOutput, error) {
	f.mu.Lock()
	f.asked = append(f.asked, in.MaxNumberOfMessages)
	f.mu.Unlock()

	for until := time.Now().Add(time.Duration(in.WaitTimeSeconds) * time.Second); ; {
		if out := f.take(in); len(out) > 0 {
			if f.beforeAnswer != nil {
				f.beforeAnswer()
			}

			return &sqs.ReceiveMessageOutput{Messages: out}, nil
		}

		if !time.Now().Before(until) {
			return &sqs.ReceiveMessageOutput{}, nil
		}

		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(f.nextLook(until)):
		}
	}
}

// nextLook returns how long it takes until a message is due, or a new one may have been
// sent.
func (f *fakeSQS) nextLook(until time.Time) time.Duration {
	f.mu.Lock()
	defer f.mu.Unlock()

	wait := min(time.Until(until), time.Second)
	for _, m := range f.messages {
		wait = min(wait, time.Until(m.visible))
	}

	return wait
}

func (f *fakeSQS) take(in *sqs.ReceiveMessageInput) []types.Message {
	f.mu.Lock()
	defer f.mu.Unlock()

	var out []types.Message

	for _, m := range f.messages {
		if len(out) == int(in.MaxNumberOfMessages) || time.Now().Before(m.visible) {
			continue
		}

		f.receipts++
		m.receipt, m.received = fmt.Sprint(f.receipts), time.Now()
		m.visible = m.received.Add(time.Duration(in.VisibilityTimeout) * time.Second)
		out = append(out, types.Message{Body: aws.String(m.body), ReceiptHandle: aws.String(m.receipt)})
	}

	return out
}

func (f *fakeSQS) find(receipt *string) (int, error) {
	for i, m := range f.messages {
		if m.receipt == *receipt {
			return i, nil
		}
	}

	return 0, &types.ReceiptHandleIsInvalid{}
}

func (f *fakeSQS) DeleteMessage(_ context.Context, in *sqs.DeleteMessageInput, _ ...func(*sqs.Options)) (*sqs.DeleteMessageOutput, error) {
	f.mu.Lock()
	defer f.mu.Unlock()

	i, err := f.find(in.ReceiptHandle)
	if err == nil {
		f.messages = append(f.messages[:i], f.messages[i+1:]...)
	}

	return &sqs.DeleteMessageOutput{}, err
}

func (f *fakeSQS) ChangeMessageVisibility(
	_ context.Context, in *sqs.ChangeMessageVisibilityInput, _ ...func(*sqs.Options),
) (*sqs.ChangeMessageVisibilityOutput, error) {
	f.mu.Lock()
	defer f.mu.Unlock()

	i, err := f.find(in.ReceiptHandle)
	if err != nil {
		return nil, err
	}

	m := f.messages[i]
	visible := time.Now().Add(time.Duration(in.VisibilityTimeout) * time.Second)

	if !time.Now().Before(m.visible) || in.VisibilityTimeout < 0 || visible.Sub(m.received) > 12*time.Hour {
		return nil, &types.InvalidAddress{ErrorCodeOverride: aws.String("InvalidParameterValue"), Message: aws.String("beyond the limit")}
	}

	m.visible = visible

	return &sqs.ChangeMessageVisibilityOutput{}, nil
}

func (f *fakeSQS) left() int {
	f.mu.Lock()
	defer f.mu.Unlock()

	return len(f.messages)
}

// virtual runs a test of a queue on a fake in virtual time.
func virtual(t *testing.T, f func(t *testing.T, fake *fakeSQS, q *sqsqueue.Queue)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		fake := &fakeSQS{}
		f(t, fake, open(t, fake, "http://fake.invalid/queue", nil))
	})
}

// TestLongDelays are those that SQS does not know of.
func TestLongDelays(t *testing.T) {
	t.Parallel()

	for _, delay := range []time.Duration{
		sqsqueue.MaxSendDelay, sqsqueue.MaxSendDelay + time.Second, 3 * time.Hour, 12 * time.Hour, 40 * time.Hour,
	} {
		t.Run("Send "+delay.String(), func(t *testing.T) {
			virtual(t, func(t *testing.T, fake *fakeSQS, q *sqsqueue.Queue) {
				sent := time.Now()
				require.NoError(t, q.Send(t.Context(), queue.Message{JobID: "a"}, delay))
				require.Equal(t, []int32{900}, fake.delays)

				d, err := q.Receive(t.Context())
				require.NoError(t, err)
				require.GreaterOrEqual(t, time.Since(sent), delay)
				require.Less(t, time.Since(sent), delay+2*time.Second)
				require.LessOrEqual(t, fake.receipts, int(delay/sqsqueue.MaxHold)+2, "each counts towards the dead-letter queue")
				require.NoError(t, d.Ack(t.Context()))
				require.Zero(t, fake.left())
			})
		})

		t.Run("Nack "+delay.String(), func(t *testing.T) {
			virtual(t, func(t *testing.T, fake *fakeSQS, q *sqsqueue.Queue) {
				require.NoError(t, q.Send(t.Context(), queue.Message{JobID: "a"}, 0))

				d, err := q.Receive(t.Context())
				require.NoError(t, err)

				refused := time.Now()
				require.NoError(t, d.Nack(t.Context(), delay))
				require.ErrorIs(t, d.Ack(t.Context()), queue.ErrSettled)
				require.Equal(t, 1, fake.left())

				d, err = q.Receive(t.Context())
				require.NoError(t, err)
				require.GreaterOrEqual(t, time.Since(refused), delay)
				require.Less(t, time.Since(refused), delay+2*time.Second)
				require.NoError(t, d.Ack(t.Context()))
				require.Zero(t, fake.left())
			})
		})
	}
}

// TestHoldEnds extends a message for as long as SQS lets it.
func TestHoldEnds(t *testing.T) {
	virtual(t, func(t *testing.T, fake *fakeSQS, q *sqsqueue.Queue) {
		require.NoError(t, q.Send(t.Context(), queue.Message{JobID: "a"}, 0))

		d, err := q.Receive(t.Context())
		require.NoError(t, err)

		received := time.Now()

		for err == nil {
			time.Sleep(time.Minute)

			if err = d.Extend(t.Context(), 3*time.Minute); err == nil {
				require.True(t, time.Now().Before(fake.messages[0].visible), "Extend gave the message away")
			}
		}

		require.ErrorIs(t, err, queue.ErrSettled)
		require.InDelta(t, sqsqueue.MaxHold, time.Since(received), float64(2*time.Minute))

		again, err := q.Receive(t.Context())
		require.NoError(t, err)
		require.NoError(t, again.Ack(t.Context()))
		require.Zero(t, fake.left())
	})
}

// TestBatchIsBoundedByReceivers leaves messages that nobody is free for to others.
func TestBatchIsBoundedByReceivers(t *testing.T) {
	virtual(t, func(t *testing.T, fake *fakeSQS, q *sqsqueue.Queue) {
		const receivers = 13

		var wait sync.WaitGroup
		for range receivers {
			wait.Go(func() {
				_, err := q.Receive(t.Context())
				require.NoError(t, err)
			})
		}

		synctest.Wait()

		for range 2 * receivers {
			require.NoError(t, q.Send(t.Context(), queue.Message{JobID: "a"}, 0))
		}

		wait.Wait()

		taken := 0
		for _, m := range fake.messages {
			if m.receipt != "" {
				taken++
			}
		}

		require.Equal(t, receivers, taken, "messages were taken that nobody was free for")

		// How many receivers the first poll began with is up to the scheduler; together the
		// polls ask for as many messages as there are receivers, at most 10 at a time.
		asked := int32(0)
		for _, n := range fake.asked {
			require.LessOrEqual(t, n, int32(10))

			asked += n
		}

		require.EqualValues(t, receivers, asked, "%v", fake.asked)
	})
}

// TestMessageForTheGone comes while its receivers go, in each order.
func TestMessageForTheGone(t *testing.T) {
	virtual(t, func(t *testing.T, fake *fakeSQS, q *sqsqueue.Queue) {
		ctx, cancel := context.WithCancelCause(t.Context())
		fake.beforeAnswer = func() {
			cancel(errGone)
			synctest.Wait() // until the receiver has left
		}

		require.NoError(t, q.Send(t.Context(), queue.Message{JobID: "a"}, time.Second))

		_, err := q.Receive(ctx)
		require.ErrorIs(t, err, errGone)
		time.Sleep(time.Millisecond) // for the poll to have its answer

		fake.beforeAnswer = nil
		given := time.Now()

		d, err := q.Receive(t.Context())
		require.NoError(t, err)
		require.Less(t, time.Since(given), time.Second, "it was not given back, but timed out")
		require.NoError(t, d.Ack(t.Context()))
	})
}

// TestResultForTheGone ends the context when the message has been handed over already.
// Who is first is chance, so all orders are allowed, and none may cost the message.
func TestResultForTheGone(t *testing.T) {
	t.Parallel()

	const rounds = 300

	gaveBack := 0

	for range rounds {
		synctest.Test(t, func(t *testing.T) {
			fake := &fakeSQS{}
			q := open(t, fake, "http://fake.invalid/queue", nil)
			ctx, cancel := context.WithCancelCause(t.Context())
			// The receiver wakes up while the poll goes on to hand it the message.
			fake.beforeAnswer = func() { cancel(errGone) }

			require.NoError(t, q.Send(t.Context(), queue.Message{JobID: "a"}, time.Second))

			d, err := q.Receive(ctx)
			synctest.Wait()

			fake.beforeAnswer = nil

			if err != nil {
				require.ErrorIs(t, err, errGone)

				gaveBack++
				given := time.Now()

				d, err = q.Receive(t.Context())
				require.NoError(t, err)
				require.Less(t, time.Since(given), time.Second)
			}

			require.NoError(t, d.Ack(t.Context()))
			require.Zero(t, fake.left())
		})
	}

	t.Logf("of %d messages %d were handed to a receiver that had gone or given back before", rounds, gaveBack)
}

// TestPollOutlivesItsReceiver has the receiver that started a poll leave: another takes
// what it brings.
func TestPollOutlivesItsReceiver(t *testing.T) {
	virtual(t, func(t *testing.T, fake *fakeSQS, q *sqsqueue.Queue) {
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()

		_, err := q.Receive(ctx)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.NoError(t, q.Send(t.Context(), queue.Message{JobID: "a"}, time.Second))

		_, err = q.Receive(t.Context())
		require.NoError(t, err)
		require.Len(t, fake.asked, 1)
	})
}

// TestCloseCutsThePoll leaves no goroutine behind (synctest would not end).
func TestCloseCutsThePoll(t *testing.T) {
	virtual(t, func(t *testing.T, fake *fakeSQS, q *sqsqueue.Queue) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()

		_, err := q.Receive(ctx)
		require.ErrorIs(t, err, context.DeadlineExceeded)

		began := time.Now()
		require.NoError(t, q.Close())
		require.Zero(t, time.Since(began), "Close waited for the poll instead of ending it")
	})
}
