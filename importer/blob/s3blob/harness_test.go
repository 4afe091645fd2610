package s3blob_test

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/vyapaarai/bulkimport/importer/blob"
	"github.com/vyapaarai/bulkimport/importer/blob/blobtest"
	"github.com/vyapaarai/bulkimport/importer/blob/s3blob"
	"github.com/vyapaarai/bulkimport/internal/awstest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// bucketStore is a store together with its bucket, which tests look into.
type bucketStore struct {
	*s3blob.Store
	client *s3.Client // of its own, without faults
	bucket string
	opts   *s3blob.Options
}

// newStore returns a store in an empty bucket, whose calls go the way of opts.
func newStore(t testing.TB, options *s3blob.Options, opts ...awstest.Option) bucketStore {
	t.Helper()

	client := awstest.S3(t)
	s := bucketStore{client: client, bucket: awstest.Bucket(t, client), opts: options}
	s.Store = s.open(t, opts...)

	return s
}

// open returns another store in the bucket.
func (s bucketStore) open(t testing.TB, opts ...awstest.Option) *s3blob.Store {
	t.Helper()

	store, err := s3blob.New(awstest.S3(t, opts...), s.bucket, s.opts)
	require.NoError(t, err)

	return store
}

// uploads returns the keys of the multipart uploads that are under way.
func (s bucketStore) uploads(t testing.TB) []string {
	t.Helper()

	out, err := s.client.ListMultipartUploads(t.Context(), &s3.ListMultipartUploadsInput{Bucket: &s.bucket})
	require.NoError(t, err)

	var keys []string
	for _, upload := range out.Uploads {
		keys = append(keys, aws.ToString(upload.Key))
	}

	return keys
}

func TestConformance(t *testing.T) {
	t.Parallel()

	for name, opts := range map[string]*s3blob.Options{
		"whole bucket": {PartSize: s3blob.MinPartSize},
		"folder":       {PartSize: s3blob.MinPartSize, Prefix: "tenants/7/"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			blobtest.Run(t, blobtest.Harness{
				New: func(t testing.TB) blob.Store { return newStore(t, opts) },
				Reopen: func(t testing.TB, s blob.Store) blob.Store {
					old := s.(bucketStore)
					old.Store = old.open(t)

					return old
				},
				Debris:            func(t testing.TB, s blob.Store) []string { return s.(bucketStore).uploads(t) },
				PutTimeSlack:      2 * time.Second,
				SameBytesSameETag: true,
			})
		})
	}
}
