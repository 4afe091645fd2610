package jobstore_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/jobstore"
)

func newJob(id string) jobstore.Job {
	return jobstore.Job{
		ID: id, Type: jobstore.TypeAdminProductImport, CreatedByUserID: "user-1",
		Status: jobstore.StatusQueued, CreatedAt: startTime(),
	}
}

func startTime() time.Time { return time.Date(2025, time.January, 6, 9, 30, 0, 0, time.UTC) }

// TestStoredForm pins the attribute names of a stored job: they are a format
// that other programs, and older and newer versions of this one, read.
func TestStoredForm(t *testing.T) {
	t.Parallel()

	job := newJob("admin_import_20250106_abc123")
	job.StoreID, job.CreatedByEmail = "store-1", "asha@example.com"
	job.BatchID, job.Retries, job.StartKey = "batch-1", 1, &jobstore.StartKey{Key: "k", Digest: "d", EstimatedRows: 3}
	job.Progress.ErrorCodes = map[string]int64{"name_missing": 1}
	job.Note(startTime(), "asha", jobstore.AuditStarted, "auto_verify=true")
	job.Bucket, job.InputKey = "uploads", "in.csv"
	job.ErrorReportKey, job.ResultsKey = "errors.csv", "results.csv"
	job.InputFilename, job.InputFileSizeBytes = "products.csv", 1024
	job.RecentErrors = []jobstore.RowError{{Row: 2, Barcode: "123", Name: "Tea", Code: "barcode_short", Message: "Too short."}}
	job.Checkpoint = jobstore.Checkpoint{Offset: 512, Row: 12, Line: 14, Segments: 1}
	job.StartedAt, job.CompletedAt, job.EstimatedCompletionAt, job.ExpiresAt = startTime(), startTime(), startTime(), startTime()

	data, err := json.Marshal(job)
	require.NoError(t, err)

	var item map[string]any
	require.NoError(t, json.Unmarshal(data, &item))

	for _, name := range []string{
		"job_id", "job_type", "store_id", "created_by_user_id", "created_by_email", "status", "status_history",
		"progress", "s3_bucket", "s3_input_key", "s3_error_report_key", "input_filename", "input_file_size_bytes",
		"import_options", "recent_errors", "checkpoint", "created_at", "started_at", "completed_at",
		"estimated_completion_at", "ttl", "batch_id", "retries", "start_key", "audit",
	} {
		require.Contains(t, item, name)
	}

	for _, name := range []string{"total_rows", "processed_rows", "successful", "duplicates", "errors", "error_codes"} {
		require.Contains(t, item["progress"], name)
	}

	for _, name := range []string{
		"skip_duplicates", "auto_verify", "default_verification_status", "process_images", "match_strategy",
	} {
		require.Contains(t, item["import_options"], name)
	}

	require.Equal(t, map[string]any{
		"row_number": 2.0, "barcode": "123", "name": "Tea", "error_code": "barcode_short", "error_message": "Too short.",
	}, item["recent_errors"].([]any)[0])
	require.Equal(t, "2025-01-06T09:30:00Z", item["created_at"])
	require.Equal(t, map[string]any{"key": "k", "digest": "d", "estimated_rows": 3.0}, item["start_key"])
	require.Equal(t, map[string]any{
		"at": "2025-01-06T09:30:00Z", "by": "asha", "action": "started", "detail": "auto_verify=true",
	}, item["audit"].([]any)[0])
}

func TestPrepareCreate(t *testing.T) {
	t.Parallel()

	kolkata := time.FixedZone("IST", 5*3600+1800)
	job := newJob("a")
	job.Version = 9
	job.StatusHistory = []jobstore.StatusChange{{Status: jobstore.StatusQueued, At: startTime().In(kolkata)}}

	got, err := jobstore.PrepareCreate(job)
	require.NoError(t, err)
	require.Equal(t, int64(1), got.Version)
	require.Equal(t, startTime(), got.StatusHistory[0].At)
	require.Equal(t, kolkata, job.StatusHistory[0].At.Location(), "the argument was changed")

	job.ID = ""
	_, err = jobstore.PrepareCreate(job)
	require.ErrorIs(t, err, jobstore.ErrInvalid)
}

func TestPrepareUpdate(t *testing.T) {
	t.Parallel()

	current, err := jobstore.PrepareCreate(newJob("a"))
	require.NoError(t, err)

	current.Progress.Quality = map[string]int64{"good": 1}

	next, err := jobstore.PrepareUpdate(current, func(j *jobstore.Job) error {
		j.Progress.Quality["good"]++

		return nil
	})
	require.NoError(t, err)
	require.Equal(t, int64(2), next.Version)
	require.Equal(t, int64(2), next.Progress.Quality["good"])
	require.Equal(t, int64(1), current.Progress.Quality["good"], "the argument was changed")

	errChange := errors.New("no")
	_, err = jobstore.PrepareUpdate(current, func(*jobstore.Job) error { return errChange })
	require.True(t, err == errChange)

	_, err = jobstore.PrepareUpdate(current, func(j *jobstore.Job) error {
		j.ID = "b"

		return nil
	})
	require.ErrorIs(t, err, jobstore.ErrInvalid)
	require.ErrorContains(t, err, `the id of job "a" cannot change`)
}

func TestExpired(t *testing.T) {
	t.Parallel()

	for _, c := range []struct {
		name    string
		expires time.Time
		want    bool
	}{
		{"never", time.Time{}, false},
		{"in a moment", startTime().Add(1), false},
		{"now", startTime(), true},
		{"long ago", time.Unix(0, 0), true},
	} {
		job := jobstore.Job{ExpiresAt: c.expires}
		require.Equal(t, c.want, job.Expired(startTime()), c.name)
	}
}

func TestQueryPrepare(t *testing.T) {
	t.Parallel()

	q, err := jobstore.Query{CreatedBy: "user-1"}.Prepare()
	require.NoError(t, err)
	require.Equal(t, jobstore.Query{CreatedBy: "user-1", Limit: jobstore.MaxPage}, q)

	q, err = jobstore.Query{Limit: 7, Cursor: "anything", Status: jobstore.StatusFailed}.Prepare()
	require.NoError(t, err)
	require.Equal(t, 7, q.Limit)

	for name, q := range map[string]jobstore.Query{
		"negative limit":  {Limit: -1},
		"limit too large": {Limit: jobstore.MaxPage + 1},
		"unknown status":  {Status: "resting"},
	} {
		_, err := q.Prepare()
		require.ErrorIs(t, err, jobstore.ErrInvalid, name)
	}
}

func TestQueryMatches(t *testing.T) {
	t.Parallel()

	job := newJob("a")

	for _, c := range []struct {
		name string
		q    jobstore.Query
		want bool
	}{
		{"no filter", jobstore.Query{}, true},
		{"all filters", jobstore.Query{CreatedBy: "user-1", Status: jobstore.StatusQueued, Type: jobstore.TypeAdminProductImport}, true},
		{"other creator", jobstore.Query{CreatedBy: "user-2", Status: jobstore.StatusQueued}, false},
		{"other status", jobstore.Query{CreatedBy: "user-1", Status: jobstore.StatusFailed}, false},
		{"other type", jobstore.Query{Type: jobstore.TypeStoreInventoryUpload}, false},
	} {
		require.Equal(t, c.want, c.q.Matches(&job), c.name)
	}
}
