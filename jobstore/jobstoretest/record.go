package jobstoretest

import (
	"encoding/json"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/jobstore"
)

func recordCases() []testCase {
	return []testCase{
		{"record/every field survives create", testRoundTripCreate},
		{"record/every field survives update", testRoundTripUpdate},
		{"record/every field is listed", testRoundTripList},
		{"record/empty fields stay empty", testRoundTripEmpty},
		{"record/fields can be emptied", testFieldsEmptied},
		{"record/times are UTC to the nanosecond", testTimes},
		{"record/any text survives", testText},
	}
}

func testRoundTripCreate(e *env) {
	e.create(e.fullJob("a"))

	want := e.fullJob("a")
	want.Version = 1
	e.requireJob(want, e.get("a"))
}

func testRoundTripUpdate(e *env) {
	full := e.fullJob("a")

	first := e.job("a")
	first.Type, first.CreatedByUserID, first.StoreID, first.CreatedAt = full.Type, full.CreatedByUserID, full.StoreID, full.CreatedAt
	e.create(first)

	got := e.update("a", func(j *jobstore.Job) { *j = full })

	want := e.fullJob("a")
	want.Version = 2
	e.requireJob(want, got)
	e.requireJob(want, e.get("a"))
}

func testRoundTripList(e *env) {
	e.create(e.fullJob("a"))
	e.requireList(jobstore.Query{}, "a")

	page, err := e.store.List(e.Context(), jobstore.Query{})
	require.NoError(e, err)
	require.Len(e, page.Jobs, 1)

	want := e.fullJob("a")
	want.Version = 1
	e.requireJob(want, page.Jobs[0])
}

func testRoundTripEmpty(e *env) {
	job := jobstore.Job{ID: "a", Status: jobstore.StatusPendingUpload, CreatedAt: e.clock.Now()}
	e.create(job)

	job.Version = 1
	e.requireJob(job, e.get("a"))
	e.requireList(jobstore.Query{Status: jobstore.StatusPendingUpload}, "a")
}

func testFieldsEmptied(e *env) {
	e.create(e.fullJob("a"))

	bare := func(j jobstore.Job) jobstore.Job {
		return jobstore.Job{
			ID: j.ID, Type: j.Type, CreatedByUserID: j.CreatedByUserID, StoreID: j.StoreID, CreatedAt: j.CreatedAt,
			Status: jobstore.StatusQueued,
		}
	}

	e.update("a", func(j *jobstore.Job) { *j = bare(*j) })

	want := bare(e.fullJob("a"))
	want.Version = 2
	e.requireJob(want, e.get("a"))
}

func testTimes(e *env) {
	at := time.Date(2024, time.February, 29, 23, 59, 59, 999999999, time.FixedZone("NPT", 5*3600+45*60))

	job := e.job("a")
	job.CreatedAt, job.StartedAt = at, time.Date(1969, time.July, 20, 20, 17, 40, 1, time.UTC)
	job.StatusHistory = []jobstore.StatusChange{{Status: jobstore.StatusQueued, At: at}}
	e.create(job)

	got := e.get("a")
	require.Equal(e, at.UTC(), got.CreatedAt)
	require.Equal(e, at.UTC(), got.StatusHistory[0].At)
	require.Equal(e, job.StartedAt, got.StartedAt)
	require.True(e, got.CompletedAt.IsZero(), "a time that is not set stays so")

	// The caller's record is not the store's to convert.
	require.Equal(e, at, job.StatusHistory[0].At)
}

func testText(e *env) {
	texts := []string{
		"मैगी 2-मिनट नूडल्स", "नि:शुल्क\u200d", "👩🏽‍🍳", "a\x00b", "\t\r\n", "\u2028\u2029", "<&>\"'\\/", "\ufffd", "\ufeffx",
	}

	job := e.job("a")
	job.Progress.Quality = map[string]int64{}

	for i, text := range texts {
		job.RecentErrors = append(job.RecentErrors, jobstore.RowError{Row: int64(i), Name: text, Message: text})
		job.Progress.Quality[text] = int64(i)
	}

	dialect, err := json.Marshal(texts)
	require.NoError(e, err)

	job.InputDialect = dialect
	job.InputFilename = "broken \xff\xfe.csv"
	e.create(job)

	job.InputFilename = "broken \ufffd\ufffd.csv"
	job.Version = 1
	e.requireJob(job, e.get("a"))
}
