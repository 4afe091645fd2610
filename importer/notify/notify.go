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
	ID      string `json:"id"`
	JobID   string `json:"job_id"`
	JobType string `json:"job_type"`
	// StoreID is the store that the job was for, BatchID the batch that it was started
	// with; each is empty where there is none.
	StoreID    string `json:"store_id,omitempty"`
	BatchID    string `json:"batch_id,omitempty"`
	Status     string `json:"status"`
	UserID     string `json:"user_id"`
	Email      string `json:"email,omitempty"`
	Filename   string `json:"filename,omitempty"`
	TotalRows  int64  `json:"total_rows"`
	Successful int64  `json:"successful"`
	Duplicates int64  `json:"duplicates"`
	Errors     int64  `json:"errors"`
	// Inventory is nil but for the inventories of stores.
	Inventory *InventoryCounts `json:"inventory,omitempty"`
	// FailureCode says why the job failed, in one stable word such as "column_missing"; it
	// is empty where the job did not.
	FailureCode string `json:"failure_code,omitempty"`
	// Message is FailureCode as a sentence for the user. It may quote the file, such as a
	// first row that is not the names of columns: it is for receivers that may read the
	// file, and not for logs.
	Message string `json:"message,omitempty"`
	// StartedAt is when a worker first began; the zero time where none did.
	StartedAt   time.Time `json:"started_at,omitzero"`
	CompletedAt time.Time `json:"completed_at"`
}

// InventoryCounts count the rows of an inventory that succeeded: Created and Matched by
// whether their product was made or found, Updated those of which the store had an item.
type InventoryCounts struct {
	Created int64 `json:"created"`
	Matched int64 `json:"matched"`
	Updated int64 `json:"updated"`
}

// Notifier delivers events. Implementations are safe for concurrent use.
type Notifier interface {
	// Notify delivers the event, or returns an error when it could not; the
	// engine then tries again later with the same Event.ID, unless the error is an
	// *Error that says otherwise. It returns soon after ctx has ended.
	Notify(ctx context.Context, e Event) error
}
