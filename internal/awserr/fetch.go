package awserr

import (
	"context"
	"errors"
	"slices"
	"strings"

	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// fetching begins what the SDK says of credentials that it could not get, for a call that
// it then does not make. There is no type to tell that by; a test asks the clients in use.
const fetching = "get identity: "

// unfetched reports whether err says that the credentials could not be fetched from where
// they are to come from: there are none, or the service that hands them out is out of
// reach or refuses. A caller that has gone is none of these.
func unfetched(err error) bool {
	if errors.Is(err, context.Canceled) {
		return false
	}

	// Signed URLs are made on a way of their own.
	var signing *v4.SigningError
	if errors.As(err, &signing) {
		return true
	}

	return begins(err)
}

// begins reports whether the text of err, or of one that it wraps, begins with fetching.
// In the middle it may be somebody else's text.
func begins(err error) bool {
	if err == nil {
		return false
	}

	if strings.HasPrefix(err.Error(), fetching) {
		return true
	}

	switch wrapping := err.(type) {
	case interface{ Unwrap() error }:
		return begins(wrapping.Unwrap())
	case interface{ Unwrap() []error }:
		return slices.ContainsFunc(wrapping.Unwrap(), begins)
	}

	return false
}
