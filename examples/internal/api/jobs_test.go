package api_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/examples/internal/api"
	"github.com/vyapaarai/bulkimport/jobstore"
	"github.com/vyapaarai/bulkimport/jobstore/memjobstore"
)

func TestStatusOfAnEndedJob(t *testing.T) {
	t.Parallel()

	h := newHarness(t, nil)
	id := h.job(t, "asha", "")
	created := time.Date(2025, 1, 6, 14, 30, 0, 0, time.FixedZone("IST", 19800))

	h.update(t, id, func(j *jobstore.Job) {
		j.Status = jobstore.StatusCompletedWithErrors
		j.StartedAt, j.CompletedAt = created.Add(time.Minute), created.Add(2*time.Minute)
		j.Progress = jobstore.Progress{
			TotalRows: 10, ProcessedRows: 10, Successful: 6, Duplicates: 3, Errors: 1, Percentage: 99.97,
			DuplicatesByTier: map[string]int64{"barcode": 3}, Quality: map[string]int64{"40-59": 6}, QualitySum: 300,
			Images:     jobstore.ImageCounts{Processed: 7, Failed: 2, Reused: 1},
			ErrorCodes: map[string]int64{"barcode_too_short": 1, "barcode_invalid": 3, "name_missing": 3},
		}
		j.BatchID = "batch-1"
		j.Audit = []jobstore.AuditEntry{{At: created, By: "asha", Action: jobstore.AuditStarted, Detail: "auto_verify=true"}}
		j.RecentErrors = []jobstore.RowError{{Row: 7, Barcode: "123", Name: "Atta", Code: "barcode_too_short", Message: "short"}}
		j.Warnings = []jobstore.Warning{{Code: "encoding_assumed", Message: "guessed"}}
		j.Notification = jobstore.NotificationPending
		j.Delivery.Note("event", jobstore.DeliveryAttempt{At: j.CompletedAt, Channel: "log"}, jobstore.NotificationSent)
		j.Delivery.Note("event", jobstore.DeliveryAttempt{At: j.CompletedAt, Channel: "webhook", Error: "away"}, "")
		j.ErrorReportKey, j.ResultsKey = "admin-imports/"+id+"/errors.csv", "admin-imports/"+id+"/results.csv"
	})

	status := h.get(t, "asha", http.MethodGet, api.Base+"/"+id+"/status", "", http.StatusOK)

	// What the test cannot know in advance.
	require.NotEmpty(t, status["timestamps"].(object)["created_at"])
	delete(status["timestamps"].(object), "created_at")

	for _, name := range []string{"errors", "results"} {
		field := map[string]string{"errors": "error_report_url", "results": "results_url"}[name]
		address, err := url.Parse(status[field].(string))
		require.NoError(t, err)
		require.Equal(t, "/files/admin-imports/"+id+"/"+name+".csv", address.Path)
		require.Equal(t, "products-"+name+".csv", address.Query().Get("filename"))
		delete(status, field)
	}

	require.Equal(t, object{
		"success": true, "job_id": id, "job_type": "admin_product_import", "status": "completed_with_errors",
		"filename": "products.csv", "created_by": "asha", "store_id": nil, "batch_id": "batch-1",
		"error_codes": []any{object{"code": "barcode_invalid", "count": 3.0}, object{"code": "name_missing", "count": 3.0}, object{"code": "barcode_too_short", "count": 1.0}},
		"audit":       []any{object{"at": "2025-01-06T09:00:00Z", "by": "asha", "action": "started", "detail": "auto_verify=true"}},
		"progress": object{
			"total_rows": 10.0, "processed_rows": 10.0, "successful": 6.0, "duplicates": 3.0, "errors": 1.0, "percentage": 99.9,
		},
		"duplicates_by_tier": object{"barcode": 3.0, "image_hash": 0.0, "name_brand": 0.0},
		"images":             object{"processed": 7.0, "failed": 2.0, "reused": 1.0},
		"inventory":          nil,
		"quality": object{
			"count": 6.0, "sum": 300.0, "mean": 50.0,
			"bands": object{"0-19": 0.0, "20-39": 0.0, "40-59": 6.0, "60-79": 0.0, "80-100": 0.0},
		},
		"timestamps": object{
			"started_at": "2025-01-06T09:01:00Z", "estimated_completion": nil, "completed_at": "2025-01-06T09:02:00Z",
		},
		"completed_at":  "2025-01-06T09:02:00Z",
		"recent_errors": []any{object{"row_number": 7.0, "barcode": "123", "name": "Atta", "error_code": "barcode_too_short", "error_message": "short"}},
		"warnings":      []any{object{"code": "encoding_assumed", "column": "", "message": "guessed", "count": 0.0, "rows": []any{}}},
		"options": object{
			"skip_duplicates": true, "auto_verify": false, "default_verification_status": "admin_created", "process_images": true,
			"default_region": "", "match_strategy": "strict", "barcode_conflict": "duplicate", "notification_email": "",
		},
		"failure": nil,
		"notification": object{"state": "pending", "attempts": []any{
			object{"at": "2025-01-06T09:02:00Z", "channel": "log", "error": ""},
			object{"at": "2025-01-06T09:02:00Z", "channel": "webhook", "error": "away"},
		}},
	}, status)
}

func TestStatusOfANewJob(t *testing.T) {
	t.Parallel()

	h := newHarness(t, nil)
	status := h.get(t, "asha", http.MethodGet, api.Base+"/"+h.job(t, "asha", "")+"/status", "", http.StatusOK)

	for _, field := range []string{"error_report_url", "results_url", "completed_at", "failure", "store_id", "batch_id"} {
		require.Contains(t, status, field)
		require.Nil(t, status[field], field)
	}

	require.Equal(t, []any{}, status["recent_errors"])
	require.Equal(t, []any{}, status["warnings"])
	require.Equal(t, []any{}, status["error_codes"])
	require.Len(t, status["audit"], 1)
	require.Equal(t, object{"state": "none", "attempts": []any{}}, status["notification"])
	require.Equal(t, object{"barcode": 0.0, "image_hash": 0.0, "name_brand": 0.0}, status["duplicates_by_tier"])
}

func TestOthersDoNotSeeAJob(t *testing.T) {
	t.Parallel()

	h := newHarness(t, nil)
	id := h.job(t, "asha", someCSV)

	requests := []struct{ method, path string }{
		{http.MethodGet, api.Base + "/" + id + "/status"},
		{http.MethodGet, api.Base + "/" + id + "/errors"},
		{http.MethodGet, api.Base + "/" + id + "/results"},
		{http.MethodDelete, api.Base + "/" + id},
		{http.MethodPost, api.Base + "/" + id + "/retry"},
	}

	for _, request := range requests {
		answer := h.get(t, "ravi", request.method, request.path, "", http.StatusNotFound)
		require.Equal(t, "job_not_found", answer["code"])
	}

	require.Empty(t, h.get(t, "ravi", http.MethodGet, api.Base, "", http.StatusOK)["jobs"])

	status := h.get(t, "root", http.MethodGet, api.Base+"/"+id+"/status", "", http.StatusOK)
	require.Equal(t, "asha", status["created_by"])
	require.Equal(t, "pending_upload", status["status"], "nobody cancelled it")
}

// listed returns the ids of a list, and the cursor of the next page.
func listed(t *testing.T, h *harness, user, query string) (ids []string, next any) {
	t.Helper()

	answer := h.get(t, user, http.MethodGet, api.Base+query, "", http.StatusOK)
	require.Contains(t, answer, "next_cursor")

	for _, job := range answer["jobs"].([]any) {
		job := job.(object)
		require.NotContains(t, job, "recent_errors")
		require.NotContains(t, job, "error_report_url")
		require.NotContains(t, job, "audit")

		ids = append(ids, job["job_id"].(string))
	}

	return ids, answer["next_cursor"]
}

func TestList(t *testing.T) {
	t.Parallel()

	h := newHarness(t, nil)

	var mine []string
	for range 5 {
		mine = append([]string{h.job(t, "asha", "")}, mine...)
	}

	other := h.job(t, "ravi", "")
	h.get(t, "asha", http.MethodDelete, api.Base+"/"+mine[2], "", http.StatusOK)

	all, next := listed(t, h, "asha", "")
	require.Equal(t, mine, all)
	require.Nil(t, next)

	var paged []string

	for query := "?limit=2"; ; {
		page, next := listed(t, h, "asha", query)
		paged = append(paged, page...)

		if next == nil {
			break
		}

		require.Len(t, page, 2)

		query = "?limit=2&cursor=" + url.QueryEscape(next.(string))
	}

	require.Equal(t, mine, paged)

	cancelled, _ := listed(t, h, "asha", "?status=cancelled")
	require.Equal(t, mine[2:3], cancelled)

	everybody, _ := listed(t, h, "root", "")
	require.Equal(t, append([]string{other}, mine...), everybody)
}

func TestListRefuses(t *testing.T) {
	t.Parallel()

	h := newHarness(t, nil)

	for query, code := range map[string]string{
		"?limit=0":             "limit_invalid",
		"?limit=101":           "limit_invalid",
		"?limit=ten":           "limit_invalid",
		"?status=done":         "status_invalid",
		"?cursor=from-nowhere": "query_invalid",
	} {
		require.Equal(t, code, h.get(t, "asha", http.MethodGet, api.Base+query, "", http.StatusBadRequest)["code"], query)
	}
}

func TestCancel(t *testing.T) {
	t.Parallel()

	h := newHarness(t, nil)

	waiting := h.job(t, "asha", "")
	for range 2 {
		answer := h.get(t, "asha", http.MethodDelete, api.Base+"/"+waiting, "", http.StatusOK)
		require.Equal(t, object{"success": true, "job_id": waiting, "status": "cancelled", "message": "The import is cancelled."}, answer)
	}

	running := h.job(t, "asha", "")
	h.running(t, running)

	for range 2 {
		answer := h.get(t, "asha", http.MethodDelete, api.Base+"/"+running, "", http.StatusAccepted)
		require.Equal(t, "processing", answer["status"])
	}

	ended := h.job(t, "asha", "")
	h.update(t, ended, func(j *jobstore.Job) { j.Status = jobstore.StatusCompleted })
	require.Equal(t, "job_ended", h.get(t, "asha", http.MethodDelete, api.Base+"/"+ended, "", http.StatusConflict)["code"])
}

func TestReportsThatDoNotExist(t *testing.T) {
	t.Parallel()

	h := newHarness(t, nil)
	id := h.job(t, "asha", "")

	for _, report := range []string{"errors", "results"} {
		answer := h.get(t, "asha", http.MethodGet, api.Base+"/"+id+"/"+report, "", http.StatusNotFound)
		require.Equal(t, "report_missing", answer["code"])
	}
}

// brokenJobs is a job store whose Get fails.
type brokenJobs struct {
	*memjobstore.Store
	err error
}

func (b brokenJobs) Get(context.Context, string) (jobstore.Job, error) { return jobstore.Job{}, b.err }

func TestErrorsOfStoresKeepTheirSecrets(t *testing.T) {
	t.Parallel()

	tests := []struct {
		name   string
		err    error
		status int
		code   string
	}{
		{"unknown", errors.New("password=hunter2"), 500, "internal_error"},
		{"gone meanwhile", jobstore.ErrNotFound, 404, "job_not_found"},
		{"busy", jobstore.ErrConflict, 503, "unavailable"},
		{"slow", context.DeadlineExceeded, 503, "unavailable"},
	}

	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()

			h := newHarness(t, func(h *harness) { h.jobStore = brokenJobs{h.jobs, tt.err} })
			answer := h.get(t, "asha", http.MethodGet, api.Base+"/some-job/status", "", tt.status)
			require.Equal(t, tt.code, answer["code"])
			require.NotContains(t, answer["error"], "hunter2")
		})
	}
}
