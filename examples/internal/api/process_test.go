package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/examples/internal/api"
	"github.com/vyapaarai/bulkimport/jobstore"
)

func TestUploadURL(t *testing.T) {
	t.Parallel()

	h := newHarness(t, nil)

	w := h.do(t, "asha", http.MethodGet, api.Base+"/upload-url?filename=%E0%A4%86%E0%A4%9F%E0%A4%BE.csv", "")
	require.Equal(t, http.StatusOK, w.Code)
	require.Contains(t, w.Body.String(), "&signature=", "to be copied as it is")

	answer := decode(t, w)
	id := answer["job_id"].(string)
	require.Regexp(t, `^admin_import_\d{8}_[0-9a-z]{12}$`, id)
	require.Equal(t, "admin-imports/"+id+"/input.csv", answer["s3_key"])
	require.EqualValues(t, 600, answer["expires_in"])
	require.Contains(t, answer["upload_url"], "http://import.example.in/files/admin-imports/"+id+"/input.csv?expires=")
	require.Empty(t, answer["upload_headers"])
	require.IsType(t, map[string]any{}, answer["upload_headers"], "never null")
	require.Len(t, answer, 6)

	status := h.get(t, "asha", http.MethodGet, api.Base+"/"+id+"/status", "", http.StatusOK)
	require.Equal(t, "आटा.csv", status["filename"])
	require.Equal(t, "pending_upload", status["status"])
}

func TestUploadURLWithoutAGoodName(t *testing.T) {
	t.Parallel()

	h := newHarness(t, nil)

	for query, code := range map[string]string{
		"":                    "filename_missing",
		"?filename=":          "filename_missing",
		"?filename=a%2Fb.csv": "filename_invalid",
		"?filename=a%00.csv":  "filename_invalid",
	} {
		answer := h.get(t, "asha", http.MethodGet, api.Base+"/upload-url"+query, "", http.StatusBadRequest)
		require.Equal(t, code, answer["code"], query)
	}
}

func TestProcess(t *testing.T) {
	t.Parallel()

	h := newHarness(t, nil)
	id := h.job(t, "asha", someCSV)
	body := fmt.Sprintf(`{"job_id":%q,"options":{"skip_duplicates":false,"default_region":"in-mh"}}`, id)

	answer := h.get(t, "asha", http.MethodPost, api.Base+"/process", body, http.StatusAccepted)
	require.Equal(t, id, answer["job_id"])
	require.Equal(t, "queued", answer["status"])
	require.EqualValues(t, 2, answer["estimated_rows"])
	require.Contains(t, answer["message"], api.Base+"/"+id+"/status")
	require.Len(t, answer, 5)

	again := h.get(t, "asha", http.MethodPost, api.Base+"/process", fmt.Sprintf(`{"job_id":%q}`, id), http.StatusOK)
	require.Equal(t, "queued", again["status"])
	require.Contains(t, again["message"], "started before")

	options := h.get(t, "asha", http.MethodGet, api.Base+"/"+id+"/status", "", http.StatusOK)["options"].(object)
	require.Equal(t, false, options["skip_duplicates"])
	require.Equal(t, "IN-MH", options["default_region"], "a repeated call changes no options")
}

func TestProcessRefuses(t *testing.T) {
	t.Parallel()

	h := newHarness(t, nil)
	id := h.job(t, "asha", someCSV)
	empty := h.job(t, "asha", "")
	others := h.job(t, "ravi", someCSV)
	bad := h.job(t, "asha", "name,brand\nAtta,Aashirvaad\n")

	tests := []struct {
		name, body string
		status     int
		code, says string
	}{
		{"nothing", ``, 400, "json_invalid", "not valid JSON"},
		{"no JSON", `job_id=7`, 400, "json_invalid", "byte 1"},
		{"two values", `{"job_id":"a"} {}`, 400, "json_invalid", "byte"},
		{"no object", `["job"]`, 400, "json_invalid", "must be a JSON object, not an array"},
		{"null", `null`, 400, "job_id_missing", "job_id"},
		{"no job", `{}`, 400, "job_id_missing", "job_id"},
		{"job is a number", `{"job_id":7}`, 400, "field_invalid", `Field "job_id" must be a string, not a number`},
		{"unknown field", `{"job_id":"a","option":{}}`, 400, "unknown_field", `no field "option"`},
		{"other case", `{"Job_ID":"a"}`, 400, "unknown_field", `no field "Job_ID"`},
		{"unknown option", `{"job_id":"` + id + `","options":{"skip_duplicate":true}}`, 400, "unknown_field", `no field "skip_duplicate"`},
		{"option is a string", `{"job_id":"` + id + `","options":{"auto_verify":"yes"}}`, 400, "field_invalid", `Field "auto_verify" must be true or false, not a string`},
		{"options are a list", `{"job_id":"` + id + `","options":[]}`, 400, "json_invalid", "options must be a JSON object"},
		{"wrong option", `{"job_id":"` + id + `","options":{"match_strategy":"fuzzy"}}`, 400, "options_invalid", "match_strategy"},
		{"too large", `{"job_id":"` + strings.Repeat("a", 64<<10) + `"}`, 413, "body_too_large", "64 KiB"},
		{"no such job", `{"job_id":"admin_import_20250106_none"}`, 404, "job_not_found", "no import job"},
		{"job of somebody else", `{"job_id":"` + others + `"}`, 404, "job_not_found", "no import job"},
		{"no file", `{"job_id":"` + empty + `"}`, 409, "file_missing", "upload_url"},
		{"bad file", `{"job_id":"` + bad + `"}`, 422, "column_missing", "category"},
	}

	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()

			answer := h.get(t, "asha", http.MethodPost, api.Base+"/process", tt.body, tt.status)
			require.Equal(t, tt.code, answer["code"])
			require.Contains(t, answer["error"], tt.says)
		})
	}
}

func TestBadFileFailsItsJob(t *testing.T) {
	t.Parallel()

	h := newHarness(t, nil)
	id := h.job(t, "asha", "%PDF-1.7\n")
	refused := h.get(t, "asha", http.MethodPost, api.Base+"/process", fmt.Sprintf(`{"job_id":%q}`, id), http.StatusUnprocessableEntity)

	status := h.get(t, "asha", http.MethodGet, api.Base+"/"+id+"/status", "", http.StatusOK)
	require.Equal(t, string(jobstore.StatusFailed), status["status"])
	require.Equal(t, object{"code": refused["code"], "message": refused["error"]}, status["failure"])
}

// FuzzProcessBody sends anything as the body of a request: it is refused, in JSON.
func FuzzProcessBody(f *testing.F) {
	for _, body := range []string{
		``, `{}`, `null`, `[]`, `{"job_id":"a"}`, `{"job_id":7}`, `{"job_id":"a","options":null}`,
		`{"job_id":"a","options":{"auto_verify":1e400}}`, `{"job_id":"a","job_id":{}}`, "{\"job_id\":\"\\ud800\"}", "\ufeff{}",
		`{"job_id":"a","options":{"notification_email":["a"]}}`, strings.Repeat("[", 20_000),
	} {
		f.Add(body)
	}

	h := newHarness(f, nil)

	f.Fuzz(func(t *testing.T, body string) {
		w := h.do(t, "asha", http.MethodPost, api.Base+"/process", body)
		require.Contains(t, []int{400, 404, 413}, w.Code, "%q", body)
		decode(t, w)
	})
}
