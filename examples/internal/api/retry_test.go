package api_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/examples/internal/api"
	"github.com/vyapaarai/bulkimport/examples/internal/openapi/contract"
	"github.com/vyapaarai/bulkimport/importer"
	"github.com/vyapaarai/bulkimport/jobstore"
)

// failed moves a queued job to where it failed, halfway and through no fault of its file.
func (h *harness) failed(t testing.TB, id string) {
	t.Helper()

	h.update(t, id, func(j *jobstore.Job) {
		j.Status, j.Notification = jobstore.StatusFailed, jobstore.NotificationSent
		j.Failure = &jobstore.Failure{Code: "too_many_attempts", Message: "The import was given up."}
		j.StartedAt, j.CompletedAt = j.CreatedAt.Add(time.Minute), j.CreatedAt.Add(time.Hour)
		j.Progress.ProcessedRows, j.Progress.Successful = 1, 1
	})
}

func (h *harness) process(t testing.TB, user, id string, status int) object {
	t.Helper()

	return h.get(t, user, http.MethodPost, api.Base+"/process", fmt.Sprintf(`{"job_id":%q}`, id), status)
}

func TestRetry(t *testing.T) {
	t.Parallel()

	h := newHarness(t, nil)
	id := h.job(t, "asha", someCSV)
	h.process(t, "asha", id, http.StatusAccepted)
	h.failed(t, id)

	answer := h.get(t, "asha", http.MethodPost, api.Base+"/"+id+"/retry", "", http.StatusAccepted)
	require.Equal(t, object{
		"success": true, "job_id": id, "status": "queued", "estimated_rows": 2.0,
		"message": "The import is queued; follow it at " + api.Base + "/" + id + "/status.",
	}, answer)

	status := h.get(t, "asha", http.MethodGet, api.Base+"/"+id+"/status", "", http.StatusOK)
	require.Equal(t, "queued", status["status"])
	require.Nil(t, status["failure"])
	require.Nil(t, status["completed_at"])
	require.EqualValues(t, 1, status["progress"].(object)["processed_rows"])

	again := h.get(t, "asha", http.MethodPost, api.Base+"/"+id+"/retry", "", http.StatusOK)
	require.Equal(t, "queued", again["status"])
}

func TestRetryThatIsNotPossible(t *testing.T) {
	t.Parallel()

	h := newHarness(t, nil)
	id := h.job(t, "asha", someCSV)

	answer := h.get(t, "asha", http.MethodPost, api.Base+"/"+id+"/retry", "", http.StatusConflict)
	require.Equal(t, "job_not_started", answer["code"])

	bad := h.job(t, "asha", "a,b\n1,2\n")
	h.process(t, "asha", bad, http.StatusUnprocessableEntity)
	answer = h.get(t, "asha", http.MethodPost, api.Base+"/"+bad+"/retry", "", http.StatusConflict)
	require.Equal(t, "retry_useless", answer["code"])

	for _, hostile := range []string{"nothing", "..", "%2e%2e%2f", "%00", strings.Repeat("x", 3000)} {
		w := h.do(t, "asha", http.MethodPost, api.Base+"/"+hostile+"/retry", "")
		require.GreaterOrEqual(t, w.Code, 300, hostile)
		require.Less(t, w.Code, 500, hostile)
	}
}

func TestQuotas(t *testing.T) {
	t.Parallel()

	h := newHarness(t, func(h *harness) { h.options = importer.ServiceOptions{MaxConcurrentJobs: 1, MaxJobsPerDay: 3} })

	one, two := h.job(t, "asha", someCSV), h.job(t, "asha", someCSV)
	h.process(t, "asha", one, http.StatusAccepted)

	w := h.do(t, "asha", http.MethodPost, api.Base+"/process", fmt.Sprintf(`{"job_id":%q}`, two))
	require.Equal(t, http.StatusTooManyRequests, w.Code)
	require.Equal(t, "30", w.Header().Get("Retry-After"))
	require.Equal(t, "quota_concurrent_jobs", decode(t, w)["code"])

	h.job(t, "asha", "")

	w = h.do(t, "asha", http.MethodGet, api.Base+"/upload-url?filename=products.csv", "")
	require.Equal(t, http.StatusTooManyRequests, w.Code)
	require.Regexp(t, `^[1-9][0-9]{0,4}$`, w.Header().Get("Retry-After"))
	require.Equal(t, "quota_daily_jobs", decode(t, w)["code"])
}

// doWithKeys sends a request to process with idempotency keys.
func (h *harness) doWithKeys(t testing.TB, body string, keys ...string) *httptest.ResponseRecorder {
	t.Helper()

	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, api.Base+"/process", strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer asha")
	r.Header["Idempotency-Key"] = keys

	w := httptest.NewRecorder()
	contract.Handler(t, h.handler).ServeHTTP(w, r)

	return w
}

func TestIdempotencyKey(t *testing.T) {
	t.Parallel()

	h := newHarness(t, nil)
	id := h.job(t, "asha", someCSV)
	body := fmt.Sprintf(`{"job_id":%q,"options":{"auto_verify":true}}`, id)

	first := h.doWithKeys(t, body, "key-1")
	require.Equal(t, http.StatusAccepted, first.Code)

	// Whatever becomes of the job, and however the body is spelled, the answer is the same.
	h.running(t, id)
	h.update(t, id, func(j *jobstore.Job) { j.Progress.TotalRows = 99 })

	again := h.doWithKeys(t, strings.ReplaceAll(body, ":", " : "), "key-1")
	require.Equal(t, http.StatusAccepted, again.Code)
	require.Equal(t, first.Body.String(), again.Body.String())

	other := h.doWithKeys(t, fmt.Sprintf(`{"job_id":%q}`, id), "key-1")
	require.Equal(t, http.StatusConflict, other.Code)
	require.Equal(t, "idempotency_conflict", decode(t, other)["code"])

	require.Equal(t, http.StatusOK, h.doWithKeys(t, body, "key-2").Code)
	require.Equal(t, http.StatusOK, h.doWithKeys(t, body).Code)
}

func TestIdempotencyKeysThatAreRefused(t *testing.T) {
	t.Parallel()

	h := newHarness(t, nil)
	id := h.job(t, "asha", someCSV)

	for _, keys := range [][]string{{""}, {"a b"}, {"ä"}, {"\x01"}, {strings.Repeat("x", 256)}, {"a", "b"}, {"a", "a"}} {
		w := h.doWithKeys(t, fmt.Sprintf(`{"job_id":%q}`, id), keys...)
		require.Equal(t, http.StatusBadRequest, w.Code, keys)
		require.Equal(t, "idempotency_key_invalid", decode(t, w)["code"])
	}

	status := h.get(t, "asha", http.MethodGet, api.Base+"/"+id+"/status", "", http.StatusOK)
	require.Equal(t, "pending_upload", status["status"])
}
