package s3blob

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/vyapaarai/bulkimport/importer/blob"
)

const (
	// MinPartSize is the smallest Options.PartSize: S3 takes no smaller part but the
	// last.
	MinPartSize = 5 << 20
	// maxPartSize is the largest part of S3.
	maxPartSize = 5 << 30
	// maxParts is the largest number of parts of S3.
	maxParts = 10_000
	// maxObject is the largest object that every S3 takes, in bytes.
	maxObject = 5 << 40
	// maxPrefix is the longest prefix, in bytes: an S3 key has up to 1,024.
	maxPrefix = 512
)

// Options are the optional parts of New. Zero fields mean the defaults that are given
// with them; negative numbers are errors.
type Options struct {
	// Prefix is put before every key, such as "tenant-7/". Default: none. It is empty or
	// a folder with a slash at the end, of elements as blob.CheckKey wants them.
	Prefix string

	// PartSize is the size from which on Put uploads in parts, and that of a part, in
	// bytes, from MinPartSize to 5 GiB. Default 8 MiB, which allows contents of 78 GiB.
	PartSize int64
	// Concurrency is how many parts of one Put are under way at a time. Default 2.
	Concurrency int

	// ReadTimeout is how long a reader of Open waits for the next bytes before it takes
	// the connection for broken. Default 30 seconds.
	ReadTimeout time.Duration
	// ReadAttempts is how many connections in a row may break without delivering a byte
	// before the reader gives up. Default 6.
	ReadAttempts int
	// RetryDelay is how long the second of those attempts waits, more or less; each
	// further one waits twice as long, at most 5 seconds. Default 100 milliseconds.
	RetryDelay time.Duration

	// SignedContentType is the Content-Type that whoever uses a signed PUT must send,
	// so that nobody has the bucket serve a page of his own. Default
	// "application/octet-stream".
	SignedContentType string
	// MaxSignedPut is the largest content for which a single signed PUT will do, in
	// bytes. Default 5 GiB, which is S3's limit.
	MaxSignedPut int64
	// SignedPartSize is the smallest size of the parts of BeginMultipart, in bytes, from
	// MinPartSize to 5 GiB. Parts are larger where there would be more than 1,024.
	// Default 64 MiB.
	SignedPartSize int64
}

// Store is a blob.Store, blob.Signer and blob.MultipartSigner in a bucket. It is safe
// for concurrent use, and holds nothing that needs to be closed.
type Store struct {
	client  *s3.Client
	presign *s3.PresignClient
	bucket  *string
	opts    Options
}

var (
	_ blob.Store           = (*Store)(nil)
	_ blob.MultipartSigner = (*Store)(nil)
)

// New returns a store in a bucket that exists, or an error for options that are wrong.
// It makes no call; Check does. opts may be nil.
//
// The client decides on region, credentials and retries of single calls: the SDK's
// standard mode makes three attempts.
func New(client *s3.Client, bucket string, opts *Options) (*Store, error) {
	s := &Store{client: client, bucket: &bucket}
	if opts != nil {
		s.opts = *opts
	}

	if client == nil || bucket == "" {
		return nil, fmt.Errorf("s3blob: client and bucket are required")
	}

	if err := s.opts.complete(); err != nil {
		return nil, err
	}

	s.presign = s3.NewPresignClient(client)

	return s, nil
}

// complete checks the options and sets the defaults.
func (o *Options) complete() error {
	if err := checkKeyPrefix(o.Prefix); err != nil {
		return err
	}

	for _, size := range []struct {
		name       string
		value      *int64
		preset     int64
		least, max int64
	}{
		{"PartSize", &o.PartSize, 8 << 20, MinPartSize, maxPartSize},
		{"SignedPartSize", &o.SignedPartSize, 64 << 20, MinPartSize, maxPartSize},
		{"MaxSignedPut", &o.MaxSignedPut, 5 << 30, 1, 5 << 30},
	} {
		if *size.value == 0 {
			*size.value = size.preset
		}

		if *size.value < size.least || *size.value > size.max {
			return fmt.Errorf("s3blob: %s is %d, want %d to %d", size.name, *size.value, size.least, size.max)
		}
	}

	if o.Concurrency < 0 || o.ReadAttempts < 0 || o.ReadTimeout < 0 || o.RetryDelay < 0 {
		return fmt.Errorf("s3blob: a negative option")
	}

	preset(&o.Concurrency, 2)
	preset(&o.ReadAttempts, 6)
	preset(&o.ReadTimeout, 30*time.Second)
	preset(&o.RetryDelay, 100*time.Millisecond)
	preset(&o.SignedContentType, "application/octet-stream")

	return nil
}

func preset[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

// checkKeyPrefix checks Options.Prefix.
func checkKeyPrefix(prefix string) error {
	if prefix == "" {
		return nil
	}

	folder, isFolder := strings.CutSuffix(prefix, "/")
	if !isFolder || len(prefix) > maxPrefix {
		return fmt.Errorf("s3blob: Prefix %q is no folder of up to %d bytes with a slash at the end", prefix, maxPrefix)
	}

	if err := blob.CheckKey(folder); err != nil {
		return fmt.Errorf("s3blob: Prefix: %w", err)
	}

	return nil
}

// Check returns nil if the bucket can be reached with these credentials; otherwise the
// error wraps ErrBucket, ErrCredentials or ErrDenied where it is one of them.
func (s *Store) Check(ctx context.Context) error {
	if err := context.Cause(ctx); err != nil {
		return fmt.Errorf("s3blob: %w", err)
	}

	if err := s.ask(ctx); err != nil {
		return fmt.Errorf("s3blob: check bucket %s: %w", *s.bucket, err)
	}

	return nil
}

// ask makes the cheapest call whose answer says in words what is wrong, which those to
// HeadBucket and HeadObject do not. The error is explained.
func (s *Store) ask(ctx context.Context) error {
	_, err := s.client.ListObjectsV2(ctx, &s3.ListObjectsV2Input{
		Bucket: s.bucket, Prefix: aws.String(s.opts.Prefix), MaxKeys: aws.Int32(1),
	})

	return explain(ctx, err)
}

// Stat implements blob.Store.
func (s *Store) Stat(ctx context.Context, key string) (blob.Info, error) {
	if err := check(ctx, key); err != nil {
		return blob.Info{}, err
	}

	info, _, err := s.head(ctx, key)
	if err != nil {
		return blob.Info{}, fmt.Errorf("s3blob: stat %s: %w", key, err)
	}

	return info, nil
}

// head returns what is stored under key, and its metadata. The error is explained.
func (s *Store) head(ctx context.Context, key string) (blob.Info, map[string]string, error) {
	out, err := s.client.HeadObject(ctx, &s3.HeadObjectInput{Bucket: s.bucket, Key: s.object(key)})
	if err != nil {
		return blob.Info{}, nil, s.explainHead(ctx, err)
	}

	info := blob.Info{
		Key:     key,
		Size:    aws.ToInt64(out.ContentLength),
		ETag:    unquote(out.ETag),
		ModTime: aws.ToTime(out.LastModified),
	}

	return info, out.Metadata, nil
}

// explainHead explains the error of a HEAD. Where that has no words S3 is asked again, so
// that credentials that have expired are not taken for some that lack a permission.
func (s *Store) explainHead(ctx context.Context, err error) error {
	if isWordless(err) && ctx.Err() == nil {
		if reason := s.ask(ctx); errors.Is(reason, ErrCredentials) {
			return reason
		}
	}

	return explain(ctx, err)
}

// Delete implements blob.Store. In a bucket with versions it leaves a marker.
func (s *Store) Delete(ctx context.Context, key string) error {
	if err := check(ctx, key); err != nil {
		return err
	}

	_, err := s.client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: s.bucket, Key: s.object(key)})
	if err = explain(ctx, err); err != nil && !isMissing(err) {
		return fmt.Errorf("s3blob: delete %s: %w", key, err)
	}

	return nil
}

// check refuses a call whose ctx has ended or whose key is none.
func check(ctx context.Context, key string) error {
	if err := context.Cause(ctx); err != nil {
		return fmt.Errorf("s3blob: %w", err)
	}

	return blob.CheckKey(key)
}

// object returns the name of the object of key.
func (s *Store) object(key string) *string { return aws.String(s.opts.Prefix + key) }

// unquote returns an ETag as Info has it.
func unquote(etag *string) string { return strings.Trim(aws.ToString(etag), `"`) }

// quote returns an ETag of Info, or of somebody else, as S3 wants it.
func quote(etag string) *string { return aws.String(`"` + strings.Trim(etag, `"`) + `"`) }

// timeStep is how precisely S3 tells times.
const timeStep = time.Second
