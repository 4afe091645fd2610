package memjobstore

import (
	"context"

	"github.com/vyapaarai/bulkimport/jobstore"
	"github.com/vyapaarai/bulkimport/jobstore/internal/position"
)

// List implements jobstore.Store. There are no indexes: a call looks at all
// records from the cursor on until the page is full.
func (s *Store) List(ctx context.Context, q jobstore.Query) (jobstore.Page, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()

	if err := s.ready(ctx); err != nil {
		return jobstore.Page{}, err
	}

	q, err := q.Prepare()
	if err != nil {
		return jobstore.Page{}, err
	}

	end := len(s.order)

	if q.Cursor != "" {
		after, err := position.ParseCursor(q)
		if err != nil {
			return jobstore.Page{}, err
		}

		end, _ = s.find(after)
	}

	now := s.now()

	var page jobstore.Page

	for i := end - 1; i >= 0; i-- {
		job := s.jobs[s.order[i].ID]
		if job.Expired(now) || !q.Matches(&job) {
			continue
		}

		if len(page.Jobs) == q.Limit {
			page.Next = position.Cursor(q, position.Of(&page.Jobs[q.Limit-1]))

			break
		}

		page.Jobs = append(page.Jobs, job.Clone())
	}

	return page, nil
}
