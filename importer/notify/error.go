package notify

import (
	"errors"
	"time"
)

// ErrRejected reports an event that its receiver will not take, however often it is
// sent. It comes wrapped in an [*Error].
var ErrRejected = errors.New("notify: rejected by the receiver")

// Error is a failed delivery of which more is known than that it failed. A Notifier may
// return any other error too: that is one to try again after.
type Error struct {
	// Reason is a phrase for users, such as "the receiver answered with status 503". It
	// holds no address, secret or other internal detail.
	Reason string
	// Rejected says that trying again is useless. errors.Is(err, ErrRejected) tells.
	Rejected bool
	// RetryAfter is how long the receiver asked to be left alone; 0 where it did not.
	RetryAfter time.Duration
	// Cause, where there is one, is the underlying error. It is for logs.
	Cause error
}

// Error implements error.
func (e *Error) Error() string {
	if e.Cause == nil {
		return "notify: " + e.Reason
	}

	return "notify: " + e.Reason + ": " + e.Cause.Error()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Cause }

// Is makes errors.Is(err, ErrRejected) true where Rejected is set.
func (e *Error) Is(target error) bool { return e.Rejected && target == ErrRejected }
