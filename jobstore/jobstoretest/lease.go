package jobstoretest

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/jobstore"
)

func leaseCases() []testCase {
	return []testCase{
		{"lease/one of many workers wins", testLeaseRace},
		{"lease/expiry hands over, the epoch grows", testLeaseExpiry},
		{"lease/a lost lease writes nothing", testLeaseLost},
		{"lease/release hands over at once", testLeaseRelease},
		{"lease/a broken lease is unclean", testLeaseBreak},
		{"lease/many heirs, one at a time", testLeaseHeirs},
	}
}

// leaseTTL is the length of the leases that the suite takes.
const leaseTTL = time.Minute

// acquire takes the job "a" for a worker, who must get it.
func (e *env) acquire(owner string) (h *jobstore.Holder, job jobstore.Job, unclean bool) {
	e.Helper()

	h, job, unclean, err := jobstore.Acquire(e.Context(), e.store, "a", owner, leaseTTL, e.clock.Now())
	require.NoError(e, err, "Acquire for %s", owner)

	return h, job, unclean
}

func testLeaseRace(e *env) {
	const workers = 8

	e.create(e.job("a"))

	var (
		wait  sync.WaitGroup
		start = make(chan struct{})
		errs  = make([]error, workers)
	)

	for w := range workers {
		wait.Go(func() {
			<-start

			errs[w] = untilSettled(e.Context(), func() error {
				_, _, _, err := jobstore.Acquire(e.Context(), e.store, "a", fmt.Sprint("worker-", w), leaseTTL, e.clock.Now())

				return err
			})
		})
	}

	close(start)
	wait.Wait()

	var winners []string

	for w, err := range errs {
		if err == nil {
			winners = append(winners, fmt.Sprint("worker-", w))
		} else {
			require.ErrorIs(e, err, jobstore.ErrLeased)
		}
	}

	require.Len(e, winners, 1)

	job := e.get("a")
	require.Equal(e, winners[0], job.Lease.Owner)
	require.Equal(e, int64(1), job.Lease.Epoch)
	require.Equal(e, jobstore.StatusProcessing, job.Status)
	require.Len(e, job.StatusHistory, 2)
}

func testLeaseExpiry(e *env) {
	e.create(e.job("a"))

	first, _, unclean := e.acquire("worker-1")
	require.False(e, unclean)
	require.Equal(e, int64(1), first.Epoch())

	e.clock.Advance(leaseTTL - 1)

	_, _, _, err := jobstore.Acquire(e.Context(), e.store, "a", "worker-2", leaseTTL, e.clock.Now())
	require.ErrorIs(e, err, jobstore.ErrLeased)

	e.clock.Advance(1)

	second, job, unclean := e.acquire("worker-2")
	require.True(e, unclean)
	require.Equal(e, int64(2), second.Epoch())
	require.Equal(e, job, e.get("a"))
}

func testLeaseLost(e *env) {
	e.create(e.job("a"))

	first, _, _ := e.acquire("worker-1")
	e.clock.Advance(leaseTTL)
	e.acquire("worker-2")

	before := e.get("a")
	change := func(j *jobstore.Job) error {
		j.Progress.ProcessedRows = 1000

		return nil
	}

	for name, write := range map[string]func() (jobstore.Job, error){
		"update":  func() (jobstore.Job, error) { return first.Update(e.Context(), e.clock.Now(), change) },
		"renew":   func() (jobstore.Job, error) { return first.Renew(e.Context(), e.clock.Now()) },
		"release": func() (jobstore.Job, error) { return first.Release(e.Context(), change) },
		"abandon": func() (jobstore.Job, error) { return first.Abandon(e.Context(), change) },
	} {
		_, err := write()
		require.ErrorIs(e, err, jobstore.ErrLeaseLost, name)
		e.requireJob(before, e.get("a"))
	}
}

func testLeaseRelease(e *env) {
	e.create(e.job("a"))

	first, _, _ := e.acquire("worker-1")

	_, err := first.Release(e.Context(), func(j *jobstore.Job) error {
		j.Checkpoint.Offset = 4096

		return nil
	})
	require.NoError(e, err)

	second, job, unclean := e.acquire("worker-2")
	require.False(e, unclean)
	require.Equal(e, int64(2), second.Epoch())
	require.Equal(e, int64(4096), job.Checkpoint.Offset)

	_, err = first.Renew(e.Context(), e.clock.Now())
	require.ErrorIs(e, err, jobstore.ErrLeaseLost)
}

func testLeaseBreak(e *env) {
	e.create(e.job("a"))
	e.acquire("worker-1")

	require.NoError(e, jobstore.BreakLease(e.Context(), e.store, "a"))

	second, _, unclean := e.acquire("worker-2")
	require.True(e, unclean)
	require.Equal(e, int64(2), second.Epoch())

	require.ErrorIs(e, jobstore.BreakLease(e.Context(), e.store, "b"), jobstore.ErrNotFound)
}

// testLeaseHeirs lets workers take and release one job in turn as fast as they
// can. A counter that each reads, and writes in a second step, shows whether two
// ever held the job at the same time.
func testLeaseHeirs(e *env) {
	const (
		workers = 4
		turns   = 5
	)

	e.create(e.job("a"))

	turn := func(owner string) error {
		h, job, _, err := jobstore.Acquire(e.Context(), e.store, "a", owner, leaseTTL, e.clock.Now())
		if err != nil {
			return err
		}

		return untilSettled(e.Context(), func() error {
			_, err := h.Release(e.Context(), func(j *jobstore.Job) error {
				j.Progress.ProcessedRows = job.Progress.ProcessedRows + 1

				return nil
			})

			return err
		})
	}

	var (
		wait sync.WaitGroup
		errs = make([]error, workers)
	)

	for w := range workers {
		wait.Go(func() {
			for range turns {
				err := jobstore.ErrLeased
				for (errors.Is(err, jobstore.ErrLeased) || errors.Is(err, jobstore.ErrConflict)) && e.Context().Err() == nil {
					err = turn(fmt.Sprint("worker-", w))
				}

				errs[w] = errors.Join(errs[w], err)
			}
		})
	}

	wait.Wait()
	require.NoError(e, errors.Join(errs...))

	job := e.get("a")
	require.Equal(e, int64(workers*turns), job.Progress.ProcessedRows)
	require.Equal(e, int64(workers*turns), job.Lease.Epoch)
	require.Empty(e, job.Lease.Owner)
}
