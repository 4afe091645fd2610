package imageformat

import "errors"

// What can be wrong with a file. Each comes wrapped in an [*Error].
var (
	// ErrFormat reports a file that is no picture, or one of a kind that is not read.
	ErrFormat = errors.New("imageformat: not a picture that can be read")
	// ErrCorrupt reports a picture that is damaged or cut short.
	ErrCorrupt = errors.New("imageformat: picture is damaged")
)

// Error is what is wrong with one file.
type Error struct {
	// Kind is ErrFormat or ErrCorrupt.
	Kind error
	// Reason is a sentence for the user.
	Reason string
}

// Error implements error.
func (e *Error) Error() string { return e.Kind.Error() + ": " + e.Reason }

// Unwrap returns the kind.
func (e *Error) Unwrap() error { return e.Kind }

func unread(reason string) error  { return &Error{Kind: ErrFormat, Reason: reason} }
func corrupt(reason string) error { return &Error{Kind: ErrCorrupt, Reason: reason} }

// cutShort is the error of a file that ends before the picture begins.
func cutShort() error {
	return corrupt("The picture is cut short; please upload it again.")
}
