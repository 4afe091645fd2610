package netguard

import "errors"

// ErrRefused reports an address that must not be contacted. It comes wrapped in a
// [*RefusedError].
var ErrRefused = errors.New("netguard: address is not allowed")

// RefusedError says why an address is refused.
type RefusedError struct {
	// Reason is a phrase for users. It has neither the address in it nor what a name
	// resolves to.
	Reason string
}

// Error implements error.
func (e *RefusedError) Error() string { return ErrRefused.Error() + ": " + e.Reason }

// Unwrap makes errors.Is(err, ErrRefused) true.
func (e *RefusedError) Unwrap() error { return ErrRefused }

func refuse(reason string) error { return &RefusedError{Reason: reason} }
