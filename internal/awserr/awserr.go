// Package awserr puts what the AWS SDK answers into words that say what to do, in
// the same way for every backend that rests on a service of AWS: what is wrong with the
// credentials is said and recognised here, and nowhere else.
package awserr

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/smithy-go"
)

// What is wrong with the credentials, whatever the service. The packages of the backends
// hand these sentinels on as their own.
var (
	// ErrCredentials reports credentials that cannot be fetched, or that the service does
	// not accept. The SDK does not try again then, and neither should its caller before
	// somebody has looked at the environment or role that the credentials come from.
	ErrCredentials = errors.New("the AWS credentials cannot be fetched, are wrong or have expired, or the clock is far off")
	// ErrDenied reports credentials that are accepted and lack a permission. The error of
	// the SDK, which comes with it, mostly names the action and the resource.
	ErrDenied = errors.New("the AWS credentials lack a permission")
)

// Code returns the error code by which the service has answered, such as
// "ThrottlingException", or "" where err is no answer of the service. Credentials that
// cannot be fetched are none: whoever refused them there is another service.
func Code(err error) string {
	var answer smithy.APIError
	if errors.As(err, &answer) && !unfetched(err) {
		return answer.ErrorCode()
	}

	return ""
}

// Sentinel returns ErrCredentials or ErrDenied where an error of the SDK means that, and
// nil for all others.
func Sentinel(err error) error {
	if unfetched(err) {
		return ErrCredentials
	}

	return sentinels[Code(err)]
}

// Explain returns err with the sentinel of what is behind it, where there is one: the
// cause of ctx where that has ended, what Sentinel says, or else what one of also says,
// which know the service's other errors. errors.Is and errors.As see the sentinel and the
// SDK's error. An err that has its sentinel already is returned as it is, as is nil.
func Explain(ctx context.Context, err error, also ...func(error) error) error {
	if err == nil {
		return nil
	}

	sentinel := context.Cause(ctx)
	if sentinel == nil {
		sentinel = Sentinel(err)
	}

	for _, more := range also {
		if sentinel == nil {
			sentinel = more(err)
		}
	}

	if sentinel == nil || errors.Is(err, sentinel) {
		return err
	}

	return fmt.Errorf("%w: %w", sentinel, err)
}
