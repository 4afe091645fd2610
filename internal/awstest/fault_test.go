package awstest_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/smithy-go"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/vyapaarai/bulkimport/internal/awstest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// countingServer answers every call with body and counts them.
func countingServer(t *testing.T, body string) (url string, calls *atomic.Int64) {
	t.Helper()

	calls = new(atomic.Int64)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		calls.Add(1)
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(server.Close)

	return server.URL, calls
}

// call makes a call of an operation through transport and returns the body.
func call(t *testing.T, transport http.RoundTripper, url, operation string) (int, string, error) {
	t.Helper()

	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader("{}"))
	require.NoError(t, err)
	r.Header.Set("X-Amz-Target", "DynamoDB_20120810."+operation)

	response, err := (&http.Client{Transport: transport}).Do(r)
	if err != nil {
		return 0, "", err
	}

	body, err := io.ReadAll(response.Body)
	require.NoError(t, response.Body.Close())

	return response.StatusCode, string(body), err
}

func TestFaultHitsTheChosenCalls(t *testing.T) {
	t.Parallel()

	url, calls := countingServer(t, "done")
	faults := awstest.NewFaults(awstest.Transport(t))
	fault := faults.Add(awstest.Fault{
		Operation: "PutItem", Skip: 1, Times: 2, Answer: awstest.DynamoDBError("InternalServerError"),
	})

	var got []int

	for _, operation := range []string{"PutItem", "GetItem", "PutItem", "GetItem", "PutItem", "PutItem"} {
		status, _, err := call(t, faults, url, operation)
		require.NoError(t, err)

		got = append(got, status)
	}

	require.Equal(t, []int{200, 200, 500, 200, 500, 200}, got)
	require.EqualValues(t, 4, calls.Load(), "an answer that is given in place of the server's spares the server the call")
	require.Equal(t, 2, fault.Hits())
	require.Equal(t, 4, faults.Calls("PutItem"))
	require.Equal(t, 6, faults.Calls(""))

	faults.Add(awstest.Fault{Times: awstest.Always, Match: func(r *http.Request) bool { return r.Method == http.MethodPost }, Refuse: true})

	for range 3 {
		_, _, err := call(t, faults, url, "GetItem")
		require.ErrorIs(t, err, syscall.ECONNRESET)
	}

	faults.Clear()

	_, _, err := call(t, faults, url, "GetItem")
	require.NoError(t, err)
	require.EqualValues(t, 5, calls.Load())
}

// TestKindsOfFault has each kind happen in the process of the client, and behind a
// proxy.
func TestKindsOfFault(t *testing.T) {
	t.Parallel()

	for name, c := range map[string]struct {
		fault awstest.Fault
		// What the client gets, and whether the server has worked.
		status int
		body   string
		breaks bool
		served int64
	}{
		"refuse":           {awstest.Fault{Refuse: true}, 0, "", true, 0},
		"answer":           {awstest.Fault{Answer: awstest.S3Error(503, "SlowDown")}, 503, "SlowDown", false, 0},
		"lost answer":      {awstest.Fault{LoseAnswer: true}, 0, "", true, 1},
		"cut":              {awstest.Fault{Cut: true, CutAt: 4}, 200, "0123", true, 1},
		"cut at the start": {awstest.Fault{Cut: true}, 200, "", true, 1},
		"delay":            {awstest.Fault{Delay: time.Millisecond}, 200, "0123456789", false, 1},
	} {
		for _, proxied := range []bool{false, true} {
			where := ", in the client"
			if proxied {
				where = ", behind a proxy"
			}

			t.Run(name+where, func(t *testing.T) {
				t.Parallel()

				url, calls := countingServer(t, "0123456789")
				faults := awstest.NewFaults(awstest.Transport(t))
				faults.Add(c.fault)

				var transport http.RoundTripper = faults
				if proxied {
					url, transport = awstest.Proxy(t, url, faults), awstest.Transport(t)
				}

				status, body, err := call(t, transport, url, "GetItem")
				require.Equal(t, c.breaks, err != nil, "%v", err)
				require.Equal(t, c.served, calls.Load())

				// How much of a broken answer comes through a proxy depends on buffers.
				if !proxied || !c.breaks {
					require.Equal(t, c.status, status)
					require.Contains(t, body, c.body)
				}
			})
		}
	}
}

func TestDelayEndsWithTheCall(t *testing.T) {
	t.Parallel()

	url, calls := countingServer(t, "done")
	faults := awstest.NewFaults(awstest.Transport(t))
	faults.Add(awstest.Fault{Delay: time.Hour})

	client := &http.Client{Transport: faults, Timeout: 10 * time.Millisecond}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	require.NoError(t, err)

	response, err := client.Do(r)
	if err == nil {
		_ = response.Body.Close()
	}

	require.Error(t, err)
	require.Zero(t, calls.Load())
}

// TestOperationsOfTheClients has the clients of AWS call, and looks at what is seen of it,
// and what they make of the errors.
func TestOperationsOfTheClients(t *testing.T) {
	t.Parallel()

	type clients struct {
		dynamo *dynamodb.Client
		s3     *s3.Client
		sqs    *sqs.Client
		sns    *sns.Client
	}

	bucket, key := aws.String("bucket"), aws.String("a/b")

	for operation, c := range map[string]struct {
		call   func(c clients) error
		answer *awstest.Answer
		code   string
	}{
		"PutItem": {func(c clients) error {
			_, err := c.dynamo.PutItem(t.Context(), &dynamodb.PutItemInput{
				TableName: aws.String("t"), Item: map[string]types.AttributeValue{"a": &types.AttributeValueMemberS{Value: "b"}},
			})

			return err
		}, awstest.DynamoDBError("ResourceNotFoundException"), "ResourceNotFoundException"},
		"SendMessage": {func(c clients) error {
			_, err := c.sqs.SendMessage(t.Context(), &sqs.SendMessageInput{
				QueueUrl: aws.String("http://queue.invalid/1/q"), MessageBody: aws.String("m"),
			})

			return err
		}, awstest.SQSError(400, "UnsupportedOperation"), "UnsupportedOperation"},
		"Publish": {func(c clients) error {
			_, err := c.sns.Publish(t.Context(), &sns.PublishInput{TopicArn: aws.String("arn"), Message: aws.String("m")})

			return err
		}, awstest.QueryError(403, "AuthorizationError"), "AuthorizationError"},
		"PutObject": {func(c clients) error {
			_, err := c.s3.PutObject(t.Context(), &s3.PutObjectInput{Bucket: bucket, Key: key, Body: strings.NewReader("x")})

			return err
		}, awstest.S3Error(403, "AccessDenied"), "AccessDenied"},
		"GetObject": {func(c clients) error {
			_, err := c.s3.GetObject(t.Context(), &s3.GetObjectInput{Bucket: bucket, Key: key})

			return err
		}, awstest.S3Error(404, "NoSuchKey"), "NoSuchKey"},
		"ListObjectsV2": {func(c clients) error {
			_, err := c.s3.ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: bucket})

			return err
		}, awstest.S3Error(404, "NoSuchBucket"), "NoSuchBucket"},
		"UploadPart": {func(c clients) error {
			_, err := c.s3.UploadPart(t.Context(), &s3.UploadPartInput{
				Bucket: bucket, Key: key, UploadId: aws.String("u"), PartNumber: aws.Int32(1), Body: strings.NewReader("x"),
			})

			return err
		}, awstest.S3Error(404, "NoSuchUpload"), "NoSuchUpload"},
		"CompleteMultipartUpload": {func(c clients) error {
			_, err := c.s3.CompleteMultipartUpload(t.Context(), &s3.CompleteMultipartUploadInput{
				Bucket: bucket, Key: key, UploadId: aws.String("u"),
			})

			return err
		}, awstest.S3Error(404, "NoSuchUpload"), "NoSuchUpload"},
	} {
		t.Run(operation, func(t *testing.T) {
			t.Parallel()

			faults := awstest.NewFaults(awstest.Transport(t))
			fault := faults.Add(awstest.Fault{Operation: operation, Times: awstest.Always, Answer: c.answer})
			faults.Add(awstest.Fault{Times: awstest.Always, Refuse: true})

			// Nothing is asked there: the faults answer.
			opts := []awstest.Option{awstest.At("http://server.invalid"), awstest.Through(faults)}

			err := c.call(clients{awstest.DynamoDB(t, opts...), awstest.S3(t, opts...), awstest.SQS(t, opts...), awstest.SNS(t, opts...)})

			var apiErr smithy.APIError

			require.ErrorAs(t, err, &apiErr)
			require.Equal(t, c.code, apiErr.ErrorCode())
			require.Equal(t, 1, fault.Hits())
		})
	}
}
