package jobstore

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"
)

// What every backend does with a record or a query in the same way lies in this
// file. It is for authors of backends; users of a store have no need of it.

// PrepareCreate returns the record that Store.Create writes for j: a copy with
// Version 1 in the normal form described at [Store]. The error wraps ErrInvalid
// where no store can take the record.
func PrepareCreate(j Job) (Job, error) {
	next := j.Clone()
	next.Version = 1

	return next.normalise()
}

// PrepareUpdate returns the record that Store.Update writes over current: what
// change makes of a copy, with the next Version, in normal form. An error of
// change is returned as it is; where the result breaks a rule of Store.Update,
// the error wraps ErrInvalid.
func PrepareUpdate(current Job, change func(*Job) error) (Job, error) {
	next := current.Clone()
	if err := change(&next); err != nil {
		return Job{}, err
	}

	// change may have put slices of its own into the record; normalise writes.
	next = next.Clone()

	if field := current.changedIdentity(&next); field != "" {
		return Job{}, fmt.Errorf("%w: the %s of job %q cannot change", ErrInvalid, field, current.ID)
	}

	next.Version = current.Version + 1

	return next.normalise()
}

// changedIdentity names the first field that differs although it never may, or
// returns "".
func (j *Job) changedIdentity(next *Job) string {
	switch {
	case next.ID != j.ID:
		return "id"
	case next.Type != j.Type:
		return "type"
	case next.CreatedByUserID != j.CreatedByUserID:
		return "creator"
	case next.StoreID != j.StoreID:
		return "store"
	case !next.CreatedAt.Equal(j.CreatedAt):
		return "creation time"
	}

	return ""
}

// normalise checks the record and returns it as it looks after a trip through
// its stored form, so that every backend hands out the same, whether or not it
// encodes anything itself. It may write into the record's own slices.
func (j *Job) normalise() (Job, error) {
	if err := j.check(); err != nil {
		return Job{}, err
	}

	j.timesToUTC()

	data, err := json.Marshal(j)
	if err != nil {
		return Job{}, fmt.Errorf("%w: job %q has no stored form: %w", ErrInvalid, j.ID, err)
	}

	var normal Job
	if err := json.Unmarshal(data, &normal); err != nil {
		return Job{}, fmt.Errorf("%w: job %q cannot be read back: %w", ErrInvalid, j.ID, err)
	}

	return normal, nil
}

// check returns an error that wraps ErrInvalid unless the fields that stores use
// as keys are fit for it.
func (j *Job) check() error {
	if j.ID == "" {
		return fmt.Errorf("%w: a job needs an id", ErrInvalid)
	}

	keys := []struct{ name, value string }{
		{"id", j.ID}, {"creator", j.CreatedByUserID}, {"type", string(j.Type)}, {"store", j.StoreID},
	}
	for _, key := range keys {
		if len(key.value) > MaxKeyBytes {
			return fmt.Errorf("%w: the %s of a job has %d bytes, more than %d", ErrInvalid, key.name, len(key.value), MaxKeyBytes)
		}

		if !utf8.ValidString(key.value) {
			return fmt.Errorf("%w: the %s of a job is not UTF-8: %q", ErrInvalid, key.name, key.value)
		}
	}

	if !slices.Contains(Statuses(), j.Status) {
		return fmt.Errorf("%w: job %q has the unknown status %q", ErrInvalid, j.ID, j.Status)
	}

	return nil
}

// Expired reports whether the record is gone at this time.
func (j *Job) Expired(now time.Time) bool {
	return !j.ExpiresAt.IsZero() && !now.Before(j.ExpiresAt)
}

// Prepare returns the query with its defaults filled in, or an error that wraps
// ErrInvalid. It does not look at the cursor, whose form is the backend's.
func (q Query) Prepare() (Query, error) {
	if q.Limit < 0 || q.Limit > MaxPage {
		return Query{}, fmt.Errorf("%w: the limit of a list is 1 to %d, not %d", ErrInvalid, MaxPage, q.Limit)
	}

	if q.Limit == 0 {
		q.Limit = MaxPage
	}

	if q.Status != "" {
		if _, err := ParseStatus(string(q.Status)); err != nil {
			return Query{}, err
		}
	}

	return q, nil
}

// Matches reports whether a record passes the filters of the query.
func (q Query) Matches(j *Job) bool {
	return (q.CreatedBy == "" || q.CreatedBy == j.CreatedByUserID) &&
		(q.Status == "" || q.Status == j.Status) &&
		(q.Type == "" || q.Type == j.Type) &&
		(q.StoreID == "" || q.StoreID == j.StoreID)
}
