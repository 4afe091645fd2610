package blob

import (
	"context"
	"errors"
	"time"
)

// Signer makes requests with which somebody without credentials puts or gets one key
// for a limited time. Implementations are safe for concurrent use.
type Signer interface {
	// SignPut returns a PUT of key that may be made until ttl has passed, more than
	// once where a connection breaks.
	SignPut(ctx context.Context, key string, ttl time.Duration) (SignedPut, error)
	// SignGet returns a URL that serves key until ttl has passed. filename,
	// where not empty, is the name a browser saves it under.
	SignGet(ctx context.Context, key, filename string, ttl time.Duration) (string, error)
}

// SignedPut is a PUT that somebody without credentials may make.
type SignedPut struct {
	URL string
	// Headers are those that the request must have, with these values: they are
	// signed along with the URL. May be empty.
	Headers map[string]string
}

// ErrParts reports parts that make no content: one that was never uploaded, or whose
// ETag is another, or that is too small.
var ErrParts = errors.New("blob: the parts do not fit")

// MultipartSigner is a Signer whose store takes no content of any size in one PUT, but
// larger content in parts. Whoever uses a Signer asks whether it is one.
type MultipartSigner interface {
	Signer

	// MaxSignedPut returns the largest content that a PUT of SignPut takes, in bytes.
	MaxSignedPut() int64

	// BeginMultipart begins the upload of size bytes to key, and returns a URL for
	// each part, good until ttl has passed. What the key holds stays until
	// CompleteMultipart. Content that is too large for parts too gives ErrTooLarge.
	BeginMultipart(ctx context.Context, key string, size int64, ttl time.Duration) (SignedMultipart, error)

	// CompleteMultipart puts the parts together and replaces what key holds, as
	// atomically as Put does. A second call for an upload whose content the key holds
	// returns the same. ErrNotFound reports an upload that is not (any more) under
	// way, ErrParts that the parts are not all there; the upload then goes on.
	CompleteMultipart(ctx context.Context, key, uploadID string, parts []Part) (Info, error)

	// AbortMultipart ends an upload that is not wanted any more and discards its
	// parts. Ending one that is not under way is no error.
	AbortMultipart(ctx context.Context, key, uploadID string) error
}

// SignedMultipart is an upload in parts.
type SignedMultipart struct {
	// UploadID names the upload. It is opaque, at most 1 KiB of printable ASCII, and
	// lets nobody do anything without credentials.
	UploadID string
	// PartSize is the size of each part but the last, in bytes.
	PartSize int64
	// URLs take one part each, by PUT without further headers, in the order of the
	// content. The answer's header ETag is what CompleteMultipart asks for.
	URLs []string
}

// Part is a part that was uploaded.
type Part struct {
	// Number is the place of the part in the content, from 1.
	Number int
	// ETag is the header ETag of the answer to its PUT, with or without quotes.
	ETag string
}
