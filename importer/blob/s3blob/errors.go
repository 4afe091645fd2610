package s3blob

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"

	"github.com/vyapaarai/bulkimport/importer/blob"
)

// Errors that no retry cures. They are wrapped together with those of the SDK.
var (
	// ErrCredentials reports credentials that S3 does not take: unknown, wrong or
	// expired, or a clock that is far off.
	ErrCredentials = errors.New("s3blob: S3 does not accept the credentials")
	// ErrDenied reports that the credentials do not allow the call; see the permissions
	// in the documentation of the package.
	ErrDenied = errors.New("s3blob: access denied")
	// ErrBucket reports a bucket that does not exist, or not in this region.
	ErrBucket = errors.New("s3blob: there is no such bucket in this region")
)

// errNoUpload reports a multipart upload that does not exist (any more).
var errNoUpload = errors.New("no such upload")

// codes are the error codes of S3 that mean something to callers, and those by which
// versitygw says the same, or that a file system cannot hold a name.
var codes = map[string]error{
	"NoSuchKey": blob.ErrNotFound,
	"NotFound":  blob.ErrNotFound,

	"PreconditionFailed": blob.ErrChanged,
	"InvalidRange":       blob.ErrRange,
	"EntityTooLarge":     blob.ErrTooLarge,

	"InvalidPart":      blob.ErrParts,
	"InvalidPartOrder": blob.ErrParts,
	"EntityTooSmall":   blob.ErrParts,
	"NoSuchUpload":     errNoUpload,

	"NoSuchBucket":                 ErrBucket,
	"PermanentRedirect":            ErrBucket,
	"AuthorizationHeaderMalformed": ErrBucket, // of another region

	"AccessDenied": ErrDenied,
	"Forbidden":    ErrDenied, // all that the answer to a HEAD tells

	"InvalidAccessKeyId":    ErrCredentials,
	"SignatureDoesNotMatch": ErrCredentials,
	"ExpiredToken":          ErrCredentials,
	"InvalidToken":          ErrCredentials,
	"TokenRefreshRequired":  ErrCredentials,
	"RequestTimeTooSkewed":  ErrCredentials,
	"XAdminUserNotFound":    ErrCredentials,

	"ObjectParentIsFile":          blob.ErrInvalidKey,
	"ExistingObjectIsDirectory":   blob.ErrInvalidKey,
	"DirectoryObjectContainsData": blob.ErrInvalidKey,
}

// explain wraps an error of the SDK together with what it means to the callers of this
// package: the cause of ctx where that has ended, or a sentinel.
func explain(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}

	if cause := context.Cause(ctx); cause != nil {
		return fmt.Errorf("%w: %w", cause, err)
	}

	var apiErr smithy.APIError
	if errors.As(err, &apiErr) {
		if sentinel := codes[apiErr.ErrorCode()]; sentinel != nil {
			return fmt.Errorf("%w: %w", sentinel, err)
		}
	}

	// Other servers have other codes for some of them. 404 is left out: it may be said of
	// much else than a key.
	switch status(err) {
	case http.StatusPreconditionFailed:
		return fmt.Errorf("%w: %w", blob.ErrChanged, err)
	case http.StatusRequestedRangeNotSatisfiable:
		return fmt.Errorf("%w: %w", blob.ErrRange, err)
	case http.StatusForbidden:
		return fmt.Errorf("%w: %w", ErrDenied, err)
	}

	return err
}

// status returns the HTTP status of an answer that was an error, or 0.
func status(err error) int {
	var response *awshttp.ResponseError
	if errors.As(err, &response) {
		return response.HTTPStatusCode()
	}

	return 0
}

// isMissing reports whether an explained error says that there is nothing to delete:
// either so, or because no such key can exist.
func isMissing(err error) bool {
	return errors.Is(err, blob.ErrNotFound) || errors.Is(err, blob.ErrInvalidKey)
}

// isFinal reports whether a call that failed would fail again.
func isFinal(ctx context.Context, err error) bool {
	if ctx.Err() != nil {
		return true
	}

	code := status(err)

	return code >= 400 && code < 500 && code != http.StatusRequestTimeout && code != http.StatusTooManyRequests
}
