package s3blob

import (
	"context"
	"errors"
	"net/http"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"

	"github.com/vyapaarai/bulkimport/importer/blob"
	"github.com/vyapaarai/bulkimport/internal/awserr"
)

// Errors that no retry cures. They are wrapped together with those of the SDK.
var (
	// ErrCredentials reports credentials that cannot be fetched, or that S3 does not take:
	// unknown, wrong or expired, or a clock that is far off.
	ErrCredentials = awserr.ErrCredentials
	// ErrDenied reports that the credentials do not allow the call; see the permissions
	// in the documentation of the package.
	ErrDenied = awserr.ErrDenied
	// ErrBucket reports a bucket that does not exist, or not in this region.
	ErrBucket = errors.New("s3blob: there is no such bucket in this region")
)

// errNoUpload reports a multipart upload that does not exist (any more).
var errNoUpload = errors.New("no such upload")

// codes are the error codes of S3 that mean something to callers, beside those of the
// credentials, and those by which versitygw says that a file system cannot hold a name.
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

	"ObjectParentIsFile":          blob.ErrInvalidKey,
	"ExistingObjectIsDirectory":   blob.ErrInvalidKey,
	"DirectoryObjectContainsData": blob.ErrInvalidKey,
}

// explain wraps an error of the SDK together with what it means to the callers of this
// package: the cause of ctx where that has ended, or a sentinel.
func explain(ctx context.Context, err error) error {
	return awserr.Explain(ctx, err, sentinelOf)
}

// sentinelOf returns the sentinel of an error that says nothing of the credentials, or nil.
func sentinelOf(err error) error {
	if sentinel := codes[awserr.Code(err)]; sentinel != nil {
		return sentinel
	}

	// Other servers have other codes for some of them. 404 is left out: it may be said of
	// much else than a key.
	switch status(err) {
	case http.StatusPreconditionFailed:
		return blob.ErrChanged
	case http.StatusRequestedRangeNotSatisfiable:
		return blob.ErrRange
	case http.StatusForbidden:
		return ErrDenied
	}

	return nil
}

// isWordless reports whether err is all that a HEAD is told of credentials that are wrong
// or lack a permission: an answer to it has no body.
func isWordless(err error) bool {
	return status(err) == http.StatusBadRequest || status(err) == http.StatusForbidden
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
