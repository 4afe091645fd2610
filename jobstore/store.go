package jobstore

import (
	"context"
	"errors"
	"time"
)

var (
	// ErrNotFound reports a job that does not exist, or has expired.
	ErrNotFound = errors.New("jobstore: job not found")
	// ErrExists reports the creation of a job whose id is taken.
	ErrExists = errors.New("jobstore: job exists already")
	// ErrConflict reports an update that lost to other writers too many times in
	// a row. Nothing was written; trying again later may work.
	ErrConflict = errors.New("jobstore: job was changed by others at the same time")
	// ErrInvalid reports a record, query or value that the store cannot take.
	// Nothing was written.
	ErrInvalid = errors.New("jobstore: invalid")
	// ErrTransition reports a change of status that the life cycle does not
	// allow.
	ErrTransition = errors.New("jobstore: status change not allowed")
	// ErrLeased reports that another worker holds the job.
	ErrLeased = errors.New("jobstore: another worker holds the job")
	// ErrLeaseLost reports a write by a worker that no longer holds the job.
	ErrLeaseLost = errors.New("jobstore: lease lost")
	// ErrEnded reports that the job has ended.
	ErrEnded = errors.New("jobstore: job has ended")
	// ErrClosed reports a call on a closed store.
	ErrClosed = errors.New("jobstore: store is closed")
)

// Store keeps job records. Implementations are safe for concurrent use, within
// one process and, where they say so, among several. Every method reads what
// finished calls have written, List possibly a moment later.
//
// Records passed in are neither kept nor changed; those handed out belong to the
// caller.
//
// # Normal form
//
// A record is handed out as it reads after a trip through JSON: times in UTC and
// to the nanosecond (ExpiresAt may be rounded up to the second), strings as UTF-8
// with U+FFFD in place of invalid bytes, InputDialect as the same JSON value but
// perhaps with other white space. Nil and empty slices and maps are the same.
//
// # Keys
//
// The id, creator, type and store of a job are compared byte by byte. They are UTF-8,
// may hold any character, and have at most MaxKeyBytes bytes; the id is not
// empty. A record that breaks this, that has an unknown status or that has no
// JSON form gives ErrInvalid. An id that no record can have is merely not found.
//
// # Cancellation
//
// A call whose context is done before it begins returns its error and writes
// nothing. After any other error that is none of this package's, the write may
// or may not have happened; it is never half done.
type Store interface {
	// Create writes a new record with Version 1, whatever j.Version says. A taken
	// id gives ErrExists; of several calls with one id exactly one succeeds.
	Create(ctx context.Context, j Job) error

	// Get returns the record, or ErrNotFound.
	Get(ctx context.Context, id string) (Job, error)

	// Update changes a record atomically: it calls change with a copy of the
	// current record and writes what change made of it, with Version + 1, on
	// condition that nobody wrote in between; otherwise it begins again. change
	// may therefore be called several times and must depend on nothing but its
	// argument, and must not call the store, which may be holding a lock. An error
	// of change is returned as it is and nothing is written. A store that cannot
	// rule out losing to others for ever gives ErrConflict in the end.
	//
	// The id, type, creator, store and creation time of a job never change: a change to
	// one gives ErrInvalid. A job that does not exist gives ErrNotFound, without a
	// call of change. Update returns the record as written.
	Update(ctx context.Context, id string, change func(*Job) error) (Job, error)

	// List returns jobs, newest first (by CreatedAt, then by id, both
	// descending). A limit out of bounds, an unknown status, and a cursor that
	// did not come from an earlier Page of a query with the same filters give
	// ErrInvalid. The limit may change from page to page.
	//
	// A cursor is a place in the order, not a number of jobs: jobs created or
	// removed between two pages neither repeat others nor hide them. It is checked
	// against mistakes, not signed: whoever alters one sees nothing that the
	// filters of the query do not let through.
	List(ctx context.Context, q Query) (Page, error)
}

// Expirer is implemented by stores that leave the removal of expired records to
// their caller. (A database with a time-to-live of its own does not.)
type Expirer interface {
	// Expired returns the ids of up to limit records with ExpiresAt at or before
	// t, oldest expiry first, then by id. A limit below 1 gives ErrInvalid.
	Expired(ctx context.Context, t time.Time, limit int) ([]string, error)
	// Delete removes a record, whether or not it has expired. One that does not
	// exist is no error.
	Delete(ctx context.Context, id string) error
}

// Query selects jobs. Empty fields select everything.
type Query struct {
	CreatedBy string
	Status    Status
	Type      Type
	// StoreID is the store that the jobs are for.
	StoreID string
	// Limit is the most jobs to return: 1 to MaxPage, and MaxPage where 0.
	Limit int
	// Cursor is Page.Next of the page before; empty for the first.
	Cursor string
}

const (
	// MaxPage is the largest page of List.
	MaxPage = 100
	// MaxKeyBytes is the longest id, creator, type or store of a job, in bytes: what the
	// smallest key of a backend (a sort key of DynamoDB) has room for.
	MaxKeyBytes = 1024
)

// Page is one page of List.
type Page struct {
	// Jobs may be fewer than the limit, even none, although more follow.
	Jobs []Job
	// Next is the cursor of the following page; empty at the end, and only there.
	Next string
}
