package jobstoretest_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/internal/suitecheck"
	"github.com/vyapaarai/bulkimport/jobstore"
	"github.com/vyapaarai/bulkimport/jobstore/jobstoretest"
)

func suite() suitecheck.Suite[jobstoretest.Harness] {
	return suitecheck.Suite[jobstoretest.Harness]{Cases: jobstoretest.Cases()}
}

func sound(*faulty, func() time.Time) {}

// TestSoundStorePasses is the counter-proof of TestDefectsAreFound: the wrapper
// by itself is no defect.
func TestSoundStorePasses(t *testing.T) {
	t.Parallel()

	suite().Accepts(t, harnessOf(sound))
}

func TestDefectsAreFound(t *testing.T) {
	t.Parallel()

	var planted []suitecheck.Defect[jobstoretest.Harness]
	for _, d := range plantedDefects() {
		planted = append(planted, suitecheck.Defect[jobstoretest.Harness]{Name: d.name, Harness: harnessOf(d.plant), FoundBy: d.found})
	}

	suite().Finds(t, planted)
}

func TestGapsAreSkipped(t *testing.T) {
	t.Parallel()

	h := harnessOf(sound)
	h.Reopen, h.NoExpirer, h.NoClose, h.NoUserRecords = nil, true, true, true

	suite().Accepts(t, h, "reopen/*", "sweep/*", "close/*", "user/*",
		"cancel/a done context stops the sweep", "keys/hostile ids are removed one by one")
}

// TestListLag shows that a store whose List is behind passes where its harness
// says so, and only there.
func TestListLag(t *testing.T) {
	t.Parallel()

	const name = "list/status follows updates"

	h := harnessOf(listBehind)
	require.True(t, suite().Watch(t, name, h).Failed())

	h.ListLag = time.Minute
	r := suite().Watch(t, name, h)
	require.False(t, r.Failed(), r.Log())
}

// listBehind makes the first List after a write see nothing.
func listBehind(f *faulty, _ func() time.Time) {
	var behind atomic.Bool

	f.create = func(ctx context.Context, j jobstore.Job) error {
		behind.Store(true)

		return f.sound.Create(ctx, j)
	}
	f.update = func(ctx context.Context, id string, change func(*jobstore.Job) error) (jobstore.Job, error) {
		behind.Store(true)

		return f.sound.Update(ctx, id, change)
	}
	f.list = func(ctx context.Context, q jobstore.Query) (jobstore.Page, error) {
		if behind.Swap(false) {
			return jobstore.Page{}, nil
		}

		return f.sound.List(ctx, q)
	}
}
