package importer_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/importer"
	"github.com/vyapaarai/bulkimport/importer/catalog"
	"github.com/vyapaarai/bulkimport/jobstore"
)

// brokenCatalog fails every Create from the n-th on, for as long as broken is set.
type brokenCatalog struct {
	catalog.Store
	broken  bool
	creates int
}

func (c *brokenCatalog) Create(ctx context.Context, items []catalog.NewProduct) ([]catalog.CreateResult, error) {
	if c.creates--; c.broken && c.creates < 0 {
		return nil, errors.New("the catalogue is away")
	}

	return c.Store.Create(ctx, items)
}

// failed is a job that was given up after some chunks, with its catalogue in order again.
func (e *engine) failed(csv string, chunks int) string {
	e.t.Helper()

	store := &brokenCatalog{Store: e.catalog, broken: true, creates: chunks}
	sound := e.catalog
	e.catalog = store

	id := e.queued(csv, nil)
	for range 50 {
		if e.job(id).Status.Terminal() {
			break
		}

		e.run(id)
		e.clock.advance(time.Hour)
	}

	job := e.job(id)
	require.Equal(e.t, jobstore.StatusFailed, job.Status)
	require.Equal(e.t, "too_many_attempts", job.Failure.Code)

	e.catalog = sound

	return id
}

func (e *engine) retried(id string) jobstore.Job {
	e.t.Helper()

	job, err := e.service().Retry(e.t.Context(), owner, id)
	require.NoError(e.t, err)
	require.Equal(e.t, jobstore.StatusQueued, job.Status)

	return job
}

func TestRetryOfAFailedJob(t *testing.T) {
	t.Parallel()

	file := manyRows(120)
	want := undisturbed(t, file)

	e := newEngine(t)
	id := e.failed(file, 3)
	before := e.job(id)
	require.NotZero(t, before.Progress.ProcessedRows)
	require.Less(t, before.Progress.ProcessedRows, want.Progress.ProcessedRows)

	job := e.retried(id)
	require.Nil(t, job.Failure)
	require.Zero(t, job.CompletedAt)
	require.Empty(t, job.Notification)
	require.Zero(t, job.Attempts)
	require.Empty(t, job.ResultsKey)
	require.Equal(t, 1, job.Retries)
	require.Equal(t, before.Checkpoint, job.Checkpoint, "it goes on from there")
	require.Equal(t, before.Progress, job.Progress)
	require.Equal(t, before.StartedAt, job.StartedAt)

	e.clock.advance(time.Minute)
	require.Equal(t, importer.RunEnded, e.run(id))
	require.Equal(t, want, e.footprint(id))
	require.Equal(t, before.StartedAt, e.job(id).StartedAt)

	events := e.told.got()
	require.Len(t, events, 2)
	require.Equal(t, "failed", events[0].Status)
	require.Equal(t, string(want.Status), events[1].Status)
	require.NotEqual(t, events[0].ID, events[1].ID, "receivers drop an event that they have seen")
}

func TestRetryOfACancelledJob(t *testing.T) {
	t.Parallel()

	file := manyRows(120)
	want := undisturbed(t, file)

	for _, when := range []string{"queued", "processing", "crashed"} {
		t.Run(when, func(t *testing.T) {
			t.Parallel()

			e := newEngine(t)
			id := e.queued(file, nil)

			switch when {
			case "processing":
				// A deadline that is near stops it after some chunks.
				e.runDoomed(id, 14, crashAfter)
				e.clock.advance(time.Hour)
			case "crashed":
				e.runDoomed(id, 13, crashHalf)
				e.clock.advance(time.Hour)
			}

			_, err := e.service().Cancel(t.Context(), owner, id)
			require.NoError(t, err)
			e.run(id)
			require.Equal(t, jobstore.StatusCancelled, e.job(id).Status)
			require.Equal(t, when != "queued", e.job(id).Progress.ProcessedRows > 0)

			job := e.retried(id)
			require.Zero(t, job.CancelRequestedAt)
			require.Empty(t, job.CancelRequestedBy)

			require.Equal(t, importer.RunEnded, e.run(id))
			require.Equal(t, want, e.footprint(id))

			events := e.told.got()
			require.NotEqual(t, events[0].ID, events[len(events)-1].ID)
		})
	}
}

// A retry that is cancelled before a worker has taken it: what was imported so far is
// accounted for, behind the checkpoint too, and its reports are there.
func TestCancelOfARetryThatWaits(t *testing.T) {
	t.Parallel()

	for _, mode := range []crashMode{crashBefore, crashHalf, crashAfter} {
		t.Run(string(mode), func(t *testing.T) {
			t.Parallel()

			for n := 1; ; n++ {
				e := newEngine(t)
				id := e.failed(manyRows(70), 2)
				e.retried(id)

				lived := e.runDoomed(id, n, mode)
				e.clock.advance(time.Hour)

				if e.job(id).Status == jobstore.StatusProcessing {
					// As the end of a worker that had no more attempts leaves it.
					_, err := e.jobs.Update(t.Context(), id, func(j *jobstore.Job) error {
						j.Lease = jobstore.Lease{Epoch: j.Lease.Epoch}

						return j.Transition(jobstore.StatusFailed, e.clock.Now(), "worker")
					})
					require.NoError(t, err)
				}

				if e.job(id).Status == jobstore.StatusFailed {
					e.retried(id)
				}

				if e.job(id).Status == jobstore.StatusQueued {
					e.cancelledWhileQueued(id)
				}

				if lived {
					require.Greater(t, n, 12, "the calls must reach the job's end")

					return
				}
			}
		})
	}
}

// cancelledWhileQueued cancels a job that a worker had before.
func (e *engine) cancelledWhileQueued(id string) {
	e.t.Helper()

	job, err := e.service().Cancel(e.t.Context(), owner, id)
	require.NoError(e.t, err)
	require.Equal(e.t, jobstore.StatusQueued, job.Status, "a worker is to end it")
	require.Equal(e.t, e.clock.Now(), job.CancelRequestedAt)
	require.Equal(e.t, owner.UserID, job.CancelRequestedBy)

	again, err := e.service().Cancel(e.t.Context(), owner, id)
	require.NoError(e.t, err)
	require.Equal(e.t, job.Audit, again.Audit)
	require.Equal(e.t, job.CancelRequestedAt, again.CancelRequestedAt)

	require.Equal(e.t, importer.RunEnded, e.run(id))

	want := jobstore.StatusCancelled
	if job.Checkpoint.Closed {
		want = jobstore.StatusCompletedWithErrors // the whole file was in already
	}

	job = e.job(id)
	require.Equal(e.t, want, job.Status)
	require.NotEmpty(e.t, job.ResultsKey)
	require.NotEmpty(e.t, job.ErrorReportKey)

	p := job.Progress
	require.NotZero(e.t, p.ProcessedRows)
	require.Equal(e.t, p.ProcessedRows, p.Successful+p.Duplicates+p.Errors)

	products, err := e.catalog.List(e.t.Context(), "", 0)
	require.NoError(e.t, err)
	require.EqualValues(e.t, p.Successful, len(products), "every product in the catalogue is accounted for")

	results, _, err := e.service().OpenReport(e.t.Context(), owner, id, importer.ReportResults)
	require.NoError(e.t, err)
	require.NoError(e.t, results.Close())
}

// Promise 2 holds for a job that is retried too.
func TestACrashOfARetryChangesNothing(t *testing.T) {
	t.Parallel()

	file := manyRows(70)
	want := undisturbed(t, file)

	for _, mode := range []crashMode{crashBefore, crashHalf, crashAfter} {
		t.Run(string(mode), func(t *testing.T) {
			t.Parallel()

			for n := 1; ; n++ {
				e := newEngine(t)
				id := e.failed(file, 2)
				e.retried(id)

				lived := e.runDoomed(id, n, mode)
				e.clock.advance(time.Hour)
				e.run(id)

				require.Equal(t, want, e.footprint(id), "crash at call %d", n)

				if lived {
					require.Greater(t, n, 12, "the calls must reach the job's end")

					return
				}
			}
		})
	}
}

// A job that fails, and is cancelled, again and again.
func TestManyRetries(t *testing.T) {
	t.Parallel()

	file := manyRows(120)
	want := undisturbed(t, file)

	e := newEngine(t)
	id := e.failed(file, 1)
	ids := map[string]bool{}

	for round := range 4 {
		e.retried(id)

		if round < 3 {
			e.runDoomed(id, 9, crashHalf)
			e.clock.advance(time.Hour)

			_, err := e.service().Cancel(t.Context(), owner, id)
			require.NoError(t, err)
		}

		e.run(id)
	}

	require.Equal(t, want, e.footprint(id))

	for _, event := range e.told.got() {
		ids[event.ID] = true
	}

	require.Len(t, ids, 5)
	require.Equal(t, 4, e.job(id).Retries)
}

// A retry while a worker still tells of the first end: the message that it is about
// does not touch the job.
func TestRetryWhileTheEndIsTold(t *testing.T) {
	t.Parallel()

	file := manyRows(40)
	want := undisturbed(t, file)

	e := newEngine(t)
	id := e.queued(file, nil)
	e.runDoomed(id, 9, crashAfter)
	e.clock.advance(time.Hour)

	_, err := e.service().Cancel(t.Context(), owner, id)
	require.NoError(t, err)

	retried := false
	e.told.onEvent = func() {
		if !retried {
			retried = true
			e.retried(id)
		}
	}

	require.Equal(t, importer.RunSkipped, e.run(id), "the worker has lost the job")
	require.True(t, retried)

	job := e.job(id)
	require.Equal(t, jobstore.StatusQueued, job.Status)
	require.Empty(t, job.Notification)

	require.Equal(t, importer.RunEnded, e.run(id))
	require.Equal(t, want, e.footprint(id))
}

func TestWhatCannotBeRetried(t *testing.T) {
	t.Parallel()

	for _, c := range []struct {
		name, code string
		job        func(e *engine) string
	}{
		{"waits for its file", "job_not_started", func(e *engine) string { return e.upload(twoProducts) }},
		{"cancelled before its start", "job_not_started", func(e *engine) string {
			id := e.upload(twoProducts)
			_, err := e.service().Cancel(e.t.Context(), owner, id)
			require.NoError(e.t, err)

			return id
		}},
		{"completed", "job_completed", func(e *engine) string { return e.imported(twoProducts, nil).ID }},
		{"completed with errors", "job_completed", func(e *engine) string { return e.imported("name,category\n,Food\n", nil).ID }},
		{"refused for its file", "retry_useless", func(e *engine) string {
			id := e.upload("no,columns,of,ours\n1,2,3,4\n")
			_, err := e.service().Process(e.t.Context(), owner, id, nil)
			require.ErrorIs(e.t, err, importer.ErrBadFile)

			return id
		}},
		{"ledger is damaged", "retry_useless", func(e *engine) string {
			id := e.failed(manyRows(60), 2)
			_, err := e.jobs.Update(e.t.Context(), id, func(j *jobstore.Job) error {
				j.Failure.Code = "ledger_incomplete"

				return nil
			})
			require.NoError(e.t, err)

			return id
		}},
		{"file is gone", "file_gone", func(e *engine) string {
			id := e.failed(manyRows(60), 2)
			require.NoError(e.t, e.files.Delete(e.t.Context(), e.job(id).InputKey))

			return id
		}},
		{"file was replaced", "file_changed", func(e *engine) string {
			id := e.failed(manyRows(60), 2)
			_, err := e.files.Put(e.t.Context(), e.job(id).InputKey, strings.NewReader(manyRows(61)), nil)
			require.NoError(e.t, err)

			return id
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()

			e := newEngine(t)
			id := c.job(e)
			before := e.job(id)

			_, err := e.service().Retry(t.Context(), owner, id)
			require.ErrorIs(t, err, importer.ErrState)

			var told *importer.Error
			require.ErrorAs(t, err, &told)
			require.Equal(t, c.code, told.Code)
			require.Equal(t, before, e.job(id))
		})
	}

	t.Run("of somebody else", func(t *testing.T) {
		t.Parallel()

		e := newEngine(t)
		id := e.failed(manyRows(60), 2)

		_, err := e.service().Retry(t.Context(), importer.Caller{UserID: "ravi"}, id)
		require.ErrorIs(t, err, importer.ErrNotFound)

		_, err = e.service().Retry(t.Context(), owner, "admin_import_nothing")
		require.ErrorIs(t, err, importer.ErrNotFound)
	})
}

func TestRetryAgainIsHarmless(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	id := e.failed(manyRows(60), 2)
	first := e.retried(id)
	require.Equal(t, first, e.retried(id))
	require.Equal(t, 1, e.job(id).Retries)
}

func TestRetryTakesAPlace(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	id := e.failed(manyRows(60), 2)
	e.serviceOptions.MaxConcurrentJobs = 1
	busy := e.queued(twoProducts, nil)

	_, err := e.service().Retry(t.Context(), owner, id)
	quotaOf(t, err, "quota_concurrent_jobs")
	require.Equal(t, jobstore.StatusFailed, e.job(id).Status)

	e.run(busy)
	e.retried(id)

	_, err = e.service().Process(t.Context(), owner, e.upload(twoProducts), nil)
	quotaOf(t, err, "quota_concurrent_jobs")
}
