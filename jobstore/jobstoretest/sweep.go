package jobstoretest

import (
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/jobstore"
)

func sweepCases() []testCase {
	return []testCase{
		{"sweep/oldest expiry first", testSweepOrder},
		{"sweep/limits", testSweepLimit},
		{"sweep/expiry follows updates", testSweepFollows},
		{"sweep/delete leaves nothing behind", testSweepDelete},
		{"sweep/delete of a record that has not expired", testSweepDeleteLive},
	}
}

// requireExpired requires what Expired returns.
func (e *env) requireExpired(t time.Time, limit int, want ...string) {
	e.Helper()

	got, err := e.expirer().Expired(e.Context(), t, limit)
	require.NoError(e, err)
	require.ElementsMatch(e, want, got)

	if len(want) > 0 {
		require.Equal(e, want, got)
	}
}

func testSweepOrder(e *env) {
	e.expirer()

	// The order is neither that of the ids nor that of creation.
	e.create(e.expiring("b", 3*time.Hour), e.expiring("d", 1*time.Hour), e.expiring("a", 2*time.Hour), e.job("never"))
	e.create(e.expiring("c", 2*time.Hour), e.expiring("e", 2*time.Hour))

	e.requireExpired(e.clock.Now(), 10)
	e.requireExpired(e.inWholeSeconds(time.Hour).Add(-1), 10)
	e.requireExpired(e.inWholeSeconds(time.Hour), 10, "d")
	e.requireExpired(e.inWholeSeconds(2*time.Hour), 10, "d", "a", "c", "e")

	all := e.clock.Now().AddDate(1, 0, 0)
	e.requireExpired(all, 10, "d", "a", "c", "e", "b")

	// Asking changes nothing, whatever the clock of the store says.
	e.clock.Advance(150 * time.Minute)
	e.requireExpired(all, 10, "d", "a", "c", "e", "b")
	e.requireExpired(e.clock.Now(), 10, "d", "a", "c", "e")
}

func testSweepLimit(e *env) {
	x := e.expirer()
	e.create(e.expiring("a", 3*time.Hour), e.expiring("b", 2*time.Hour), e.expiring("c", time.Hour))

	all := e.clock.Now().AddDate(1, 0, 0)
	e.requireExpired(all, 1, "c")
	e.requireExpired(all, 2, "c", "b")
	e.requireExpired(all, 3, "c", "b", "a")

	for _, limit := range []int{0, -1} {
		_, err := x.Expired(e.Context(), all, limit)
		require.ErrorIs(e, err, jobstore.ErrInvalid, "limit %d", limit)
	}
}

func testSweepFollows(e *env) {
	e.expirer()
	e.create(e.expiring("a", time.Hour), e.expiring("b", 2*time.Hour), e.job("c"))

	all := e.clock.Now().AddDate(1, 0, 0)
	e.requireExpired(all, 10, "a", "b")

	e.update("a", func(j *jobstore.Job) { j.ExpiresAt = e.inWholeSeconds(3 * time.Hour) })
	e.requireExpired(all, 10, "b", "a")

	e.update("b", func(j *jobstore.Job) { j.ExpiresAt = time.Time{} })
	e.update("c", func(j *jobstore.Job) { j.ExpiresAt = e.inWholeSeconds(time.Hour) })
	e.requireExpired(all, 10, "c", "a")

	// The id of an expired record goes to another that does not expire.
	e.clock.Advance(2 * time.Hour)
	e.create(e.job("c"))
	e.requireExpired(all, 10, "a")
}

func testSweepDelete(e *env) {
	x := e.expirer()
	e.create(e.expiring("a", time.Hour), e.job("b"))
	e.clock.Advance(2 * time.Hour)

	for range 2 {
		require.NoError(e, x.Delete(e.Context(), "a"))
	}

	for _, id := range []string{"c", "", "a\x00", "a\xff"} {
		require.NoError(e, x.Delete(e.Context(), id), "a job that does not exist")
	}

	e.requireExpired(e.clock.Now(), 10)
	e.requireList(jobstore.Query{}, "b")

	// Had an index entry stayed, the new record would be listed twice.
	again := e.job("a")
	again.Status = jobstore.StatusPendingUpload
	e.create(again)
	require.Equal(e, int64(1), e.get("a").Version)
	e.requireList(jobstore.Query{}, "a", "b")
	e.requireList(jobstore.Query{CreatedBy: "user-1"}, "a", "b")
	e.requireList(jobstore.Query{Status: jobstore.StatusQueued}, "b")
	e.requireExpired(e.clock.Now().AddDate(1, 0, 0), 10)
}

func testSweepDeleteLive(e *env) {
	x := e.expirer()
	e.create(e.job("a"), e.expiring("b", time.Hour), e.job("c"))

	require.NoError(e, x.Delete(e.Context(), "a"))
	require.NoError(e, x.Delete(e.Context(), "b"))

	e.requireMissing("a")
	e.requireMissing("b")
	e.requireList(jobstore.Query{}, "c")
	e.requireExpired(e.clock.Now().AddDate(1, 0, 0), 10)
}
