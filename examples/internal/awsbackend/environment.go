package awsbackend

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// The variables of the environment. examples/aws/template.yaml sets them for functions.
const (
	EnvJobsTable         = "IMPORT_JOBS_TABLE"
	EnvProductsTable     = "GLOBAL_PRODUCTS_TABLE"
	EnvIdentityKeysTable = "IDENTITY_KEYS_TABLE"
	EnvInventoryTable    = "STORE_INVENTORY_TABLE"
	EnvUploadsBucket     = "BULK_UPLOADS_BUCKET"
	EnvImagesBucket      = "PRODUCT_IMAGES_BUCKET"
	EnvQueueURL          = "IMPORT_QUEUE_URL"
	EnvTopicARN          = "NOTIFICATION_TOPIC_ARN"
	EnvGSIFallback       = "IDENTITY_GSI_FALLBACK"
	EnvImagesURL         = "PRODUCT_IMAGES_URL"
)

// ErrEnvironment reports an environment that says too little, or something wrong.
var ErrEnvironment = errors.New("awsbackend: the environment is not complete")

// Environment is what the environment says.
type Environment struct {
	JobsTable         string
	ProductsTable     string
	IdentityKeysTable string
	InventoryTable    string
	UploadsBucket     string
	ImagesBucket      string
	QueueURL          string
	// TopicARN is empty where nobody but the log is to be told that a job has ended.
	TopicARN string
	// GSIFallback: products that hold no claims, written by others, are looked for
	// through the indexes of the table. On unless the variable says "off".
	GSIFallback bool
	// ImagesURL is where the images bucket is served, which the image addresses of
	// products begin with; without a slash at its end. Empty where nobody has said.
	ImagesURL string
}

// FromEnvironment reads the environment. The error wraps ErrEnvironment, and names every
// variable that is wrong, not only the first.
func FromEnvironment(getenv func(string) string) (Environment, error) {
	var (
		e     Environment
		wrong []error
	)

	for _, v := range []struct {
		name  string
		field *string
		what  string
	}{
		{EnvJobsTable, &e.JobsTable, "the DynamoDB table of jobs"},
		{EnvProductsTable, &e.ProductsTable, "the DynamoDB table of products"},
		{EnvIdentityKeysTable, &e.IdentityKeysTable, "the DynamoDB table of identity keys"},
		{EnvInventoryTable, &e.InventoryTable, "the DynamoDB table of the inventory of stores"},
		{EnvUploadsBucket, &e.UploadsBucket, "the S3 bucket of uploads and reports"},
		{EnvImagesBucket, &e.ImagesBucket, "the S3 bucket of product images"},
		{EnvQueueURL, &e.QueueURL, "the URL of the SQS queue of jobs"},
	} {
		*v.field = getenv(v.name)
		if *v.field == "" {
			wrong = append(wrong, fmt.Errorf("%s is not set; it names %s", v.name, v.what))
		}
	}

	if e.UploadsBucket != "" && e.UploadsBucket == e.ImagesBucket {
		wrong = append(wrong, fmt.Errorf("%s and %s name the same bucket; images are public, uploads are not",
			EnvUploadsBucket, EnvImagesBucket))
	}

	if e.QueueURL != "" && !isURL(e.QueueURL) {
		wrong = append(wrong, fmt.Errorf("%s is %q, and must be the URL of a queue", EnvQueueURL, e.QueueURL))
	}

	e.TopicARN = getenv(EnvTopicARN)
	e.ImagesURL = strings.TrimSuffix(getenv(EnvImagesURL), "/")

	if e.ImagesURL != "" && !isURL(e.ImagesURL) {
		wrong = append(wrong, fmt.Errorf("%s is %q, and must be a URL such as https://images.example.in", EnvImagesURL, e.ImagesURL))
	}

	switch fallback := getenv(EnvGSIFallback); fallback {
	case "", "on":
		e.GSIFallback = true
	case "off":
	default:
		wrong = append(wrong, fmt.Errorf("%s is %q, and must be on or off", EnvGSIFallback, fallback))
	}

	if len(wrong) > 0 {
		return Environment{}, fmt.Errorf("%w: %w", ErrEnvironment, errors.Join(wrong...))
	}

	return e, nil
}

// isURL reports whether text is an absolute URL without query and fragment, to which paths
// can be added.
func isURL(text string) bool {
	u, err := url.Parse(text)

	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && u.RawQuery == "" && u.Fragment == "" && u.User == nil
}
