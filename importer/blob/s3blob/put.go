package s3blob

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go/middleware"

	"github.com/vyapaarai/bulkimport/importer/blob"
	"github.com/vyapaarai/bulkimport/importer/blob/internal/bound"
)

// Put implements blob.Store. It keeps up to Options.Concurrency + 1 parts in memory, and
// of smaller content about the twofold of it.
func (s *Store) Put(ctx context.Context, key string, r io.Reader, opts *blob.PutOptions) (blob.Info, error) {
	if err := check(ctx, key); err != nil {
		return blob.Info{}, err
	}

	source, err := bound.Content(ctx, r, opts)
	if err != nil {
		return blob.Info{}, err
	}

	var (
		info  blob.Info
		first bytes.Buffer
	)

	first.Grow(int(min(sizeOf(r), s.opts.PartSize)) + bytes.MinRead)

	n, err := first.ReadFrom(io.LimitReader(source, s.opts.PartSize))

	switch {
	case err != nil:
	case n < s.opts.PartSize:
		info, err = s.putWhole(ctx, key, first.Bytes(), opts)
	default:
		info, err = s.putParts(ctx, key, first.Bytes(), source, opts)
	}

	if err != nil {
		return blob.Info{}, fmt.Errorf("s3blob: put %s: %w", key, err)
	}

	return info, nil
}

// sizeOf returns what r is known to deliver, or 0.
func sizeOf(r io.Reader) int64 {
	if known, ok := r.(interface{ Len() int }); ok {
		return int64(known.Len())
	}

	return 0
}

// putWhole stores content by one request.
func (s *Store) putWhole(ctx context.Context, key string, content []byte, opts *blob.PutOptions) (blob.Info, error) {
	if err := bound.Allow(ctx, opts); err != nil {
		return blob.Info{}, err
	}

	contentType, cacheControl := headers(opts)

	var out *s3.PutObjectOutput

	err := write(ctx, func() (err error) {
		out, err = s.client.PutObject(ctx, &s3.PutObjectInput{
			Bucket:            s.bucket,
			Key:               s.object(key),
			Body:              bytes.NewReader(content),
			ContentLength:     aws.Int64(int64(len(content))),
			ContentType:       contentType,
			CacheControl:      cacheControl,
			ChecksumAlgorithm: types.ChecksumAlgorithmCrc32,
		})

		return err
	})
	if err != nil {
		return blob.Info{}, err
	}

	return blob.Info{
		Key: key, Size: int64(len(content)), ETag: unquote(out.ETag), ModTime: answeredAt(out.ResultMetadata),
	}, nil
}

// headers returns how content is to be served.
func headers(opts *blob.PutOptions) (contentType, cacheControl *string) {
	contentType = aws.String("application/octet-stream")
	if opts == nil {
		return contentType, nil
	}

	if opts.ContentType != "" {
		contentType = &opts.ContentType
	}

	if opts.CacheControl != "" {
		cacheControl = &opts.CacheControl
	}

	return contentType, cacheControl
}

// answeredAt returns the time of an answer by the clock of S3, to the second.
func answeredAt(metadata middleware.Metadata) time.Time {
	t, ok := awsmiddleware.GetServerTime(metadata)
	if !ok {
		t = time.Now()
	}

	return t.UTC().Truncate(timeStep)
}
