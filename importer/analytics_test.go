package importer_test

import (
	"context"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/importer"
	"github.com/vyapaarai/bulkimport/jobstore"
	"github.com/vyapaarai/bulkimport/jobstore/memjobstore"
)

// countedLists counts how often jobs are listed.
type countedLists struct {
	jobstore.Store
	lists atomic.Int64
}

func (s *countedLists) List(ctx context.Context, q jobstore.Query) (jobstore.Page, error) {
	s.lists.Add(1)

	return s.Store.List(ctx, q)
}

func TestAnalytics(t *testing.T) {
	t.Parallel()

	e := newEngine(t) // on 2025-01-06, at 9:00
	e.serviceOptions.MaxConcurrentJobs = -1

	old := e.imported(manyRows(30), nil)
	e.clock.advance(48 * time.Hour)
	first := e.imported(twoProducts, nil)
	e.clock.advance(24 * time.Hour)
	e.upload("")
	second := e.imported(manyRows(50), nil)

	a, err := e.service().Analytics(t.Context(), owner, importer.AnalyticsRequest{Days: 2})
	require.NoError(t, err)
	require.Equal(t, time.Date(2025, 1, 8, 0, 0, 0, 0, time.UTC), a.From)
	require.Equal(t, e.clock.Now(), a.To)
	require.False(t, a.Truncated)
	require.EqualValues(t, 3, a.Jobs)
	require.EqualValues(t, 2, a.Started)
	require.Equal(t, map[jobstore.Status]int64{first.Status: 1, second.Status: 1, jobstore.StatusPendingUpload: 1}, a.ByStatus)
	require.Equal(t, first.Progress.ProcessedRows+second.Progress.ProcessedRows, a.Progress.ProcessedRows)
	require.Equal(t, first.Progress.QualitySum+second.Progress.QualitySum, a.Progress.QualitySum)
	require.Equal(t, second.Progress.ErrorCodes, a.Progress.ErrorCodes)

	require.Len(t, a.Days, 2)
	require.EqualValues(t, 1, a.Days[0].Jobs)
	require.Equal(t, first.Progress.ProcessedRows, a.Days[0].Progress.ProcessedRows)
	require.EqualValues(t, 2, a.Days[1].Jobs)
	require.EqualValues(t, 1, a.Days[1].Started)
	require.Equal(t, second.Progress.Duplicates, a.Days[1].Progress.Duplicates)

	// A longer period has all, and a day for every day.
	a, err = e.service().Analytics(t.Context(), owner, importer.AnalyticsRequest{Days: 90})
	require.NoError(t, err)
	require.Len(t, a.Days, 90)
	require.EqualValues(t, 4, a.Jobs)
	require.Equal(t, old.Progress.Errors, a.Days[86].Progress.Errors)
	require.Zero(t, a.Days[87].Jobs)

	for i := range 89 {
		require.Equal(t, 24*time.Hour, a.Days[i+1].Date.Sub(a.Days[i].Date))
	}
}

func TestAnalyticsTellImportsFromFiles(t *testing.T) {
	t.Parallel()

	e := newEngine(t)

	for _, c := range []struct {
		status  jobstore.Status
		started time.Time
	}{
		{jobstore.StatusPendingUpload, time.Time{}},
		{jobstore.StatusCancelled, time.Time{}},
		{jobstore.StatusCancelled, e.clock.Now()},
		{jobstore.StatusFailed, time.Time{}},
		{jobstore.StatusQueued, time.Time{}},
	} {
		_, err := e.jobs.Update(t.Context(), e.upload(""), func(j *jobstore.Job) error {
			j.Status, j.StartedAt = c.status, c.started

			return nil
		})
		require.NoError(t, err)
	}

	a, err := e.service().Analytics(t.Context(), owner, importer.AnalyticsRequest{Days: 1})
	require.NoError(t, err)
	require.EqualValues(t, 5, a.Jobs)
	require.EqualValues(t, 3, a.Started)
	require.EqualValues(t, 3, a.Days[0].Started)
}

func TestAnalyticsRate(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	begin := e.clock.Now()

	for _, c := range []struct {
		rows    int64
		seconds int
		change  func(*jobstore.Job)
	}{
		{100, 10, func(*jobstore.Job) {}},
		{500, 20, func(*jobstore.Job) {}},
		{9999, 1, func(j *jobstore.Job) { j.Retries = 1 }},
		{9999, 1, func(j *jobstore.Job) { j.Status = jobstore.StatusProcessing }},
		{9999, 1, func(j *jobstore.Job) { j.StartedAt = time.Time{} }},
	} {
		_, err := e.jobs.Update(t.Context(), e.upload(""), func(j *jobstore.Job) error {
			j.Status, j.Progress.ProcessedRows = jobstore.StatusCompleted, c.rows
			j.StartedAt, j.CompletedAt = begin, begin.Add(time.Duration(c.seconds)*time.Second)
			c.change(j)

			return nil
		})
		require.NoError(t, err)
	}

	a, err := e.service().Analytics(t.Context(), owner, importer.AnalyticsRequest{Days: 1})
	require.NoError(t, err)
	require.InDelta(t, 20, a.RowsPerSecond, 1e-9)
}

func TestAnalyticsAreOfWhatOneSees(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	s := e.service()
	e.upload("")

	_, err := s.CreateUpload(t.Context(), importer.Caller{UserID: "ravi"}, importer.UploadRequest{Filename: "a.csv"})
	require.NoError(t, err)

	for caller, want := range map[importer.Caller]int64{
		owner: 1, {UserID: "ravi"}: 1, {UserID: "nobody"}: 0, {UserID: "root", SeesAll: true}: 2,
	} {
		a, err := s.Analytics(t.Context(), caller, importer.AnalyticsRequest{Days: 30})
		require.NoError(t, err)
		require.Equal(t, want, a.Jobs, caller.UserID)
	}

	_, err = s.Analytics(t.Context(), importer.Caller{}, importer.AnalyticsRequest{Days: 30})
	requireCode(t, err, importer.ErrInvalid, "user_missing")

	for _, days := range []int{0, -1, 91} {
		_, err = s.Analytics(t.Context(), owner, importer.AnalyticsRequest{Days: days})
		requireCode(t, err, importer.ErrInvalid, "days_invalid")
	}
}

func TestAnalyticsAreKeptForAMoment(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	lists := &countedLists{Store: e.jobs}
	e.jobs = lists
	e.serviceOptions.MaxJobsPerDay = -1
	s := e.service()

	jobs := func(c importer.Caller) int64 {
		a, err := s.Analytics(t.Context(), c, importer.AnalyticsRequest{Days: 30})
		require.NoError(t, err)

		return a.Jobs
	}

	require.Zero(t, jobs(owner))
	e.upload("")
	require.Zero(t, jobs(owner))
	require.EqualValues(t, 1, lists.lists.Load())

	require.EqualValues(t, 1, jobs(importer.Caller{UserID: owner.UserID, SeesAll: true}), "another view, another answer")

	e.clock.advance(10 * time.Second)
	require.EqualValues(t, 1, jobs(owner))
}

// heldLists is a store whose lists wait until it is let go.
type heldLists struct {
	countedLists
	letGo chan struct{}
}

func (s *heldLists) List(ctx context.Context, q jobstore.Query) (jobstore.Page, error) {
	page, err := s.countedLists.List(ctx, q)

	select {
	case <-s.letGo:
		return page, err
	case <-ctx.Done():
		return jobstore.Page{}, context.Cause(ctx)
	}
}

func TestAnalyticsAreComputedOnceAndFewAtATime(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		jobs := &heldLists{countedLists: countedLists{Store: memjobstore.New(nil)}, letGo: make(chan struct{})}
		ports := newEngine(t).ports()
		ports.Jobs = jobs

		s, err := importer.NewService(ports, nil)
		require.NoError(t, err)

		hurried, cancel := context.WithCancel(t.Context())

		var wait sync.WaitGroup

		// Who asks first goes, and the others have their answer all the same.
		gone := make(chan error, 1)

		wait.Go(func() {
			_, err := s.Analytics(hurried, owner, importer.AnalyticsRequest{Days: 30})
			gone <- err
		})
		synctest.Wait()

		answers := make([]*importer.Analytics, 20)
		errs := make([]error, 20)

		for i := range answers {
			wait.Go(func() { answers[i], errs[i] = s.Analytics(t.Context(), owner, importer.AnalyticsRequest{Days: 30}) })
		}

		synctest.Wait()
		cancel()
		require.ErrorIs(t, <-gone, context.Canceled)
		require.EqualValues(t, 1, jobs.lists.Load())

		// One more is computed beside it, and a third finds no place.
		wait.Go(func() { _, _ = s.Analytics(t.Context(), owner, importer.AnalyticsRequest{Days: 31}) })
		synctest.Wait()

		_, err = s.Analytics(t.Context(), owner, importer.AnalyticsRequest{Days: 32})
		requireCode(t, err, importer.ErrBusy, "analytics_busy")
		require.EqualValues(t, 2, jobs.lists.Load())

		close(jobs.letGo)
		wait.Wait()

		for i := range answers {
			require.NoError(t, errs[i])
			require.Same(t, answers[0], answers[i])
		}

		// The places were given back.
		for days := range 5 {
			_, err = s.Analytics(t.Context(), owner, importer.AnalyticsRequest{Days: days + 1})
			require.NoError(t, err)
		}
	})
}

func TestAnalyticsAreBounded(t *testing.T) {
	t.Parallel()

	e := newEngine(t)

	const many = 10_050

	for i := range many {
		require.NoError(t, e.jobs.Create(t.Context(), jobstore.Job{
			ID: "job" + string(rune('a'+i%26)) + time.Duration(i).String(), Status: jobstore.StatusCompleted,
			CreatedByUserID: owner.UserID, CreatedAt: e.clock.Now().Add(-time.Duration(i) * time.Second),
		}))
	}

	a, err := e.service().Analytics(t.Context(), owner, importer.AnalyticsRequest{Days: 30})
	require.NoError(t, err)
	require.True(t, a.Truncated)
	require.EqualValues(t, 10_000, a.Jobs)
}

func TestAnalyticsOfAType(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	products := e.imported(twoProducts, nil)
	e.storeID = "store-1"
	stock := e.imported("name,category,quantity\nRice,Staples,5\n", nil)

	rows := map[jobstore.Type]int64{
		"":                                products.Progress.ProcessedRows + stock.Progress.ProcessedRows,
		jobstore.TypeAdminProductImport:   products.Progress.ProcessedRows,
		jobstore.TypeStoreInventoryUpload: stock.Progress.ProcessedRows,
	}
	require.Len(t, rows, 3)

	// Of one Service, which keeps its answers for a moment: each is another one.
	s := e.service()
	everybody := importer.Caller{UserID: "root", SeesAll: true}

	for jobType, want := range rows {
		a, err := s.Analytics(t.Context(), everybody, importer.AnalyticsRequest{Days: 1, Type: jobType})
		require.NoError(t, err)
		require.Equal(t, want, a.Progress.ProcessedRows, "%q", jobType)
		require.Equal(t, want, a.Days[0].Progress.ProcessedRows, "%q", jobType)
	}

	_, err := s.Analytics(t.Context(), everybody, importer.AnalyticsRequest{Days: 1, Type: "x"})
	requireCode(t, err, importer.ErrInvalid, "job_type_unknown")
}

// TestAnalyticsOfAStore: who is bound to a store learns nothing of other imports, not even
// their number.
func TestAnalyticsOfAStore(t *testing.T) {
	t.Parallel()

	jobs := memjobstore.New(nil)
	now := time.Date(2025, time.January, 6, 9, 0, 0, 0, time.UTC)

	for i, store := range []string{"", "store-1", "store-2"} {
		kind := jobstore.TypeStoreInventoryUpload
		if store == "" {
			kind = jobstore.TypeAdminProductImport
		}

		require.NoError(t, jobs.Create(t.Context(), jobstore.Job{
			ID: "job-" + strconv.Itoa(i), Type: kind, StoreID: store, CreatedByUserID: "asha",
			Status: jobstore.StatusPendingUpload, CreatedAt: now,
		}))
	}

	ports := newEngine(t).ports()
	ports.Jobs = jobs

	service, err := importer.NewService(ports, &importer.ServiceOptions{Now: func() time.Time { return now }})
	require.NoError(t, err)

	for _, c := range []struct {
		caller importer.Caller
		want   int64
	}{
		{importer.Caller{UserID: "root", SeesAll: true}, 3},
		{importer.Caller{UserID: "owner", SeesAll: true, StoreID: "store-1"}, 1},
		{importer.Caller{UserID: "asha", StoreID: "store-2"}, 1},
		{importer.Caller{UserID: "asha"}, 3},
	} {
		a, err := service.Analytics(t.Context(), c.caller, importer.AnalyticsRequest{Days: 1})
		require.NoError(t, err)
		require.Equal(t, c.want, a.Jobs, "%+v", c.caller)
	}
}
