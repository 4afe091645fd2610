package jobstoretest_test

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/internal/suitecheck"
	"github.com/vyapaarai/bulkimport/jobstore"
	"github.com/vyapaarai/bulkimport/jobstore/jobstoretest"
)

// watch runs a case and returns how it went.
func watch(t *testing.T, name string, h jobstoretest.Harness) suitecheck.Outcome {
	t.Helper()

	return suitecheck.Watch(t, func(tb testing.TB) { jobstoretest.RunCase(tb, name, h) })
}

func sound(*faulty, func() time.Time) {}

// TestSoundStorePasses is the counter-proof of TestDefectsAreFound: the wrapper
// by itself is no defect.
func TestSoundStorePasses(t *testing.T) {
	t.Parallel()

	for _, name := range jobstoretest.CaseNames() {
		r := watch(t, name, harnessOf(sound))
		require.False(t, r.Failed(), "%s: %s", name, r.Log())
		require.False(t, r.Skipped, "%s: %s", name, r.Log())
	}
}

func TestDefectsAreFound(t *testing.T) {
	t.Parallel()

	for _, d := range plantedDefects() {
		t.Run(d.name, func(t *testing.T) {
			t.Parallel()

			r := watch(t, d.found, harnessOf(d.plant))
			require.True(t, r.Failed(), "the case %q does not find it", d.found)
		})
	}
}

func TestGapsAreSkipped(t *testing.T) {
	t.Parallel()

	h := harnessOf(sound)
	h.Reopen, h.NoExpirer, h.NoClose, h.NoUserRecords = nil, true, true, true

	for _, name := range jobstoretest.CaseNames() {
		r := watch(t, name, h)
		topic, _, _ := strings.Cut(name, "/")

		switch {
		case topic == "reopen", topic == "sweep", topic == "close", topic == "user",
			name == "cancel/a done context stops the sweep", name == "keys/hostile ids are removed one by one":
			require.True(t, r.Skipped, name)
			require.NotEmpty(t, r.Reason, "a skip says why")
		default:
			require.False(t, r.Skipped, name)
		}

		require.False(t, r.Failed(), "%s: %s", name, r.Log())
	}
}

// TestListLag shows that a store whose List is behind passes where its harness
// says so, and only there.
func TestListLag(t *testing.T) {
	t.Parallel()

	const name = "list/status follows updates"

	h := harnessOf(listBehind)
	require.True(t, watch(t, name, h).Failed())

	h.ListLag = time.Minute
	r := watch(t, name, h)
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
