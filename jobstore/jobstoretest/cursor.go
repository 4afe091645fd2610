package jobstoretest

import (
	"fmt"
	"strings"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/jobstore"
)

func cursorCases() []testCase {
	return []testCase{
		{"cursor/jobs created between pages", testCursorInserts},
		{"cursor/jobs removed between pages", testCursorRemovals},
		{"cursor/limit may change between pages", testCursorLimit},
		{"cursor/of another query is refused", testCursorForeign},
		{"cursor/that is none is refused", testCursorGarbage},
	}
}

// page returns one page of q.
func (e *env) page(q jobstore.Query) (ids []string, next string) {
	e.Helper()

	page, err := e.store.List(e.Context(), q)
	require.NoError(e, err, "List(%+v)", q)

	for _, j := range page.Jobs {
		ids = append(ids, j.ID)
	}

	return ids, page.Next
}

// createSeries creates jobs "0" to "n-1", a minute apart, and returns when the
// list shows them.
func (e *env) createSeries(n int) {
	e.Helper()

	want := make([]string, n)

	for i := range n {
		id := fmt.Sprint(i)
		e.create(e.job(id))
		e.clock.Advance(time.Minute)

		want[n-1-i] = id
	}

	e.requireList(jobstore.Query{}, want...)
}

// firstPage reads a page of q that must not be the last, and be full: of the
// backends that may return short pages, none has a reason to here.
func (e *env) firstPage(q jobstore.Query, want ...string) (next string) {
	e.Helper()

	ids, next := e.page(q)
	require.Equal(e, want, ids)
	require.NotEmpty(e, next)

	return next
}

func testCursorInserts(e *env) {
	e.createSeries(5)

	next := e.firstPage(jobstore.Query{Limit: 2}, "4", "3")

	// One newer than all, one where the cursor stands, one further on.
	e.create(e.job("newer"))

	beside := e.job("2x")
	beside.CreatedAt = e.get("2").CreatedAt
	e.create(beside)

	older := e.job("older")
	older.CreatedAt = e.get("0").CreatedAt.Add(time.Second)
	e.create(older)

	e.requireList(jobstore.Query{Limit: 2, Cursor: next}, "2x", "2", "1", "older", "0")
	e.requireList(jobstore.Query{}, "newer", "4", "3", "2x", "2", "1", "older", "0")
}

func testCursorRemovals(e *env) {
	e.createSeries(5)

	failed := jobstore.StatusFailed
	next := e.firstPage(jobstore.Query{Limit: 2, Status: jobstore.StatusQueued}, "4", "3")

	// The job at the cursor leaves the list, and the one behind it.
	for _, id := range []string{"3", "2"} {
		e.update(id, func(j *jobstore.Job) { j.Status = failed })
	}

	e.requireList(jobstore.Query{Limit: 2, Cursor: next, Status: jobstore.StatusQueued}, "1", "0")
}

func testCursorLimit(e *env) {
	e.createSeries(5)

	next := e.firstPage(jobstore.Query{Limit: 1}, "4")
	e.requireList(jobstore.Query{Limit: 3, Cursor: next}, "3", "2", "1", "0")
	e.requireList(jobstore.Query{Cursor: next}, "3", "2", "1", "0")
}

func testCursorForeign(e *env) {
	e.createSeries(3)

	queries := []jobstore.Query{
		{},
		{CreatedBy: "user-1"},
		{CreatedBy: "user-2"},
		{StoreID: "user-1"},
		{CreatedBy: "user-1", StoreID: "user-1"},
		{Status: jobstore.StatusQueued},
		{Type: jobstore.TypeAdminProductImport},
		{CreatedBy: "user-1", Status: jobstore.StatusQueued},
		{CreatedBy: "user-1", Status: jobstore.StatusQueued, Type: jobstore.TypeAdminProductImport},
		// The same text in another field.
		{Type: "user-1"},
		{Type: jobstore.Type(jobstore.StatusQueued)},
		// The same text, split in another way.
		{CreatedBy: "user-1" + string(jobstore.StatusQueued)},
	}

	for i, from := range queries {
		from.Limit = 1

		_, next := e.page(from)
		if next == "" {
			continue
		}

		for k, to := range queries {
			if i == k {
				continue
			}

			to.Limit, to.Cursor = 1, next
			_, err := e.store.List(e.Context(), to)
			require.ErrorIs(e, err, jobstore.ErrInvalid, "cursor of %+v for %+v", from, to)
		}
	}
}

func testCursorGarbage(e *env) {
	e.createSeries(3)

	next := e.firstPage(jobstore.Query{Limit: 1}, "2")

	bad := []string{
		"x", "0", "1", "2", " ", "\x00", "\xff", "null", "{}", "../..", "%", "AAAA", strings.Repeat("A", 100_000),
		next + "=", next + "\n", "\r\n" + next, next + next, " " + next, next + "A", strings.ToUpper(next), next[:len(next)/2],
	}
	for i := range len(next) {
		bad = append(bad, next[:i]+next[i+1:])

		replacement := "A"
		if next[i] == 'A' {
			replacement = "B"
		}

		bad = append(bad, next[:i]+replacement+next[i+1:])
	}

	for _, cursor := range bad {
		if cursor == "" || cursor == next {
			continue
		}

		_, err := e.store.List(e.Context(), jobstore.Query{Limit: 1, Cursor: cursor})
		require.ErrorIs(e, err, jobstore.ErrInvalid, "cursor %.100q, made from %q", cursor, next)
	}

	e.requireList(jobstore.Query{Limit: 1, Cursor: next}, "1", "0")
}
