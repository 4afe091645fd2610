package importer

import (
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/vyapaarai/bulkimport/internal/errlog"
	"github.com/vyapaarai/bulkimport/jobstore"
)

var (
	// ErrInvalid reports a request with a wrong value.
	ErrInvalid = errors.New("importer: invalid request")
	// ErrNotFound reports a job that does not exist, or that is not the caller's:
	// the two are not told apart, so that ids cannot be probed.
	ErrNotFound = errors.New("importer: job not found")
	// ErrState reports a request that the job's status does not allow.
	ErrState = errors.New("importer: not possible in this status")
	// ErrNoFile reports that nothing was uploaded for the job, or that the report
	// asked for does not exist (yet).
	ErrNoFile = errors.New("importer: no file")
	// ErrBadFile reports a file that cannot be imported at all.
	ErrBadFile = errors.New("importer: bad file")
	// ErrQuota reports a request that is one too many for its user; Error.RetryAfter
	// says when to try again.
	ErrQuota = errors.New("importer: quota of the user is used up")
	// ErrBusy reports a request that found no room for its work; Error.RetryAfter says
	// when to try again.
	ErrBusy = errors.New("importer: busy")
	// ErrConfig reports a Service or Worker that was put together wrongly.
	ErrConfig = errors.New("importer: bad configuration")
)

// Error is an error with words for the user. It wraps one of the sentinels of
// this package.
type Error struct {
	// Sentinel is the kind of error, for errors.Is.
	Sentinel error
	// Code is stable and in snake_case, such as "file_missing".
	Code string
	// Message is one sentence that says what is wrong and what to do. It holds
	// nothing internal. It may quote the file, such as a first row that is not the
	// names of columns, so it is nothing for logs.
	Message string
	// RetryAfter, where it is not 0, is how long to wait before the same request may
	// succeed.
	RetryAfter time.Duration
	// Cause, where there is one, is the underlying error. It is not for users.
	Cause error
}

// Error returns the message, with the cause where there is one.
func (e *Error) Error() string {
	if e.Cause != nil {
		return fmt.Sprintf("%s (%s): %v", e.Message, e.Code, e.Cause)
	}

	return fmt.Sprintf("%s (%s)", e.Message, e.Code)
}

// LogValue implements slog.LogValuer by the code and the cause, without the message. A
// Service and a Worker log no more of errors that wrap one.
func (e *Error) LogValue() slog.Value {
	if cause := errlog.Text(e.Cause); cause != "" && cause != e.Code {
		return slog.StringValue(e.Code + ": " + cause)
	}

	return slog.StringValue(e.Code)
}

// Unwrap returns the sentinel and the cause.
func (e *Error) Unwrap() []error {
	if e.Cause != nil {
		return []error{e.Sentinel, e.Cause}
	}

	return []error{e.Sentinel}
}

func invalid(code, format string, args ...any) error {
	return &Error{Sentinel: ErrInvalid, Code: code, Message: fmt.Sprintf(format, args...)}
}

func unknownType(t jobstore.Type) error {
	return invalid("job_type_unknown", "There is no import of type %q.", t)
}

func notFound(jobID string) error {
	return &Error{
		Sentinel: ErrNotFound, Code: "job_not_found",
		Message: fmt.Sprintf("There is no import job %q.", jobID),
	}
}
