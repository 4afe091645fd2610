package pebblejobstore

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cockroachdb/pebble/v2"

	"github.com/vyapaarai/bulkimport/jobstore"
	"github.com/vyapaarai/bulkimport/jobstore/internal/position"
)

// List implements jobstore.Store. The package comment says what it costs.
func (s *Store) List(ctx context.Context, q jobstore.Query) (page jobstore.Page, err error) {
	end, err := s.begin(ctx)
	if err != nil {
		return jobstore.Page{}, err
	}
	defer end()

	q, err = q.Prepare()
	if err != nil {
		return jobstore.Page{}, err
	}

	index := indexPrefix(filtersOf(q), q)
	upper := successor(index)

	if q.Cursor != "" {
		after, err := position.ParseCursor(q)
		if err != nil {
			return jobstore.Page{}, err
		}

		upper = after.Append(index[:len(index):len(index)])
	}

	// Index and records are read from one snapshot, so that an entry never leads
	// to a record that has moved on.
	snapshot := s.db.NewSnapshot()
	defer func() { err = errors.Join(err, snapshot.Close()) }()

	now := s.now()

	err = descend(ctx, snapshot, index, upper, func(p position.Position) (bool, error) {
		job, err := indexed(snapshot, p)
		if err != nil || job.Expired(now) || !q.Matches(job) {
			return true, err
		}

		if len(page.Jobs) == q.Limit {
			page.Next = position.Cursor(q, position.Of(&page.Jobs[q.Limit-1]))

			return false, nil
		}

		page.Jobs = append(page.Jobs, *job)

		return true, nil
	})
	if err != nil {
		return jobstore.Page{}, err
	}

	return page, nil
}

// Expired implements jobstore.Expirer. It reads index entries only.
func (s *Store) Expired(ctx context.Context, t time.Time, limit int) (ids []string, err error) {
	end, err := s.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer end()

	if limit < 1 {
		return nil, fmt.Errorf("%w: the limit of expired jobs is at least 1, not %d", jobstore.ErrInvalid, limit)
	}

	index := expiryPrefix()
	upper := position.AppendTime(index[:len(index):len(index)], t.Add(1))

	err = ascend(ctx, s.db, index, upper, func(p position.Position) (bool, error) {
		ids = append(ids, p.ID)

		return len(ids) < limit, nil
	})
	if err != nil {
		return nil, err
	}

	return ids, nil
}

// Delete implements jobstore.Expirer.
func (s *Store) Delete(ctx context.Context, id string) error {
	end, err := s.begin(ctx)
	if err != nil {
		return err
	}
	defer end()
	defer s.lock(id)()

	before, err := read(s.db, id)
	if err != nil || before == nil {
		return err
	}

	return s.replace(ctx, before, nil)
}

// indexed returns the record that an index entry stands for.
func indexed(r pebble.Reader, p position.Position) (*jobstore.Job, error) {
	job, err := read(r, p.ID)
	if err == nil && job == nil {
		err = fmt.Errorf("pebblejobstore: the index knows job %q, but it has no record", p.ID)
	}

	return job, err
}
