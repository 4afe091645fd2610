package jobstoretest

import (
	"errors"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/jobstore"
)

func expiryCases() []testCase {
	return []testCase{
		{"expiry/an expired record is gone", testExpiredGone},
		{"expiry/its id is free", testExpiredID},
		{"expiry/can be moved and taken away", testExpiryMoves},
		{"expiry/expired records do not end a list", testExpiredInList},
		{"expiry/a past time in an update", testExpiryInPast},
	}
}

// expiring returns a record that expires at a whole second, d from now or up to
// a second later.
func (e *env) expiring(id string, d time.Duration) jobstore.Job {
	job := e.job(id)
	job.ExpiresAt = e.inWholeSeconds(d)

	return job
}

// inWholeSeconds returns the first whole second that is at least d from now.
func (e *env) inWholeSeconds(d time.Duration) time.Time {
	return e.clock.Now().Add(d + time.Second - 1).Truncate(time.Second)
}

// advanceTo moves the clock to a time.
func (e *env) advanceTo(t time.Time) { e.clock.Advance(t.Sub(e.clock.Now())) }

func testExpiredGone(e *env) {
	job := e.expiring("a", time.Hour)
	e.create(job, e.job("b"))

	e.advanceTo(job.ExpiresAt.Add(-1))
	require.Equal(e, job.ExpiresAt, e.get("a").ExpiresAt)
	e.update("a", func(*jobstore.Job) {})
	e.requireList(jobstore.Query{}, "b", "a")

	e.advanceTo(job.ExpiresAt)
	e.requireMissing("a")

	_, err := e.store.Update(e.Context(), "a", func(*jobstore.Job) error {
		return errors.New("change was called for an expired job")
	})
	require.ErrorIs(e, err, jobstore.ErrNotFound)

	for _, q := range []jobstore.Query{
		{}, {CreatedBy: "user-1"}, {Status: jobstore.StatusQueued}, {Type: jobstore.TypeAdminProductImport},
		{CreatedBy: "user-1", Status: jobstore.StatusQueued, Limit: 1},
	} {
		e.requireList(q, "b")
	}
}

func testExpiredID(e *env) {
	first := e.expiring("a", time.Hour)
	first.InputFilename = "first.csv"
	e.create(first)
	e.update("a", func(j *jobstore.Job) { j.Status = jobstore.StatusProcessing })

	require.ErrorIs(e, e.store.Create(e.Context(), first), jobstore.ErrExists)
	e.advanceTo(first.ExpiresAt)

	second := e.job("a")
	second.CreatedByUserID, second.Type = "user-2", jobstore.TypeStoreInventoryUpload
	e.create(second)

	second.Version = 1
	e.requireJob(second, e.get("a"))

	// Nothing leads to the first one any more.
	e.requireList(jobstore.Query{}, "a")
	e.requireList(jobstore.Query{CreatedBy: "user-1"})
	e.requireList(jobstore.Query{Status: jobstore.StatusProcessing})
	e.requireList(jobstore.Query{Type: jobstore.TypeAdminProductImport})
	e.requireList(jobstore.Query{CreatedBy: "user-2", Status: jobstore.StatusQueued}, "a")
}

func testExpiryMoves(e *env) {
	job := e.expiring("a", time.Hour)
	e.create(job)

	later := job.ExpiresAt.Add(time.Hour)
	e.update("a", func(j *jobstore.Job) { j.ExpiresAt = later })
	e.advanceTo(job.ExpiresAt)
	require.Equal(e, later, e.get("a").ExpiresAt)

	e.update("a", func(j *jobstore.Job) { j.ExpiresAt = time.Time{} })
	e.advanceTo(later)
	require.True(e, e.get("a").ExpiresAt.IsZero())
	e.requireList(jobstore.Query{}, "a")
}

func testExpiredInList(e *env) {
	// Two that stay, with many between them that go.
	e.create(e.job("old"))

	for _, id := range []string{"p", "q", "r", "s", "t"} {
		e.clock.Advance(time.Minute)
		e.create(e.expiring(id, time.Hour))
	}

	e.clock.Advance(time.Minute)
	e.create(e.job("young"))
	e.clock.Advance(2 * time.Hour)

	for _, limit := range []int{0, 1, 2} {
		e.requireList(jobstore.Query{Limit: limit}, "young", "old")
		e.requireList(jobstore.Query{Limit: limit, Status: jobstore.StatusQueued}, "young", "old")
	}
}

func testExpiryInPast(e *env) {
	e.create(e.job("a"))

	past := e.clock.Now().Truncate(time.Second).Add(-time.Hour)
	got := e.update("a", func(j *jobstore.Job) { j.ExpiresAt = past })

	require.Equal(e, past, got.ExpiresAt)
	e.requireMissing("a")
	e.requireList(jobstore.Query{})
}
