package awstest

import (
	"context"
	"maps"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"github.com/vyapaarai/bulkimport/internal/dynamo"
)

// World is all that imports on AWS need: tables, buckets, a queue and a topic, for the
// programs of a test.
type World struct {
	DynamoDB *dynamodb.Client
	S3       *s3.Client
	SQS      *sqs.Client
	SNS      *sns.Client

	UploadsBucket, ImagesBucket string
	QueueURL, TopicARN          string

	environment map[string]string
}

// NewWorld makes a world that goes away with the test, or skips the test where one of
// the servers is missing.
func NewWorld(t testing.TB) *World {
	t.Helper()

	w := &World{DynamoDB: DynamoDB(t), S3: S3(t), SQS: SQS(t), SNS: SNS(t)}

	tables := map[string]dynamo.Table{
		"IMPORT_JOBS_TABLE":     dynamo.ImportJobs(Name("jobs")),
		"GLOBAL_PRODUCTS_TABLE": dynamo.Products(Name("products")),
		"IDENTITY_KEYS_TABLE":   dynamo.IdentityKeys(Name("keys")),
		"STORE_INVENTORY_TABLE": dynamo.StoreInventory(Name("inventory")),
	}

	w.environment = map[string]string{
		"AWS_REGION": Region, "AWS_ACCESS_KEY_ID": AccessKey, "AWS_SECRET_ACCESS_KEY": SecretKey,
		"AWS_ENDPOINT_URL_DYNAMODB": Endpoint(t, DynamoDBVariable),
		"AWS_ENDPOINT_URL_S3":       Endpoint(t, S3Variable),
		"AWS_ENDPOINT_URL_SQS":      Endpoint(t, MotoVariable),
		"AWS_ENDPOINT_URL_SNS":      Endpoint(t, MotoVariable),
		// Nothing of the machine takes part.
		"AWS_EC2_METADATA_DISABLED": "true",
		"AWS_CONFIG_FILE":           "/nonexistent", "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent",
	}

	for variable, table := range tables {
		DropTables(t, w.DynamoDB, table.Name)

		if err := dynamo.CreateTable(t.Context(), w.DynamoDB, table); err != nil {
			t.Fatalf("create a table: %v", err)
		}

		w.environment[variable] = table.Name
	}

	w.UploadsBucket, w.ImagesBucket = Bucket(t, w.S3), Bucket(t, w.S3)
	w.QueueURL, w.TopicARN = Queue(t, w.SQS, nil), Topic(t, w.SNS)

	w.environment["BULK_UPLOADS_BUCKET"] = w.UploadsBucket
	w.environment["PRODUCT_IMAGES_BUCKET"] = w.ImagesBucket
	w.environment["IMPORT_QUEUE_URL"] = w.QueueURL
	w.environment["NOTIFICATION_TOPIC_ARN"] = w.TopicARN

	return w
}

// Environment returns the variables by which programs find the world and its servers,
// with more, which may be nil, on top.
func (w *World) Environment(more map[string]string) map[string]string {
	all := maps.Clone(w.environment)
	maps.Copy(all, more)

	return all
}

// Config returns the configuration of the SDK for clients of all the servers, such as a
// program has it in Environment.
func (w *World) Config(t testing.TB) *aws.Config {
	t.Helper()

	return &aws.Config{
		Region:        Region,
		Credentials:   credentials.NewStaticCredentialsProvider(AccessKey, SecretKey, ""),
		ConfigSources: []any{endpoints(w.environment)},
		HTTPClient:    &http.Client{Transport: Transport(t)},
	}
}

// endpoints are the variables of the environment that name servers.
type endpoints map[string]string

// GetServiceBaseEndpoint is what clients of the SDK ask their configuration for.
func (e endpoints) GetServiceBaseEndpoint(_ context.Context, sdkID string) (url string, found bool, err error) {
	url, found = e["AWS_ENDPOINT_URL_"+strings.ToUpper(strings.ReplaceAll(sdkID, " ", "_"))]

	return url, found, nil
}
