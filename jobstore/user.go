package jobstore

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"
)

// UserRecords is implemented by stores that also keep a small record for each
// user, which quotas are counted in. It is optional: without it the engine counts
// jobs by List, which is not exact when a user starts several at the same time.
//
// What Store says of concurrency, keys, normal form and cancellation holds here
// too. The records of users are no jobs: no other method of the store sees them,
// and a user and a job may have the same id.
type UserRecords interface {
	// UpdateUser changes the record of a user atomically, in the way of
	// Store.Update: it calls change, perhaps several times, with a copy of the
	// current record and writes what change made of it, with Version + 1. For a user
	// without a record change gets one that is empty but for UserID, of Version 0.
	//
	// An error of change is returned as it is and nothing is written. A change of
	// UserID, and a user id that no store can take as a key, or that is empty, give
	// ErrInvalid; a store that keeps losing to others gives ErrConflict. UpdateUser
	// returns the record as written.
	UpdateUser(ctx context.Context, userID string, change func(*UserRecord) error) (UserRecord, error)
}

// UserRecord is what is counted of a user, in the shape of its stored item.
type UserRecord struct {
	UserID string `json:"user_id"`
	// Places are the jobs that take up a place of the user, of which there are only
	// so many at a time. Jobs that have ended are not removed at once; whoever finds
	// no place free looks which of them still need theirs.
	Places []UserPlace `json:"places,omitempty"`
	// Day is the day, in UTC, that JobsOfDay counts the created jobs of, such as
	// "2025-01-06".
	Day       string `json:"day,omitempty"`
	JobsOfDay int64  `json:"jobs_of_day,omitempty"`
	// Version counts the writes of the record. It belongs to the store.
	Version int64 `json:"version"`
}

// UserPlace is a place that a job takes up.
type UserPlace struct {
	JobID string `json:"job_id"`
	// JobVersion is the version that the job's record had when the place was taken,
	// which is right before the job is queued: while the record still has it, the job
	// may be about to be.
	JobVersion int64     `json:"job_version"`
	At         time.Time `json:"at"`
}

// Equal reports whether both are the same place, taken at the same time.
func (p UserPlace) Equal(other UserPlace) bool {
	return p.JobID == other.JobID && p.JobVersion == other.JobVersion && p.At.Equal(other.At)
}

// PrepareUser returns the record that UserRecords.UpdateUser writes over current:
// what change makes of a copy, with the next Version, in normal form. current is the
// zero UserRecord where the user has none. An error of change is returned as it is;
// where the user's id or the result breaks a rule, the error wraps ErrInvalid. It is
// for authors of backends.
func PrepareUser(userID string, current UserRecord, change func(*UserRecord) error) (UserRecord, error) {
	if err := CheckUserID(userID); err != nil {
		return UserRecord{}, err
	}

	current.UserID = userID

	next := current.Clone()
	if err := change(&next); err != nil {
		return UserRecord{}, err
	}

	if next.UserID != userID {
		return UserRecord{}, fmt.Errorf("%w: the id of user %q cannot change", ErrInvalid, userID)
	}

	next = next.Clone() // change may have put a slice of its own into the record
	next.Version = current.Version + 1

	for i := range next.Places {
		next.Places[i].At = next.Places[i].At.UTC()
	}

	data, err := json.Marshal(next)
	if err != nil {
		return UserRecord{}, fmt.Errorf("%w: the record of user %q has no stored form: %w", ErrInvalid, userID, err)
	}

	var normal UserRecord
	if err := json.Unmarshal(data, &normal); err != nil {
		return UserRecord{}, fmt.Errorf("%w: the record of user %q cannot be read back: %w", ErrInvalid, userID, err)
	}

	return normal, nil
}

// CheckUserID returns an error that wraps ErrInvalid unless a user with this id can
// have a record. It is for authors of backends, whose UpdateUser reads before it
// calls PrepareUser.
func CheckUserID(userID string) error {
	switch {
	case userID == "":
		return fmt.Errorf("%w: the record of a user needs the user's id", ErrInvalid)
	case len(userID) > MaxKeyBytes:
		return fmt.Errorf("%w: the id of a user has %d bytes, more than %d", ErrInvalid, len(userID), MaxKeyBytes)
	case !utf8.ValidString(userID):
		return fmt.Errorf("%w: the id of a user is not UTF-8: %q", ErrInvalid, userID)
	}

	return nil
}

// Clone returns a copy that shares nothing with r.
func (r *UserRecord) Clone() UserRecord {
	c := *r
	c.Places = slices.Clone(r.Places)

	return c
}
