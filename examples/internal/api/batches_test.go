package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/examples/internal/api"
	"github.com/vyapaarai/bulkimport/jobstore"
)

func batchOf(t *testing.T, ids ...string) string {
	t.Helper()

	text, err := json.Marshal(object{"job_ids": ids})
	require.NoError(t, err)

	return string(text)
}

func TestBatches(t *testing.T) {
	t.Parallel()

	h := newHarness(t, nil)
	good, empty := h.job(t, "asha", someCSV), h.job(t, "asha", "")

	start := h.get(t, "asha", http.MethodPost, api.Base+"/batches", batchOf(t, empty, good, "nothing"), http.StatusAccepted)
	id := start["batch_id"].(string)
	require.Len(t, start, 3)

	jobs := start["jobs"].([]any)
	require.Equal(t, "file_missing", jobs[0].(object)["error"].(object)["code"])
	require.Equal(t, object{"job_id": good, "status": "queued", "error": nil}, jobs[1])
	require.Equal(t, object{
		"job_id": "nothing", "status": nil, "error": object{"code": "job_not_found", "message": `There is no import job "nothing".`},
	}, jobs[2])

	h.update(t, good, func(j *jobstore.Job) {
		j.Progress = jobstore.Progress{TotalRows: 2, ProcessedRows: 1, Successful: 1, Percentage: 50}
	})

	batch := h.get(t, "asha", http.MethodGet, api.Base+"/batches/"+id, "", http.StatusOK)
	require.Equal(t, "queued", batch["status"])
	require.Equal(t, object{
		"total_rows": 2.0, "processed_rows": 1.0, "successful": 1.0, "duplicates": 0.0, "errors": 0.0, "percentage": 50.0,
	}, batch["progress"])
	require.NotEmpty(t, batch["created_at"])
	require.Len(t, batch["jobs"], 2)
	require.Equal(t, id, batch["jobs"].([]any)[1].(object)["batch_id"])

	h.get(t, "root", http.MethodGet, api.Base+"/batches/"+id, "", http.StatusOK)

	answer := h.get(t, "ravi", http.MethodGet, api.Base+"/batches/"+id, "", http.StatusNotFound)
	require.Equal(t, "batch_not_found", answer["code"])
}

func TestBatchesThatAreWrong(t *testing.T) {
	t.Parallel()

	h := newHarness(t, nil)
	id := h.job(t, "asha", someCSV)

	many := make([]string, 51)
	for i := range many {
		many[i] = fmt.Sprint(i)
	}

	for _, tt := range []struct {
		body, code string
		status     int
	}{
		{`{}`, "job_ids_invalid", 400},
		{`{"job_ids":[]}`, "job_ids_invalid", 400},
		{`{"job_ids":"` + id + `"}`, "field_invalid", 400},
		{`{"job_ids":[1]}`, "field_invalid", 400},
		{batchOf(t, many...), "job_ids_invalid", 400},
		{batchOf(t, id, id), "job_ids_invalid", 400},
		{`{"job_ids":["` + id + `"],"options":{"auto_verify":1}}`, "field_invalid", 400},
		{`{"job_ids":["` + id + `"],"options":{"match_strategy":"x"}}`, "options_invalid", 400},
		{`{"job_ids":["` + id + `"],"option":{}}`, "unknown_field", 400},
		{batchOf(t, "nothing"), "batch_empty", 409},
	} {
		answer := h.get(t, "asha", http.MethodPost, api.Base+"/batches", tt.body, tt.status)
		require.Equal(t, tt.code, answer["code"], "%.60s", tt.body)
	}

	for _, hostile := range []string{"nothing", "batch_20250106_%2e%2e", "%2e%2e%2f%2e%2e", "%00", strings.Repeat("x", 3000)} {
		w := h.do(t, "asha", http.MethodGet, api.Base+"/batches/"+hostile, "")
		require.GreaterOrEqual(t, w.Code, 300, "%.40s", hostile)
		require.Less(t, w.Code, 500, "%.40s", hostile)
	}
}

func TestAnalyticsOverHTTP(t *testing.T) {
	t.Parallel()

	h := newHarness(t, nil)
	h.update(t, h.job(t, "asha", ""), func(j *jobstore.Job) {
		j.Status = jobstore.StatusCompletedWithErrors
		j.Progress = jobstore.Progress{
			ProcessedRows: 4, Successful: 2, Duplicates: 1, Errors: 1, QualitySum: 60, Quality: map[string]int64{"20-39": 2},
			DuplicatesByTier: map[string]int64{"barcode": 1}, ErrorCodes: map[string]int64{"name_missing": 1},
			Images: jobstore.ImageCounts{Processed: 3, Failed: 2, Reused: 1},
		}
	})

	answer := h.get(t, "asha", http.MethodGet, api.AnalyticsPath+"?days=7", "", http.StatusOK)
	require.Equal(t, object{
		"total": 1.0, "started": 1.0, "by_status": object{
			"pending_upload": 0.0, "queued": 0.0, "processing": 0.0, "completed": 0.0, "completed_with_errors": 1.0, "failed": 0.0, "cancelled": 0.0,
		},
	}, answer["jobs"])
	require.Equal(t, object{"processed": 4.0, "successful": 2.0, "duplicates": 1.0, "errors": 1.0}, answer["rows"])
	require.Equal(t, []any{object{"code": "name_missing", "count": 1.0}}, answer["error_codes"])
	require.Equal(t, object{"processed": 3.0, "failed": 2.0, "reused": 1.0}, answer["images"])
	require.Equal(t, false, answer["truncated"])
	require.EqualValues(t, 30, answer["quality"].(object)["mean"])
	require.Zero(t, answer["rows_per_second"])

	days := answer["days"].([]any)
	require.Len(t, days, 7)
	today := days[6].(object)
	require.Equal(t, answer["to"].(string)[:10], today["date"])
	require.EqualValues(t, 1, today["jobs"])
	require.EqualValues(t, 1, today["started"])
	require.EqualValues(t, 4, today["processed"])
	require.Equal(t, answer["from"].(string)[:10], days[0].(object)["date"])
	require.Len(t, today, 7)

	require.Len(t, h.get(t, "asha", http.MethodGet, api.AnalyticsPath, "", http.StatusOK)["days"], 30)
	require.EqualValues(t, 0, h.get(t, "ravi", http.MethodGet, api.AnalyticsPath, "", http.StatusOK)["jobs"].(object)["total"])

	h.stockJob(t, "asha", "store-1")
	h.job(t, "asha", "")

	for query, want := range map[string]float64{
		"?days=3": 3, "?days=3&type=admin_product_import": 2, "?type=store_inventory_upload&days=3": 1,
	} {
		require.Equal(t, want, h.get(t, "asha", http.MethodGet, api.AnalyticsPath+query, "", http.StatusOK)["jobs"].(object)["total"], query)
	}

	for _, days := range []string{"0", "-1", "91", "x", "1.5", "99999999999999999999"} {
		answer := h.get(t, "asha", http.MethodGet, api.AnalyticsPath+"?days="+days, "", http.StatusBadRequest)
		require.Equal(t, "days_invalid", answer["code"])
	}
}
