package memjobstore

import (
	"context"

	"github.com/vyapaarai/bulkimport/jobstore"
)

// UpdateUser implements jobstore.UserRecords. change runs under the store's lock, so
// it is called once.
func (s *Store) UpdateUser(ctx context.Context, userID string, change func(*jobstore.UserRecord) error) (jobstore.UserRecord, error) {
	s.mu.Lock()
	defer s.mu.Unlock()

	if err := s.ready(ctx); err != nil {
		return jobstore.UserRecord{}, err
	}

	next, err := jobstore.PrepareUser(userID, s.users[userID], change)
	if err != nil {
		return jobstore.UserRecord{}, err
	}

	s.users[userID] = next

	return next.Clone(), nil
}
