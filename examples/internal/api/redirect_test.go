package api_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/examples/internal/api"
	"github.com/vyapaarai/bulkimport/importer/blob/memblob"
	"github.com/vyapaarai/bulkimport/jobstore"
)

func TestReportsElsewhere(t *testing.T) {
	t.Parallel()

	h := newHarness(t, func(h *harness) { h.redirects.Reports = true })
	id := h.job(t, "asha", "")
	path := api.Base + "/" + id + "/results"

	require.Equal(t, "report_missing", h.get(t, "asha", http.MethodGet, path, "", http.StatusNotFound)["code"], "nothing to redirect to")

	key := "admin-imports/" + id + "/results.csv"
	_, err := h.files.Put(t.Context(), key, strings.NewReader("row_number\n"), nil)
	require.NoError(t, err)

	h.update(t, id, func(j *jobstore.Job) { j.Status, j.ResultsKey = jobstore.StatusCompleted, key })

	w := h.do(t, "asha", http.MethodGet, path, "")
	require.Equal(t, http.StatusTemporaryRedirect, w.Code)
	require.Contains(t, w.Header().Get("Location"), "http://import.example.in/files/"+key+"?")
	require.Equal(t, "no-store", w.Header().Get("Cache-Control"))
	require.Empty(t, w.Body.String())

	w = h.do(t, "asha", http.MethodHead, path, "")
	require.Equal(t, http.StatusOK, w.Code)
	require.Equal(t, "11", w.Header().Get("Content-Length"))

	require.Equal(t, "job_not_found", h.get(t, "meera", http.MethodGet, path, "", http.StatusNotFound)["code"], "of somebody else")
	h.get(t, "", http.MethodGet, path, "", http.StatusUnauthorized)
	h.get(t, "asha", http.MethodGet, api.Base+"/"+id+"/errors", "", http.StatusNotFound)
}

func TestImagesElsewhere(t *testing.T) {
	t.Parallel()

	h := newHarness(t, func(h *harness) {
		h.redirects.Image = func(_ context.Context, key string) (string, time.Duration, error) {
			if strings.Contains(key, "bad") {
				return "", 0, errors.New("the secret reason")
			}

			return "https://images.example.in/" + key + "?sig=1", 30 * time.Minute, nil
		}
	})

	for _, key := range []string{"prod_1/2/medium.jpg", "bad/medium.jpg"} {
		_, err := h.images.(*memblob.Store).Put(t.Context(), key, strings.NewReader("0123456789"), nil)
		require.NoError(t, err)
	}

	w := h.ask(t, http.MethodGet, imagePath, "Range", "bytes=3-5")
	require.Equal(t, http.StatusTemporaryRedirect, w.Code)
	require.Equal(t, "https://images.example.in/prod_1/2/medium.jpg?sig=1", w.Header().Get("Location"))
	require.Equal(t, "public, max-age=1800", w.Header().Get("Cache-Control"), "no longer than the URL is good for")
	require.Empty(t, w.Body.String())

	w = h.ask(t, http.MethodHead, imagePath, "", "")
	require.Equal(t, http.StatusOK, w.Code)
	require.Equal(t, "10", w.Header().Get("Content-Length"))

	w = h.ask(t, http.MethodGet, api.ImagesBase+"/prod_2/medium.jpg", "", "")
	require.Equal(t, http.StatusNotFound, w.Code)

	w = h.ask(t, http.MethodGet, api.ImagesBase+"/bad/medium.jpg", "", "")
	require.Equal(t, http.StatusInternalServerError, w.Code)
	require.NotContains(t, w.Body.String(), "secret")
}

// Where the store of files serves its own URLs there is nothing below FilesBase.
func TestNoFiles(t *testing.T) {
	t.Parallel()

	h := newHarness(t, func(h *harness) { h.noFiles = true })

	require.Equal(t, "not_found", h.get(t, "", http.MethodGet, api.FilesBase+"/a", "", http.StatusNotFound)["code"])
}
