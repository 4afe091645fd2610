package jobstoretest

import (
	"errors"
	"sync"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/jobstore"
)

func updateCases() []testCase {
	return []testCase{
		{"update/returns the record as written", testUpdateReturns},
		{"update/version counts writes", testUpdateVersion},
		{"update/change sees the current record", testUpdateSees},
		{"update/error of change is returned as it is", testUpdateError},
		{"update/identity cannot change", testUpdateIdentity},
		{"update/refuses what no store can take", testUpdateInvalid},
		{"update/no increment is lost", testUpdateCounter},
		{"update/survives a panic of change", testUpdatePanic},
	}
}

func testUpdateReturns(e *env) {
	e.create(e.job("a"), e.job("b"))

	got := e.update("a", func(j *jobstore.Job) { j.Progress.Successful = 7 })
	require.Equal(e, int64(7), got.Progress.Successful)
	e.requireJob(got, e.get("a"))

	require.Zero(e, e.get("b").Progress.Successful)
}

func testUpdateVersion(e *env) {
	e.create(e.job("a"))

	for want := int64(2); want < 5; want++ {
		got := e.update("a", func(j *jobstore.Job) { j.Version = 99 })
		require.Equal(e, want, got.Version)
		require.Equal(e, want, e.get("a").Version)
	}
}

func testUpdateSees(e *env) {
	e.create(e.fullJob("a"))

	want := e.fullJob("a")
	want.Version = 1

	e.update("a", func(j *jobstore.Job) { e.requireJob(want, *j) })
}

func testUpdateError(e *env) {
	e.create(e.job("a"))

	before := e.get("a")
	errChange := errors.New("not today")

	_, err := e.store.Update(e.Context(), "a", func(j *jobstore.Job) error {
		j.Status = jobstore.StatusFailed

		return errChange
	})
	require.True(e, err == errChange, "the error of change came back as %#v", err)
	e.requireJob(before, e.get("a"))
	e.requireList(jobstore.Query{Status: jobstore.StatusFailed})
	e.requireList(jobstore.Query{Status: jobstore.StatusQueued}, "a")
}

func testUpdateIdentity(e *env) {
	e.create(e.job("a"))

	before := e.get("a")

	for name, change := range map[string]func(*jobstore.Job){
		"id":            func(j *jobstore.Job) { j.ID = "b" },
		"type":          func(j *jobstore.Job) { j.Type = jobstore.TypeStoreInventoryUpload },
		"store":         func(j *jobstore.Job) { j.StoreID = "store-2" },
		"creator":       func(j *jobstore.Job) { j.CreatedByUserID = "user-2" },
		"creation time": func(j *jobstore.Job) { j.CreatedAt = j.CreatedAt.Add(time.Nanosecond) },
	} {
		_, err := e.store.Update(e.Context(), "a", func(j *jobstore.Job) error {
			change(j)

			return nil
		})
		require.ErrorIs(e, err, jobstore.ErrInvalid, name)
		e.requireJob(before, e.get("a"))
	}

	e.requireMissing("b")

	// The same moment in another zone is no change.
	e.update("a", func(j *jobstore.Job) { j.CreatedAt = j.CreatedAt.In(time.FixedZone("IST", 5*3600+1800)) })
	require.Equal(e, before.CreatedAt, e.get("a").CreatedAt)
}

func testUpdateInvalid(e *env) {
	e.create(e.job("a"))

	before := e.get("a")

	for name, spoil := range invalidRecords() {
		_, err := e.store.Update(e.Context(), "a", func(j *jobstore.Job) error {
			spoil(j)

			return nil
		})
		require.ErrorIs(e, err, jobstore.ErrInvalid, name)
		e.requireJob(before, e.get("a"))
	}
}

func testUpdateCounter(e *env) {
	const (
		writers    = 8
		increments = 25
	)

	e.create(e.job("a"), e.job("b"))

	var (
		wait sync.WaitGroup
		errs = make([]error, writers)
	)

	for w := range writers {
		wait.Go(func() {
			for range increments {
				errs[w] = errors.Join(errs[w], untilSettled(e.Context(), func() error {
					_, err := e.store.Update(e.Context(), "a", func(j *jobstore.Job) error {
						j.Progress.ProcessedRows++

						return nil
					})

					return err
				}))
			}
		})
	}

	wait.Wait()
	require.NoError(e, errors.Join(errs...))

	got := e.get("a")
	require.Equal(e, int64(writers*increments), got.Progress.ProcessedRows)
	require.Equal(e, int64(1+writers*increments), got.Version)
	require.Equal(e, int64(1), e.get("b").Version)
}

func testUpdatePanic(e *env) {
	e.create(e.job("a"))

	require.PanicsWithValue(e, "boom", func() {
		_, _ = e.store.Update(e.Context(), "a", func(*jobstore.Job) error { panic("boom") })
	})

	require.Equal(e, int64(2), e.update("a", func(*jobstore.Job) {}).Version)
}
