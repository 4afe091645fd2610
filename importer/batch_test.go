package importer_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/importer"
	"github.com/vyapaarai/bulkimport/importer/blob"
	"github.com/vyapaarai/bulkimport/jobstore"
)

func codeOf(e *importer.Error) string {
	if e == nil {
		return ""
	}

	return e.Code
}

func TestBatch(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	s := e.service()

	empty, err := s.CreateUpload(t.Context(), owner, importer.UploadRequest{Filename: "empty.csv"})
	require.NoError(t, err)

	good, bad, started, other := e.upload(manyRows(40)), e.upload("a,b\n1,2\n"), e.queued(twoProducts, nil), e.upload(twoProducts)

	start, err := s.StartBatch(t.Context(), owner, importer.BatchRequest{
		JobIDs:  []string{empty.JobID, bad, "nothing", good, started, other},
		Options: &importer.OptionsPatch{AutoVerify: ptr(true)},
	})
	require.NoError(t, err)
	require.Regexp(t, `^batch_20250106_[0-9a-z]{12,}$`, start.ID)

	var got []string
	for _, j := range start.Jobs {
		got = append(got, fmt.Sprintf("%s %s %s", j.JobID, j.Status, codeOf(j.Err)))
	}

	require.Equal(t, []string{
		empty.JobID + " pending_upload file_missing",
		bad + " failed column_missing",
		"nothing  job_not_found",
		good + " queued ",
		started + " queued job_started",
		other + " queued ",
	}, got)
	require.True(t, e.job(good).Options.AutoVerify)
	require.Equal(t, start.ID, e.job(good).BatchID)
	require.Equal(t, start.ID, e.job(bad).BatchID)
	require.Empty(t, e.job(started).BatchID)

	batch, err := s.Batch(t.Context(), owner, start.ID)
	require.NoError(t, err)
	require.Equal(t, jobstore.StatusProcessing, batch.Status, "one has failed, and others are queued")
	require.Equal(t, e.clock.Now(), batch.CreatedAt)

	e.run(good)
	e.run(other)

	batch, err = s.Batch(t.Context(), owner, start.ID)
	require.NoError(t, err)
	require.Equal(t, jobstore.StatusPendingUpload, batch.Status, "one waits for its file")

	one, two := e.job(good).Progress, e.job(other).Progress
	require.Equal(t, one.ProcessedRows+two.ProcessedRows, batch.Progress.ProcessedRows)
	require.Equal(t, one.Successful+two.Successful, batch.Progress.Successful)
	require.Equal(t, one.Errors, batch.Progress.Errors)
	require.Equal(t, one.TotalRows+two.TotalRows, batch.Progress.TotalRows)

	var ids []string
	for _, j := range batch.Jobs {
		ids = append(ids, j.ID)
	}

	require.Equal(t, []string{empty.JobID, bad, good, other}, ids)

	// What could not start is started by itself, and stays part of the batch.
	_, err = e.files.Put(t.Context(), empty.Key, strings.NewReader(twoProducts), nil)
	require.NoError(t, err)
	_, err = s.Process(t.Context(), owner, empty.JobID, nil)
	require.NoError(t, err)
	e.run(empty.JobID)

	batch, err = s.Batch(t.Context(), owner, start.ID)
	require.NoError(t, err)
	require.Equal(t, jobstore.StatusCompletedWithErrors, batch.Status)
}

// The answer to the first request is lost: the second gives the same batch.
func TestBatchAgain(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	s := e.service()
	good, bad := e.upload(manyRows(40)), e.upload("a,b\n1,2\n")
	upload, err := s.CreateUpload(t.Context(), owner, importer.UploadRequest{Filename: "late.csv"})
	require.NoError(t, err)

	late := upload.JobID
	req := importer.BatchRequest{JobIDs: []string{good, bad, late}}

	first, err := s.StartBatch(t.Context(), owner, req)
	require.NoError(t, err)

	same := func(ids ...string) importer.BatchStart {
		again, err := s.StartBatch(t.Context(), owner, importer.BatchRequest{JobIDs: ids})
		require.NoError(t, err)
		require.Equal(t, first.ID, again.ID)

		infos, err := e.files.List(t.Context(), "batches/", "", 0)
		require.NoError(t, err)
		require.Len(t, infos, 1)

		return again
	}

	again := same(req.JobIDs...)
	for i := range first.Jobs {
		require.Equal(t, first.Jobs[i].Status, again.Jobs[i].Status)
		require.Equal(t, codeOf(first.Jobs[i].Err), codeOf(again.Jobs[i].Err))
	}

	// What could not start joins the batch that it is part of.
	_, err = e.files.Put(t.Context(), e.job(late).InputKey, strings.NewReader(twoProducts), nil)
	require.NoError(t, err)

	again = same(req.JobIDs...)
	require.Nil(t, again.Jobs[2].Err)
	require.Equal(t, first.ID, e.job(late).BatchID)

	e.run(good)
	require.Nil(t, same(good).Jobs[0].Err, "when it has ended too")

	// With a job of no batch, or one that waits and is not part of it, it is another request.
	alone, other := e.queued(twoProducts, nil), e.upload(twoProducts)

	_, err = s.StartBatch(t.Context(), owner, importer.BatchRequest{JobIDs: []string{good, alone}})
	requireCode(t, err, importer.ErrState, "batch_empty")

	second, err := s.StartBatch(t.Context(), owner, importer.BatchRequest{JobIDs: []string{good, other}})
	require.NoError(t, err)
	require.NotEqual(t, first.ID, second.ID)
	require.Equal(t, "job_started", codeOf(second.Jobs[0].Err))

	again, err = s.StartBatch(t.Context(), owner, importer.BatchRequest{JobIDs: []string{other, good}})
	require.NoError(t, err)
	require.Equal(t, second.ID, again.ID)
	require.Nil(t, again.Jobs[0].Err)
	require.Equal(t, "job_started", codeOf(again.Jobs[1].Err), "with the first batch")
}

// The same where nothing could be started, so that no job tells of its batch.
func TestBatchAgainThatCouldNotStart(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	e.serviceOptions.MaxConcurrentJobs = 1
	services := []*importer.Service{e.service(), e.service()}

	running := e.queued(twoProducts, nil)
	one, two, three := e.upload(twoProducts), e.upload(twoProducts), e.upload(twoProducts)

	start := func(c importer.Caller, ids ...string) importer.BatchStart {
		got, err := services[len(ids)%2].StartBatch(t.Context(), c, importer.BatchRequest{JobIDs: ids})
		if err != nil {
			t.Error(err)
		}

		return got
	}

	var wait sync.WaitGroup

	ids := make([]string, 8)
	for i := range ids {
		wait.Go(func() { ids[i] = start(owner, one, two, three).ID })
	}

	wait.Wait()

	for _, id := range ids {
		require.Equal(t, ids[0], id)
	}

	e.clock.advance(20 * time.Hour) // it is another day

	for _, again := range []importer.BatchStart{start(owner, one, two, three), start(owner, three, one, two)} {
		require.Equal(t, ids[0], again.ID)

		for _, j := range again.Jobs {
			require.Equal(t, jobstore.StatusPendingUpload, j.Status)
			require.Equal(t, "quota_concurrent_jobs", codeOf(j.Err))
		}
	}

	infos, err := e.files.List(t.Context(), "batches/", "", 0)
	require.NoError(t, err)
	require.Len(t, infos, 1)

	// What others ask for, or with other jobs, is another batch.
	root := importer.Caller{UserID: "root", SeesAll: true}
	require.NotEqual(t, ids[0], start(root, one, two, three).ID)
	require.NotEqual(t, ids[0], start(owner, one, two).ID)

	// One is started by itself, another is cancelled, and then the request comes again.
	e.run(running)
	_, err = services[0].Process(t.Context(), owner, one, nil)
	require.NoError(t, err)
	_, err = services[0].Cancel(t.Context(), owner, two)
	require.NoError(t, err)
	e.run(one)

	again := start(owner, one, two, three)
	require.Equal(t, ids[0], again.ID)
	require.Equal(t, []string{"", "job_cancelled", ""},
		[]string{codeOf(again.Jobs[0].Err), codeOf(again.Jobs[1].Err), codeOf(again.Jobs[2].Err)})
	require.Equal(t, ids[0], e.job(three).BatchID)

	batch, err := services[0].Batch(t.Context(), owner, ids[0])
	require.NoError(t, err)
	require.Len(t, batch.Jobs, 3)
}

func TestBatchOfManyJobsAndAQuota(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	e.serviceOptions.MaxConcurrentJobs = 2
	s := e.service()

	ids := []string{e.upload(twoProducts), e.upload(twoProducts), e.upload(twoProducts)}
	start, err := s.StartBatch(t.Context(), owner, importer.BatchRequest{JobIDs: ids})
	require.NoError(t, err)
	require.Equal(t, []string{"", "", "quota_concurrent_jobs"},
		[]string{codeOf(start.Jobs[0].Err), codeOf(start.Jobs[1].Err), codeOf(start.Jobs[2].Err)})

	e.run(ids[0])

	// With another batch, it leaves this one.
	again, err := s.StartBatch(t.Context(), owner, importer.BatchRequest{JobIDs: ids[2:]})
	require.NoError(t, err)
	require.Nil(t, again.Jobs[0].Err)

	batch, err := s.Batch(t.Context(), owner, start.ID)
	require.NoError(t, err)
	require.Len(t, batch.Jobs, 2)
}

func TestBatchAtTheSameTime(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	e.serviceOptions.NewID = nil
	s := e.service()

	var ids []string
	for range 5 {
		ids = append(ids, e.upload(twoProducts))
	}

	var wait sync.WaitGroup

	starts, errs := make([]importer.BatchStart, 8), make([]error, 8)
	for i := range starts {
		wait.Go(func() { starts[i], errs[i] = s.StartBatch(t.Context(), owner, importer.BatchRequest{JobIDs: ids}) })
	}

	wait.Wait()

	// To all of them it is the same batch, with all its jobs.
	for n := range starts {
		require.NoError(t, errs[n])
		require.Equal(t, starts[0].ID, starts[n].ID)

		for _, j := range starts[n].Jobs {
			require.Nil(t, j.Err)
		}
	}

	for _, id := range ids {
		require.Equal(t, starts[0].ID, e.job(id).BatchID)
	}
}

func TestBatchThatIsRefused(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	s := e.service()
	id, started := e.upload(twoProducts), e.queued(twoProducts, nil)

	for name, c := range map[string]struct {
		caller   importer.Caller
		req      importer.BatchRequest
		sentinel error
		code     string
	}{
		"no job":          {owner, importer.BatchRequest{}, importer.ErrInvalid, "job_ids_invalid"},
		"too many":        {owner, importer.BatchRequest{JobIDs: make([]string, 51)}, importer.ErrInvalid, "job_ids_invalid"},
		"an empty id":     {owner, importer.BatchRequest{JobIDs: []string{id, ""}}, importer.ErrInvalid, "job_ids_invalid"},
		"one twice":       {owner, importer.BatchRequest{JobIDs: []string{id, id}}, importer.ErrInvalid, "job_ids_invalid"},
		"wrong options":   {owner, importer.BatchRequest{JobIDs: []string{id}, Options: &importer.OptionsPatch{MatchStrategy: ptr("x")}}, importer.ErrInvalid, "options_invalid"},
		"started all":     {owner, importer.BatchRequest{JobIDs: []string{started}}, importer.ErrState, "batch_empty"},
		"somebody else's": {importer.Caller{UserID: "ravi"}, importer.BatchRequest{JobIDs: []string{id}}, importer.ErrState, "batch_empty"},
	} {
		_, err := s.StartBatch(t.Context(), c.caller, c.req)
		require.Error(t, err, name)
		requireCode(t, err, c.sentinel, c.code)
	}

	require.Equal(t, jobstore.StatusPendingUpload, e.job(id).Status)

	infos, err := e.files.List(t.Context(), "batches/", "", 0)
	require.NoError(t, err)
	require.Empty(t, infos)
}

func TestWhoSeesABatch(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	s := e.service()
	start, err := s.StartBatch(t.Context(), owner, importer.BatchRequest{JobIDs: []string{e.upload(twoProducts)}})
	require.NoError(t, err)

	_, err = s.Batch(t.Context(), importer.Caller{UserID: "root", SeesAll: true}, start.ID)
	require.NoError(t, err)

	_, err = s.Batch(t.Context(), importer.Caller{UserID: "ravi"}, start.ID)
	requireCode(t, err, importer.ErrNotFound, "batch_not_found")

	for _, id := range []string{
		"", "batch_", "batch_20250106_", "batch_20250106", "batch_2025010a_abc", "batch_20250106_../../x", "batch_20250106_A",
		"batch_20250106_job000000009", "../" + start.ID, start.ID + "/..", start.ID + ".json", strings.ToUpper(start.ID),
		"batch_20250106_" + strings.Repeat("x", 500), "batch_20250106_\x00", "batch_20251399_abc",
	} {
		_, err := s.Batch(t.Context(), owner, id)
		requireCode(t, err, importer.ErrNotFound, "batch_not_found")
	}
}

func TestBatchesExpire(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	s := e.service()
	start, err := s.StartBatch(t.Context(), owner, importer.BatchRequest{JobIDs: []string{e.upload(twoProducts)}})
	require.NoError(t, err)

	count := func() int {
		_, err := s.Sweep(t.Context())
		require.NoError(t, err)

		infos, err := e.files.List(t.Context(), "batches/", "", 0)
		require.NoError(t, err)

		return len(infos)
	}

	e.clock.advance(30 * 24 * time.Hour)
	require.Equal(t, 1, count())

	// The jobs of one may all be gone before it is.
	_, err = s.Batch(t.Context(), owner, start.ID)
	requireCode(t, err, importer.ErrNotFound, "batch_not_found")

	e.clock.advance(72 * time.Hour) // it may have begun a day after its jobs were made
	require.Zero(t, count())
}

// unreachable is a store of files that does not answer for one key.
type unreachable struct {
	blob.Store
	key string
}

func (f unreachable) Open(ctx context.Context, key string, opts *blob.OpenOptions) (r io.ReadCloser, info blob.Info, err error) {
	if key == f.key {
		return nil, blob.Info{}, errors.New("the disk is on fire")
	}

	return f.Store.Open(ctx, key, opts)
}

// A store that does not answer for one job does not stop the others.
func TestBatchWithAnErrorOfTheStore(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	one, two := e.upload(twoProducts), e.upload(twoProducts)
	e.files = unreachable{e.files, e.job(one).InputKey}

	start, err := e.service().StartBatch(t.Context(), owner, importer.BatchRequest{JobIDs: []string{one, two}})
	require.NoError(t, err)
	require.Equal(t, "internal_error", codeOf(start.Jobs[0].Err))
	require.NotContains(t, start.Jobs[0].Err.Message, "fire")
	require.Nil(t, start.Jobs[1].Err)
}
