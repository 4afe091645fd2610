package jobstoretest_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/vyapaarai/bulkimport/jobstore"
	"github.com/vyapaarai/bulkimport/jobstore/jobstoretest"
	"github.com/vyapaarai/bulkimport/jobstore/memjobstore"
)

type (
	createFunc  = func(context.Context, jobstore.Job) error
	getFunc     = func(context.Context, string) (jobstore.Job, error)
	updateFunc  = func(context.Context, string, func(*jobstore.Job) error) (jobstore.Job, error)
	listFunc    = func(context.Context, jobstore.Query) (jobstore.Page, error)
	expiredFunc = func(context.Context, time.Time, int) ([]string, error)
	userFunc    = func(context.Context, string, func(*jobstore.UserRecord) error) (jobstore.UserRecord, error)
	deleteFunc  = func(context.Context, string) error
)

// faulty is a store on a sound one, any of whose methods can be replaced. Its
// records outlive it: they stay with the sound one, which the next faulty store
// may be opened on.
type faulty struct {
	sound  *memjobstore.Store
	closed atomic.Bool

	create  createFunc
	get     getFunc
	update  updateFunc
	list    listFunc
	expired expiredFunc
	delete  deleteFunc
	user    userFunc
	close   func() error
}

// defect replaces methods of a store; now is the clock of the test.
type defect func(f *faulty, now func() time.Time)

func newFaulty(sound *memjobstore.Store, d defect, now func() time.Time) *faulty {
	f := &faulty{}
	f.use(sound)
	f.close = func() error {
		f.closed.Store(true)

		return nil
	}

	d(f, now)

	return f
}

// use sets the sound store, and every method to the sound one.
func (f *faulty) use(sound *memjobstore.Store) {
	f.sound = sound
	f.create, f.get, f.update, f.list = sound.Create, sound.Get, sound.Update, sound.List
	f.expired, f.delete, f.user = sound.Expired, sound.Delete, sound.UpdateUser
}

// harnessOf returns a harness of stores with a defect.
func harnessOf(d defect) jobstoretest.Harness {
	return jobstoretest.Harness{
		New: func(_ testing.TB, now func() time.Time) jobstore.Store {
			return newFaulty(memjobstore.New(&memjobstore.Options{Now: now}), d, now)
		},
		Reopen: func(_ testing.TB, s jobstore.Store, now func() time.Time) jobstore.Store {
			return newFaulty(s.(*faulty).sound, d, now)
		},
	}
}

func (f *faulty) ready() error {
	if f.closed.Load() {
		return jobstore.ErrClosed
	}

	return nil
}

func (f *faulty) Create(ctx context.Context, j jobstore.Job) error {
	if err := f.ready(); err != nil {
		return err
	}

	return f.create(ctx, j)
}

func (f *faulty) Get(ctx context.Context, id string) (jobstore.Job, error) {
	if err := f.ready(); err != nil {
		return jobstore.Job{}, err
	}

	return f.get(ctx, id)
}

func (f *faulty) Update(ctx context.Context, id string, change func(*jobstore.Job) error) (jobstore.Job, error) {
	if err := f.ready(); err != nil {
		return jobstore.Job{}, err
	}

	return f.update(ctx, id, change)
}

func (f *faulty) List(ctx context.Context, q jobstore.Query) (jobstore.Page, error) {
	if err := f.ready(); err != nil {
		return jobstore.Page{}, err
	}

	return f.list(ctx, q)
}

func (f *faulty) Expired(ctx context.Context, t time.Time, limit int) ([]string, error) {
	if err := f.ready(); err != nil {
		return nil, err
	}

	return f.expired(ctx, t, limit)
}

func (f *faulty) Delete(ctx context.Context, id string) error {
	if err := f.ready(); err != nil {
		return err
	}

	return f.delete(ctx, id)
}

func (f *faulty) UpdateUser(ctx context.Context, id string, change func(*jobstore.UserRecord) error) (jobstore.UserRecord, error) {
	if err := f.ready(); err != nil {
		return jobstore.UserRecord{}, err
	}

	return f.user(ctx, id, change)
}

func (f *faulty) Close() error { return f.close() }
