package memjobstore

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/vyapaarai/bulkimport/jobstore"
)

// Expired implements jobstore.Expirer. It looks at all records.
func (s *Store) Expired(ctx context.Context, t time.Time, limit int) ([]string, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()

	if err := s.ready(ctx); err != nil {
		return nil, err
	}

	if limit < 1 {
		return nil, fmt.Errorf("%w: the limit of expired jobs is at least 1, not %d", jobstore.ErrInvalid, limit)
	}

	var ids []string

	for id, job := range s.jobs {
		if job.Expired(t) {
			ids = append(ids, id)
		}
	}

	slices.SortFunc(ids, func(a, b string) int {
		return cmp.Or(s.jobs[a].ExpiresAt.Compare(s.jobs[b].ExpiresAt), cmp.Compare(a, b))
	})

	return ids[:min(limit, len(ids))], nil
}

// Delete implements jobstore.Expirer.
func (s *Store) Delete(ctx context.Context, id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()

	if err := s.ready(ctx); err != nil {
		return err
	}

	s.remove(id)

	return nil
}
