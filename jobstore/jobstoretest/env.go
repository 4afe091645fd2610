package jobstoretest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/jobstore"
)

// maxPoll is the longest wait before a list that is behind is read again.
const maxPoll = 10 * time.Millisecond

// env is what a case works with: an empty store, its clock, and shorthands that
// end the test where a call fails that must not.
type env struct {
	testing.TB

	harness Harness
	clock   *clock
	store   jobstore.Store
}

// job returns a valid record, created now.
func (e *env) job(id string) jobstore.Job {
	return jobstore.Job{
		ID:              id,
		Type:            jobstore.TypeAdminProductImport,
		CreatedByUserID: "user-1",
		Status:          jobstore.StatusQueued,
		StatusHistory:   []jobstore.StatusChange{{Status: jobstore.StatusQueued, At: e.clock.Now(), By: "user-1"}},
		InputKey:        "admin-imports/" + id + "/input.csv",
		CreatedAt:       e.clock.Now(),
	}
}

func (e *env) create(jobs ...jobstore.Job) {
	e.Helper()

	for _, j := range jobs {
		require.NoError(e, e.store.Create(e.Context(), j), "Create(%q)", j.ID)
	}
}

func (e *env) get(id string) jobstore.Job {
	e.Helper()

	job, err := e.store.Get(e.Context(), id)
	require.NoError(e, err, "Get(%q)", id)

	return job
}

func (e *env) update(id string, change func(*jobstore.Job)) jobstore.Job {
	e.Helper()

	job, err := e.store.Update(e.Context(), id, func(j *jobstore.Job) error {
		change(j)

		return nil
	})
	require.NoError(e, err, "Update(%q)", id)

	return job
}

// requireMissing requires that Get does not find a job.
func (e *env) requireMissing(id string) {
	e.Helper()

	_, err := e.store.Get(e.Context(), id)
	require.ErrorIs(e, err, jobstore.ErrNotFound, "Get(%q)", id)
}

// requireList requires that the pages of q hold exactly the jobs with these ids,
// in this order.
func (e *env) requireList(q jobstore.Query, want ...string) {
	e.Helper()

	deadline := time.Now().Add(e.harness.ListLag)

	for {
		got, err := e.listIDs(q, len(want))
		if (err == nil && slices.Equal(got, want)) || !time.Now().Before(deadline) {
			require.NoError(e, err, "List(%+v)", q)
			require.Equal(e, fmt.Sprintf("%q", want), fmt.Sprintf("%q", got), "List(%+v)", q)

			return
		}

		select {
		case <-time.After(min(e.harness.ListLag/50, maxPoll)):
		case <-e.Context().Done():
		}
	}
}

// listIDs reads all pages of q and returns the ids of the jobs. It gives up when
// there are many more pages than the number of jobs expected explains.
func (e *env) listIDs(q jobstore.Query, want int) ([]string, error) {
	limit := q.Limit
	if limit == 0 {
		limit = jobstore.MaxPage
	}

	ids := []string{}

	for range 2*want + 10 {
		page, err := e.store.List(e.Context(), q)
		if err != nil {
			return nil, err
		}

		if len(page.Jobs) > limit {
			return nil, fmt.Errorf("a page of %d jobs, the limit is %d", len(page.Jobs), limit)
		}

		for _, j := range page.Jobs {
			ids = append(ids, j.ID)
		}

		if page.Next == "" {
			return ids, nil
		}

		q.Cursor = page.Next
	}

	return nil, fmt.Errorf("no end of pages; so far %q", ids)
}

// expirer returns the store as a jobstore.Expirer, or skips the case.
func (e *env) expirer() jobstore.Expirer {
	e.Helper()

	if e.harness.NoExpirer {
		e.Skip("the database removes expired records by itself")
	}

	x, ok := e.store.(jobstore.Expirer)
	require.True(e, ok, "the store is no jobstore.Expirer, and its harness does not say NoExpirer")

	return x
}

// untilSettled calls f again for as long as it gives jobstore.ErrConflict.
func untilSettled(ctx context.Context, f func() error) error {
	for {
		err := f()
		if !errors.Is(err, jobstore.ErrConflict) || ctx.Err() != nil {
			return err
		}
	}
}
