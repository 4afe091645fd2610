package jobstoretest

import (
	"errors"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/jobstore"
)

func closeCases() []testCase {
	return []testCase{
		{"close/later calls are refused", testClosed},
		{"close/while calls are running", testCloseRunning},
	}
}

func reopenCases() []testCase {
	return []testCase{
		{"reopen/everything is as it was", testReopen},
		{"reopen/a lease outlives the process", testReopenLease},
		{"reopen/after a close under load", testReopenAfterLoad},
	}
}

// closer returns the store as an io.Closer, or skips the case.
func (e *env) closer() io.Closer {
	e.Helper()

	if e.harness.NoClose {
		e.Skip("the store has nothing to close")
	}

	c, ok := e.store.(io.Closer)
	require.True(e, ok, "the store is no io.Closer, and its harness does not say NoClose")

	return c
}

// reopen replaces the store by another on the same data, or skips the case.
func (e *env) reopen() {
	e.Helper()

	if e.harness.Reopen == nil {
		e.Skip("records do not outlive the store")
	}

	e.store = e.harness.Reopen(e.TB, e.store, e.clock.Now)
}

func testClosed(e *env) {
	c := e.closer()
	e.create(e.job("a"))
	require.NoError(e, c.Close())
	require.NoError(e, c.Close(), "closing twice")

	require.ErrorIs(e, e.store.Create(e.Context(), e.job("b")), jobstore.ErrClosed)

	_, err := e.store.Get(e.Context(), "a")
	require.ErrorIs(e, err, jobstore.ErrClosed)

	_, err = e.store.Update(e.Context(), "a", func(*jobstore.Job) error {
		return errors.New("change was called")
	})
	require.ErrorIs(e, err, jobstore.ErrClosed)

	_, err = e.store.List(e.Context(), jobstore.Query{})
	require.ErrorIs(e, err, jobstore.ErrClosed)

	if e.harness.NoExpirer {
		return
	}

	_, err = e.expirer().Expired(e.Context(), e.clock.Now(), 1)
	require.ErrorIs(e, err, jobstore.ErrClosed)
	require.ErrorIs(e, e.expirer().Delete(e.Context(), "a"), jobstore.ErrClosed)
}

func testCloseRunning(e *env) {
	e.closer()
	e.create(e.job("a"))
	e.closeUnderLoad()
}

// closeUnderLoad closes the store while workers write to the job "a", and
// returns how many of their writes were acknowledged.
func (e *env) closeUnderLoad() int64 {
	e.Helper()

	const workers = 4

	var (
		wait         sync.WaitGroup
		acknowledged atomic.Int64
		over         atomic.Bool
		underWay     = make(chan struct{}, workers)
		errs         = make([]error, workers)
	)

	for w := range workers {
		wait.Go(func() {
			for n := 0; ; n++ {
				late := over.Load()
				err := untilSettled(e.Context(), func() error {
					_, err := e.store.Update(e.Context(), "a", func(j *jobstore.Job) error {
						j.Progress.ProcessedRows++

						return nil
					})

					return err
				})
				if n == 0 {
					underWay <- struct{}{}
				}

				if err != nil {
					errs[w] = err

					return
				}

				if late {
					errs[w] = errors.New("a call after Close succeeded")

					return
				}

				acknowledged.Add(1)
			}
		})
	}

	for range workers {
		<-underWay
	}

	err := e.closer().Close()

	over.Store(true)
	wait.Wait()
	require.NoError(e, err)

	for _, err := range errs {
		require.ErrorIs(e, err, jobstore.ErrClosed)
	}

	return acknowledged.Load()
}

func testReopen(e *env) {
	e.create(e.fullJob("a"), e.job("b"), e.job("c"))
	e.update("b", func(j *jobstore.Job) { j.Status = jobstore.StatusProcessing })
	e.update("c", func(j *jobstore.Job) { j.ExpiresAt = e.inWholeSeconds(0) })

	want := e.fullJob("a")
	want.Version = 1

	e.clock.Advance(time.Second)
	e.reopen()
	e.requireJob(want, e.get("a"))

	require.Equal(e, int64(2), e.get("b").Version)
	e.requireMissing("c")
	e.requireList(jobstore.Query{CreatedBy: "user-1"}, "b")
	e.requireList(jobstore.Query{Status: jobstore.StatusQueued})

	if !e.harness.NoExpirer {
		e.requireExpired(e.clock.Now(), 10, "c")
	}

	require.ErrorIs(e, e.store.Create(e.Context(), e.job("b")), jobstore.ErrExists)
	require.Equal(e, int64(3), e.update("b", func(*jobstore.Job) {}).Version)

	// A second time, now that the store has read its own files.
	e.reopen()
	require.Equal(e, int64(3), e.get("b").Version)
}

func testReopenLease(e *env) {
	e.create(e.job("a"))

	first, _, _ := e.acquire("worker-1")
	e.reopen()

	_, _, _, err := jobstore.Acquire(e.Context(), e.store, "a", "worker-2", leaseTTL, e.clock.Now())
	require.ErrorIs(e, err, jobstore.ErrLeased)

	require.NoError(e, jobstore.BreakLease(e.Context(), e.store, "a"))

	second, _, unclean := e.acquire("worker-2")
	require.True(e, unclean)
	require.Equal(e, first.Epoch()+1, second.Epoch())
}

func testReopenAfterLoad(e *env) {
	e.create(e.job("a"))

	want := e.closeUnderLoad()
	e.reopen()
	require.Equal(e, want, e.get("a").Progress.ProcessedRows)
}
