package s3blob

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/vyapaarai/bulkimport/importer/blob"
	"github.com/vyapaarai/bulkimport/importer/blob/internal/bound"
)

// List implements blob.Store.
func (s *Store) List(ctx context.Context, prefix, after string, limit int) ([]blob.Info, error) {
	if err := context.Cause(ctx); err != nil {
		return nil, fmt.Errorf("s3blob: list: %w", err)
	}

	if err := blob.CheckPrefix(prefix); err != nil {
		return nil, err
	}

	limit = bound.Page(limit)
	input := &s3.ListObjectsV2Input{
		Bucket: s.bucket,
		Prefix: aws.String(s.opts.Prefix + prefix),
		// Names that others gave may have characters that XML cannot hold.
		EncodingType: types.EncodingTypeUrl,
		MaxKeys:      aws.Int32(int32(limit)),
	}

	if after = lastBefore(after); after != "" {
		input.StartAfter = aws.String(s.opts.Prefix + after)
	}

	var page []blob.Info

	// More than one call where there are objects that are no keys.
	for {
		out, err := s.client.ListObjectsV2(ctx, input)
		if err != nil {
			return nil, fmt.Errorf("s3blob: list: %w", explain(ctx, err))
		}

		for _, object := range out.Contents {
			info, ok := s.describe(object, out.EncodingType == types.EncodingTypeUrl)
			if ok && len(page) < limit {
				page = append(page, info)
			}
		}

		if len(page) == limit || !aws.ToBool(out.IsTruncated) || out.NextContinuationToken == nil {
			return page, nil
		}

		input.ContinuationToken, input.StartAfter = out.NextContinuationToken, nil
	}
}

// describe returns the description of an object, unless its name is no key.
func (s *Store) describe(object types.Object, encoded bool) (blob.Info, bool) {
	name := aws.ToString(object.Key)

	if encoded {
		var err error

		name, err = url.QueryUnescape(name)
		if err != nil {
			return blob.Info{}, false
		}
	}

	key, ok := strings.CutPrefix(name, s.opts.Prefix)
	if !ok || blob.CheckKey(key) != nil {
		return blob.Info{}, false
	}

	return blob.Info{
		Key:  key,
		Size: aws.ToInt64(object.Size),
		ETag: unquote(object.ETag),
		// As precisely as the answers to other calls.
		ModTime: aws.ToTime(object.LastModified).Truncate(timeStep),
	}, true
}

// lastBefore returns a string of printable ASCII, not longer than a key, behind which the
// same keys come as behind after, which may be any string: S3 takes none that is not
// UTF-8.
func lastBefore(after string) string {
	for i := range len(after) {
		switch c := after[i]; {
		case i == maxAfter:
			// No key is longer, so none is between the two.
			return after[:i]
		case c < ' ':
			// Before all that is in keys.
			return after[:i]
		case c > 'z':
			// Behind all that is in keys.
			return after[:i] + "~"
		}
	}

	return after
}

// maxAfter is the longest key, in bytes.
const maxAfter = 512
