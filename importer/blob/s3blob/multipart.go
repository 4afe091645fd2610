package s3blob

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/vyapaarai/bulkimport/importer/blob"
)

const (
	// uploadMark is the name of the metadata by which an object tells from which
	// multipart upload it came.
	uploadMark = "bulkimport-upload"
	// abortTime is what the abortion of an upload may take: it goes on when the
	// context of the Put has ended.
	abortTime = 30 * time.Second
	// abortAttempts is how often an upload is aborted that does not go away at once, and
	// abortPause how long before the second time; it doubles with each.
	abortAttempts = 5
	abortPause    = 5 * time.Millisecond
)

// multipart is an upload in parts.
type multipart struct {
	store *Store
	key   string
	id    *string
	mark  string // random, in the metadata of what the upload becomes
	size  int64  // of what was sent, in bytes; 0 where others send it
}

// begin begins an upload in parts. sums is the checksum that every part has to carry; ""
// means none.
func (s *Store) begin(ctx context.Context, key string, contentType, cacheControl *string, sums types.ChecksumAlgorithm) (*multipart, error) {
	m := &multipart{store: s, key: key, mark: rand.Text()}

	out, err := s.client.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{
		Bucket:            s.bucket,
		Key:               s.object(key),
		ContentType:       contentType,
		CacheControl:      cacheControl,
		ChecksumAlgorithm: sums,
		Metadata:          map[string]string{uploadMark: m.mark},
	}, plainly(sums == ""))
	if err != nil {
		return nil, explain(ctx, err)
	}

	m.id = out.UploadId

	return m, nil
}

// plainly has a call of the client carry no checksum that is not asked for. Somebody who
// uses a signed URL can send none.
func plainly(yes bool) func(*s3.Options) {
	return func(o *s3.Options) {
		if yes {
			o.RequestChecksumCalculation = aws.RequestChecksumCalculationWhenRequired
		}
	}
}

// sendPart uploads the content of a part, and notes how S3 calls it.
func (m *multipart) sendPart(ctx context.Context, part *types.CompletedPart, content []byte) error {
	out, err := m.store.client.UploadPart(ctx, &s3.UploadPartInput{
		Bucket:            m.store.bucket,
		Key:               m.store.object(m.key),
		UploadId:          m.id,
		PartNumber:        part.PartNumber,
		Body:              bytes.NewReader(content),
		ContentLength:     aws.Int64(int64(len(content))),
		ChecksumAlgorithm: types.ChecksumAlgorithmCrc32,
	})
	if err != nil {
		return fmt.Errorf("part %d: %w", *part.PartNumber, explain(ctx, err))
	}

	part.ETag, part.ChecksumCRC32 = out.ETag, out.ChecksumCRC32

	return nil
}

// errReplaced reports an upload that was completed, some time, and whose content the key
// does not hold any more.
var errReplaced = errors.New("the upload was completed, and its content is replaced or deleted")

// complete makes the parts the content of the key. With errReplaced it returns what it
// has made.
//
// An answer that was lost is asked for again by the SDK, and S3 then may know of no such
// upload any more, or, for a while, say again that it is complete, whatever the key holds.
// So the metadata of the object has to tell from which upload it is.
func (m *multipart) complete(ctx context.Context, parts []types.CompletedPart) (blob.Info, error) {
	var out *s3.CompleteMultipartUploadOutput

	err := write(ctx, func() (err error) {
		out, err = m.store.client.CompleteMultipartUpload(ctx, &s3.CompleteMultipartUploadInput{
			Bucket:          m.store.bucket,
			Key:             m.store.object(m.key),
			UploadId:        m.id,
			MultipartUpload: &types.CompletedMultipartUpload{Parts: parts},
		})

		return err
	})

	if err != nil && (ctx.Err() != nil || errors.Is(err, blob.ErrParts)) {
		return blob.Info{}, err
	}

	info, metadata, headErr := m.store.head(ctx, m.key)

	switch {
	case headErr == nil && metadata[uploadMark] == m.mark:
		return info, nil
	case err != nil:
		return blob.Info{}, err
	}

	info = blob.Info{Key: m.key, Size: m.size, ETag: unquote(out.ETag), ModTime: answeredAt(out.ResultMetadata)}

	switch {
	case headErr == nil || errors.Is(headErr, blob.ErrNotFound):
		return info, errReplaced
	case m.size == 0:
		// Others have sent the parts, and only the object tells how much that was. The next
		// completion finds it by its mark.
		return blob.Info{}, headErr
	}

	// S3 has said that it is complete. That it could not be looked at, be it because ctx
	// has ended, is no failure of that.
	return info, nil
}

// abort discards the upload, even if ctx has ended.
//
// A part that is under way may outlive the abortion, and be kept and paid for (API
// reference of AbortMultipartUpload). So may one whose request was given up here: the server
// goes on with it. Therefore S3 is asked some times more, until it knows of no such upload.
func (m *multipart) abort(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), abortTime)
	defer cancel()

	for attempt := range abortAttempts {
		_, err := m.store.client.AbortMultipartUpload(ctx, &s3.AbortMultipartUploadInput{
			Bucket: m.store.bucket, Key: m.store.object(m.key), UploadId: m.id,
		})
		err = explain(ctx, err)

		switch {
		case errors.Is(err, errNoUpload):
			return nil
		case err != nil && attempt == 0:
			return fmt.Errorf("abort the upload: %w", err)
		case err != nil:
			return nil // it was aborted, and nobody knows of anything left
		}

		select {
		case <-time.After(abortPause << attempt):
		case <-ctx.Done():
			return nil
		}
	}

	return nil
}
