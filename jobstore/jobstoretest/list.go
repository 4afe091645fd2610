package jobstoretest

import (
	"fmt"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/jobstore"
)

func listCases() []testCase {
	return []testCase{
		{"list/empty store", testListEmpty},
		{"list/newest first", testListOrder},
		{"list/equal times by id", testListTies},
		{"list/each filter, and all together", testListFilters},
		{"list/status follows updates", testListStatus},
		{"list/limits", testListLimits},
		{"list/unknown status", testListUnknownStatus},
	}
}

func testListEmpty(e *env) {
	e.requireList(jobstore.Query{})
	e.requireList(jobstore.Query{CreatedBy: "user-1", Status: jobstore.StatusQueued, Limit: 1})
}

func testListOrder(e *env) {
	// Neither the order of creation nor that of the ids is that of the times,
	// which differ by nanoseconds and by centuries.
	base := e.clock.Now()
	for id, at := range map[string]time.Time{
		"c": base,
		"a": base.Add(time.Nanosecond),
		"e": base.Add(-time.Nanosecond),
		"b": base.AddDate(500, 0, 0),
		"d": base.AddDate(-500, 0, 0),
		// Before 1970 by less than a second.
		"f": time.Unix(-1, 999999999),
		"g": time.Unix(0, 0),
	} {
		job := e.job(id)
		job.CreatedAt = at
		e.create(job)
	}

	for _, limit := range []int{0, 1, 2, 7} {
		e.requireList(jobstore.Query{Limit: limit}, "b", "a", "c", "e", "g", "f", "d")
		e.requireList(jobstore.Query{Limit: limit, CreatedBy: "user-1", Status: jobstore.StatusQueued},
			"b", "a", "c", "e", "g", "f", "d")
	}
}

func testListTies(e *env) {
	e.create(e.job("b"), e.job("ab"), e.job("c"), e.job("a"))

	for _, limit := range []int{0, 1, 2, 3, 4} {
		e.requireList(jobstore.Query{Limit: limit}, "c", "b", "ab", "a")
	}
}

func testListFilters(e *env) {
	var (
		users    = []string{"user-1", "user-2"}
		statuses = []jobstore.Status{jobstore.StatusQueued, jobstore.StatusFailed}
		types    = []jobstore.Type{jobstore.TypeAdminProductImport, jobstore.TypeStoreInventoryUpload}
	)

	// One job of each kind, named by its kind: the user, status and type as 0 or 1.
	for u, user := range users {
		for s, status := range statuses {
			for t, typ := range types {
				job := e.job(fmt.Sprint(u, s, t))
				job.CreatedByUserID, job.Status, job.Type = user, status, typ

				if typ == jobstore.TypeStoreInventoryUpload {
					job.StoreID = fmt.Sprint("store-", s)
				}

				e.create(job)
			}
		}
	}

	for _, c := range []struct {
		query jobstore.Query
		want  []string
	}{
		{jobstore.Query{CreatedBy: "user-1"}, []string{"0 1 1", "0 1 0", "0 0 1", "0 0 0"}},
		{jobstore.Query{Status: jobstore.StatusFailed}, []string{"1 1 1", "1 1 0", "0 1 1", "0 1 0"}},
		{jobstore.Query{Type: jobstore.TypeAdminProductImport}, []string{"1 1 0", "1 0 0", "0 1 0", "0 0 0"}},
		{jobstore.Query{CreatedBy: "user-2", Status: jobstore.StatusQueued}, []string{"1 0 1", "1 0 0"}},
		{jobstore.Query{CreatedBy: "user-2", Type: jobstore.TypeStoreInventoryUpload}, []string{"1 1 1", "1 0 1"}},
		{jobstore.Query{Status: jobstore.StatusQueued, Type: jobstore.TypeStoreInventoryUpload}, []string{"1 0 1", "0 0 1"}},
		{
			jobstore.Query{CreatedBy: "user-1", Status: jobstore.StatusFailed, Type: jobstore.TypeAdminProductImport},
			[]string{"0 1 0"},
		},
		{jobstore.Query{StoreID: "store-1"}, []string{"1 1 1", "0 1 1"}},
		{jobstore.Query{StoreID: "store-1", CreatedBy: "user-1"}, []string{"0 1 1"}},
		{jobstore.Query{StoreID: "store-1", CreatedBy: "user-1", Status: jobstore.StatusQueued}, nil},
		{jobstore.Query{StoreID: "store-0", Status: jobstore.StatusQueued}, []string{"1 0 1", "0 0 1"}},
		{jobstore.Query{StoreID: "store-0", Type: jobstore.TypeAdminProductImport}, nil},
		{jobstore.Query{StoreID: "store"}, nil},
		{jobstore.Query{CreatedBy: "user-3"}, nil},
		{jobstore.Query{CreatedBy: "user"}, nil},
		{jobstore.Query{Type: "other"}, nil},
		{jobstore.Query{Status: jobstore.StatusCancelled}, nil},
	} {
		for _, limit := range []int{0, 1, 3} {
			c.query.Limit = limit
			e.requireList(c.query, c.want...)
		}
	}
}

func testListStatus(e *env) {
	e.create(e.job("a"), e.job("b"))

	move := func(to jobstore.Status) {
		e.update("a", func(j *jobstore.Job) {
			require.NoError(e, j.Transition(to, e.clock.Now(), "worker-1"))
		})
	}

	e.requireList(jobstore.Query{Status: jobstore.StatusQueued}, "b", "a")

	move(jobstore.StatusProcessing)
	e.requireList(jobstore.Query{Status: jobstore.StatusQueued}, "b")
	e.requireList(jobstore.Query{Status: jobstore.StatusProcessing}, "a")
	e.requireList(jobstore.Query{Status: jobstore.StatusProcessing, CreatedBy: "user-1"}, "a")

	move(jobstore.StatusCompleted)
	e.requireList(jobstore.Query{Status: jobstore.StatusProcessing})
	e.requireList(jobstore.Query{Status: jobstore.StatusProcessing, Type: jobstore.TypeAdminProductImport})
	e.requireList(jobstore.Query{Status: jobstore.StatusCompleted}, "a")
	e.requireList(jobstore.Query{}, "b", "a")
}

func testListLimits(e *env) {
	want := []string{}

	for i := range jobstore.MaxPage + 2 {
		id := fmt.Sprintf("%03d", 999-i)
		e.create(e.job(id))
		want = append(want, id)
	}

	for _, limit := range []int{0, 1, 50, jobstore.MaxPage - 1, jobstore.MaxPage} {
		e.requireList(jobstore.Query{Limit: limit}, want...)
	}

	for _, limit := range []int{-1, jobstore.MaxPage + 1} {
		_, err := e.store.List(e.Context(), jobstore.Query{Limit: limit})
		require.ErrorIs(e, err, jobstore.ErrInvalid, "limit %d", limit)
	}
}

func testListUnknownStatus(e *env) {
	_, err := e.store.List(e.Context(), jobstore.Query{Status: "resting"})
	require.ErrorIs(e, err, jobstore.ErrInvalid)
}
