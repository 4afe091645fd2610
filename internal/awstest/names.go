package awstest

import (
	"context"
	"crypto/rand"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
)

// cleanUpTime is what the removal of what a test made may take.
const cleanUpTime = time.Minute

// Name returns a name that nothing else has: "bulkimport-", kind and random letters, fit
// for tables, buckets, queues, topics and stacks. kind has small letters, digits and
// hyphens, at most 20.
func Name(kind string) string {
	return "bulkimport-" + kind + "-" + strings.ToLower(rand.Text()[:16])
}

// Bucket makes an empty bucket that goes away with the test, with all that is in it,
// and returns its name.
func Bucket(t testing.TB, client *s3.Client) string {
	t.Helper()

	name := Name("test")

	_, err := client.CreateBucket(t.Context(), &s3.CreateBucketInput{
		Bucket: &name,
		CreateBucketConfiguration: &types.CreateBucketConfiguration{
			LocationConstraint: types.BucketLocationConstraint(Region),
		},
	})
	if err != nil {
		t.Fatalf("create a bucket: %v", err)
	}

	cleanUp(t, "bucket "+name, func(ctx context.Context) error { return removeBucket(ctx, client, name) })

	return name
}

// removeBucket removes a bucket and all that is in it.
func removeBucket(ctx context.Context, client *s3.Client, name string) error {
	uploads, err := client.ListMultipartUploads(ctx, &s3.ListMultipartUploadsInput{Bucket: &name})
	if err != nil {
		return err
	}

	for _, upload := range uploads.Uploads {
		_, err := client.AbortMultipartUpload(ctx, &s3.AbortMultipartUploadInput{
			Bucket: &name, Key: upload.Key, UploadId: upload.UploadId,
		})
		if err != nil {
			return err
		}
	}

	for {
		page, err := client.ListObjectVersions(ctx, &s3.ListObjectVersionsInput{Bucket: &name})
		if err != nil {
			return err
		}

		var all []types.ObjectIdentifier
		for _, version := range page.Versions {
			all = append(all, types.ObjectIdentifier{Key: version.Key, VersionId: version.VersionId})
		}

		for _, marker := range page.DeleteMarkers {
			all = append(all, types.ObjectIdentifier{Key: marker.Key, VersionId: marker.VersionId})
		}

		if len(all) == 0 {
			break
		}

		_, err = client.DeleteObjects(ctx, &s3.DeleteObjectsInput{
			Bucket: &name, Delete: &types.Delete{Objects: all, Quiet: aws.Bool(true)},
		})
		if err != nil {
			return err
		}
	}

	_, err = client.DeleteBucket(ctx, &s3.DeleteBucketInput{Bucket: &name})

	return err
}

// Queue makes a queue that goes away with the test, and returns its URL. attributes
// may be nil.
func Queue(t testing.TB, client *sqs.Client, attributes map[string]string) string {
	t.Helper()

	made, err := client.CreateQueue(t.Context(), &sqs.CreateQueueInput{
		QueueName: aws.String(Name("queue")), Attributes: attributes,
	})
	if err != nil {
		t.Fatalf("create a queue: %v", err)
	}

	cleanUp(t, "queue "+*made.QueueUrl, func(ctx context.Context) error {
		_, err := client.DeleteQueue(ctx, &sqs.DeleteQueueInput{QueueUrl: made.QueueUrl})

		return err
	})

	return *made.QueueUrl
}

// Topic makes a topic that goes away with the test, and returns its ARN.
func Topic(t testing.TB, client *sns.Client) string {
	t.Helper()

	made, err := client.CreateTopic(t.Context(), &sns.CreateTopicInput{Name: aws.String(Name("topic"))})
	if err != nil {
		t.Fatalf("create a topic: %v", err)
	}

	cleanUp(t, "topic "+*made.TopicArn, func(ctx context.Context) error {
		_, err := client.DeleteTopic(ctx, &sns.DeleteTopicInput{TopicArn: made.TopicArn})

		return err
	})

	return *made.TopicArn
}

// DropTables removes DynamoDB tables that the test has made, or has not come to make,
// at its end.
func DropTables(t testing.TB, client *dynamodb.Client, names ...string) {
	t.Helper()

	for _, name := range names {
		cleanUp(t, "table "+name, func(ctx context.Context) error {
			tables, err := client.DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: &name})
			if err != nil || tables.Table == nil {
				return nil
			}

			_, err = client.DeleteTable(ctx, &dynamodb.DeleteTableInput{TableName: &name})

			return err
		})
	}
}

// cleanUp has remove called at the end of the test. What cannot be removed is told, and
// fails nothing: the test has done its work.
func cleanUp(t testing.TB, what string, remove func(context.Context) error) {
	t.Helper()

	t.Cleanup(func() {
		// The context of the test has ended by now.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), cleanUpTime)
		defer cancel()

		if err := remove(ctx); err != nil {
			t.Logf("%s is left behind: %v", what, err)
		}
	})
}
