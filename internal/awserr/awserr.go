// Package awserr puts what the AWS SDK answers into words that say what to do, in
// the same way for every backend that rests on a service of AWS.
package awserr

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/aws/smithy-go"
)

// ErrCredentials reports that the service knows the credentials no longer, or not
// at all. The SDK does not try again then, and neither should its caller before
// somebody has looked at the environment or role that the credentials come from.
var ErrCredentials = errors.New("the AWS credentials have expired or are not accepted")

// Code returns the error code of a service, such as "ThrottlingException", or ""
// where err is no answer of a service.
func Code(err error) string {
	var answer smithy.APIError
	if errors.As(err, &answer) {
		return answer.ErrorCode()
	}

	return ""
}

// Explain returns err with the sentinel of what is behind it, where there is one:
// the cause of ctx where that has ended, ErrCredentials where the credentials are
// to blame. errors.Is and errors.As see the sentinel and the SDK's error. Explain of
// nil is nil.
func Explain(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}

	if cause := context.Cause(ctx); cause != nil {
		return fmt.Errorf("%w: %w", cause, err)
	}

	if slices.Contains(credentialCodes(), Code(err)) {
		return fmt.Errorf("%w: %w", ErrCredentials, err)
	}

	return err
}

// credentialCodes are the codes of the services in use for credentials that are
// expired, unknown, or do not fit their secret. A permission that is missing is none
// of them: its answer names the action and the resource already.
func credentialCodes() []string {
	return []string{
		"ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired", "RequestExpired",
		"InvalidClientTokenId", "UnrecognizedClientException", "InvalidAccessKeyId", "InvalidToken",
		"SignatureDoesNotMatch", "InvalidSignatureException", "IncompleteSignature",
		"MissingAuthenticationToken", "MissingAuthenticationTokenException",
	}
}
