package importer_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/importer"
	"github.com/vyapaarai/bulkimport/importer/blob"
	"github.com/vyapaarai/bulkimport/importer/catalog"
	"github.com/vyapaarai/bulkimport/jobstore"
)

// hookedCatalog calls a function before each Create.
type hookedCatalog struct {
	catalog.Store
	before func(call int64) error
	calls  atomic.Int64
}

func (h *hookedCatalog) Create(ctx context.Context, items []catalog.NewProduct) ([]catalog.CreateResult, error) {
	if err := h.before(h.calls.Add(1)); err != nil {
		return nil, err
	}

	return h.Store.Create(ctx, items)
}

func (e *engine) hook(before func(call int64) error) {
	e.catalog = &hookedCatalog{Store: e.catalog, before: before}
}

func TestCancelBeforeTheStart(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	pending, queued := e.upload("x"), e.queued(manyRows(5), nil)
	e.drain()

	for _, id := range []string{pending, queued, queued} {
		job, err := e.service().Cancel(t.Context(), owner, id)
		require.NoError(t, err)
		require.Equal(t, jobstore.StatusCancelled, job.Status)
	}

	e.drain() // one message, for the job that was started, to tell of its end

	require.Equal(t, importer.RunSkipped, e.run(pending))
	require.Equal(t, importer.RunEnded, e.run(queued))
	require.Equal(t, importer.RunSkipped, e.run(queued))
	require.Len(t, e.told.got(), 1)
	require.Empty(t, products(t, e.catalog))
}

func TestCancelWhileRunning(t *testing.T) {
	t.Parallel()

	e := newEngine(t)

	var id string

	e.hook(func(call int64) error {
		if call == 3 {
			job, err := e.service().Cancel(context.Background(), owner, id)
			if err != nil || job.Status != jobstore.StatusProcessing {
				t.Errorf("cancel: %s, %v", job.Status, err)
			}
		}

		return nil
	})

	id = e.queued(manyRows(500), nil)
	require.Equal(t, importer.RunEnded, e.run(id))

	job := e.job(id)
	require.Equal(t, jobstore.StatusCancelled, job.Status)
	require.Equal(t, "asha", job.StatusHistory[len(job.StatusHistory)-1].By)
	require.NotZero(t, job.Progress.ProcessedRows)
	require.Less(t, job.Progress.ProcessedRows, int64(490))
	require.Less(t, job.Progress.Percentage, 100.0)
	require.Len(t, products(t, e.catalog), int(job.Progress.Successful), "the ledger accounts for all that was written")
	require.Equal(t, int(job.Progress.ProcessedRows)+1, strings.Count(e.report(id, importer.ReportResults), "\n"))

	_, err := e.service().Cancel(t.Context(), owner, e.imported(manyRows(3), nil).ID)
	require.ErrorIs(t, err, importer.ErrState)
}

// A job that is cancelled after a crash accounts for what the crashed run wrote.
func TestCancelAfterACrash(t *testing.T) {
	t.Parallel()

	for n := 2; n <= 14; n++ {
		e := newEngine(t)
		id := e.queued(manyRows(100), nil)
		require.False(t, e.runDoomed(id, n, crashAfter))

		job, err := e.service().Cancel(t.Context(), owner, id)
		require.NoError(t, err)
		require.Equal(t, jobstore.StatusProcessing, job.Status)

		e.clock.advance(time.Hour)
		require.Equal(t, importer.RunEnded, e.run(id))

		job = e.job(id)
		require.Equal(t, jobstore.StatusCancelled, job.Status)
		require.Len(t, products(t, e.catalog), int(job.Progress.Successful), "crash at call %d", n)
		require.Less(t, job.Progress.ProcessedRows, int64(90))
	}
}

func TestADeadlineEndsTheRunAtACheckpoint(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	file := manyRows(200)
	want := undisturbed(t, file)

	// Every Create takes ten seconds of a deadline that is a minute away.
	e.hook(func(int64) error {
		e.clock.advance(10 * time.Second)

		return nil
	})

	id := e.queued(file, nil)

	runs := 0
	for result := importer.RunYielded; result == importer.RunYielded; runs++ {
		require.Less(t, runs, 100, "no progress")

		// A deadline of the test's clock that the real one does not reach.
		ctx := deadlineContext{t.Context(), e.clock.Now().Add(time.Minute)}

		var err error

		result, err = e.worker().RunJob(ctx, id)
		require.NoError(t, err)

		if result == importer.RunYielded {
			delivery, err := e.queue.Receive(t.Context())
			require.NoError(t, err)
			require.Equal(t, id, delivery.Message().JobID, "a message for the next worker")
			require.Empty(t, e.job(id).Lease.Owner)
			require.Equal(t, jobstore.StatusProcessing, e.job(id).Status)
		}
	}

	require.Greater(t, runs, 3)
	require.Equal(t, want, e.footprint(id))
}

// A deadline that leaves no time for a single chunk must not go round for ever.
func TestADeadlineThatIsAlwaysTooShortFailsTheJob(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	e.workerOptions.MaxAttempts = 3
	id := e.queued(manyRows(20), nil)

	for range 3 {
		ctx := deadlineContext{t.Context(), e.clock.Now().Add(10 * time.Second)}
		_, err := e.worker().RunJob(ctx, id)
		require.NoError(t, err)
		e.clock.advance(time.Minute)
	}

	require.Equal(t, jobstore.StatusFailed, e.job(id).Status)
	require.Equal(t, "too_many_attempts", e.job(id).Failure.Code)
}

// The same where the chunk does not stop in time, and is cut off: each run counts, or the
// job would go round for ever, and nobody would hear of it.
func TestAChunkThatOutlastsEveryDeadlineFailsTheJob(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		e := newEngine(t)
		e.workerOptions.MaxAttempts = 2
		e.workerOptions.Now = time.Now
		e.workerOptions.DeadlineMargin = 15 * time.Second
		e.workerOptions.ShutdownGrace = 3 * time.Second
		ports := e.ports()
		ports.Kinds = []importer.Kind{importer.NewProductKind(&stuckForever{e.catalog}, &importer.ProductKindOptions{Now: time.Now})}

		w, err := importer.NewWorker(ports, &e.workerOptions)
		require.NoError(t, err)

		id := e.queued(manyRows(20), nil)

		for _, want := range []importer.RunResult{importer.RunFailed, importer.RunEnded} { // the second may take it at once
			started := time.Now()
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			result, err := w.RunJob(ctx, id)

			cancel()
			require.NoError(t, err)
			require.Equal(t, want, result)
			require.Equal(t, time.Minute+3*time.Second, time.Since(started), "nothing waits for longer than the grace")
		}

		require.Equal(t, jobstore.StatusFailed, e.job(id).Status)
		require.Equal(t, "too_many_attempts", e.job(id).Failure.Code)
	})
}

// stuckForever answers no Create before its context has ended.
type stuckForever struct{ catalog.Store }

func (s *stuckForever) Create(ctx context.Context, _ []catalog.NewProduct) ([]catalog.CreateResult, error) {
	<-ctx.Done()

	return nil, context.Cause(ctx)
}

type deadlineContext struct {
	context.Context
	at time.Time
}

func (c deadlineContext) Deadline() (time.Time, bool) { return c.at, true }

func TestShutdownGivesTheJobBack(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	file := manyRows(200)
	want := undisturbed(t, file)

	ctx, stop := context.WithCancel(t.Context())

	e.hook(func(call int64) error {
		if call == 4 {
			stop()
		}

		return nil
	})

	id := e.queued(file, nil)
	require.NoError(t, e.worker().Run(ctx))

	job := e.job(id)
	require.Equal(t, jobstore.StatusProcessing, job.Status)
	require.Empty(t, job.Lease.Owner)
	require.Len(t, products(t, e.catalog), int(job.Progress.Successful), "what was applied was committed")

	require.Equal(t, importer.RunEnded, e.run(id))
	require.Equal(t, want, e.footprint(id))
}

// A chunk that outlasts the grace is cut off. That is nobody's failure: it counts as no
// attempt, and the next run does the chunk again.
func TestAShutdownCutsOffWhatOutlastsTheGrace(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	e.workerOptions.ShutdownGrace = time.Millisecond
	e.workerOptions.MaxAttempts = 1
	file := manyRows(60)
	want := undisturbed(t, file)

	ctx, stop := context.WithCancel(t.Context())
	stuck := &stuckCatalog{Store: e.catalog, at: 3, stop: stop}
	ports := e.ports()
	ports.Kinds = []importer.Kind{importer.NewProductKind(stuck, &importer.ProductKindOptions{Now: e.clock.Now})}

	w, err := importer.NewWorker(ports, &e.workerOptions)
	require.NoError(t, err)

	id := e.queued(file, nil)
	result, err := w.RunJob(ctx, id)
	require.NoError(t, err)
	require.Equal(t, importer.RunYielded, result)
	require.Zero(t, e.job(id).Attempts)

	require.Equal(t, importer.RunEnded, e.run(id), "the job can be taken at once")
	require.Equal(t, want, e.footprint(id))
}

// stuckCatalog asks for a shutdown in one of its Creates, which then waits for its
// context to end.
type stuckCatalog struct {
	catalog.Store
	at    int64
	calls atomic.Int64
	stop  func()
}

func (s *stuckCatalog) Create(ctx context.Context, items []catalog.NewProduct) ([]catalog.CreateResult, error) {
	if s.calls.Add(1) == s.at {
		s.stop()
		<-ctx.Done()

		return nil, context.Cause(ctx)
	}

	return s.Store.Create(ctx, items)
}

// Promise 6: a job whose worker died is taken up again by itself.
func TestTheSweepTakesUpTheJobsOfDeadWorkers(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	file := manyRows(60)
	id := e.queued(file, nil)
	e.drain()

	require.False(t, e.runDoomed(id, 6, crashBefore))

	sent, err := e.service().Sweep(t.Context())
	require.NoError(t, err)
	require.Zero(t, sent, "its lease still runs")

	e.clock.advance(61 * time.Second) // the lease is over, the last message not old

	sent, err = e.service().Sweep(t.Context())
	require.NoError(t, err)
	require.Equal(t, 1, sent)

	sent, err = e.service().Sweep(t.Context())
	require.NoError(t, err)
	require.Zero(t, sent, "one message is enough for a while")

	ctx, stop := context.WithCancel(t.Context())
	e.told.onEvent = stop
	require.NoError(t, e.worker().Run(ctx))
	require.Equal(t, undisturbed(t, file), e.footprint(id))
}

// However long ago the last message was: a worker that is alive is left alone.
func TestTheSweepLeavesRunningJobsAlone(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	e.workerOptions.LeaseTTL = time.Hour
	swept := 0

	e.hook(func(int64) error {
		e.clock.advance(5 * time.Minute)

		sent, err := e.service().Sweep(context.Background())
		swept += sent

		return err
	})

	require.Equal(t, jobstore.StatusCompletedWithErrors, e.imported(manyRows(300), nil).Status)
	require.Zero(t, swept)
}

func TestTheSweepSendsWhatGotLost(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	queued := e.queued(manyRows(5), nil)
	e.drain()

	// One job has ended and its worker died before it told of that.
	untold := e.queued(manyRows(5), nil)
	e.drain()
	e.told.fail = 1
	require.Equal(t, importer.RunFailed, e.run(untold))

	sent, err := e.service().Sweep(t.Context())
	require.NoError(t, err)
	require.Zero(t, sent, "their messages are young")

	e.clock.advance(11 * time.Minute)

	sent, err = e.service().Sweep(t.Context())
	require.NoError(t, err)
	require.Equal(t, 2, sent)
	require.Equal(t, importer.RunEnded, e.run(queued))
	require.Equal(t, importer.RunEnded, e.run(untold))
	require.Len(t, e.told.got(), 2)
}

func TestRecoverVoidsTheLeasesOfADeadProcess(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	file := manyRows(60)
	id := e.queued(file, nil)
	e.drain()

	require.False(t, e.runDoomed(id, 6, crashBefore))
	require.Equal(t, importer.RunSkipped, e.run(id), "the dead process still holds the job")

	sent, err := e.service().Recover(t.Context())
	require.NoError(t, err)
	require.Equal(t, 1, sent)
	require.Equal(t, importer.RunEnded, e.run(id))
	require.Equal(t, undisturbed(t, file), e.footprint(id))
}

// drain drops the messages in the queue: those that a crash loses.
func (e *engine) drain() {
	e.t.Helper()

	delivery, err := e.queue.Receive(e.t.Context())
	require.NoError(e.t, err)
	require.NoError(e.t, delivery.Ack(e.t.Context()))
}

func TestAJobIsGivenUpWhenItsStoreKeepsFailing(t *testing.T) {
	t.Parallel()

	for name, broken := range map[string]func(int64) error{
		"error": func(int64) error { return errors.New("the catalogue is out of reach") },
		"panic": func(int64) error { panic("a row that nobody thought of") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			e := newEngine(t)
			e.workerOptions.MaxAttempts = 3
			e.told.fail = 1
			e.hook(broken)
			id := e.queued(manyRows(20), nil)

			require.Equal(t, importer.RunFailed, e.run(id))
			require.Equal(t, importer.RunFailed, e.run(id))
			require.Equal(t, jobstore.StatusProcessing, e.job(id).Status)
			require.Equal(t, importer.RunFailed, e.run(id))

			job := e.job(id)
			require.Equal(t, jobstore.StatusFailed, job.Status)
			require.Equal(t, "too_many_attempts", job.Failure.Code)
			require.Equal(t, jobstore.NotificationPending, job.Notification)

			// The first notification failed; that has attempts of its own.
			require.Equal(t, importer.RunEnded, e.run(id))
			require.Len(t, e.told.got(), 1)
		})
	}
}

func TestAPassingFailureIsForgotten(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	e.workerOptions.MaxAttempts = 3
	e.hook(func(call int64) error {
		if call%3 != 0 {
			return errors.New("the catalogue hiccups")
		}

		return nil
	})

	file := manyRows(100)
	id := e.queued(file, nil)

	for result := importer.RunFailed; result == importer.RunFailed; {
		result = e.run(id)
	}

	require.Equal(t, undisturbed(t, file), e.footprint(id))
}

func TestANotificationIsRepeatedUntilItIsDelivered(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	e.told.fail = 2
	id := e.queued(manyRows(5), nil)

	require.Equal(t, importer.RunFailed, e.run(id))
	require.Equal(t, jobstore.StatusCompleted, e.job(id).Status)
	require.Equal(t, jobstore.NotificationPending, e.job(id).Notification)
	require.Equal(t, importer.RunFailed, e.run(id))
	require.Equal(t, importer.RunEnded, e.run(id))
	require.Equal(t, jobstore.NotificationSent, e.job(id).Notification)
	require.Equal(t, importer.RunSkipped, e.run(id))
	require.Len(t, e.told.got(), 1)
}

// Promise 1: a ledger that does not prove every row cannot end a job as completed.
func TestADamagedLedgerFailsTheJob(t *testing.T) {
	t.Parallel()

	for name, damage := range map[string]func(t *testing.T, files blob.Store, key string){
		"missing": func(t *testing.T, files blob.Store, key string) {
			t.Helper()
			require.NoError(t, files.Delete(t.Context(), key))
		},
		"other outcome": func(t *testing.T, files blob.Store, key string) {
			t.Helper()
			edit(t, files, key, `"o":"s"`, `"o":"d"`)
		},
		"other product": func(t *testing.T, files blob.Store, key string) {
			t.Helper()
			edit(t, files, key, `"p":"prod_`, `"p":"dorp_`)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			e := newEngine(t)

			var id string

			e.hook(func(call int64) error {
				if call == 5 {
					segments, err := e.files.List(t.Context(), "admin-imports/"+id+"/ledger/", "", 1)
					require.NoError(t, err)
					damage(t, e.files, segments[0].Key)
				}

				return nil
			})

			id = e.queued(manyRows(80), nil)
			require.Equal(t, importer.RunEnded, e.run(id))

			job := e.job(id)
			require.Equal(t, jobstore.StatusFailed, job.Status)
			require.Equal(t, "ledger_incomplete", job.Failure.Code)
			require.Empty(t, job.ResultsKey)
		})
	}
}

// edit changes a file.
func edit(t *testing.T, files blob.Store, key, old, changed string) {
	t.Helper()

	body, _, err := files.Open(t.Context(), key, nil)
	require.NoError(t, err)
	data, err := io.ReadAll(body)
	require.NoError(t, err)
	require.Contains(t, string(data), old)
	_, err = files.Put(t.Context(), key, strings.NewReader(strings.Replace(string(data), old, changed, 1)), nil)
	require.NoError(t, err)
}

// The counters are part of the proof.
func TestWrongCountersFailTheJob(t *testing.T) {
	t.Parallel()

	e := newEngine(t)

	var id string

	e.hook(func(call int64) error {
		if call != 5 {
			return nil
		}

		_, err := e.jobs.Update(context.Background(), id, func(j *jobstore.Job) error {
			j.Progress.Successful++
			j.Progress.ProcessedRows++

			return nil
		})

		return err
	})

	id = e.queued(manyRows(80), nil)
	require.Equal(t, importer.RunEnded, e.run(id))
	require.Equal(t, "ledger_incomplete", e.job(id).Failure.Code)
}

func TestProgressNeverGoesBack(t *testing.T) {
	t.Parallel()

	e := newEngine(t)

	var (
		id   string
		last jobstore.Progress
	)

	// Short rows at first, long ones later: the estimate of the rows sinks.
	file := "name,category\n" + strings.Repeat("a,b\n", 300) + strings.Repeat(strings.Repeat("long ", 60)+",b\n", 300)

	e.hook(func(int64) error {
		e.clock.advance(time.Second)

		p := e.job(id).Progress
		require.GreaterOrEqual(t, p.Percentage, last.Percentage)
		require.GreaterOrEqual(t, p.ProcessedRows, last.ProcessedRows)
		require.GreaterOrEqual(t, p.TotalRows, p.ProcessedRows)
		require.Less(t, p.Percentage, 100.0)

		if eta := e.job(id).EstimatedCompletionAt; p.ProcessedRows > 0 && eta.Before(e.clock.Now().Add(-5*time.Second)) {
			t.Errorf("the end is estimated for %s, it is %s", eta, e.clock.Now())
		}

		last = p

		return nil
	})

	id = e.queued(file, nil)
	require.Greater(t, e.job(id).Progress.TotalRows, int64(2000), "the first guess knows only short rows")
	require.Equal(t, importer.RunEnded, e.run(id))
	require.Equal(t, int64(600), e.job(id).Progress.TotalRows)
	require.Greater(t, last.Percentage, 90.0)
}

func TestExpiredJobsGoWithTheirFiles(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	pending := e.upload("never started")
	done := e.imported(manyRows(50), nil)
	all := len(products(t, e.catalog))

	e.clock.advance(25 * time.Hour)
	_, err := e.service().Sweep(t.Context())
	require.NoError(t, err)
	_, err = e.jobs.Get(t.Context(), pending)
	require.ErrorIs(t, err, jobstore.ErrNotFound)

	infos, err := e.files.List(t.Context(), "admin-imports/"+pending+"/", "", 0)
	require.NoError(t, err)
	require.Empty(t, infos)
	require.Equal(t, done.Status, e.job(done.ID).Status, "a started job stays for 30 days")

	e.clock.advance(30 * 24 * time.Hour)
	_, err = e.service().Sweep(t.Context())
	require.NoError(t, err)

	infos, err = e.files.List(t.Context(), "", "", 0)
	require.NoError(t, err)
	require.Empty(t, infos)
	require.Len(t, products(t, e.catalog), all, "the catalogue stays")
}
