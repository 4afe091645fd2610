package awstest

import (
	"net/http"
	"net/url"
	"os"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
)

// What the clients of this package say they are. The servers that `make integration`
// starts expect it.
const (
	AccessKey = "test"
	SecretKey = "testsecret"
	Region    = "ap-south-1"
)

// The variables of the environment that name the servers.
const (
	DynamoDBVariable = "BULKIMPORT_DYNAMODB_ENDPOINT"
	S3Variable       = "BULKIMPORT_S3_ENDPOINT"
	MotoVariable     = "BULKIMPORT_MOTO_ENDPOINT"
)

// Option changes a client.
type Option func(*settings)

type settings struct {
	endpoint  string
	transport http.RoundTripper
}

// Through has the calls of a client go through transport, such as [Faults].
func Through(transport http.RoundTripper) Option {
	return func(s *settings) { s.transport = transport }
}

// At has a client talk to endpoint, such as that of [Proxy], instead of the server
// that the environment names.
func At(endpoint string) Option {
	return func(s *settings) { s.endpoint = endpoint }
}

// DynamoDB returns a client of the DynamoDB server, or skips the test.
func DynamoDB(t testing.TB, opts ...Option) *dynamodb.Client {
	t.Helper()

	return dynamodb.NewFromConfig(Config(t, DynamoDBVariable, opts...))
}

// S3 returns a client of the S3 server, or skips the test. It addresses buckets in
// the path, as a server without a domain of its own needs it.
func S3(t testing.TB, opts ...Option) *s3.Client {
	t.Helper()

	return s3.NewFromConfig(Config(t, S3Variable, opts...), func(o *s3.Options) { o.UsePathStyle = true })
}

// SQS returns a client of the SQS server, or skips the test.
func SQS(t testing.TB, opts ...Option) *sqs.Client {
	t.Helper()

	return sqs.NewFromConfig(Config(t, MotoVariable, opts...))
}

// SNS returns a client of the SNS server, or skips the test.
func SNS(t testing.TB, opts ...Option) *sns.Client {
	t.Helper()

	return sns.NewFromConfig(Config(t, MotoVariable, opts...))
}

// CloudFormation returns a client of the CloudFormation server, or skips the test.
func CloudFormation(t testing.TB, opts ...Option) *cloudformation.Client {
	t.Helper()

	return cloudformation.NewFromConfig(Config(t, MotoVariable, opts...))
}

// Endpoint returns the URL of the server that the variable names, or skips the test.
// A URL that is none fails the test: a run that was meant to test something must not
// pass by skipping it.
func Endpoint(t testing.TB, variable string) string {
	t.Helper()

	endpoint := os.Getenv(variable)
	if endpoint == "" {
		t.Skipf("set %s, or run `make integration`, to run this", variable)
	}

	if u, err := url.Parse(endpoint); err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		t.Fatalf("%s is %q, want a URL such as http://127.0.0.1:8001", variable, endpoint)
	}

	return endpoint
}

// Config returns the configuration behind the clients of this package, for a server
// that the variable names, or skips the test. For clients that need more than one
// of those functions sets.
func Config(t testing.TB, variable string, opts ...Option) aws.Config {
	t.Helper()

	s := settings{}
	for _, opt := range opts {
		opt(&s)
	}

	if s.endpoint == "" {
		s.endpoint = Endpoint(t, variable)
	}

	if s.transport == nil {
		s.transport = Transport(t)
	}

	return aws.Config{
		Region:       Region,
		Credentials:  credentials.NewStaticCredentialsProvider(AccessKey, SecretKey, ""),
		BaseEndpoint: aws.String(s.endpoint),
		// No time limit: each test has its context.
		HTTPClient: &http.Client{Transport: s.transport},
	}
}

// Transport returns a plain transport whose connections end with the test. It uses no
// proxy of the environment.
func Transport(t testing.TB) *http.Transport {
	transport := &http.Transport{MaxIdleConnsPerHost: 64, DisableCompression: true}
	t.Cleanup(transport.CloseIdleConnections)

	return transport
}
