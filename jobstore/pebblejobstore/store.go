package pebblejobstore

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"sync"
	"time"

	"github.com/cockroachdb/pebble/v2"

	"github.com/vyapaarai/bulkimport/jobstore"
)

// Options are the settings of a Store. The zero value is fit for use.
type Options struct {
	// Now is the clock that decides which records have expired; time.Now where
	// nil. It is called by several goroutines at once.
	Now func() time.Time
}

// Store is a jobstore.Store, jobstore.Expirer and jobstore.UserRecords in a Pebble
// database. It is safe for concurrent use.
type Store struct {
	db  *pebble.DB
	now func() time.Time

	// running is held for reading by every call and for writing by Close: a call
	// on a closed Pebble database panics.
	running sync.RWMutex
	closed  bool

	// locks make read-modify-write atomic; a record is under the lock that its id
	// hashes to. Several, so that writers of different jobs wait for the disk
	// together, not one after the other.
	locks [64]sync.Mutex
	seed  maphash.Seed
}

var (
	_ jobstore.Store       = (*Store)(nil)
	_ jobstore.Expirer     = (*Store)(nil)
	_ jobstore.UserRecords = (*Store)(nil)
)

// New returns the store in a database, which stays the caller's: close the Store
// first, then the database. opts may be nil.
func New(db *pebble.DB, opts *Options) *Store {
	s := &Store{db: db, now: time.Now, seed: maphash.MakeSeed()}
	if opts != nil && opts.Now != nil {
		s.now = opts.Now
	}

	return s
}

// Close waits for running calls and detaches the store from its database, which
// it leaves open. Later calls give jobstore.ErrClosed, but for another Close,
// which does nothing. The error is nil.
func (s *Store) Close() error {
	s.running.Lock()
	defer s.running.Unlock()

	s.closed = true

	return nil
}

// Create implements jobstore.Store.
func (s *Store) Create(ctx context.Context, j jobstore.Job) error {
	end, err := s.begin(ctx)
	if err != nil {
		return err
	}
	defer end()

	next, err := jobstore.PrepareCreate(j)
	if err != nil {
		return err
	}

	defer s.lock(j.ID)()

	before, err := read(s.db, j.ID)
	if err != nil {
		return err
	}

	if before != nil && !before.Expired(s.now()) {
		return fmt.Errorf("%w: %q", jobstore.ErrExists, j.ID)
	}

	return s.replace(ctx, before, &next)
}

// Get implements jobstore.Store.
func (s *Store) Get(ctx context.Context, id string) (jobstore.Job, error) {
	end, err := s.begin(ctx)
	if err != nil {
		return jobstore.Job{}, err
	}
	defer end()

	return s.current(id)
}

// Update implements jobstore.Store. change runs under a lock that other jobs may
// share, so it is called once.
func (s *Store) Update(ctx context.Context, id string, change func(*jobstore.Job) error) (jobstore.Job, error) {
	end, err := s.begin(ctx)
	if err != nil {
		return jobstore.Job{}, err
	}
	defer end()
	defer s.lock(id)()

	before, err := s.current(id)
	if err != nil {
		return jobstore.Job{}, err
	}

	next, err := jobstore.PrepareUpdate(before, change)
	if err != nil {
		return jobstore.Job{}, err
	}

	if err := s.replace(ctx, &before, &next); err != nil {
		return jobstore.Job{}, err
	}

	return next, nil
}

// begin returns an error where the store is closed or ctx is done; otherwise it
// keeps the store open until the function it returns is called.
func (s *Store) begin(ctx context.Context) (end func(), err error) {
	s.running.RLock()

	if s.closed {
		s.running.RUnlock()

		return nil, jobstore.ErrClosed
	}

	if err := ctx.Err(); err != nil {
		s.running.RUnlock()

		return nil, fmt.Errorf("pebblejobstore: %w", err)
	}

	return s.running.RUnlock, nil
}

// lock takes the lock of a record and returns the function that gives it back.
func (s *Store) lock(id string) (unlock func()) {
	mu := &s.locks[maphash.String(s.seed, id)%uint64(len(s.locks))]
	mu.Lock()

	return mu.Unlock
}

// current returns a record, or jobstore.ErrNotFound where there is none or it has
// expired.
func (s *Store) current(id string) (jobstore.Job, error) {
	job, err := read(s.db, id)
	if err != nil {
		return jobstore.Job{}, err
	}

	if job == nil || job.Expired(s.now()) {
		return jobstore.Job{}, fmt.Errorf("%w: %q", jobstore.ErrNotFound, id)
	}

	return *job, nil
}

// read returns a record, expired or not, and nil where there is none.
func read(r pebble.Reader, id string) (*jobstore.Job, error) {
	value, closer, err := r.Get(recordKey(id))
	if errors.Is(err, pebble.ErrNotFound) {
		return nil, nil
	}

	if err != nil {
		return nil, fmt.Errorf("pebblejobstore: read job %q: %w", id, err)
	}

	job, err := decodeRecord(value)
	if err = errors.Join(err, closer.Close()); err != nil {
		return nil, fmt.Errorf("pebblejobstore: job %q: %w", id, err)
	}

	return &job, nil
}
