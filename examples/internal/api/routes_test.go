package api_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/examples/internal/api"
	"github.com/vyapaarai/bulkimport/examples/internal/openapi/openapitest"
)

func TestAddressesThatDoNotExist(t *testing.T) {
	t.Parallel()

	h := newHarness(t, nil)

	for _, path := range []string{
		"/", "/nowhere", "/api/v1/admin/products", api.Base + "/", api.Base + "/bulk-import", api.Base + "/analytics",
		api.StoresBase + "/store-1/inventory/import/bulk-import", api.Base + "/a/b", api.Base + "/a/b/c", "/filesystem", "/healthz/",
	} {
		for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodOptions} {
			answer := h.get(t, "asha", method, path, "", http.StatusNotFound)
			require.Equal(t, "not_found", answer["code"], "%s %s", method, path)
		}
	}
}

func TestMethodsThatDoNotExist(t *testing.T) {
	t.Parallel()

	h := newHarness(t, nil)

	tests := []struct{ method, path, allow string }{
		{http.MethodPost, api.Base, "GET, HEAD"},
		{http.MethodGet, api.Base + "/some-job", "DELETE"},
		{http.MethodDelete, api.Base + "/some-job/status", "GET, HEAD"},
		{http.MethodPost, "/healthz", "GET, HEAD"},
		{http.MethodHead, api.Base + "/upload-url", "GET"},
		{http.MethodPost, api.Base + "/upload-url", "GET"},
		// The name of an endpoint is the id of no job.
		{http.MethodPut, api.Base + "/process", "POST"},
		{http.MethodDelete, api.Base + "/process", "POST"},
		{http.MethodGet, api.Base + "/batches", "POST"},
		{http.MethodGet, api.Base + "/validate", "POST"},
		{http.MethodDelete, api.Base + "/template", "GET, HEAD"},
		{http.MethodDelete, api.Base + "/batches/some-batch", "GET, HEAD"},
		{http.MethodGet, api.StoresBase + "/store-1/inventory/import/batches", "POST"},
		{http.MethodDelete, api.StoresBase + "/store-1/inventory/import/upload-url", "GET"},
		{http.MethodGet, api.LegacyPath, "POST"},
	}

	for _, tt := range tests {
		w := h.do(t, "", tt.method, tt.path, "")
		require.Equal(t, http.StatusMethodNotAllowed, w.Code, "%s %s", tt.method, tt.path)
		require.Equal(t, tt.allow, w.Header().Get("Allow"), "%s %s", tt.method, tt.path)

		answer := decode(t, w)
		require.Equal(t, "method_not_allowed", answer["code"])
		require.Equal(t, "This address does not take "+tt.method+"; it takes "+tt.allow+".", answer["error"])

		w = h.do(t, "", http.MethodOptions, tt.path, "")
		require.Equal(t, http.StatusNoContent, w.Code, tt.path)
		require.Equal(t, tt.allow+", OPTIONS", w.Header().Get("Allow"), tt.path)
	}
}

// TestPathsThatAreNotClean: they lead nowhere, and least of all to another store.
func TestPathsThatAreNotClean(t *testing.T) {
	t.Parallel()

	h := newHarness(t, nil)

	for _, path := range []string{
		api.StoresBase + "/store-2/../store-1/inventory",
		api.StoresBase + "/store-2/%2e%2e/store-1/inventory",
		api.StoresBase + "/store-1/inventory/import/../import",
		api.StoresBase + "//store-1/inventory",
		api.Base + "/../import/template",
		api.Base + "//template",
		api.Base + "/./batches/batch_a",
		api.Base + "/batches/../template",
		"//healthz",
		// Nor is a folder the place of what is in it.
		"/files", "/files/../healthz", "/images", "/images/prod_1/../prod_2/medium.jpg", "/images//prod_1/medium.jpg",
	} {
		for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodDelete} {
			w := h.do(t, "meena@store-1", method, path, "")
			require.Equal(t, http.StatusNotFound, w.Code, "%s %s: %s", method, path, w.Body)
			require.Empty(t, w.Header().Get("Location"), path)
			require.Equal(t, "not_found", decode(t, w)["code"], path)
		}
	}

	h.get(t, "", http.MethodGet, "/images/prod_1", "", http.StatusNotFound)
}

func TestOptionsNameTheMethods(t *testing.T) {
	t.Parallel()

	w := newHarness(t, nil).do(t, "", http.MethodOptions, api.Base, "")
	require.Equal(t, http.StatusNoContent, w.Code)
	require.Equal(t, "GET, HEAD, OPTIONS", w.Header().Get("Allow"))
	require.Empty(t, w.Body.String())
}

func TestHeadCreatesNothing(t *testing.T) {
	t.Parallel()

	h := newHarness(t, nil)
	h.do(t, "asha", http.MethodHead, api.Base+"/upload-url?filename=a.csv", "")

	require.Empty(t, h.get(t, "asha", http.MethodGet, api.Base, "", http.StatusOK)["jobs"])
}

func TestAuthentication(t *testing.T) {
	t.Parallel()

	h := newHarness(t, nil)

	endpoints := []struct{ method, path string }{
		{http.MethodGet, api.Base + "/upload-url?filename=a.csv"},
		{http.MethodPost, api.Base + "/process"},
		{http.MethodGet, api.Base},
		{http.MethodGet, api.Base + "/template"},
		{http.MethodGet, api.Base + "/some-job/status"},
		{http.MethodGet, api.Base + "/some-job/errors"},
		{http.MethodGet, api.Base + "/some-job/results"},
		{http.MethodDelete, api.Base + "/some-job"},
		{http.MethodPost, api.Base + "/some-job/retry"},
		{http.MethodPost, api.Base + "/validate"},
		{http.MethodPost, api.Base + "/batches"},
		{http.MethodGet, api.Base + "/batches/some-batch"},
		{http.MethodGet, api.AnalyticsPath},
		{http.MethodPost, api.LegacyPath},
	}

	tests := []struct {
		name, header, code, challenge string
		status                        int
	}{
		{"no header", "", "token_missing", `Bearer realm="bulkimport"`, 401},
		{"no token", "Bearer ", "token_missing", `Bearer realm="bulkimport"`, 401},
		{"other scheme", "Basic YTpi", "token_missing", `Bearer realm="bulkimport"`, 401},
		{"expired", "Bearer expired", "token_expired", `Bearer realm="bulkimport", error="invalid_token", error_description="The token has expired"`, 401},
		{"forged", "Bearer forged", "token_invalid", `Bearer realm="bulkimport", error="invalid_token"`, 401},
		{"scheme in lower case", "bearer forged", "token_invalid", `Bearer realm="bulkimport", error="invalid_token"`, 401},
		{"other role", "Bearer cashier", "forbidden", "", 403},
		{"keys out of reach", "Bearer no-keys", "keys_unavailable", "", 503},
		{"anything else", "Bearer broken", "internal_error", "", 500},
	}

	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()

			for _, e := range endpoints {
				r := httptest.NewRequestWithContext(t.Context(), e.method, e.path, nil)
				r.Header.Set("Authorization", tt.header)

				w := httptest.NewRecorder()
				openapitest.Handler(t, h.handler).ServeHTTP(w, r)

				require.Equal(t, tt.status, w.Code, "%s %s", e.method, e.path)
				require.Equal(t, tt.challenge, w.Header().Get("WWW-Authenticate"))

				answer := decode(t, w)
				require.Equal(t, tt.code, answer["code"])
				require.NotContains(t, answer["error"], "secret")
			}
		})
	}
}

func TestHealth(t *testing.T) {
	t.Parallel()

	var asked []string

	check := func(name string, err error) api.Check {
		return api.Check{Name: name, Probe: func(context.Context) error {
			asked = append(asked, name)

			return err
		}}
	}

	fine := newHarness(t, func(h *harness) { h.ready = []api.Check{check("job store", nil), check("catalogue", nil)} })
	require.Equal(t, "alive", fine.get(t, "", http.MethodGet, "/healthz", "", http.StatusOK)["status"])
	require.Empty(t, asked)
	require.Equal(t, "ready", fine.get(t, "", http.MethodGet, "/readyz", "", http.StatusOK)["status"])
	require.Equal(t, []string{"job store", "catalogue"}, asked)

	broken := newHarness(t, func(h *harness) {
		h.ready = []api.Check{check("job store", nil), check("catalogue", errors.New("disk on fire"))}
	})
	require.Equal(t, "alive", broken.get(t, "", http.MethodGet, "/healthz", "", http.StatusOK)["status"])

	answer := broken.get(t, "", http.MethodGet, "/readyz", "", http.StatusServiceUnavailable)
	require.Equal(t, "The catalogue does not answer.", answer["error"])
	require.Equal(t, "not_ready", answer["code"])
}

// TestPatternsAreTold: whoever measures requests from outside learns the route of each,
// those of stores apart from those of the catalogue.
func TestPatternsAreTold(t *testing.T) {
	t.Parallel()

	h := newHarness(t, nil)

	for path, want := range map[string]string{
		api.Base + "/a/status":                                     "GET " + api.Base + "/{job_id}/status",
		"/api/v1/stores/store-1/inventory/import/a/status":         "GET /api/v1/stores/{store_id}/inventory/import/{job_id}/status",
		"/api/v1/stores/store-1/inventory/import/batches/batch_a":  "GET /api/v1/stores/{store_id}/inventory/import/batches/{batch_id}",
		"/api/v1/stores/store-1/inventory":                         "GET /api/v1/stores/{store_id}/inventory",
		"/api/v1/stores/store-1/inventory/import/there/is/nothing": "",
		"/there/is/nothing":                                        "",
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
		openapitest.Handler(t, h.handler).ServeHTTP(httptest.NewRecorder(), r)
		require.Equal(t, want, r.Pattern, path)
	}
}
