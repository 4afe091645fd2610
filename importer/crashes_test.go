package importer_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/importer"
	"github.com/vyapaarai/bulkimport/importer/blob"
	"github.com/vyapaarai/bulkimport/jobstore"
)

// callsOfAChunk is how many writing calls a run makes until its first chunk is committed:
// it takes the job, creates products, writes a segment and commits.
const callsOfAChunk = 4

// stuck is a job that has imported some rows, and whose workers then died at the same
// place, each at the same call, so often that the next is not to try.
func (e *engine) stuck(file string) string {
	e.t.Helper()

	e.workerOptions.MaxCrashes = 4
	id := e.queued(file, nil)

	require.False(e.t, e.runDoomed(id, callsOfAChunk+2, crashAfter))
	e.clock.advance(time.Hour)
	require.NotZero(e.t, e.job(id).Progress.ProcessedRows)

	// The first of these finds the death before; the acquisition after the last counts it.
	for range e.workerOptions.MaxCrashes - 1 {
		require.False(e.t, e.runDoomed(id, 2, crashBefore))
		e.clock.advance(time.Hour)
	}

	require.Equal(e.t, e.workerOptions.MaxCrashes-1, e.job(id).Crashes)
	require.Equal(e.t, jobstore.StatusProcessing, e.job(id).Status)

	return id
}

// A chunk that takes every worker down must not do so for ever. What was imported before
// is reported, and a retry goes on from there.
func TestAJobWhoseWorkersKeepDyingIsGivenUp(t *testing.T) {
	t.Parallel()

	file := manyRows(120)
	want := undisturbed(t, file)

	e := newEngine(t)
	id := e.stuck(file)

	require.Equal(t, importer.RunEnded, e.run(id))

	job := e.job(id)
	require.Equal(t, jobstore.StatusFailed, job.Status)
	require.Equal(t, "too_many_attempts", job.Failure.Code)
	require.Contains(t, job.Failure.Message, "4 times in a row")
	require.Equal(t, int(job.Progress.ProcessedRows)+1, strings.Count(e.report(id, importer.ReportResults), "\n"))
	require.Len(t, e.told.got(), 1)

	e.told.events = nil

	require.Zero(t, e.retried(id).Crashes)
	require.Equal(t, importer.RunEnded, e.run(id))
	require.Equal(t, want, e.footprint(id))
}

// The reports may be what workers die of.
func TestAJobWhoseReportsTakeWorkersDownEndsWithoutThem(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	id := e.stuck(manyRows(120))

	require.False(t, e.runDoomed(id, 2, crashBefore), "it takes the job, and dies as it writes a report")
	e.clock.advance(time.Hour)
	require.Equal(t, jobstore.StatusProcessing, e.job(id).Status)

	require.Equal(t, importer.RunEnded, e.run(id))

	job := e.job(id)
	require.Equal(t, jobstore.StatusFailed, job.Status)
	require.Equal(t, "too_many_attempts", job.Failure.Code)
	require.Empty(t, job.ResultsKey)
	require.Len(t, e.told.got(), 1)
}

// Somebody who has seen that it does not get on, and cancels it, hears of no failure.
func TestACancelledJobWhoseWorkersKeepDyingIsCancelled(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	id := e.stuck(manyRows(120))

	_, err := e.service().Cancel(t.Context(), owner, id)
	require.NoError(t, err)
	require.Equal(t, importer.RunEnded, e.run(id))

	job := e.job(id)
	require.Equal(t, jobstore.StatusCancelled, job.Status)
	require.Nil(t, job.Failure)
	require.Equal(t, "asha", job.StatusHistory[len(job.StatusHistory)-1].By)
	require.NotEmpty(t, job.ResultsKey)
}

// A store that does not answer at the end does not cost the reports.
func TestTheReportsOfAJobThatIsGivenUpWaitForTheStore(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	id := e.stuck(manyRows(120))

	files := e.files
	e.files = noFiles{files}
	require.Equal(t, importer.RunFailed, e.run(id))

	e.files = files
	e.clock.advance(time.Hour)
	require.Equal(t, importer.RunEnded, e.run(id))
	require.Equal(t, jobstore.StatusFailed, e.job(id).Status)
	require.NotEmpty(t, e.job(id).ResultsKey)
}

// noFiles is a store of files that opens none.
type noFiles struct{ blob.Store }

func (noFiles) Open(context.Context, string, *blob.OpenOptions) (io.ReadCloser, blob.Info, error) {
	return nil, blob.Info{}, errors.New("the store is away")
}

// Any number of deaths is fine as long as the job gets on in between.
func TestDeathsBetweenCommitsCountNothing(t *testing.T) {
	t.Parallel()

	file := manyRows(120)
	want := undisturbed(t, file)

	e := newEngine(t)
	e.workerOptions.MaxCrashes = 2
	id := e.queued(file, nil)
	deaths := 0

	for ; !e.runDoomed(id, callsOfAChunk+2, crashAfter); deaths++ {
		require.Less(t, deaths, 100, "no progress")
		e.clock.advance(time.Hour)
	}

	require.Greater(t, deaths, 4)
	require.Equal(t, want, e.footprint(id))
}
