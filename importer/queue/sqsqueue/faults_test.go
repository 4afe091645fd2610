package sqsqueue_test

import (
	"context"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/importer/queue"
	"github.com/vyapaarai/bulkimport/importer/queue/sqsqueue"
	"github.com/vyapaarai/bulkimport/internal/awstest"
)

// faulty returns a queue on a real one, and what can go wrong in between.
func faulty(t *testing.T) (*sqsqueue.Queue, *awstest.Faults) {
	t.Helper()

	faults := awstest.NewFaults(awstest.Transport(t))
	client := awstest.SQS(t, awstest.Through(faults))

	return open(t, client, awstest.Queue(t, client, nil), &sqsqueue.Options{Visibility: 10 * time.Second}), faults
}

// TestThrottlingIsTriedAgain has every operation throttled twice, which the SDK's
// retryer overcomes.
func TestThrottlingIsTriedAgain(t *testing.T) {
	t.Parallel()

	q, faults := faulty(t)

	var injected []*awstest.Injected
	for _, operation := range []string{"SendMessage", "ReceiveMessage", "ChangeMessageVisibility", "DeleteMessage"} {
		injected = append(injected, faults.Add(awstest.Fault{
			Operation: operation, Times: 2, Answer: awstest.SQSError(400, "RequestThrottled"),
		}))
	}

	require.NoError(t, q.Send(t.Context(), queue.Message{JobID: "a"}, 0))

	d, err := q.Receive(t.Context())
	require.NoError(t, err)
	require.NoError(t, d.Extend(t.Context(), time.Minute))
	require.NoError(t, d.Ack(t.Context()))

	for _, i := range injected {
		require.Equal(t, 2, i.Hits(), i.Operation)
	}
}

func TestLostAnswers(t *testing.T) {
	t.Parallel()

	q, faults := faulty(t)
	faults.Add(awstest.Fault{Operation: "SendMessage", LoseAnswer: true})
	faults.Add(awstest.Fault{Operation: "DeleteMessage", LoseAnswer: true})

	// The SDK sends it again, so it comes twice, which the contract allows.
	require.NoError(t, q.Send(t.Context(), queue.Message{JobID: "a"}, 0))

	for range 2 {
		d, err := q.Receive(t.Context())
		require.NoError(t, err)
		require.Equal(t, "a", d.Message().JobID)
		require.NoError(t, d.Ack(t.Context()))
		require.ErrorIs(t, d.Ack(t.Context()), queue.ErrSettled)
	}
}

func TestExpiredCredentials(t *testing.T) {
	t.Parallel()

	q, faults := faulty(t)
	require.NoError(t, q.Send(t.Context(), queue.Message{JobID: "a"}, 0))

	d, err := q.Receive(t.Context())
	require.NoError(t, err)

	faults.Add(awstest.Fault{Times: awstest.Always, Answer: awstest.SQSError(403, "ExpiredToken")})

	_, receiveErr := q.Receive(t.Context())
	_, depthErr := q.Depth(t.Context())

	for name, err := range map[string]error{
		"Depth":   depthErr,
		"Send":    q.Send(t.Context(), queue.Message{JobID: "b"}, 0),
		"Receive": receiveErr,
		"Extend":  d.Extend(t.Context(), time.Minute),
		"Nack":    d.Nack(t.Context(), 0),
		"Ack":     d.Ack(t.Context()),
	} {
		require.ErrorIs(t, err, sqsqueue.ErrCredentials, name)
		require.NotErrorIs(t, err, queue.ErrSettled, name)
	}

	// The delivery is still good for when there are new ones.
	faults.Clear()

	faults.Add(awstest.Fault{Answer: awstest.SQSError(403, "AccessDeniedException")})
	require.ErrorIs(t, q.Send(t.Context(), queue.Message{JobID: "b"}, 0), sqsqueue.ErrDenied)
	require.NoError(t, d.Ack(t.Context()))
}

// TestCredentialsThatCannotBeFetched needs no server: no call is made.
func TestCredentialsThatCannotBeFetched(t *testing.T) {
	t.Parallel()

	q := open(t, sqs.New(sqs.Options{
		Region: awstest.Region,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{}, errGone
		}),
	}), "https://sqs.example.in/1/q", nil)

	_, err := q.Receive(t.Context())
	require.ErrorIs(t, err, sqsqueue.ErrCredentials)
	require.ErrorIs(t, err, errGone)
	require.ErrorIs(t, q.Send(t.Context(), queue.Message{JobID: "a"}, 0), sqsqueue.ErrCredentials)
}

// TestReceiptOfNobody is what SQS answers where it has let the message go before the
// receiver's own time was up.
func TestReceiptOfNobody(t *testing.T) {
	t.Parallel()

	for _, code := range []string{"ReceiptHandleIsInvalid", "InvalidParameterValue"} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()

			q, faults := faulty(t)
			require.NoError(t, q.Send(t.Context(), queue.Message{JobID: "a"}, 0))

			d, err := q.Receive(t.Context())
			require.NoError(t, err)

			faults.Add(awstest.Fault{Times: awstest.Always, Answer: awstest.SQSError(400, code)})
			require.ErrorIs(t, d.Extend(t.Context(), time.Minute), queue.ErrSettled)
			require.ErrorIs(t, d.Nack(t.Context(), 0), queue.ErrSettled)
			require.ErrorIs(t, d.Ack(t.Context()), queue.ErrSettled)
		})
	}
}

// TestContextEndsWhileAtWork cuts calls off in the middle.
func TestContextEndsWhileAtWork(t *testing.T) {
	t.Parallel()

	q, faults := faulty(t)
	require.NoError(t, q.Send(t.Context(), queue.Message{JobID: "a"}, 0))

	d, err := q.Receive(t.Context())
	require.NoError(t, err)

	faults.Add(awstest.Fault{Times: awstest.Always, Delay: time.Hour})

	for name, call := range map[string]func(context.Context) error{
		"Send":   func(ctx context.Context) error { return q.Send(ctx, queue.Message{JobID: "b"}, 0) },
		"Extend": func(ctx context.Context) error { return d.Extend(ctx, time.Minute) },
		"Ack":    d.Ack,
	} {
		ctx, cancel := context.WithTimeoutCause(t.Context(), 20*time.Millisecond, errGone)
		require.ErrorIs(t, call(ctx), errGone, name)
		cancel()
	}

	faults.Clear()
	require.NoError(t, d.Ack(t.Context()))
}
