package imagepipe

import "errors"

// What can be wrong with a picture. Each comes wrapped in an [*Error].
var (
	// ErrRefused reports an address that must not be fetched: not http or https, with
	// credentials, on a port that is not allowed, or of a host that is not public.
	ErrRefused = errors.New("imagepipe: address is not allowed")
	// ErrUnreachable reports that the server gave nothing: no connection, too slow, or
	// an answer other than 200.
	ErrUnreachable = errors.New("imagepipe: picture could not be downloaded")
	// ErrTooLarge reports a picture with more bytes or pixels than are allowed.
	ErrTooLarge = errors.New("imagepipe: picture is too large")
	// ErrFormat reports content that is no picture, or one of a format that is not read.
	ErrFormat = errors.New("imagepipe: not a picture that can be read")
	// ErrCorrupt reports a picture that is damaged or cut short.
	ErrCorrupt = errors.New("imagepipe: picture is damaged")
)

// Error is what is wrong with one picture.
type Error struct {
	// Kind is one of the sentinels of this package.
	Kind error
	// Reason is a sentence for the user, without the address. It tells nothing about
	// the network that the server is in.
	Reason string
	// Cause is what lies behind it, for logs. It may be nil.
	Cause error
}

// Error implements error.
func (e *Error) Error() string {
	if e.Cause == nil {
		return e.Kind.Error() + ": " + e.Reason
	}

	return e.Kind.Error() + ": " + e.Reason + ": " + e.Cause.Error()
}

// Unwrap gives errors.Is and errors.As both the kind and the cause.
func (e *Error) Unwrap() []error {
	if e.Cause == nil {
		return []error{e.Kind}
	}

	return []error{e.Kind, e.Cause}
}
