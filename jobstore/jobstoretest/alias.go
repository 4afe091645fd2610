package jobstoretest

import (
	"errors"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/jobstore"
)

func aliasCases() []testCase {
	return []testCase{
		{"alias/record passed to create", testAliasCreate},
		{"alias/record handed out by get", testAliasGet},
		{"alias/record handed out by update", testAliasUpdate},
		{"alias/records handed out by list", testAliasList},
		{"alias/record given to change", testAliasChange},
		{"alias/record given to a change that fails", testAliasFailedChange},
	}
}

// requireUntouched requires that the job "a" is the full one, in this version.
func (e *env) requireUntouched(version int64) {
	e.Helper()

	want := e.fullJob("a")
	want.Version = version
	e.requireJob(want, e.get("a"))
}

func testAliasCreate(e *env) {
	job := e.fullJob("a")
	e.create(job)
	scribble(&job)
	e.requireUntouched(1)
}

func testAliasGet(e *env) {
	e.create(e.fullJob("a"))

	job := e.get("a")
	scribble(&job)
	e.requireUntouched(1)
}

func testAliasUpdate(e *env) {
	e.create(e.fullJob("a"))

	job := e.update("a", func(*jobstore.Job) {})
	scribble(&job)
	e.requireUntouched(2)
}

func testAliasList(e *env) {
	e.create(e.fullJob("a"))
	e.requireList(jobstore.Query{}, "a")

	page, err := e.store.List(e.Context(), jobstore.Query{})
	require.NoError(e, err)
	require.Len(e, page.Jobs, 1)
	scribble(&page.Jobs[0])
	e.requireUntouched(1)
}

func testAliasChange(e *env) {
	e.create(e.fullJob("a"))

	// What change was given, and what it put in, it may keep.
	var given jobstore.Job

	mine := e.fullJob("a")
	zone := mine.StatusHistory[0].At.Location()

	e.update("a", func(j *jobstore.Job) {
		given = *j
		*j = mine
	})

	require.Equal(e, zone, mine.StatusHistory[0].At.Location(), "the caller's record was converted")
	scribble(&given)
	scribble(&mine)
	e.requireUntouched(2)
}

func testAliasFailedChange(e *env) {
	e.create(e.fullJob("a"))

	errChange := errors.New("no")
	_, err := e.store.Update(e.Context(), "a", func(j *jobstore.Job) error {
		scribble(j)

		return errChange
	})
	require.ErrorIs(e, err, errChange)
	e.requireUntouched(1)
}
