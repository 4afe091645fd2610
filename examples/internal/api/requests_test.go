package api_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/examples/internal/api"
	"github.com/vyapaarai/bulkimport/examples/internal/openapi/openapitest"
)

// typed sends a body with these headers Content-Type.
func (h *harness) typed(t *testing.T, path, body string, types ...string) *httptest.ResponseRecorder {
	t.Helper()

	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer asha")
	r.Header["Content-Type"] = types

	w := httptest.NewRecorder()
	openapitest.Handler(t, h.handler).ServeHTTP(w, r)

	return w
}

// JSON may be called by the names that tools give it unasked, but a file or a form with
// parts is none.
func TestTypesOfBodies(t *testing.T) {
	t.Parallel()

	h := newHarness(t, nil)
	id := h.job(t, "asha", someCSV)

	bodies := map[string]string{
		api.Base + "/process":                        `{"job_id":"none"}`,
		api.Base + "/validate":                       `{"job_id":"` + id + `"}`,
		api.Base + "/batches":                        `{"job_ids":["none"]}`,
		api.Base + "/" + id + "/upload/complete":     `{"parts":[{"part_number":1,"etag":"a"}]}`,
		api.LegacyPath:                               `{"products":[{"name":"Atta","category":"Food"}]}`,
		"/api/v1/stores/s/inventory/import/validate": `{"job_id":"none"}`,
	}

	for path, body := range bodies {
		for _, types := range [][]string{
			nil, {""}, {"application/json"}, {"Application/JSON; charset=UTF-8"}, {"application/x-www-form-urlencoded"},
			{"text/plain;charset=UTF-8"}, {"application/octet-stream"},
		} {
			w := h.typed(t, path, body, types...)
			require.NotEqual(t, http.StatusUnsupportedMediaType, w.Code, "%s as %v: %s", path, types, w.Body)
		}

		for _, types := range [][]string{
			{"text/csv"}, {"multipart/form-data; boundary=x"}, {"application/xml"}, {"text/html"}, {"json"}, {"\x00"},
			{"application/json", "text/csv"}, {"application/json, text/csv"}, {strings.Repeat("x", 9000)},
		} {
			w := h.typed(t, path, body, types...)
			require.Equal(t, http.StatusUnsupportedMediaType, w.Code, "%s as %v: %s", path, types, w.Body)
			require.Less(t, w.Body.Len(), 600)
			require.Equal(t, "unsupported_media_type", decode(t, w)["code"])
		}
	}

	// What has no body has no type.
	require.Equal(t, http.StatusConflict, h.typed(t, api.Base+"/"+id+"/retry", "", "text/csv").Code)
}

// Many clients send null for what they leave out.
func TestNullIsLeftOut(t *testing.T) {
	t.Parallel()

	h := newHarness(t, nil)
	nulls := `{"skip_duplicates":null,"auto_verify":null,"default_verification_status":null,"process_images":null,` +
		`"default_region":null,"match_strategy":null,"barcode_conflict":null,"notification_email":null}`

	for _, options := range []string{`null`, nulls, ` null `} {
		id := h.job(t, "asha", someCSV)
		tried := h.get(t, "asha", http.MethodPost, api.Base+"/validate", `{"job_id":"`+id+`","rows":null,"options":`+options+`}`, http.StatusOK)
		require.EqualValues(t, 2, tried["rows_checked"])

		h.get(t, "asha", http.MethodPost, api.Base+"/process", `{"job_id":"`+id+`","options":`+options+`}`, http.StatusAccepted)
		require.Equal(t, true, h.get(t, "asha", http.MethodGet, api.Base+"/"+id+"/status", "", http.StatusOK)["options"].(object)["skip_duplicates"])
	}

	id := h.job(t, "asha", someCSV)
	h.get(t, "asha", http.MethodPost, api.Base+"/batches", `{"job_ids":["`+id+`"],"options":null}`, http.StatusAccepted)
	h.get(t, "asha", http.MethodPost, api.LegacyPath, `{"products":[{"name":"Atta","category":"Food","brand":null}],"source":null}`, http.StatusOK)

	// What is required cannot be left out.
	for path, bodies := range map[string]map[string]string{
		api.Base + "/process": {`{"job_id":null}`: "job_id_missing", `null`: "job_id_missing"},
		api.Base + "/batches": {`{"job_ids":null}`: "job_ids_invalid", `{"job_ids":["` + id + `",null]}`: "job_ids_invalid"},
		api.LegacyPath:        {`{"products":null}`: "products_invalid", `{"products":[null]}`: "product_invalid"},
	} {
		for body, code := range bodies {
			require.Equal(t, code, h.get(t, "asha", http.MethodPost, path, body, http.StatusBadRequest)["code"], body)
		}
	}
}

// A parameter without a value is not one that was left out.
func TestParametersOfQueries(t *testing.T) {
	t.Parallel()

	h := newHarness(t, nil)

	for path, code := range map[string]string{
		api.Base + "?limit":                                  "limit_invalid",
		api.Base + "?limit=0":                                "limit_invalid",
		api.Base + "?limit=101":                              "limit_invalid",
		api.Base + "?limit=%2B5":                             "limit_invalid",
		api.Base + "?limit=99999999999999999999":             "limit_invalid",
		api.Base + "?status":                                 "status_invalid",
		api.Base + "?status=done":                            "status_invalid",
		api.StoresBase + "/store-1/inventory?limit=":         "limit_invalid",
		api.StoresBase + "/store-1/inventory/import?status=": "status_invalid",
		api.AnalyticsPath + "?days":                          "days_invalid",
		api.AnalyticsPath + "?days=0":                        "days_invalid",
		api.AnalyticsPath + "?days=91":                       "days_invalid",
		api.AnalyticsPath + "?days=4294967297":               "days_invalid",
		api.AnalyticsPath + "?type=":                         "job_type_unknown",
		api.AnalyticsPath + "?type=products":                 "job_type_unknown",
		api.Base + "/upload-url?filename=a.csv&size=":        "size_invalid",
		api.Base + "/upload-url?filename=a.csv&size=-1":      "size_invalid",
		api.Base + "/upload-url?filename=a.csv&size=%2B1":    "size_invalid",
		api.Base + "/upload-url?filename=a.csv&size=1.5":     "size_invalid",
		api.Base + "/upload-url?filename=":                   "filename_missing",
	} {
		require.Equal(t, code, h.get(t, "root", http.MethodGet, path, "", http.StatusBadRequest)["code"], path)
	}

	for _, path := range []string{api.Base + "?limit=1&cursor=", api.AnalyticsPath, api.AnalyticsPath + "?days=90", api.StoresBase + "/store-1/inventory?cursor="} {
		h.get(t, "root", http.MethodGet, path, "", http.StatusOK)
	}
}
