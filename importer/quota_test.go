package importer_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/importer"
	"github.com/vyapaarai/bulkimport/jobstore"
)

const twoProducts = "name,category,brand\nAtta,Food,Aashirvaad\nSalt,Food,Tata\n"

// quotaOf requires that an error is that of a quota, and returns it.
func quotaOf(t *testing.T, err error, code string) *importer.Error {
	t.Helper()

	require.ErrorIs(t, err, importer.ErrQuota)

	var e *importer.Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, code, e.Code)
	require.Positive(t, e.RetryAfter)

	return e
}

// listOnly is a job store without records of users.
type listOnly struct{ jobstore.Store }

func TestConcurrentJobsOfAUser(t *testing.T) {
	t.Parallel()

	for name, wrap := range map[string]func(jobstore.Store) jobstore.Store{
		"records of users": func(s jobstore.Store) jobstore.Store { return s },
		"by list":          func(s jobstore.Store) jobstore.Store { return listOnly{s} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			e := newEngine(t)
			e.jobs = wrap(e.jobs)
			e.serviceOptions.MaxConcurrentJobs = 2
			s := e.service()

			first, second, third := e.queued(twoProducts, nil), e.queued(twoProducts, nil), e.upload(twoProducts)

			_, err := s.Process(t.Context(), owner, third, nil)
			quotaOf(t, err, "quota_concurrent_jobs")
			require.Equal(t, jobstore.StatusPendingUpload, e.job(third).Status, "it can be started later")

			// Asking again for one that is under way takes no place.
			_, err = s.Process(t.Context(), owner, first, nil)
			require.NoError(t, err)

			// Another user has places of its own, and it is the creator's that count.
			other, err := s.CreateUpload(t.Context(), importer.Caller{UserID: "ravi"}, importer.UploadRequest{Filename: "a.csv"})
			require.NoError(t, err)
			_, err = e.files.Put(t.Context(), other.Key, strings.NewReader(twoProducts), nil)
			require.NoError(t, err)
			_, err = s.Process(t.Context(), importer.Caller{UserID: "root", SeesAll: true}, other.JobID, nil)
			require.NoError(t, err)
			_, err = s.Process(t.Context(), importer.Caller{UserID: "root", SeesAll: true}, third, nil)
			quotaOf(t, err, "quota_concurrent_jobs")

			// One ends, another is cancelled: there is room again.
			require.Equal(t, importer.RunEnded, e.run(first))
			_, err = s.Process(t.Context(), owner, third, nil)
			require.NoError(t, err)

			fourth := e.upload(twoProducts)
			_, err = s.Process(t.Context(), owner, fourth, nil)
			quotaOf(t, err, "quota_concurrent_jobs")

			_, err = s.Cancel(t.Context(), owner, second)
			require.NoError(t, err)
			_, err = s.Process(t.Context(), owner, fourth, nil)
			require.NoError(t, err)
		})
	}
}

func TestUnlimitedJobs(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	e.serviceOptions.MaxConcurrentJobs, e.serviceOptions.MaxJobsPerDay = -1, -1

	for range max(importer.DefaultMaxConcurrentJobs, importer.DefaultMaxJobsPerDay) + 1 {
		e.queued(twoProducts, nil)
	}
}

func TestDefaultQuotas(t *testing.T) {
	t.Parallel()

	e := newEngine(t)

	for range importer.DefaultMaxConcurrentJobs {
		e.queued(twoProducts, nil)
	}

	_, err := e.service().Process(t.Context(), owner, e.upload(twoProducts), nil)
	quotaOf(t, err, "quota_concurrent_jobs")

	for range importer.DefaultMaxJobsPerDay - importer.DefaultMaxConcurrentJobs - 1 {
		e.upload("")
	}

	_, err = e.service().CreateUpload(t.Context(), owner, importer.UploadRequest{Filename: "products.csv"})
	quotaOf(t, err, "quota_daily_jobs")
}

// Places of jobs that never came to be, or that are gone, are found out.
func TestPlacesHealThemselves(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	e.serviceOptions.MaxConcurrentJobs = 2
	s := e.service()
	users := e.jobs.(jobstore.UserRecords)

	// A process that died between taking a place and queueing its job, and a job
	// whose record is gone.
	pending := e.upload(twoProducts)
	_, err := users.UpdateUser(t.Context(), owner.UserID, func(r *jobstore.UserRecord) error {
		r.Places = []jobstore.UserPlace{
			{JobID: pending, JobVersion: 1, At: e.clock.Now()},
			{JobID: "vanished", JobVersion: 1, At: e.clock.Now().Add(-time.Minute)},
		}

		return nil
	})
	require.NoError(t, err)

	e.queued(twoProducts, nil) // in the place of the one that vanished

	next := e.upload(twoProducts)
	_, err = s.Process(t.Context(), owner, next, nil)
	quotaOf(t, err, "quota_concurrent_jobs") // the pending one may be about to be queued

	e.clock.advance(2 * time.Minute)

	_, err = s.Process(t.Context(), owner, next, nil)
	require.NoError(t, err)

	record, err := users.UpdateUser(t.Context(), owner.UserID, func(*jobstore.UserRecord) error { return nil })
	require.NoError(t, err)
	require.Len(t, record.Places, 2)
}

// A job that starts at once takes its place before it exists, and leaves nothing without one.
func TestAPlaceBeforeTheJob(t *testing.T) {
	t.Parallel()

	for _, backend := range backends() {
		t.Run(backend, func(t *testing.T) {
			t.Parallel()

			const requests = 16

			e := newEngineOn(t, backend)
			e.serviceOptions.MaxConcurrentJobs, e.serviceOptions.NewID = 2, nil
			services := []*importer.Service{e.service(), e.service()}

			record := func() jobstore.UserRecord {
				r, err := e.jobs.(jobstore.UserRecords).UpdateUser(t.Context(), owner.UserID, func(*jobstore.UserRecord) error { return nil })
				require.NoError(t, err)

				return r
			}

			e.queued(twoProducts, nil)
			require.EqualValues(t, 1, record().JobsOfDay)

			var (
				wait    sync.WaitGroup
				uploads = make([]importer.Upload, requests)
				errs    = make([]error, requests)
			)

			for i := range requests {
				wait.Go(func() {
					uploads[i], errs[i] = services[i%2].CreateUpload(t.Context(), owner, importer.UploadRequest{Filename: "a.csv", StartsAtOnce: true})
				})
			}

			wait.Wait()

			var made []importer.Upload

			for i, err := range errs {
				if err == nil {
					made = append(made, uploads[i])
				} else {
					quotaOf(t, err, "quota_concurrent_jobs")
				}
			}

			require.Len(t, made, 1, "one place was left")
			require.EqualValues(t, 2, record().JobsOfDay)

			page, err := e.jobs.List(t.Context(), jobstore.Query{CreatedBy: owner.UserID})
			require.NoError(t, err)
			require.Len(t, page.Jobs, 2)

			// Nobody else gets the place meanwhile, and the job starts in it.
			other := e.upload(twoProducts)
			_, err = services[0].Process(t.Context(), owner, other, nil)
			quotaOf(t, err, "quota_concurrent_jobs")

			_, err = e.files.Put(t.Context(), made[0].Key, strings.NewReader(twoProducts), nil)
			require.NoError(t, err)
			_, err = services[1].Process(t.Context(), owner, made[0].JobID, nil)
			require.NoError(t, err)
			require.Len(t, record().Places, 2)
		})
	}
}

// A creation that fails keeps its place for a minute: the job may be about to be created.
func TestAPlaceWhoseJobIsNotCreated(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	e.serviceOptions.MaxConcurrentJobs = 1
	next := e.upload(twoProducts)
	working := e.service()
	e.jobs = &failingCreation{withUsers(e.jobs)}

	_, err := e.service().CreateUpload(t.Context(), owner, importer.UploadRequest{Filename: "a.csv", StartsAtOnce: true})
	require.ErrorContains(t, err, "the disk is full")

	_, err = working.Process(t.Context(), owner, next, nil)
	quotaOf(t, err, "quota_concurrent_jobs")

	e.clock.advance(time.Minute)

	_, err = working.Process(t.Context(), owner, next, nil)
	require.NoError(t, err)
}

// failingCreation is a store that creates no jobs.
type failingCreation struct{ *jobsWithUsers }

func (failingCreation) Create(context.Context, jobstore.Job) error {
	return errors.New("the disk is full")
}

// slowQueueing lets time pass between the place that is taken and the write that queues
// the job.
type slowQueueing struct {
	*jobsWithUsers
	once  sync.Once
	delay func()
}

// jobsWithUsers is a store with both its ports.
type jobsWithUsers struct {
	jobstore.Store
	jobstore.UserRecords
}

func withUsers(s jobstore.Store) *jobsWithUsers {
	return &jobsWithUsers{Store: s, UserRecords: s.(jobstore.UserRecords)}
}

func (s *slowQueueing) Update(ctx context.Context, id string, change func(*jobstore.Job) error) (jobstore.Job, error) {
	s.once.Do(s.delay)

	return s.Store.Update(ctx, id, change)
}

// A request that was paused for longer than its place is kept takes another one.
func TestAPlaceIsNotHeldForEver(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	e.serviceOptions.MaxConcurrentJobs = 1

	paused, other := e.upload(twoProducts), e.upload(twoProducts)
	fast := e.service()

	e.jobs = &slowQueueing{jobsWithUsers: withUsers(e.jobs), delay: func() {
		e.clock.advance(time.Hour)

		_, err := fast.Process(t.Context(), owner, other, nil)
		require.NoError(t, err, "the place of the paused request has lapsed")
	}}

	_, err := e.service().Process(t.Context(), owner, paused, nil)
	quotaOf(t, err, "quota_concurrent_jobs")
	require.Equal(t, jobstore.StatusPendingUpload, e.job(paused).Status)
	require.Equal(t, jobstore.StatusQueued, e.job(other).Status)
}

// However many requests come at once, and to however many Services.
func TestConcurrentJobsAreExact(t *testing.T) {
	t.Parallel()

	for _, backend := range backends() {
		t.Run(backend, func(t *testing.T) {
			t.Parallel()

			const limit, requests = 3, 24

			e := newEngineOn(t, backend)
			e.serviceOptions.MaxConcurrentJobs = limit
			services := []*importer.Service{e.service(), e.service()}

			// A round on fresh places, and one on places whose jobs have ended.
			for round := range 2 {
				ids := make([]string, requests)
				for i := range ids {
					ids[i] = e.upload(twoProducts)
				}

				var (
					wait    sync.WaitGroup
					started atomic.Int64
					errs    = make([]error, requests)
				)

				for i, id := range ids {
					for _, s := range services { // both at the same job
						wait.Go(func() {
							job, err := s.Process(t.Context(), owner, id, nil)
							if err == nil && job.Status == jobstore.StatusQueued {
								started.Add(1)
							} else if !errors.Is(err, importer.ErrQuota) {
								errs[i] = errors.Join(errs[i], fmt.Errorf("%s: %w", job.Status, err))
							}
						})
					}
				}

				wait.Wait()
				require.NoError(t, errors.Join(errs...))

				var queued []string

				for _, id := range ids {
					if e.job(id).Status == jobstore.StatusQueued {
						queued = append(queued, id)
					}
				}

				require.Len(t, queued, limit, "round %d", round)

				for _, id := range queued {
					require.Equal(t, importer.RunEnded, e.run(id))
				}
			}
		})
	}
}

func TestJobsOfADay(t *testing.T) {
	t.Parallel()

	for name, wrap := range map[string]func(jobstore.Store) jobstore.Store{
		"records of users": func(s jobstore.Store) jobstore.Store { return s },
		"by list":          func(s jobstore.Store) jobstore.Store { return listOnly{s} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			e := newEngine(t) // it is 9:00 in UTC
			e.jobs = wrap(e.jobs)
			e.serviceOptions.MaxJobsPerDay = 3

			create := func(user string) error {
				_, err := e.service().CreateUpload(t.Context(), importer.Caller{UserID: user}, importer.UploadRequest{Filename: "a.csv"})

				return err
			}

			for range 3 {
				require.NoError(t, create("asha"))
			}

			require.Equal(t, 15*time.Hour, quotaOf(t, create("asha"), "quota_daily_jobs").RetryAfter)
			require.NoError(t, create("ravi"))

			e.clock.advance(15*time.Hour - time.Nanosecond)
			require.Equal(t, time.Nanosecond, quotaOf(t, create("asha"), "quota_daily_jobs").RetryAfter)

			e.clock.advance(time.Nanosecond)

			for range 3 {
				require.NoError(t, create("asha"))
			}

			quotaOf(t, create("asha"), "quota_daily_jobs")
		})
	}
}

func TestJobsOfADayAreExact(t *testing.T) {
	t.Parallel()

	const limit, requests = 7, 40

	e := newEngine(t)
	e.serviceOptions.MaxJobsPerDay, e.serviceOptions.NewID = limit, nil
	services := []*importer.Service{e.service(), e.service()}

	var (
		wait    sync.WaitGroup
		created atomic.Int64
		errs    = make([]error, requests)
	)

	for i := range requests {
		wait.Go(func() {
			_, err := services[i%2].CreateUpload(t.Context(), owner, importer.UploadRequest{Filename: "a.csv"})

			switch {
			case err == nil:
				created.Add(1)
			case !errors.Is(err, importer.ErrQuota):
				errs[i] = err
			}
		})
	}

	wait.Wait()
	require.NoError(t, errors.Join(errs...))
	require.Equal(t, int64(limit), created.Load())
}

// A request that is refused for another reason counts nothing.
func TestWrongRequestsDoNotCount(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	e.serviceOptions.MaxJobsPerDay = 1

	_, err := e.service().CreateUpload(t.Context(), owner, importer.UploadRequest{Filename: "../a.csv"})
	require.ErrorIs(t, err, importer.ErrInvalid)

	e.upload("")
}
