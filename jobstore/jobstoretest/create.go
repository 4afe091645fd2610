package jobstoretest

import (
	"encoding/json"
	"errors"
	"math"
	"strings"
	"sync"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/jobstore"
)

func createCases() []testCase {
	return []testCase{
		{"create/begins at version 1", testCreateVersion},
		{"create/refuses a taken id", testCreateTaken},
		{"create/one of many wins", testCreateRace},
		{"create/refuses what no store can take", testCreateInvalid},
		{"get/not found", testNotFound},
	}
}

func testCreateVersion(e *env) {
	job := e.job("a")
	job.Version = 77
	e.create(job)

	require.Equal(e, int64(1), e.get("a").Version)
}

func testCreateTaken(e *env) {
	first := e.job("a")
	e.create(first)

	second := e.job("a")
	second.CreatedByUserID = "user-2"
	second.InputFilename = "second.csv"
	require.ErrorIs(e, e.store.Create(e.Context(), second), jobstore.ErrExists)

	first.Version = 1
	e.requireJob(first, e.get("a"))
	e.requireList(jobstore.Query{CreatedBy: "user-2"})
	e.requireList(jobstore.Query{CreatedBy: "user-1"}, "a")
}

func testCreateRace(e *env) {
	const racers = 8

	var (
		wait  sync.WaitGroup
		start = make(chan struct{})
		errs  = make([]error, racers)
	)

	for i := range racers {
		job := e.job("a")
		job.InputFileSizeBytes = int64(i)

		wait.Go(func() {
			<-start

			errs[i] = e.store.Create(e.Context(), job)
		})
	}

	close(start)
	wait.Wait()

	winners := []int64{}

	for i, err := range errs {
		if err == nil {
			winners = append(winners, int64(i))
		} else {
			require.ErrorIs(e, err, jobstore.ErrExists)
		}
	}

	require.Len(e, winners, 1)
	require.Equal(e, winners[0], e.get("a").InputFileSizeBytes)
	e.requireList(jobstore.Query{}, "a")
}

func testCreateInvalid(e *env) {
	long := strings.Repeat("x", jobstore.MaxKeyBytes+1)

	for name, spoil := range invalidRecords() {
		job := e.job("a")
		spoil(&job)
		require.ErrorIs(e, e.store.Create(e.Context(), job), jobstore.ErrInvalid, name)
	}

	for _, id := range []string{"", long, "a\xff"} {
		require.ErrorIs(e, e.store.Create(e.Context(), e.job(id)), jobstore.ErrInvalid, "id %.10q", id)
	}

	for _, key := range []string{long, "a\xff"} {
		job := e.job("a")
		job.CreatedByUserID = key
		require.ErrorIs(e, e.store.Create(e.Context(), job), jobstore.ErrInvalid, "creator %.10q", key)

		job = e.job("a")
		job.Type = jobstore.Type(key)
		require.ErrorIs(e, e.store.Create(e.Context(), job), jobstore.ErrInvalid, "type %.10q", key)

		job = e.job("a")
		job.StoreID = key
		require.ErrorIs(e, e.store.Create(e.Context(), job), jobstore.ErrInvalid, "store %.10q", key)
	}

	e.requireMissing("a")
	e.requireList(jobstore.Query{})
}

// invalidRecords returns changes that make a record one that no store can take.
func invalidRecords() map[string]func(*jobstore.Job) {
	return map[string]func(*jobstore.Job){
		"no status":           func(j *jobstore.Job) { j.Status = "" },
		"unknown status":      func(j *jobstore.Job) { j.Status = "resting" },
		"dialect is not JSON": func(j *jobstore.Job) { j.InputDialect = json.RawMessage(`{"a":`) },
		"not a number":        func(j *jobstore.Job) { j.Progress.Percentage = math.NaN() },
		"year 10000":          func(j *jobstore.Job) { j.StartedAt = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC) },
	}
}

func testNotFound(e *env) {
	e.create(e.job("a"))

	for _, id := range []string{"b", "", "A", "a\x00", "a\xff", strings.Repeat("x", 10*jobstore.MaxKeyBytes)} {
		e.requireMissing(id)

		_, err := e.store.Update(e.Context(), id, func(*jobstore.Job) error {
			return errors.New("change was called for a job that does not exist")
		})
		require.ErrorIs(e, err, jobstore.ErrNotFound, "Update(%.10q)", id)
		e.requireMissing(id)
	}

	e.requireList(jobstore.Query{}, "a")
}
