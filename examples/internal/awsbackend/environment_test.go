package awsbackend_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/examples/internal/awsbackend"
)

// environment is a complete one, with changes.
func environment(changes map[string]string) func(string) string {
	all := map[string]string{
		"IMPORT_JOBS_TABLE": "jobs", "GLOBAL_PRODUCTS_TABLE": "products", "IDENTITY_KEYS_TABLE": "keys",
		"STORE_INVENTORY_TABLE": "inventory", "BULK_UPLOADS_BUCKET": "uploads", "PRODUCT_IMAGES_BUCKET": "images",
		"IMPORT_QUEUE_URL": "https://sqs.ap-south-1.amazonaws.com/123456789012/import",
	}

	return func(name string) string {
		if value, changed := changes[name]; changed {
			return value
		}

		return all[name]
	}
}

func TestFromEnvironment(t *testing.T) {
	t.Parallel()

	got, err := awsbackend.FromEnvironment(environment(nil))
	require.NoError(t, err)
	require.Equal(t, awsbackend.Environment{
		JobsTable: "jobs", ProductsTable: "products", IdentityKeysTable: "keys", InventoryTable: "inventory",
		UploadsBucket: "uploads", ImagesBucket: "images",
		QueueURL:    "https://sqs.ap-south-1.amazonaws.com/123456789012/import",
		GSIFallback: true, // nobody has said that a backfill is through
	}, got)

	got, err = awsbackend.FromEnvironment(environment(map[string]string{
		"NOTIFICATION_TOPIC_ARN": "arn:aws:sns:ap-south-1:123456789012:import", "IDENTITY_GSI_FALLBACK": "off",
		"PRODUCT_IMAGES_URL": "https://images.example.in/products/",
	}))
	require.NoError(t, err)
	require.Equal(t, "arn:aws:sns:ap-south-1:123456789012:import", got.TopicARN)
	require.False(t, got.GSIFallback)
	require.Equal(t, "https://images.example.in/products", got.ImagesURL)
}

func TestFromEnvironmentSaysAllThatIsWrong(t *testing.T) {
	t.Parallel()

	_, err := awsbackend.FromEnvironment(func(string) string { return "" })
	require.ErrorIs(t, err, awsbackend.ErrEnvironment)

	for _, name := range []string{
		"IMPORT_JOBS_TABLE", "GLOBAL_PRODUCTS_TABLE", "IDENTITY_KEYS_TABLE", "STORE_INVENTORY_TABLE",
		"BULK_UPLOADS_BUCKET", "PRODUCT_IMAGES_BUCKET", "IMPORT_QUEUE_URL",
	} {
		require.ErrorContains(t, err, name+" is not set; it names the ")
	}

	for name, c := range map[string]struct {
		changes map[string]string
		want    string
	}{
		"one bucket for both":  {map[string]string{"PRODUCT_IMAGES_BUCKET": "uploads"}, "the same bucket"},
		"name of a queue":      {map[string]string{"IMPORT_QUEUE_URL": "import"}, "IMPORT_QUEUE_URL"},
		"ARN of a queue":       {map[string]string{"IMPORT_QUEUE_URL": "arn:aws:sqs:ap-south-1:123456789012:import"}, "IMPORT_QUEUE_URL"},
		"fallback":             {map[string]string{"IDENTITY_GSI_FALLBACK": "false"}, "must be on or off"},
		"host of images":       {map[string]string{"PRODUCT_IMAGES_URL": "images.example.in"}, "PRODUCT_IMAGES_URL"},
		"images with a query":  {map[string]string{"PRODUCT_IMAGES_URL": "https://images.example.in/?x=1"}, "PRODUCT_IMAGES_URL"},
		"images with password": {map[string]string{"PRODUCT_IMAGES_URL": "https://a:b@images.example.in"}, "PRODUCT_IMAGES_URL"},
	} {
		_, err := awsbackend.FromEnvironment(environment(c.changes))
		require.ErrorIs(t, err, awsbackend.ErrEnvironment, name)
		require.ErrorContains(t, err, c.want, name)
	}
}
