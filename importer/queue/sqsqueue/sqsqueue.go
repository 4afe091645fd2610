package sqsqueue

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"github.com/vyapaarai/bulkimport/importer/queue"
	"github.com/vyapaarai/bulkimport/internal/awserr"
)

var _ queue.Queue = (*Queue)(nil)

const (
	// DefaultVisibility is Options.Visibility by default.
	DefaultVisibility = 5 * time.Minute
	// MaxSendDelay is the longest delay that SQS knows of. Longer ones are of this
	// package's making.
	MaxSendDelay = 15 * time.Minute
	// MaxHold is how long SQS keeps a message from others for one receiver, all
	// extensions included.
	MaxHold = 12 * time.Hour

	// longPoll is the longest that SQS waits for a message.
	longPoll = 20 * time.Second
	// maxBatch is the most messages that SQS hands over at a time.
	maxBatch = 10
)

// The errors of AWS that say what to do. They come with the SDK's own error.
var (
	// ErrCredentials: the AWS credentials cannot be fetched, are wrong or have expired.
	ErrCredentials = awserr.ErrCredentials
	// ErrDenied: the credentials lack a permission; the package documentation lists them.
	ErrDenied = awserr.ErrDenied
)

// Client is what the package needs of the SDK's SQS client.
type Client interface {
	SendMessage(context.Context, *sqs.SendMessageInput, ...func(*sqs.Options)) (*sqs.SendMessageOutput, error)
	ReceiveMessage(context.Context, *sqs.ReceiveMessageInput, ...func(*sqs.Options)) (*sqs.ReceiveMessageOutput, error)
	DeleteMessage(context.Context, *sqs.DeleteMessageInput, ...func(*sqs.Options)) (*sqs.DeleteMessageOutput, error)
	ChangeMessageVisibility(context.Context, *sqs.ChangeMessageVisibilityInput, ...func(*sqs.Options)) (*sqs.ChangeMessageVisibilityOutput, error)
	GetQueueAttributes(context.Context, *sqs.GetQueueAttributesInput, ...func(*sqs.Options)) (*sqs.GetQueueAttributesOutput, error)
}

var _ Client = (*sqs.Client)(nil)

// Options are the optional parts of New.
type Options struct {
	// Visibility is how long a receiver may be silent (neither settle nor extend)
	// before its message is delivered again: a number of full seconds up to MaxHold.
	// Default DefaultVisibility. It counts in place of the queue's own setting.
	Visibility time.Duration
	// Logger gets the messages that are left to the dead-letter queue, and what
	// could not be given back. Default: nothing is logged.
	Logger *slog.Logger
}

// Queue is a queue.Queue on a queue of SQS. It is safe for concurrent use. While
// receivers wait, and for up to 20 seconds after, it has one goroutine; Close ends it.
type Queue struct {
	client     Client
	url        string
	visibility time.Duration
	log        *slog.Logger

	mu     sync.Mutex
	closed bool
	// waiting are the receivers, in the order of their calls.
	waiting []*receiver
	// stop ends the poll that runs; nil while none does.
	stop context.CancelFunc
	// running counts the goroutines of the queue.
	running sync.WaitGroup
}

// New returns the queue behind a URL. It makes no request. The client stays the
// caller's; opts may be nil.
func New(client Client, url string, opts *Options) (*Queue, error) {
	if client == nil || url == "" {
		return nil, errors.New("sqsqueue: New needs a client and the URL of a queue")
	}

	if strings.HasSuffix(url, ".fifo") {
		return nil, fmt.Errorf("sqsqueue: %s is a FIFO queue, which delays no single message; use a standard queue", url)
	}

	var o Options
	if opts != nil {
		o = *opts
	}

	if o.Visibility == 0 {
		o.Visibility = DefaultVisibility
	}

	if o.Visibility < time.Second || o.Visibility > MaxHold || o.Visibility%time.Second != 0 {
		return nil, fmt.Errorf("sqsqueue: Visibility is %v, want full seconds, 1s to %v", o.Visibility, MaxHold)
	}

	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}

	return &Queue{client: client, url: url, visibility: o.Visibility, log: o.Logger}, nil
}

// Send implements queue.Queue. Delays are rounded up to the second. A job id that is
// empty, longer than MaxJobIDBytes or not UTF-8 gives ErrMalformed.
func (q *Queue) Send(ctx context.Context, m queue.Message, delay time.Duration) error {
	if err := q.ready(ctx); err != nil {
		return err
	}

	return q.send(ctx, m, delay)
}

func (q *Queue) send(ctx context.Context, m queue.Message, delay time.Duration) error {
	var notBefore time.Time

	if delay > MaxSendDelay {
		notBefore, delay = time.Now().Add(delay), MaxSendDelay
	}

	text, err := Encode(m, notBefore)
	if err != nil {
		return err
	}

	_, err = q.client.SendMessage(ctx, &sqs.SendMessageInput{
		QueueUrl:     &q.url,
		MessageBody:  aws.String(text),
		DelaySeconds: seconds(delay),
	})
	if err != nil {
		return fmt.Errorf("sqsqueue: send: %w", awserr.Explain(ctx, err))
	}

	return nil
}

// Close wakes the receivers and refuses all later calls, also of deliveries, with
// queue.ErrClosed. It waits for the goroutines of the queue, which takes moments. What
// waits in the queue stays there, and what receivers hold comes again after the
// visibility time-out. The error is nil; closing twice does nothing.
func (q *Queue) Close() error {
	q.mu.Lock()
	q.closed = true
	q.failWaiting(queue.ErrClosed)

	if q.stop != nil {
		q.stop()
	}

	q.mu.Unlock()
	q.running.Wait()

	return nil
}

// ready returns an error where ctx has ended or the queue is closed.
func (q *Queue) ready(ctx context.Context) error {
	if err := context.Cause(ctx); err != nil {
		return err
	}

	q.mu.Lock()
	defer q.mu.Unlock()

	if q.closed {
		return queue.ErrClosed
	}

	return nil
}

// seconds rounds up to full seconds, of which below 0 counts as 0.
func seconds(d time.Duration) int32 {
	return int32((max(d, 0) + time.Second - 1) / time.Second)
}
