package api_test

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/csvschema"
	"github.com/vyapaarai/bulkimport/examples/internal/api"
	"github.com/vyapaarai/bulkimport/jobstore"
)

// download gets a path over a real connection, whose deadlines can be set.
func download(t *testing.T, h *harness, method, path string) (*http.Response, string) {
	t.Helper()

	server := httptest.NewServer(h.handler)
	t.Cleanup(server.Close)

	r, err := http.NewRequestWithContext(t.Context(), method, server.URL+path, nil)
	require.NoError(t, err)
	r.Header.Set("Authorization", "Bearer asha")

	answer, err := server.Client().Do(r)
	require.NoError(t, err)

	defer func() { require.NoError(t, answer.Body.Close()) }()

	return answer, readAll(t, answer.Body)
}

func TestReports(t *testing.T) {
	t.Parallel()

	h := newHarness(t, nil)
	id := h.job(t, "asha", "")
	content := strings.Repeat("row_number,outcome\n", 100_000)

	key := "admin-imports/" + id + "/results.csv"
	_, err := h.files.Put(t.Context(), key, strings.NewReader(content), nil)
	require.NoError(t, err)

	h.update(t, id, func(j *jobstore.Job) { j.Status, j.ResultsKey = jobstore.StatusCompleted, key })

	for method, want := range map[string]string{http.MethodGet: content, http.MethodHead: ""} {
		answer, body := download(t, h, method, api.Base+"/"+id+"/results")
		require.Equal(t, http.StatusOK, answer.StatusCode)
		require.Equal(t, "text/csv; charset=utf-8", answer.Header.Get("Content-Type"))
		require.Equal(t, `attachment; filename="products-results.csv"`, answer.Header.Get("Content-Disposition"))
		require.Equal(t, strconv.Itoa(len(content)), answer.Header.Get("Content-Length"))
		require.True(t, want == body, "%s: %d bytes", method, len(body))
	}

	h.update(t, id, func(j *jobstore.Job) { j.InputFilename = "चावल.csv" })
	named, _ := download(t, h, http.MethodHead, api.Base+"/"+id+"/results")
	require.Equal(t, `attachment; filename="____-results.csv"; filename*=UTF-8''%E0%A4%9A%E0%A4%BE%E0%A4%B5%E0%A4%B2-results.csv`,
		named.Header.Get("Content-Disposition"))

	answer := h.get(t, "asha", http.MethodGet, api.Base+"/"+id+"/errors", "", http.StatusNotFound)
	require.Equal(t, "No row of this import was in error, so there is no error report.", answer["error"])
}

func TestTemplate(t *testing.T) {
	t.Parallel()

	answer, body := download(t, newHarness(t, nil), http.MethodGet, api.Base+"/template")
	require.Equal(t, http.StatusOK, answer.StatusCode)
	require.Equal(t, "text/csv; charset=utf-8", answer.Header.Get("Content-Type"))
	require.Equal(t, `attachment; filename="products-template.csv"`, answer.Header.Get("Content-Disposition"))
	require.Equal(t, string(csvschema.Template()), body)
}
