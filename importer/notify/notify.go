// Package notify is the port of completion messages: who is told, and how, that
// a job has ended. Backends are leaf packages: lognotify writes a log line,
// webhooknotify posts to a URL. A [Multi] tells several.
//
// The engine alone tries again: a Notifier makes one try, and says by an [*Error] what
// is known of the next.
package notify

import (
	"context"
	"time"
)

// Event says that a job has ended.
type Event struct {
	// ID is the same for every attempt to deliver the same event, so that a
	// receiver can recognise a repetition.
	ID         string `json:"id"`
	JobID      string `json:"job_id"`
	JobType    string `json:"job_type"`
	Status     string `json:"status"`
	UserID     string `json:"user_id"`
	Email      string `json:"email,omitempty"`
	Filename   string `json:"filename,omitempty"`
	TotalRows  int64  `json:"total_rows"`
	Successful int64  `json:"successful"`
	Duplicates int64  `json:"duplicates"`
	Errors     int64  `json:"errors"`
	Message    string `json:"message,omitempty"`
	// StartedAt is when a worker first began; the zero time where none did.
	StartedAt   time.Time `json:"started_at,omitzero"`
	CompletedAt time.Time `json:"completed_at"`
}

// Notifier delivers events. Implementations are safe for concurrent use.
type Notifier interface {
	// Notify delivers the event, or returns an error when it could not; the
	// engine then tries again later with the same Event.ID, unless the error is an
	// *Error that says otherwise. It returns soon after ctx has ended.
	Notify(ctx context.Context, e Event) error
}
