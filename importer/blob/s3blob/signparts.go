package s3blob

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/vyapaarai/bulkimport/importer/blob"
)

const (
	// signedParts is how many parts a signed upload has at most. S3 takes more, but the
	// URLs of a thousand make a megabyte and a half already; and with this many, the
	// largest object has the largest parts.
	signedParts = 1024
	// partStep is what the size of signed parts is a multiple of, where it is not that of
	// the options.
	partStep = 1 << 20
)

// MaxSignedPut implements blob.MultipartSigner.
func (s *Store) MaxSignedPut() int64 { return s.opts.MaxSignedPut }

// BeginMultipart implements blob.MultipartSigner. Content of up to 5 TiB goes in parts. An
// upload that is neither completed nor aborted stays until a rule of the bucket removes
// it. ttl must be positive and at most 7 days.
func (s *Store) BeginMultipart(ctx context.Context, key string, size int64, ttl time.Duration) (blob.SignedMultipart, error) {
	if err := checkSigning(ctx, key, ttl); err != nil {
		return blob.SignedMultipart{}, err
	}

	if size <= 0 {
		return blob.SignedMultipart{}, fmt.Errorf("s3blob: upload of %d bytes in parts", size)
	}

	if size > maxObject {
		return blob.SignedMultipart{}, fmt.Errorf("%w: %d bytes, S3 takes %d", blob.ErrTooLarge, size, int64(maxObject))
	}

	m, err := s.begin(ctx, key, aws.String(s.opts.SignedContentType), nil, "")
	if err != nil {
		return blob.SignedMultipart{}, fmt.Errorf("s3blob: begin upload of %s: %w", key, err)
	}

	partSize := s.partSize(size)
	signed := blob.SignedMultipart{UploadID: m.name(), PartSize: partSize}

	for number := int32(1); int64(number-1)*partSize < size; number++ {
		part, err := s.presign.PresignUploadPart(ctx, &s3.UploadPartInput{
			Bucket: s.bucket, Key: s.object(key), UploadId: m.id, PartNumber: aws.Int32(number),
		}, lasting(ttl))
		if err != nil {
			return blob.SignedMultipart{}, errors.Join(
				fmt.Errorf("s3blob: sign part of %s: %w", key, explain(ctx, err)), m.abort(ctx))
		}

		signed.URLs = append(signed.URLs, part.URL)
	}

	return signed, nil
}

// partSize returns the size of the parts of content of size bytes.
func (s *Store) partSize(size int64) int64 {
	needed := (size + signedParts - 1) / signedParts
	if needed <= s.opts.SignedPartSize {
		return s.opts.SignedPartSize
	}

	return (needed + partStep - 1) / partStep * partStep
}

// CompleteMultipart implements blob.MultipartSigner.
func (s *Store) CompleteMultipart(ctx context.Context, key, uploadID string, parts []blob.Part) (blob.Info, error) {
	m, err := s.upload(ctx, key, uploadID)
	if err != nil {
		return blob.Info{}, err
	}

	all := make([]types.CompletedPart, len(parts))

	for i, part := range parts {
		if part.Number < 1 || part.Number > maxParts {
			return blob.Info{}, fmt.Errorf("s3blob: complete upload of %s: %w: part %d", key, blob.ErrParts, part.Number)
		}

		all[i] = types.CompletedPart{PartNumber: aws.Int32(int32(part.Number)), ETag: quote(part.ETag)}
	}

	info, err := m.complete(ctx, all)
	if errors.Is(err, errNoUpload) || errors.Is(err, errReplaced) {
		err = fmt.Errorf("%w: %w", blob.ErrNotFound, err)
	}

	if err != nil {
		return blob.Info{}, fmt.Errorf("s3blob: complete upload of %s: %w", key, err)
	}

	return info, nil
}

// AbortMultipart implements blob.MultipartSigner.
func (s *Store) AbortMultipart(ctx context.Context, key, uploadID string) error {
	m, err := s.upload(ctx, key, uploadID)
	if errors.Is(err, blob.ErrNotFound) {
		return nil
	}

	if err == nil {
		err = m.abort(ctx)
	}

	if err != nil {
		return fmt.Errorf("s3blob: upload of %s: %w", key, err)
	}

	return nil
}

// name returns the UploadID by which upload finds m: the mark, which lets a repeated
// completion recognise its object, and what S3 calls it.
func (m *multipart) name() string { return m.mark + "." + aws.ToString(m.id) }

// upload returns the upload that uploadID names.
func (s *Store) upload(ctx context.Context, key, uploadID string) (*multipart, error) {
	if err := check(ctx, key); err != nil {
		return nil, err
	}

	mark, id, ok := strings.Cut(uploadID, ".")
	if !ok || mark == "" || id == "" {
		return nil, fmt.Errorf("s3blob: %w: there is no upload %q", blob.ErrNotFound, uploadID)
	}

	return &multipart{store: s, key: key, id: &id, mark: mark}, nil
}
