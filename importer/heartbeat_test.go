package importer_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/importer"
	"github.com/vyapaarai/bulkimport/importer/catalog"
	"github.com/vyapaarai/bulkimport/importer/catalog/memcatalog"
	"github.com/vyapaarai/bulkimport/jobstore"
	"github.com/vyapaarai/bulkimport/jobstore/memjobstore"
)

// newRealtimeEngine is an engine on the clock of a synctest bubble, in which a long
// time passes at once.
func newRealtimeEngine(t *testing.T) *engine {
	t.Helper()

	e := newEngine(t)
	e.jobs = memjobstore.New(nil)
	e.catalog = memcatalog.New(nil)
	e.workerOptions.Now, e.serviceOptions.Now = nil, nil

	return e
}

// slowCatalog takes its time, unless its context ends.
type slowCatalog struct {
	catalog.Store
	delay time.Duration
}

func (s slowCatalog) Create(ctx context.Context, items []catalog.NewProduct) ([]catalog.CreateResult, error) {
	select {
	case <-time.After(s.delay):
		return s.Store.Create(ctx, items)
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

func TestALongChunkKeepsItsLease(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		e := newRealtimeEngine(t)
		e.catalog = slowCatalog{e.catalog, 5 * time.Minute} // five times the lease
		id := e.queued(manyRows(30), nil)

		ended := make(chan importer.RunResult)

		go func() { ended <- e.run(id) }()

		for range 12 {
			time.Sleep(50 * time.Second)
			require.Equal(t, importer.RunSkipped, e.run(id), "the job is taken")
		}

		require.Equal(t, importer.RunEnded, <-ended)
		require.Equal(t, int64(1), e.job(id).Lease.Epoch)
	})
}

func TestCancelArrivesInALongChunk(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		e := newRealtimeEngine(t)
		e.catalog = slowCatalog{e.catalog, 5 * time.Minute}
		id := e.queued(manyRows(100), nil)

		ended := make(chan importer.RunResult)

		go func() { ended <- e.run(id) }()

		time.Sleep(time.Minute)

		_, err := e.service().Cancel(t.Context(), owner, id)
		require.NoError(t, err)
		require.Equal(t, importer.RunEnded, <-ended)

		job := e.job(id)
		require.Equal(t, jobstore.StatusCancelled, job.Status)
		require.Equal(t, int64(10), job.Progress.ProcessedRows, "the chunk under way, and no other")
	})
}

// deafJobs is a job store that is out of reach once it is told so: with an error, or
// without any answer.
type deafJobs struct {
	jobstore.Store
	deaf  chan struct{}
	hangs bool
}

func (s *deafJobs) Update(ctx context.Context, id string, change func(*jobstore.Job) error) (jobstore.Job, error) {
	select {
	case <-s.deaf:
	default:
		return s.Store.Update(ctx, id, change)
	}

	if s.hangs {
		<-ctx.Done()

		return jobstore.Job{}, context.Cause(ctx)
	}

	return jobstore.Job{}, errors.New("the job store is out of reach")
}

// A worker that cannot renew its lease stops before another may take the job.
func TestAWorkerThatCannotRenewIsCutOff(t *testing.T) {
	t.Parallel()

	for name, hangs := range map[string]bool{"error": false, "no answer": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				e := newRealtimeEngine(t)
				e.catalog = slowCatalog{e.catalog, time.Hour}
				id := e.queued(manyRows(30), nil)

				jobs := &deafJobs{Store: e.jobs, deaf: make(chan struct{}), hangs: hangs}
				ports := e.ports()
				ports.Jobs = jobs

				w, err := importer.NewWorker(ports, &e.workerOptions)
				require.NoError(t, err)

				begin := time.Now()
				ended := make(chan importer.RunResult)

				go func() {
					result, err := w.RunJob(context.Background(), id)
					if err != nil {
						t.Error(err)
					}

					ended <- result
				}()

				time.Sleep(time.Second)
				close(jobs.deaf)
				require.Equal(t, importer.RunSkipped, <-ended)
				require.LessOrEqual(t, time.Since(begin), 90*time.Second)
				require.Empty(t, products(t, e.catalog))
			})
		})
	}
}

// The message of a long job stays with its worker.
func TestTheMessageOfALongJobIsKept(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		e := newRealtimeEngine(t)
		e.catalog = slowCatalog{e.catalog, 20 * time.Minute} // four times the visibility
		id := e.queued(manyRows(10), nil)

		ctx, stop := context.WithCancel(t.Context())
		e.told.onEvent = stop

		require.NoError(t, e.worker().Run(ctx))
		require.True(t, e.job(id).Status.Terminal())

		// Nothing is left in the queue: it was neither delivered again nor given back.
		waiting, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()

		_, err := e.queue.Receive(waiting)
		require.ErrorIs(t, err, context.DeadlineExceeded)
	})
}
