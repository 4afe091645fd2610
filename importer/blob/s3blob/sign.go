package s3blob

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/vyapaarai/bulkimport/importer/blob"
	"github.com/vyapaarai/bulkimport/internal/disposition"
)

// maxTTL is how long a signed URL lasts at most, which is what S3 allows.
const maxTTL = 7 * 24 * time.Hour

// SignPut implements blob.Signer. The request must have the Content-Type that the headers
// say (Options.SignedContentType). The time is rounded up to a full second; ttl must be
// positive and at most 7 days.
func (s *Store) SignPut(ctx context.Context, key string, ttl time.Duration) (blob.SignedPut, error) {
	if err := checkSigning(ctx, key, ttl); err != nil {
		return blob.SignedPut{}, err
	}

	signed, err := s.presign.PresignPutObject(ctx, &s3.PutObjectInput{
		Bucket: s.bucket, Key: s.object(key), ContentType: aws.String(s.opts.SignedContentType),
	}, lasting(ttl))
	if err != nil {
		return blob.SignedPut{}, fmt.Errorf("s3blob: sign put of %s: %w", key, explain(ctx, err))
	}

	return blob.SignedPut{URL: signed.URL, Headers: toSend(signed)}, nil
}

// SignGet implements blob.Signer. The content is served to be saved, not shown, under
// filename; what is unfit for the name of a file, such as slashes and control characters,
// is replaced by '_', and without one it is the last element of key. The time is rounded
// up to a full second; ttl must be positive and at most 7 days.
func (s *Store) SignGet(ctx context.Context, key, filename string, ttl time.Duration) (string, error) {
	if err := checkSigning(ctx, key, ttl); err != nil {
		return "", err
	}

	signed, err := s.presign.PresignGetObject(ctx, &s3.GetObjectInput{
		Bucket:                     s.bucket,
		Key:                        s.object(key),
		ResponseContentDisposition: aws.String(disposition.Attachment(cmp.Or(disposition.Clean(filename), path.Base(key)))),
	}, lasting(ttl))
	if err != nil {
		return "", fmt.Errorf("s3blob: sign get of %s: %w", key, explain(ctx, err))
	}

	return signed.URL, nil
}

// checkSigning refuses what cannot be signed.
func checkSigning(ctx context.Context, key string, ttl time.Duration) error {
	if err := check(ctx, key); err != nil {
		return err
	}

	if ttl <= 0 || ttl > maxTTL {
		return fmt.Errorf("s3blob: ttl is %v, want more than 0 and at most %v", ttl, maxTTL)
	}

	return nil
}

// lasting has what is signed last for ttl.
func lasting(ttl time.Duration) func(*s3.PresignOptions) {
	return func(o *s3.PresignOptions) {
		o.Expires = (ttl + timeStep - 1).Truncate(timeStep)
		// The sum of content that is not there yet cannot be signed.
		o.ClientOptions = append(o.ClientOptions, plainly(true))
	}
}

// toSend returns the signed headers that a client does not send by itself.
func toSend(signed *v4.PresignedHTTPRequest) map[string]string {
	headers := make(map[string]string)

	for name, values := range signed.SignedHeader {
		name = http.CanonicalHeaderKey(name)
		if name != "Host" && name != "Content-Length" && len(values) > 0 {
			headers[name] = strings.Join(values, ",")
		}
	}

	return headers
}
