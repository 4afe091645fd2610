package pebblejobstore

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/cockroachdb/pebble/v2"

	"github.com/vyapaarai/bulkimport/jobstore"
)

// UpdateUser implements jobstore.UserRecords. change runs under a lock that others
// may share, so it is called once.
func (s *Store) UpdateUser(ctx context.Context, userID string, change func(*jobstore.UserRecord) error) (jobstore.UserRecord, error) {
	end, err := s.begin(ctx)
	if err != nil {
		return jobstore.UserRecord{}, err
	}
	defer end()

	if err := jobstore.CheckUserID(userID); err != nil {
		return jobstore.UserRecord{}, err
	}

	key := userKey(userID)
	defer s.lock(string(key))()

	current, err := s.readUser(key)
	if err != nil {
		return jobstore.UserRecord{}, fmt.Errorf("pebblejobstore: read user %q: %w", userID, err)
	}

	next, err := jobstore.PrepareUser(userID, current, change)
	if err != nil {
		return jobstore.UserRecord{}, err
	}

	value, err := json.Marshal(next)
	if err != nil {
		return jobstore.UserRecord{}, fmt.Errorf("pebblejobstore: encode user %q: %w", userID, err)
	}

	// The wait for the lock may have been long.
	if err := ctx.Err(); err != nil {
		return jobstore.UserRecord{}, fmt.Errorf("pebblejobstore: %w", err)
	}

	if err := s.db.Set(key, append([]byte{recordVersion}, value...), pebble.Sync); err != nil {
		return jobstore.UserRecord{}, fmt.Errorf("pebblejobstore: write user %q: %w", userID, err)
	}

	return next, nil
}

// readUser returns the record under a key; the zero one where there is none.
func (s *Store) readUser(key []byte) (record jobstore.UserRecord, err error) {
	value, closer, err := s.db.Get(key)
	if errors.Is(err, pebble.ErrNotFound) {
		return jobstore.UserRecord{}, nil
	}

	if err != nil {
		return jobstore.UserRecord{}, err
	}
	defer func() { err = errors.Join(err, closer.Close()) }()

	if len(value) == 0 || value[0] != recordVersion {
		return jobstore.UserRecord{}, errRecord
	}

	if err := json.Unmarshal(value[1:], &record); err != nil {
		return jobstore.UserRecord{}, fmt.Errorf("%w: %w", errRecord, err)
	}

	return record, nil
}
