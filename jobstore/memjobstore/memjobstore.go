// Package memjobstore keeps job records in memory: for tests, for trying things
// out, and for programs whose jobs need not outlive them.
//
// Every call sees what finished calls have written, List too. Records are copied
// on the way in and out.
package memjobstore

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/vyapaarai/bulkimport/jobstore"
	"github.com/vyapaarai/bulkimport/jobstore/internal/position"
)

// Options are the settings of a Store. The zero value is fit for use.
type Options struct {
	// Now is the clock that decides which records have expired; time.Now where
	// nil. It is called by several goroutines at once.
	Now func() time.Time
}

// Store is a jobstore.Store, jobstore.Expirer and jobstore.UserRecords in memory. It is safe for
// concurrent use.
type Store struct {
	now func() time.Time

	mu sync.RWMutex
	// jobs holds the records in normal form. They are never changed in place, so
	// the slices and maps in them may be read without the lock.
	jobs map[string]jobstore.Job
	// users holds the records of users, by their ids, in the same way.
	users map[string]jobstore.UserRecord
	// order holds the position of every record, in ascending order.
	order  []position.Position
	closed bool
}

var (
	_ jobstore.Store       = (*Store)(nil)
	_ jobstore.Expirer     = (*Store)(nil)
	_ jobstore.UserRecords = (*Store)(nil)
)

// New returns an empty store. opts may be nil.
func New(opts *Options) *Store {
	s := &Store{now: time.Now, jobs: map[string]jobstore.Job{}, users: map[string]jobstore.UserRecord{}}
	if opts != nil && opts.Now != nil {
		s.now = opts.Now
	}

	return s
}

// Close drops all records. Later calls give jobstore.ErrClosed, but for another
// Close, which does nothing. The error is nil.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()

	s.closed, s.jobs, s.users, s.order = true, nil, nil, nil

	return nil
}

// Create implements jobstore.Store.
func (s *Store) Create(ctx context.Context, j jobstore.Job) error {
	s.mu.Lock()
	defer s.mu.Unlock()

	if err := s.ready(ctx); err != nil {
		return err
	}

	next, err := jobstore.PrepareCreate(j)
	if err != nil {
		return err
	}

	if _, err := s.current(j.ID); err == nil {
		return fmt.Errorf("%w: %q", jobstore.ErrExists, j.ID)
	}

	// One that has expired may still be there.
	s.remove(j.ID)

	at, _ := s.find(position.Of(&next))
	s.order = slices.Insert(s.order, at, position.Of(&next))
	s.jobs[next.ID] = next

	return nil
}

// Get implements jobstore.Store.
func (s *Store) Get(ctx context.Context, id string) (jobstore.Job, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()

	if err := s.ready(ctx); err != nil {
		return jobstore.Job{}, err
	}

	job, err := s.current(id)
	if err != nil {
		return jobstore.Job{}, err
	}

	return job.Clone(), nil
}

// Update implements jobstore.Store. change runs under the store's lock, so it
// is called once.
func (s *Store) Update(ctx context.Context, id string, change func(*jobstore.Job) error) (jobstore.Job, error) {
	s.mu.Lock()
	defer s.mu.Unlock()

	if err := s.ready(ctx); err != nil {
		return jobstore.Job{}, err
	}

	job, err := s.current(id)
	if err != nil {
		return jobstore.Job{}, err
	}

	next, err := jobstore.PrepareUpdate(job, change)
	if err != nil {
		return jobstore.Job{}, err
	}

	s.jobs[id] = next

	return next.Clone(), nil
}

// ready returns an error where the store is closed or ctx is done. The caller
// holds the lock.
func (s *Store) ready(ctx context.Context) error {
	if s.closed {
		return jobstore.ErrClosed
	}

	if err := ctx.Err(); err != nil {
		return fmt.Errorf("memjobstore: %w", err)
	}

	return nil
}

// current returns the stored record itself, or jobstore.ErrNotFound where there
// is none or it has expired. The caller holds the lock.
func (s *Store) current(id string) (jobstore.Job, error) {
	job, ok := s.jobs[id]
	if !ok || job.Expired(s.now()) {
		return jobstore.Job{}, fmt.Errorf("%w: %q", jobstore.ErrNotFound, id)
	}

	return job, nil
}

// remove drops a record, if there is one. The caller holds the lock.
func (s *Store) remove(id string) {
	job, ok := s.jobs[id]
	if !ok {
		return
	}

	delete(s.jobs, id)

	if at, found := s.find(position.Of(&job)); found {
		s.order = slices.Delete(s.order, at, at+1)
	}
}

// find returns the index in s.order of a position, or where it belongs.
func (s *Store) find(p position.Position) (int, bool) {
	return slices.BinarySearchFunc(s.order, p, position.Position.Compare)
}
