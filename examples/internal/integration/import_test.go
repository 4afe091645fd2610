package integration_test

import (
	"encoding/json"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/vyapaarai/bulkimport/importer"
	"github.com/vyapaarai/bulkimport/importer/queue"
	"github.com/vyapaarai/bulkimport/internal/awstest"
	"github.com/vyapaarai/bulkimport/internal/synthetic"
	"github.com/vyapaarai/bulkimport/jobstore"
)

// TestMain is also the worker process that a test kills.
func TestMain(m *testing.M) {
	if os.Getenv(childVariable) != "" {
		os.Exit(runChild())
	}

	goleak.VerifyTestMain(m)
}

// file is the one that most tests import: enough for many chunks, with duplicates and
// errors.
func file(rows int64) io.Reader {
	return synthetic.New(synthetic.Options{Rows: rows, Duplicates: 0.1, Errors: 0.05, Seed: uint64(rows)})
}

// TestWholeCatalogue imports the real catalogue through the queue.
func TestWholeCatalogue(t *testing.T) {
	t.Parallel()

	world := awstest.NewWorld(t)
	e := onAWS(t, world, nil, nil)

	begun := time.Now()
	id := e.queued(t, realData(t, "bigbasket.csv"))
	e.serve(t, id, e.worker(t, nil))

	took := time.Since(begun)
	got := e.footprint(t, id)
	t.Logf("%d rows in %v: %.0f rows/s", got.Progress.ProcessedRows, took, float64(got.Progress.ProcessedRows)/took.Seconds())

	require.Equal(t, jobstore.StatusCompletedWithErrors, got.Status)
	require.EqualValues(t, 27_555, got.Progress.TotalRows)
	require.EqualValues(t, 24_486, got.Progress.Successful)
	require.EqualValues(t, 3_068, got.Progress.Duplicates)
	require.EqualValues(t, 1, got.Progress.Errors)
	require.Len(t, got.Products, 24_486)

	requireSame(t, undisturbed(t, realData(t, "bigbasket.csv"), nil), got)
}

// inbox subscribes a queue to the topic of a world.
func inbox(t testing.TB, world *awstest.World) (read func() []string) {
	t.Helper()

	url := awstest.Queue(t, world.SQS, nil)

	attributes, err := world.SQS.GetQueueAttributes(t.Context(), &sqs.GetQueueAttributesInput{
		QueueUrl: &url, AttributeNames: []types.QueueAttributeName{types.QueueAttributeNameQueueArn},
	})
	require.NoError(t, err)

	_, err = world.SNS.Subscribe(t.Context(), &sns.SubscribeInput{
		TopicArn: &world.TopicARN, Protocol: aws.String("sqs"), Endpoint: aws.String(attributes.Attributes["QueueArn"]),
	})
	require.NoError(t, err)

	return func() []string {
		var all []string

		for {
			out, err := world.SQS.ReceiveMessage(t.Context(), &sqs.ReceiveMessageInput{
				QueueUrl: &url, MaxNumberOfMessages: 10, VisibilityTimeout: 3600,
			})
			require.NoError(t, err)

			if len(out.Messages) == 0 {
				return all
			}

			for _, message := range out.Messages {
				var envelope struct{ Message string }
				require.NoError(t, json.Unmarshal([]byte(*message.Body), &envelope))
				all = append(all, envelope.Message)
			}
		}
	}
}

// TestMessagesDeliveredTwice sends the message of a job many times, to two workers with
// two jobs each, and wants one import and one word of its end.
func TestMessagesDeliveredTwice(t *testing.T) {
	t.Parallel()

	const rows = 5_000

	want := undisturbed(t, file(rows), nil)
	world := awstest.NewWorld(t)
	told := inbox(t, world)
	e := onAWS(t, world, nil, nil)
	id := e.queued(t, file(rows))

	for range 10 {
		require.NoError(t, e.ports.Queue.Send(t.Context(), queue.Message{JobID: id}, 0))
	}

	opts := func(name string) *importer.WorkerOptions { return &importer.WorkerOptions{Name: name, ChunkRows: 100} }
	other := onAWS(t, world, nil, nil)
	e.serve(t, id, e.worker(t, opts("a")), other.worker(t, opts("b")))

	// Once more, long after its end.
	require.NoError(t, e.ports.Queue.Send(t.Context(), queue.Message{JobID: id}, 0))

	delivery, err := e.ports.Queue.Receive(t.Context())
	require.NoError(t, err)

	result, err := e.worker(t, nil).RunJob(t.Context(), delivery.Message().JobID)
	require.NoError(t, err)
	require.Equal(t, importer.RunSkipped, result)
	require.NoError(t, delivery.Ack(t.Context()))

	requireSame(t, want, e.footprint(t, id))
	require.Len(t, told(), 1, "messages of the end")
}

// pausing is a transport of a process that stands still now and then, as a machine does
// that swaps, or is moved: its calls arrive late, all of them.
type pausing struct {
	http.RoundTripper
	every, times int
	pause        time.Duration

	mu    sync.RWMutex
	count atomic.Int64
}

func (p *pausing) RoundTrip(r *http.Request) (*http.Response, error) {
	if n := int(p.count.Add(1)); n%p.every == 0 && n <= p.every*p.times {
		p.mu.Lock()
		<-time.After(p.pause)
		p.mu.Unlock()
	}

	p.mu.RLock()
	defer p.mu.RUnlock()

	return p.RoundTripper.RoundTrip(r)
}

// TestTwoWorkersFight has two workers that take the job from each other again and again:
// each stands still for longer than its lease lasts, and goes on as if nothing had
// happened.
func TestTwoWorkersFight(t *testing.T) {
	t.Parallel()

	const rows = 4_000

	want := undisturbed(t, file(rows), nil)
	world := awstest.NewWorld(t)
	told := inbox(t, world)
	e := onAWS(t, world, nil, nil)
	id := e.queued(t, file(rows))

	var workers sync.WaitGroup

	for i, every := range []int{70, 90} {
		transport := &pausing{RoundTripper: awstest.Transport(t), every: every, times: 8, pause: 1500 * time.Millisecond}
		w := onAWS(t, world, transport, nil).worker(t, &importer.WorkerOptions{
			Name: string(rune('a' + i)), ChunkRows: 50, LeaseTTL: time.Second, RetryDelay: 10 * time.Millisecond, MaxAttempts: 1000,
		})

		workers.Go(func() {
			for !e.ended(t, id) && t.Context().Err() == nil {
				// Losing the job is what this is about.
				_, _ = w.RunJob(t.Context(), id)
			}
		})
	}

	workers.Wait()

	job, err := e.ports.Jobs.Get(t.Context(), id)
	require.NoError(t, err)
	t.Logf("the job was taken %d times", job.Lease.Epoch)
	require.GreaterOrEqual(t, job.Lease.Epoch, int64(5), "they were to take it from each other")
	requireSame(t, want, e.footprint(t, id))
	require.Len(t, told(), 1, "messages of the end")
}

// TestFailingCalls has one call in eight fail between client and server: throttled, as an
// error of the server, done in part, with an answer that is lost after the work is done, or
// that breaks off.
func TestFailingCalls(t *testing.T) {
	t.Parallel()

	const rows = 5_000

	want := undisturbed(t, file(rows), nil)
	world := awstest.NewWorld(t)
	calm := onAWS(t, world, nil, nil)
	id := calm.queued(t, file(rows))

	faults := awstest.NewFaults(awstest.Transport(t))
	random := rand.New(rand.NewPCG(1, 2))
	injected := map[string]*awstest.Injected{}

	some := func(name string, share float64, service string, f awstest.Fault) {
		f.Times = awstest.Always
		f.Match = func(r *http.Request) bool { return serviceOf(r) == service && random.Float64() < share }
		injected[name] = faults.Add(f)
	}

	some("DynamoDB throttles", 0.03, "dynamodb", awstest.Fault{Answer: awstest.DynamoDBError("ProvisionedThroughputExceededException")})
	some("DynamoDB limits requests", 0.02, "dynamodb", awstest.Fault{Answer: awstest.DynamoDBError("ThrottlingException")})
	some("DynamoDB fails", 0.02, "dynamodb", awstest.Fault{Answer: awstest.DynamoDBError("InternalServerError")})
	some("DynamoDB reads a part of a batch", 0.2, "dynamodb", awstest.Fault{Operation: "BatchGetItem", Unprocessed: 30})
	some("answers of DynamoDB are lost", 0.05, "dynamodb", awstest.Fault{LoseAnswer: true})
	some("S3 is slow", 0.05, "s3", awstest.Fault{Answer: awstest.S3Error(http.StatusServiceUnavailable, "SlowDown")})
	some("S3 fails", 0.05, "s3", awstest.Fault{Answer: awstest.S3Error(http.StatusInternalServerError, "InternalError")})
	some("answers of S3 are lost", 0.05, "s3", awstest.Fault{LoseAnswer: true})
	some("answers of S3 break off", 0.2, "s3", awstest.Fault{Operation: "GetObject", Cut: true, CutAt: 100_000})
	some("SQS fails", 0.1, "sqs", awstest.Fault{Answer: awstest.SQSError(http.StatusInternalServerError, "InternalError")})
	some("answers of SQS are lost", 0.1, "sqs", awstest.Fault{LoseAnswer: true})

	e := onAWS(t, world, faults, nil)
	e.serve(t, id, e.worker(t, &importer.WorkerOptions{ChunkRows: 100, RetryDelay: time.Second, LeaseTTL: 5 * time.Second, MaxAttempts: 100}))

	hits := 0
	for name, fault := range injected {
		t.Logf("%s: %d times", name, fault.Hits())
		hits += fault.Hits()
	}

	require.Greater(t, hits, 100)

	job, err := calm.ports.Jobs.Get(t.Context(), id)
	require.NoError(t, err)
	t.Logf("%d calls, of which %d failed; the job was taken %d times", faults.Calls(""), hits, job.Lease.Epoch)
	requireSame(t, want, calm.footprint(t, id))
}

// serviceOf tells services apart by the signature.
func serviceOf(r *http.Request) string {
	for _, service := range []string{"dynamodb", "s3", "sqs", "sns"} {
		if containsScope(r.Header.Get("Authorization"), service) {
			return service
		}
	}

	return ""
}
