package snsnotify_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/aws/smithy-go"
	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/importer/notify"
	"github.com/vyapaarai/bulkimport/importer/notify/snsnotify"
	"github.com/vyapaarai/bulkimport/internal/awstest"
)

const topicARN = "arn:aws:sns:ap-south-1:123456789012:import-jobs"

func event() notify.Event {
	return notify.Event{
		ID:          "admin_import_20250106_abc123-ended",
		JobID:       "admin_import_20250106_abc123",
		JobType:     "admin_product_import",
		Status:      "completed_with_errors",
		UserID:      "user-7",
		Email:       "meera.rao@example.org",
		Filename:    "products.csv",
		TotalRows:   27_555,
		Successful:  24_486,
		Duplicates:  3_068,
		Errors:      1,
		CompletedAt: time.Date(2025, time.January, 6, 10, 30, 0, 0, time.UTC),
	}
}

// subscriber is a queue that is subscribed to a topic.
type subscriber struct {
	client *sqs.Client
	url    string
}

func subscribe(t *testing.T, topic string, attributes map[string]string) *subscriber {
	t.Helper()

	s := &subscriber{client: awstest.SQS(t)}
	s.url = awstest.Queue(t, s.client, nil)

	out, err := s.client.GetQueueAttributes(t.Context(), &sqs.GetQueueAttributesInput{
		QueueUrl: &s.url, AttributeNames: []types.QueueAttributeName{types.QueueAttributeNameQueueArn},
	})
	require.NoError(t, err)

	_, err = awstest.SNS(t).Subscribe(t.Context(), &sns.SubscribeInput{
		TopicArn: &topic, Protocol: aws.String("sqs"), Endpoint: aws.String(out.Attributes["QueueArn"]), Attributes: attributes,
	})
	require.NoError(t, err)

	return s
}

// envelope is what SNS puts around a message for a queue.
type envelope struct {
	TopicArn, Subject, Message string
	MessageAttributes          map[string]struct{ Type, Value string }
}

// received returns the next message, or nil where none comes within a moment.
func (s *subscriber) received(t *testing.T) *envelope {
	t.Helper()

	out, err := s.client.ReceiveMessage(t.Context(), &sqs.ReceiveMessageInput{QueueUrl: &s.url, WaitTimeSeconds: 2})
	require.NoError(t, err)

	if len(out.Messages) == 0 {
		return nil
	}

	var e envelope
	require.NoError(t, json.Unmarshal([]byte(*out.Messages[0].Body), &e))

	return &e
}

// TestMessageArrives sends an event all the way to a queue that subscribes to the topic.
func TestMessageArrives(t *testing.T) {
	t.Parallel()

	var (
		client = awstest.SNS(t)
		topic  = awstest.Topic(t, client)
		all    = subscribe(t, topic, nil)
		failed = subscribe(t, topic, map[string]string{"FilterPolicy": `{"status":["failed"]}`})
	)

	n, err := snsnotify.New(client, topic, nil)
	require.NoError(t, err)
	require.NoError(t, n.Notify(t.Context(), event()))

	got := all.received(t)
	require.NotNil(t, got, "no message came")
	require.Equal(t, topic, got.TopicArn)
	require.Equal(t, "Import completed with errors: admin_import_20250106_abc123", got.Subject)

	var e notify.Event

	want := event()
	want.Email = ""

	require.NoError(t, json.Unmarshal([]byte(got.Message), &e))
	require.Equal(t, want, e)

	values := map[string]string{}

	for name, a := range got.MessageAttributes {
		require.Equal(t, "String", a.Type)

		values[name] = a.Value
	}

	require.Equal(t, map[string]string{
		"event_id": want.ID, "job_type": want.JobType, "status": want.Status,
	}, values)

	require.Nil(t, failed.received(t), "the filter lets through what it should not")

	want.Status = "failed"
	require.NoError(t, n.Notify(t.Context(), want))
	require.NotNil(t, failed.received(t))
}

func TestFIFOTopic(t *testing.T) {
	t.Parallel()

	client := awstest.SNS(t)

	made, err := client.CreateTopic(t.Context(), &sns.CreateTopicInput{
		Name: aws.String(awstest.Name("topic") + ".fifo"), Attributes: map[string]string{"FifoTopic": "true"},
	})
	require.NoError(t, err)
	t.Cleanup(func() {
		_, err := client.DeleteTopic(context.WithoutCancel(t.Context()), &sns.DeleteTopicInput{TopicArn: made.TopicArn})
		require.NoError(t, err)
	})

	n, err := snsnotify.New(client, *made.TopicArn, nil)
	require.NoError(t, err)
	require.NoError(t, n.Notify(t.Context(), event()))
}

// recorder keeps what would have been published.
type recorder struct{ input *sns.PublishInput }

func (r *recorder) Publish(_ context.Context, in *sns.PublishInput, _ ...func(*sns.Options)) (*sns.PublishOutput, error) {
	r.input = in

	return &sns.PublishOutput{}, nil
}

func published(t *testing.T, topic string, e notify.Event, opts *snsnotify.Options) *sns.PublishInput {
	t.Helper()

	r := &recorder{}
	n, err := snsnotify.New(r, topic, opts)
	require.NoError(t, err)
	require.NoError(t, n.Notify(t.Context(), e))

	return r.input
}

func TestPersonalDataIsOptional(t *testing.T) {
	t.Parallel()

	e := event()
	e.UserID = e.Email

	text := fmt.Sprint(published(t, topicARN, e, &snsnotify.Options{OmitUser: true}).MessageAttributes,
		*published(t, topicARN, e, &snsnotify.Options{OmitUser: true}).Message)
	require.NotContains(t, text, "@")
	require.NotContains(t, text, "meera")

	input := published(t, topicARN, event(), &snsnotify.Options{EmailAttribute: true})
	require.Equal(t, "meera.rao@example.org", *input.MessageAttributes["email"].StringValue)
	require.NotContains(t, *input.Message, "@", "the address belongs into the attribute alone")
	require.Contains(t, *input.Message, `"user_id":"user-7"`)
}

// TestFailureMessageIsOptional keeps what may quote the file to those who ask for it.
func TestFailureMessageIsOptional(t *testing.T) {
	t.Parallel()

	e := event()
	e.Status, e.FailureCode, e.Message = "failed", "column_missing", `The column "name" is missing; the columns are "Maggi" and "8901058851298".`

	require.NotContains(t, *published(t, topicARN, e, nil).Message, "Maggi")
	require.Contains(t, *published(t, topicARN, e, nil).Message, `"failure_code":"column_missing"`)
	require.Contains(t, *published(t, topicARN, e, &snsnotify.Options{FailureMessage: true}).Message, "Maggi")
}

func TestHostileEvents(t *testing.T) {
	t.Parallel()

	e := event()
	e.JobID = "a\r\nSubject: you have won\x00" + strings.Repeat("x", 2000)
	e.ID = e.JobID + "-ended"
	e.Status = ""
	e.JobType = "a\xffb"
	e.Filename = strings.Repeat("ä", 300_000)
	e.Message = strings.Repeat("\u0000", 300_000)

	input := published(t, topicARN+".fifo", e, &snsnotify.Options{EmailAttribute: true, FailureMessage: true})
	require.Nil(t, input.Subject)
	require.Less(t, len(*input.Message), 128<<10)
	require.True(t, json.Valid([]byte(*input.Message)))
	require.NotContains(t, input.MessageAttributes, "status", "SNS refuses attributes without a value")
	require.Equal(t, "a\ufffdb", *input.MessageAttributes["job_type"].StringValue)
	require.Regexp(t, "^[0-9a-f]{64}$", *input.MessageGroupId)
	require.Regexp(t, "^[0-9a-f]{64}$", *input.MessageDeduplicationId)
	require.NotEqual(t, *input.MessageGroupId, *input.MessageDeduplicationId)

	e = event()
	e.JobID = strings.Repeat("x", 200)
	require.Len(t, *published(t, topicARN, e, nil).Subject, 99)
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()

	_, err := snsnotify.New(nil, topicARN, nil)
	require.Error(t, err)

	for _, arn := range []string{"", "import-jobs", "arn:aws:sqs:ap-south-1:123456789012:import-jobs", "arn:aws:sns:ap-south-1:123456789012:", "https://sns/"} {
		_, err := snsnotify.New(&recorder{}, arn, nil)
		require.ErrorContains(t, err, "is not the ARN of a topic", arn)
	}
}

func TestFailures(t *testing.T) {
	t.Parallel()

	faults := awstest.NewFaults(awstest.Transport(t))
	client := awstest.SNS(t, awstest.Through(faults))
	topic := awstest.Topic(t, client)

	n, err := snsnotify.New(client, topic, nil)
	require.NoError(t, err)

	// The SDK's retryer overcomes what passes.
	throttled := faults.Add(awstest.Fault{Operation: "Publish", Times: 2, Answer: awstest.QueryError(400, "Throttling")})
	require.NoError(t, n.Notify(t.Context(), event()))
	require.Equal(t, 2, throttled.Hits())

	faults.Add(awstest.Fault{Operation: "Publish", Answer: awstest.QueryError(403, "ExpiredToken")})
	err = n.Notify(t.Context(), event())
	require.ErrorIs(t, err, snsnotify.ErrCredentials)
	require.NotErrorIs(t, err, notify.ErrRejected, "an operator can put that right")

	var failed *notify.Error

	require.ErrorAs(t, err, &failed)
	require.Equal(t, "the topic refused the message", failed.Reason)

	faults.Add(awstest.Fault{Operation: "Publish", Answer: awstest.QueryError(403, "AuthorizationError")})
	require.ErrorIs(t, n.Notify(t.Context(), event()), snsnotify.ErrDenied)

	// Whoever hands out credentials has refused, not the topic.
	unfetched, err := snsnotify.New(sns.New(client.Options(), func(o *sns.Options) {
		o.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{}, &smithy.GenericAPIError{Code: "AccessDenied"}
		})
	}), topic, nil)
	require.NoError(t, err)

	err = unfetched.Notify(t.Context(), event())
	require.ErrorIs(t, err, snsnotify.ErrCredentials)
	require.NotErrorIs(t, err, snsnotify.ErrDenied)
	require.ErrorAs(t, err, &failed)
	require.Equal(t, "the topic could not be reached", failed.Reason)

	faults.Add(awstest.Fault{Operation: "Publish", Times: awstest.Always, Delay: time.Hour})

	errGone := errors.New("gone")
	ctx, cancel := context.WithTimeoutCause(t.Context(), 20*time.Millisecond, errGone)
	defer cancel()

	require.ErrorIs(t, n.Notify(ctx, event()), errGone, "while at work")

	calls := faults.Calls("Publish")
	require.ErrorIs(t, n.Notify(ctx, event()), errGone, "ended before")
	require.Equal(t, calls, faults.Calls("Publish"), "a request was made for nobody")
}

func ExampleNew() {
	r := &recorder{} // sns.NewFromConfig(cfg)

	n, err := snsnotify.New(r, "arn:aws:sns:ap-south-1:123456789012:import-jobs", nil)
	if err != nil {
		fmt.Println(err)
		return
	}

	err = n.Notify(context.Background(), notify.Event{
		ID: "admin_import_20250106_abc123-ended", JobID: "admin_import_20250106_abc123",
		JobType: "admin_product_import", Status: "completed", UserID: "user-7", TotalRows: 100, Successful: 98, Duplicates: 2,
		CompletedAt: time.Date(2025, time.January, 6, 10, 30, 0, 0, time.UTC),
	})
	if err != nil {
		fmt.Println(err)
		return
	}

	fmt.Println(*r.input.Subject)
	fmt.Println(*r.input.Message)

	// Output:
	// Import completed: admin_import_20250106_abc123
	// {"id":"admin_import_20250106_abc123-ended","job_id":"admin_import_20250106_abc123","job_type":"admin_product_import","status":"completed","user_id":"user-7","total_rows":100,"successful":98,"duplicates":2,"errors":0,"completed_at":"2025-01-06T10:30:00Z"}
}
