package importer_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/importer"
	"github.com/vyapaarai/bulkimport/importer/blob"
	"github.com/vyapaarai/bulkimport/jobstore"
)

func TestCreateUpload(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	upload, err := e.service().CreateUpload(t.Context(), owner, importer.UploadRequest{Filename: " दाल list.csv "})
	require.NoError(t, err)
	require.Equal(t, "admin_import_20250106_job000000001", upload.JobID)
	require.Equal(t, "admin-imports/admin_import_20250106_job000000001/input.csv", upload.Key)
	require.Equal(t, 10*time.Minute, upload.ExpiresIn)

	job := e.job(upload.JobID)
	require.Equal(t, jobstore.StatusPendingUpload, job.Status)
	require.Equal(t, "दाल list.csv", job.InputFilename)
	require.Equal(t, "asha", job.CreatedByUserID)
	require.Equal(t, importer.DefaultOptions(), job.Options)
}

func TestCreateUploadRefuses(t *testing.T) {
	t.Parallel()

	e := newEngine(t)

	for name, test := range map[string]struct {
		caller importer.Caller
		req    importer.UploadRequest
		code   string
	}{
		"no user":       {importer.Caller{}, importer.UploadRequest{Filename: "a.csv"}, "user_missing"},
		"no name":       {owner, importer.UploadRequest{Filename: "  "}, "filename_missing"},
		"a folder":      {owner, importer.UploadRequest{Filename: "../a.csv"}, "filename_invalid"},
		"backslash":     {owner, importer.UploadRequest{Filename: `C:\a.csv`}, "filename_invalid"},
		"control":       {owner, importer.UploadRequest{Filename: "a\r\nb.csv"}, "filename_invalid"},
		"right-to-left": {owner, importer.UploadRequest{Filename: "a\u202evsc.exe"}, "filename_invalid"},
		"not UTF-8":     {owner, importer.UploadRequest{Filename: "a\xff.csv"}, "filename_invalid"},
		"too long":      {owner, importer.UploadRequest{Filename: strings.Repeat("a", 256)}, "filename_invalid"},
		"unknown type":  {owner, importer.UploadRequest{Filename: "a.csv", Type: "x"}, "job_type_unknown"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			_, err := e.service().CreateUpload(t.Context(), test.caller, test.req)
			requireCode(t, err, importer.ErrInvalid, test.code)
		})
	}
}

// requireCode requires an error for users, with a sentence.
func requireCode(t *testing.T, err, sentinel error, code string) {
	t.Helper()

	require.ErrorIs(t, err, sentinel)

	var e *importer.Error

	require.True(t, errors.As(err, &e))
	require.Equal(t, code, e.Code)
	require.Regexp(t, `^[A-Z].*\.$`, e.Message)
}

func TestProcessIsIdempotent(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	id := e.upload(manyRows(50))

	var group sync.WaitGroup

	for range 8 {
		group.Go(func() {
			job, err := e.service().Process(context.Background(), owner, id, nil)
			if err != nil || job.Status != jobstore.StatusQueued {
				t.Errorf("%s, %v", job.Status, err)
			}
		})
	}

	group.Wait()
	require.Equal(t, importer.RunEnded, e.run(id))
	require.Equal(t, importer.RunSkipped, e.run(id))

	before := e.footprint(id)
	job, err := e.service().Process(t.Context(), owner, id, &importer.OptionsPatch{AutoVerify: ptr(true)})
	require.NoError(t, err)
	require.Equal(t, before.Status, job.Status)
	require.False(t, job.Options.AutoVerify, "the options of a job that was started stay")
	require.Equal(t, before, e.footprint(id))
}

// A head is looked at while a request waits, so only so much of it is.
func TestOnlyTheHeadOfAFileIsLookedAt(t *testing.T) {
	t.Parallel()

	for name, file := range map[string]string{
		"blank lines":    "name,category\n" + strings.Repeat("\n", 40<<20),
		"blank at first": strings.Repeat("\n", 40<<20) + "name,category\na,b\n",
		"one line":       strings.Repeat("a", 40<<20),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			e := newEngine(t)
			id := e.upload(file)
			counted := &countingFiles{Store: e.files}
			e.files = counted

			_, err := e.service().Process(t.Context(), owner, id, nil)
			if name != "blank lines" {
				require.ErrorIs(t, err, importer.ErrBadFile)
			}

			require.Less(t, counted.read.Load(), int64(20<<20))
		})
	}
}

// countingFiles counts what is read.
type countingFiles struct {
	blob.Store
	read atomic.Int64
}

func (s *countingFiles) Open(ctx context.Context, key string, opts *blob.OpenOptions) (io.ReadCloser, blob.Info, error) {
	body, info, err := s.Store.Open(ctx, key, opts)

	return &countedBody{body, s}, info, err
}

type countedBody struct {
	io.ReadCloser
	files *countingFiles
}

func (b *countedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.files.read.Add(int64(n))

	return n, err
}

func TestProcessRefusesOptions(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	id := e.upload(manyRows(3))

	for name, patch := range map[string]importer.OptionsPatch{
		"strategy": {MatchStrategy: ptr("fuzzy")},
		"conflict": {BarcodeConflict: ptr("whatever")},
		"status":   {DefaultVerificationStatus: ptr("approved")},
		"region":   {DefaultRegion: ptr("Mahārāshtra")},
		"mail":     {NotificationEmail: ptr("Asha <asha@example.in>")},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := e.service().Process(t.Context(), owner, id, &patch)
			requireCode(t, err, importer.ErrInvalid, "options_invalid")
			require.Equal(t, jobstore.StatusPendingUpload, e.job(id).Status)
		})
	}
}

func TestProcessWithoutAFile(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	upload, err := e.service().CreateUpload(t.Context(), owner, importer.UploadRequest{Filename: "a.csv"})
	require.NoError(t, err)

	_, err = e.service().Process(t.Context(), owner, upload.JobID, nil)
	requireCode(t, err, importer.ErrNoFile, "file_missing")
	require.Equal(t, jobstore.StatusPendingUpload, e.job(upload.JobID).Status, "it can still be uploaded")
}

// Promise 5: a bad file ends the job as failed, with one clear sentence.
func TestProcessOfABadFile(t *testing.T) {
	t.Parallel()

	for name, test := range map[string]struct{ file, says string }{
		"empty":          {"", "The file is empty; upload a CSV whose first row names the columns."},
		"blank":          {"\n\n \n", "The file is empty; upload a CSV whose first row names the columns."},
		"workbook":       {"PK\x03\x04" + strings.Repeat("\x00", 100) + "xl/workbook.xml", "CSV"},
		"no name column": {"brand,category\na,b\n", "name"},
		"twice":          {"name,category,ean,barcode\na,b,1,2\n", "barcode"},
		"binary":         {"\x00\x01\x02\x03\xff\xfe\x00\x00\x00", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			e := newEngine(t)
			id := e.upload(test.file)

			_, err := e.service().Process(t.Context(), owner, id, nil)
			require.ErrorIs(t, err, importer.ErrBadFile)

			job := e.job(id)
			require.Equal(t, jobstore.StatusFailed, job.Status)
			require.Contains(t, job.Failure.Message, test.says)
			require.Regexp(t, `^[A-Z"].*\.$`, job.Failure.Message)

			again, err := e.service().Process(t.Context(), owner, id, nil)
			require.NoError(t, err)
			require.Equal(t, jobstore.StatusFailed, again.Status)
		})
	}
}

// What an error tells its user is nothing for a log: it may quote the file.
func TestErrorsForLogs(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	_, err := e.service().Process(t.Context(), owner, e.upload("Rajesh,9876543210\nMeera,9876543211\n"), nil)

	var refused *importer.Error

	require.ErrorAs(t, err, &refused)
	require.Contains(t, refused.Message, "Rajesh")
	require.Equal(t, "column_missing", refused.LogValue().String())

	// What the methods return says no more to any logger.
	v, _ := e.validator(nil)
	_, validateErr := v.Validate(t.Context(), owner, importer.ValidationRequest{JobID: e.upload("Rajesh,9876543210\n")})
	require.ErrorIs(t, validateErr, importer.ErrBadFile)

	var out bytes.Buffer

	slog.New(slog.NewTextHandler(&out, nil)).Error("refused", "process", err, "validate", validateErr)
	require.Contains(t, out.String(), "process=column_missing validate=column_missing")

	refused.Cause = fmt.Errorf("%w: %w", errors.New("the disk is full"), refused.Cause)
	require.Equal(t, "column_missing: the disk is full; column_missing", refused.LogValue().String())
}

func TestAReplacedFileFailsTheJob(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	id := e.queued(manyRows(50), nil)

	_, err := e.files.Put(t.Context(), e.job(id).InputKey, strings.NewReader(manyRows(60)), nil)
	require.NoError(t, err)

	require.Equal(t, importer.RunEnded, e.run(id))
	require.Equal(t, "file_changed", e.job(id).Failure.Code)
	require.Empty(t, products(t, e.catalog))

	id = e.queued(manyRows(50), nil)
	require.NoError(t, e.files.Delete(t.Context(), e.job(id).InputKey))
	require.Equal(t, importer.RunEnded, e.run(id))
	require.Equal(t, "file_gone", e.job(id).Failure.Code)
}

// The same in mid-import: what was committed stays, and the job fails.
func TestAFileReplacedInMidImportFailsTheJob(t *testing.T) {
	t.Parallel()

	for name, test := range map[string]struct {
		change func(e *engine, key string) error
		code   string
	}{
		"replaced": {func(e *engine, key string) error {
			_, err := e.files.Put(context.Background(), key, strings.NewReader(manyRows(60)), nil)

			return err
		}, "file_changed"},
		"gone": {func(e *engine, key string) error {
			return e.files.Delete(context.Background(), key)
		}, "file_gone"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			e := newEngine(t)
			id := e.queued(manyRows(80), nil)
			require.False(t, e.runDoomed(id, 8, crashAfter))
			require.NoError(t, test.change(e, e.job(id).InputKey))
			e.clock.advance(time.Hour)

			require.Equal(t, importer.RunEnded, e.run(id))

			job := e.job(id)
			require.Equal(t, jobstore.StatusFailed, job.Status)
			require.Equal(t, test.code, job.Failure.Code)
			require.NotZero(t, job.Progress.ProcessedRows)
			require.Len(t, e.told.got(), 1)
		})
	}
}

func TestJobsOfOthersDoNotExist(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	id := e.imported(mixed, nil).ID
	s := e.service()
	stranger := importer.Caller{UserID: "ravi"}
	boss := importer.Caller{UserID: "boss", SeesAll: true}

	_, err := s.Status(t.Context(), stranger, id)
	requireCode(t, err, importer.ErrNotFound, "job_not_found")
	_, err = s.Process(t.Context(), stranger, id, nil)
	require.ErrorIs(t, err, importer.ErrNotFound)
	_, err = s.Cancel(t.Context(), stranger, id)
	require.ErrorIs(t, err, importer.ErrNotFound)
	_, _, err = s.OpenReport(t.Context(), stranger, id, importer.ReportErrors)
	require.ErrorIs(t, err, importer.ErrNotFound)
	_, err = s.Status(t.Context(), boss, id)
	require.NoError(t, err)

	page, err := s.List(t.Context(), stranger, jobstore.Query{CreatedBy: "asha"})
	require.NoError(t, err)
	require.Empty(t, page.Jobs)

	page, err = s.List(t.Context(), boss, jobstore.Query{})
	require.NoError(t, err)
	require.Len(t, page.Jobs, 1)

	_, err = s.List(t.Context(), boss, jobstore.Query{Cursor: "nonsense"})
	requireCode(t, err, importer.ErrInvalid, "query_invalid")
	_, err = s.List(t.Context(), importer.Caller{}, jobstore.Query{})
	require.ErrorIs(t, err, importer.ErrInvalid)
}

func TestReportsThatDoNotExist(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	clean := e.imported("name,category\nPoha,Staples\n", nil)

	_, _, err := e.service().OpenReport(t.Context(), owner, clean.ID, importer.ReportErrors)
	requireCode(t, err, importer.ErrNoFile, "report_missing")

	_, _, err = e.service().OpenReport(t.Context(), owner, e.queued(mixed, nil), importer.ReportResults)
	requireCode(t, err, importer.ErrNoFile, "report_missing")
}

func TestPortsAreChecked(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	twice := e.ports()
	twice.Kinds = append(twice.Kinds, twice.Kinds[0])

	for name, ports := range map[string]importer.Ports{"empty": {}, "two kinds": twice} {
		_, err := importer.NewService(ports, nil)
		require.ErrorIs(t, err, importer.ErrConfig, name)
		_, err = importer.NewWorker(ports, nil)
		require.ErrorIs(t, err, importer.ErrConfig, name)
	}

	_, err := importer.NewWorker(e.ports(), &importer.WorkerOptions{ChunkRows: -1})
	require.ErrorIs(t, err, importer.ErrConfig)
}

// TestProcessOfAJobThatWasNeverStarted: it is not said to have been started.
func TestProcessOfAJobThatWasNeverStarted(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	id := e.upload(twoProducts)

	_, err := e.service().Cancel(t.Context(), owner, id)
	require.NoError(t, err)

	_, err = e.service().Process(t.Context(), owner, id, nil)
	requireCode(t, err, importer.ErrState, "job_cancelled")
}
