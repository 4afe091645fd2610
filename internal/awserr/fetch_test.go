package awserr_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/smithy-go"
	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/internal/awserr"
)

// nobody is a transport by which nothing can be reached.
type nobody struct{}

func (nobody) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		_ = r.Body.Close() // nothing of the request is of interest
	}

	return nil, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
}

// clients makes a call with each kind of client that is in use, whose credentials are to
// come from provider.
func clients(ctx context.Context, provider aws.CredentialsProvider) map[string]error {
	conf := aws.Config{
		Region: "ap-south-1", Credentials: provider, HTTPClient: &http.Client{Transport: nobody{}},
		Retryer: func() aws.Retryer { return retry.AddWithMaxBackoffDelay(retry.NewStandard(), time.Millisecond) },
	}
	files := s3.NewFromConfig(conf)
	object := &s3.GetObjectInput{Bucket: aws.String("b"), Key: aws.String("k")}

	_, database := dynamodb.NewFromConfig(conf).GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String("t"), Key: map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: "i"}},
	})
	_, get := files.GetObject(ctx, object)
	_, sign := s3.NewPresignClient(files).PresignGetObject(ctx, object)
	_, receive := sqs.NewFromConfig(conf).ReceiveMessage(ctx, &sqs.ReceiveMessageInput{QueueUrl: aws.String("https://sqs.example.in/q")})
	_, publish := sns.NewFromConfig(conf).Publish(ctx, &sns.PublishInput{Message: aws.String("m"), TopicArn: aws.String("t")})

	return map[string]error{"DynamoDB": database, "S3": get, "a signed URL": sign, "SQS": receive, "SNS": publish}
}

// Credentials that cannot be fetched are said to be that, by the clients as they are: what
// they say of it has no type, and may change with the SDK.
func TestCredentialsThatCannotBeFetched(t *testing.T) {
	t.Parallel()

	for name, provider := range map[string]aws.CredentialsProvider{
		"a failure": failing{errors.New("no role is bound")},
		"a refusal of who hands them out": failing{&smithy.OperationError{
			ServiceID: "STS", OperationName: "AssumeRole", Err: &smithy.GenericAPIError{Code: "AccessDenied"},
		}},
		"throttling of who hands them out":   failing{&smithy.GenericAPIError{Code: "ThrottlingException"}},
		"kept by a cache":                    aws.NewCredentialsCache(failing{errors.New("no role is bound")}),
		"a failure that the SDK tries again": failing{&net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}},
		"a time limit of who hands them out": failing{context.DeadlineExceeded},
		"an expired session of who fetches":  failing{&smithy.GenericAPIError{Code: "ExpiredToken"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			for service, err := range clients(t.Context(), provider) {
				require.ErrorIs(t, awserr.Explain(t.Context(), err), awserr.ErrCredentials, service)
				require.Equal(t, awserr.ErrCredentials, awserr.Sentinel(awserr.Explain(t.Context(), err)), service)
				require.Empty(t, awserr.Code(err), "%s has not answered", service)
			}
		})
	}
}

// An environment without any credentials is what somebody begins with.
func TestNoCredentialsAtAll(t *testing.T) {
	for _, variable := range []string{
		"AWS_ACCESS_KEY_ID", "AWS_ACCESS_KEY", "AWS_SECRET_ACCESS_KEY", "AWS_SECRET_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE",
		"AWS_DEFAULT_PROFILE", "AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_FULL_URI",
		"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
	} {
		t.Setenv(variable, "")
	}

	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	t.Setenv("AWS_CONFIG_FILE", "/nonexistent")
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")

	conf, err := config.LoadDefaultConfig(t.Context())
	require.NoError(t, err)

	for service, err := range clients(t.Context(), conf.Credentials) {
		require.ErrorIs(t, awserr.Explain(t.Context(), err), awserr.ErrCredentials, service)
	}
}

// Where it is the caller who has gone, or the service that is out of reach, the
// credentials are not to blame.
func TestCredentialsAreNotToBlame(t *testing.T) {
	t.Parallel()

	good := aws.CredentialsProviderFunc(func(ctx context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: "a", SecretAccessKey: "s"}, ctx.Err()
	})

	gone, cancel := context.WithCancel(t.Context())
	cancel()

	for service, err := range clients(gone, good) {
		require.NoError(t, awserr.Sentinel(err), service)
		require.ErrorIs(t, awserr.Explain(gone, err), context.Canceled, service)
	}

	for service, err := range clients(t.Context(), good) {
		require.NoError(t, awserr.Sentinel(err), service)
	}
}

// failing are credentials that cannot be fetched.
type failing struct{ err error }

func (f failing) Retrieve(context.Context) (aws.Credentials, error) { return aws.Credentials{}, f.err }
