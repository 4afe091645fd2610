package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/examples/internal/api"
)

func TestValidate(t *testing.T) {
	t.Parallel()

	h := newHarness(t, nil)
	id := h.job(t, "asha", "Item Name,category,brand,shelf\nAtta,Food,Aashirvaad,A1\nATTA,Food,aashirvaad,A2\n,Food,Tata,A3\n")

	answer := h.get(t, "asha", http.MethodPost, api.Base+"/validate", fmt.Sprintf(`{"job_id":%q}`, id), http.StatusOK)
	require.Equal(t, object{
		"success": true, "job_id": id, "rows_checked": 3.0, "complete": true, "estimated_rows": 3.0,
		"columns": []any{
			object{"position": 1.0, "header": "Item Name", "column": "name", "status": "recognised", "samples": []any{"Atta", "ATTA"}},
			object{"position": 2.0, "header": "category", "column": "category", "status": "recognised", "samples": []any{"Food"}},
			object{"position": 3.0, "header": "brand", "column": "brand", "status": "recognised", "samples": []any{"Aashirvaad", "aashirvaad", "Tata"}},
			object{"position": 4.0, "header": "shelf", "column": "", "status": "unknown", "samples": []any{"A1", "A2", "A3"}},
		},
		"outcomes":           object{"successful": 1.0, "duplicates": 1.0, "errors": 1.0},
		"duplicates_by_tier": object{"barcode": 0.0, "image_hash": 0.0, "name_brand": 1.0},
		"error_codes":        []any{object{"code": "name_missing", "count": 1.0}},
		"errors": []any{object{
			"row_number": 4.0, "barcode": "", "name": "", "error_code": "name_missing", "error_message": "name is empty",
		}},
		"warnings": []any{object{
			"code": "columns_unknown", "column": "", "message": `unknown columns are not imported: "shelf"`, "count": 0.0, "rows": []any{},
		}},
		"quality": object{
			"count": 1.0, "sum": 30.0, "mean": 30.0,
			"bands": object{"0-19": 0.0, "20-39": 1.0, "40-59": 0.0, "60-79": 0.0, "80-100": 0.0},
		},
		"failure": nil, "inventory": nil,
	}, answer)

	status := h.get(t, "asha", http.MethodGet, api.Base+"/"+id+"/status", "", http.StatusOK)
	require.Equal(t, "pending_upload", status["status"])
	require.Equal(t, []any{}, status["warnings"])
}

func TestValidateWithRowsAndOptions(t *testing.T) {
	t.Parallel()

	h := newHarness(t, nil)
	id := h.job(t, "asha", "name,category,brand\n"+strings.Repeat("Atta,Food,Aashirvaad\n", 1500))

	for rows, want := range map[string]float64{`1`: 1, `700`: 700, `"all"`: 1500, `99999`: 1500, `1500`: 1500} {
		body := fmt.Sprintf(`{"job_id":%q,"rows":%s,"options":{"skip_duplicates":false}}`, id, rows)
		answer := h.get(t, "asha", http.MethodPost, api.Base+"/validate", body, http.StatusOK)
		require.Equal(t, want, answer["rows_checked"], rows)
		require.Equal(t, want == 1500, answer["complete"])
		require.Equal(t, object{"successful": want, "duplicates": 0.0, "errors": 0.0}, answer["outcomes"])
	}

	answer := h.get(t, "asha", http.MethodPost, api.Base+"/validate", fmt.Sprintf(`{"job_id":%q}`, id), http.StatusOK)
	require.EqualValues(t, 1000, answer["rows_checked"])
	require.Equal(t, false, answer["complete"])
}

func TestValidateShowsColumnsThatDoNotDo(t *testing.T) {
	t.Parallel()

	h := newHarness(t, nil)
	id := h.job(t, "asha", "सामान,EAN\nतेल,8909900001020\n")
	body := fmt.Sprintf(`{"job_id":%q}`, id)

	answer := h.get(t, "asha", http.MethodPost, api.Base+"/validate", body, http.StatusUnprocessableEntity)
	require.Equal(t, "column_missing", answer["code"])
	require.Equal(t, []any{"name", "category"}, answer["missing_columns"])
	require.Equal(t, []any{
		object{"position": 1.0, "header": "सामान", "column": "", "status": "unknown", "samples": []any{"तेल"}},
		object{"position": 2.0, "header": "EAN", "column": "barcode", "status": "recognised", "samples": []any{"8909900001020"}},
	}, answer["columns"])

	id = h.job(t, "asha", "name,category,Barcode,EAN\n")
	answer = h.get(t, "asha", http.MethodPost, api.Base+"/validate", fmt.Sprintf(`{"job_id":%q}`, id), http.StatusUnprocessableEntity)
	require.Equal(t, "column_duplicate", answer["code"])
	require.NotContains(t, answer, "missing_columns")
	require.Equal(t, object{"position": 4.0, "header": "EAN", "column": "barcode", "status": "repeated", "samples": []any{}}, answer["columns"].([]any)[3])

	// Only those who try a file are shown its columns.
	id = h.job(t, "asha", "a,b\n")
	require.NotContains(t, h.process(t, "asha", id, http.StatusUnprocessableEntity), "columns")
}

func TestValidateThatIsWrong(t *testing.T) {
	t.Parallel()

	h := newHarness(t, nil)
	good, empty, bad := h.job(t, "asha", someCSV), h.job(t, "asha", ""), h.job(t, "asha", "a,b\n1,2\n")
	started := h.job(t, "asha", someCSV)
	h.process(t, "asha", started, http.StatusAccepted)

	for _, tt := range []struct {
		body, code string
		status     int
	}{
		{``, "json_invalid", 400},
		{`[]`, "json_invalid", 400},
		{`{}`, "job_id_missing", 400},
		{`{"job_id":7}`, "field_invalid", 400},
		{fmt.Sprintf(`{"job_id":%q,"row":1}`, good), "unknown_field", 400},
		{fmt.Sprintf(`{"job_id":%q,"rows":0}`, good), "rows_invalid", 400},
		{fmt.Sprintf(`{"job_id":%q,"rows":-1}`, good), "rows_invalid", 400},
		{fmt.Sprintf(`{"job_id":%q,"rows":1.5}`, good), "rows_invalid", 400},
		{fmt.Sprintf(`{"job_id":%q,"rows":1e3}`, good), "rows_invalid", 400},
		{fmt.Sprintf(`{"job_id":%q,"rows":[]}`, good), "rows_invalid", 400},
		{fmt.Sprintf(`{"job_id":%q,"rows":"some"}`, good), "rows_invalid", 400},
		{fmt.Sprintf(`{"job_id":%q,"rows":99999999999999999999}`, good), "rows_invalid", 400},
		{fmt.Sprintf(`{"job_id":%q,"options":{"match_strategy":"fuzzy"}}`, good), "options_invalid", 400},
		{fmt.Sprintf(`{"job_id":%q,"options":{"x":1}}`, good), "unknown_field", 400},
		{`{"job_id":"../../etc/passwd"}`, "job_not_found", 404},
		{fmt.Sprintf(`{"job_id":%q}`, empty), "file_missing", 409},
		{fmt.Sprintf(`{"job_id":%q}`, started), "job_started", 409},
		{fmt.Sprintf(`{"job_id":%q}`, bad), "column_missing", 422},
		{`{"job_id":"` + strings.Repeat("x", 70<<10) + `"}`, "body_too_large", 413},
	} {
		answer := h.get(t, "asha", http.MethodPost, api.Base+"/validate", tt.body, tt.status)
		require.Equal(t, tt.code, answer["code"], "%.80s", tt.body)
	}

	answer := h.get(t, "ravi", http.MethodPost, api.Base+"/validate", fmt.Sprintf(`{"job_id":%q}`, good), http.StatusNotFound)
	require.Equal(t, "job_not_found", answer["code"])

	// A file that was only tried has not failed its job: it can be replaced.
	status := h.get(t, "asha", http.MethodGet, api.Base+"/"+bad+"/status", "", http.StatusOK)
	require.Equal(t, "pending_upload", status["status"])
}
