package awstest_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/internal/awstest"
)

func TestDynamoDBServer(t *testing.T) {
	t.Parallel()

	client, table := awstest.DynamoDB(t), aws.String(awstest.Name("table"))
	awstest.DropTables(t, client, *table, awstest.Name("never-made"))

	_, err := client.CreateTable(t.Context(), &dynamodb.CreateTableInput{
		TableName:            table,
		BillingMode:          types.BillingModePayPerRequest,
		KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("id"), KeyType: types.KeyTypeHash}},
		AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("id"), AttributeType: types.ScalarAttributeTypeS}},
	})
	require.NoError(t, err)

	item := map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: "a"}}
	_, err = client.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: table, Item: item})
	require.NoError(t, err)

	got, err := client.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: table, Key: item})
	require.NoError(t, err)
	require.Equal(t, item, got.Item)
}

// TestBucketGoesAway leaves everything in a bucket that can stand in the way of its
// removal.
func TestBucketGoesAway(t *testing.T) {
	t.Parallel()

	client := awstest.S3(t)

	var bucket string

	require.True(t, t.Run("in use", func(t *testing.T) {
		bucket = awstest.Bucket(t, client)

		_, err := client.PutObject(t.Context(), &s3.PutObjectInput{Bucket: &bucket, Key: aws.String("a/b"), Body: strings.NewReader("x")})
		require.NoError(t, err)

		_, err = client.CreateMultipartUpload(t.Context(), &s3.CreateMultipartUploadInput{Bucket: &bucket, Key: aws.String("a/c")})
		require.NoError(t, err)
	}))

	_, err := client.HeadBucket(t.Context(), &s3.HeadBucketInput{Bucket: &bucket})
	require.Error(t, err)
}

func TestMotoServer(t *testing.T) {
	t.Parallel()

	queues, topics, stacks := awstest.SQS(t), awstest.SNS(t), awstest.CloudFormation(t)
	queue, topic := awstest.Queue(t, queues, nil), awstest.Topic(t, topics)

	_, err := queues.SendMessage(t.Context(), &sqs.SendMessageInput{QueueUrl: &queue, MessageBody: aws.String("m")})
	require.NoError(t, err)

	_, err = topics.Publish(t.Context(), &sns.PublishInput{TopicArn: &topic, Message: aws.String("m")})
	require.NoError(t, err)

	_, err = stacks.ListStacks(t.Context(), &cloudformation.ListStacksInput{})
	require.NoError(t, err)
}
