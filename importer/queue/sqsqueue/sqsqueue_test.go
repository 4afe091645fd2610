package sqsqueue_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/importer/queue"
	"github.com/vyapaarai/bulkimport/importer/queue/queuetest"
	"github.com/vyapaarai/bulkimport/importer/queue/sqsqueue"
	"github.com/vyapaarai/bulkimport/internal/awstest"
)

func open(t testing.TB, client sqsqueue.Client, url string, opts *sqsqueue.Options) *sqsqueue.Queue {
	t.Helper()

	q, err := sqsqueue.New(client, url, opts)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, q.Close()) })

	return q
}

func TestConformance(t *testing.T) {
	t.Parallel()

	client := awstest.SQS(t)

	queuetest.Run(t, queuetest.Harness{
		New: func(t testing.TB, visibility time.Duration) queue.Queue {
			return open(t, client, awstest.Queue(t, client, nil), &sqsqueue.Options{Visibility: visibility})
		},
		Close: func(t testing.TB, q queue.Queue) {
			require.NoError(t, q.(*sqsqueue.Queue).Close())
		},
		RealTime: true,
	})
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()

	const url = "https://sqs.ap-south-1.amazonaws.com/123456789012/jobs"

	for name, call := range map[string]func() (*sqsqueue.Queue, error){
		"no client":  func() (*sqsqueue.Queue, error) { return sqsqueue.New(nil, url, nil) },
		"no URL":     func() (*sqsqueue.Queue, error) { return sqsqueue.New(&fakeSQS{}, "", nil) },
		"FIFO queue": func() (*sqsqueue.Queue, error) { return sqsqueue.New(&fakeSQS{}, url+".fifo", nil) },
		"negative visibility": func() (*sqsqueue.Queue, error) {
			return sqsqueue.New(&fakeSQS{}, url, &sqsqueue.Options{Visibility: -1})
		},
		"half seconds": func() (*sqsqueue.Queue, error) {
			return sqsqueue.New(&fakeSQS{}, url, &sqsqueue.Options{Visibility: 1500 * time.Millisecond})
		},
		"more than SQS can": func() (*sqsqueue.Queue, error) {
			return sqsqueue.New(&fakeSQS{}, url, &sqsqueue.Options{Visibility: sqsqueue.MaxHold + time.Second})
		},
	} {
		_, err := call()
		require.Error(t, err, name)
	}
}

// lockedBuffer is a bytes.Buffer for a log that several goroutines write.
type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()

	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()

	return b.buf.String()
}

// TestMalformedBecomeDeadLetters has messages of others in the queue: the receiver goes
// on, says why each is left alone, and the redrive policy moves them.
func TestMalformedBecomeDeadLetters(t *testing.T) {
	t.Parallel()

	var (
		client = awstest.SQS(t)
		dead   = awstest.Queue(t, client, nil)
		log    = &lockedBuffer{}
	)

	attributes, err := client.GetQueueAttributes(t.Context(), &sqs.GetQueueAttributesInput{
		QueueUrl: &dead, AttributeNames: []types.QueueAttributeName{types.QueueAttributeNameQueueArn},
	})
	require.NoError(t, err)

	policy, err := json.Marshal(map[string]any{
		"deadLetterTargetArn": attributes.Attributes["QueueArn"], "maxReceiveCount": 2,
	})
	require.NoError(t, err)

	var (
		url = awstest.Queue(t, client, map[string]string{"RedrivePolicy": string(policy)})
		q   = open(t, client, url, &sqsqueue.Options{
			Visibility: time.Second, Logger: slog.New(slog.NewTextHandler(log, nil)),
		})
		malformed = []string{"not JSON, secret-cell", `{"job":"secret-cell"}`, strings.Repeat("x", 200<<10)}
	)

	for _, body := range malformed {
		_, err := client.SendMessage(t.Context(), &sqs.SendMessageInput{QueueUrl: &url, MessageBody: aws.String(body)})
		require.NoError(t, err)
	}

	require.NoError(t, q.Send(t.Context(), queue.Message{JobID: "a"}, 0))

	d, err := q.Receive(t.Context())
	require.NoError(t, err)
	require.Equal(t, "a", d.Message().JobID)
	require.NoError(t, d.Ack(t.Context()))

	// Somebody has to receive for the policy to act.
	ctx, stop := context.WithCancel(t.Context())
	receiving := make(chan error, 1)

	go func() {
		_, err := q.Receive(ctx)
		receiving <- err
	}()

	found := map[string]bool{}
	for len(found) < len(malformed) {
		out, err := client.ReceiveMessage(t.Context(), &sqs.ReceiveMessageInput{QueueUrl: &dead, WaitTimeSeconds: 5, MaxNumberOfMessages: 10})
		require.NoError(t, err)

		for _, m := range out.Messages {
			found[*m.Body] = true
		}
	}

	stop()
	require.ErrorIs(t, <-receiving, context.Canceled)

	for _, body := range malformed {
		require.True(t, found[body], "%.20q is no dead letter", body)
	}

	require.Equal(t, 2*len(malformed), strings.Count(log.String(), "left to the dead-letter queue"), log)
	require.Contains(t, log.String(), "it has no job_id")
	require.Contains(t, log.String(), "receive_count=2")
	require.NotContains(t, log.String(), "secret-cell", "the log repeats what the messages hold")
}

// TestMessageBeforeItsTime is how a delay of more than 15 minutes ends: SQS hands the
// message over, and it must not be delivered yet.
func TestMessageBeforeItsTime(t *testing.T) {
	t.Parallel()

	var (
		client = awstest.SQS(t)
		url    = awstest.Queue(t, client, nil)
		q      = open(t, client, url, &sqsqueue.Options{Visibility: time.Second})
		due    = time.Now().Add(4 * time.Second)
	)

	body, err := sqsqueue.Encode(queue.Message{JobID: "late"}, due)
	require.NoError(t, err)
	_, err = client.SendMessage(t.Context(), &sqs.SendMessageInput{QueueUrl: &url, MessageBody: &body})
	require.NoError(t, err)

	d, err := q.Receive(t.Context())
	require.NoError(t, err)
	require.Equal(t, "late", d.Message().JobID)
	require.False(t, time.Now().Before(due), "it came too early")
	require.Less(t, time.Since(due), 5*time.Second)
	require.NoError(t, d.Ack(t.Context()))
}
