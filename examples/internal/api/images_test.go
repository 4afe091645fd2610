package api_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/examples/internal/api"
	"github.com/vyapaarai/bulkimport/examples/internal/openapi/contract"
	"github.com/vyapaarai/bulkimport/importer/blob"
	"github.com/vyapaarai/bulkimport/importer/blob/dirblob"
	"github.com/vyapaarai/bulkimport/importer/blob/memblob"
)

// withImage is a harness with the image prod_1/2/medium.jpg.
func withImage(t *testing.T, images blob.Store) *harness {
	t.Helper()

	_, err := images.Put(t.Context(), "prod_1/2/medium.jpg", strings.NewReader("0123456789"), nil)
	require.NoError(t, err)
	_, err = images.Put(t.Context(), "prod_1/secret.txt", strings.NewReader("x"), nil)
	require.NoError(t, err)

	return newHarness(t, func(h *harness) { h.images = images })
}

// ask sends a request without a token and with one header field.
func (h *harness) ask(t *testing.T, method, path, name, value string) *httptest.ResponseRecorder {
	t.Helper()

	r := httptest.NewRequestWithContext(t.Context(), method, path, http.NoBody)
	if name != "" {
		r.Header.Set(name, value)
	}

	w := httptest.NewRecorder()
	contract.Handler(t, h.handler).ServeHTTP(w, r)

	return w
}

const imagePath = api.ImagesBase + "/prod_1/2/medium.jpg"

func TestImagesAreServed(t *testing.T) {
	t.Parallel()

	folder, err := dirblob.Open(t.TempDir(), nil)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, folder.Close()) })

	for name, images := range map[string]blob.Store{"memory": memblob.New(nil), "folder": folder} {
		t.Run(name, func(t *testing.T) {
			h := withImage(t, images)

			w := h.ask(t, http.MethodGet, imagePath, "", "")
			require.Equal(t, http.StatusOK, w.Code)
			require.Equal(t, "0123456789", w.Body.String())
			require.Equal(t, "image/jpeg", w.Header().Get("Content-Type"))
			require.Equal(t, "public, max-age=31536000, immutable", w.Header().Get("Cache-Control"))
			require.Equal(t, "10", w.Header().Get("Content-Length"))

			etag := w.Header().Get("ETag")
			require.NotEmpty(t, etag)

			w = h.ask(t, http.MethodHead, imagePath, "", "")
			require.Equal(t, http.StatusOK, w.Code)
			require.Empty(t, w.Body.String())
			require.Equal(t, "10", w.Header().Get("Content-Length"))

			w = h.ask(t, http.MethodGet, imagePath, "Range", "bytes=3-5")
			require.Equal(t, http.StatusPartialContent, w.Code)
			require.Equal(t, "345", w.Body.String())
			require.Equal(t, "bytes 3-5/10", w.Header().Get("Content-Range"))

			w = h.ask(t, http.MethodGet, imagePath, "Range", "bytes=-2")
			require.Equal(t, "89", w.Body.String())

			w = h.ask(t, http.MethodGet, imagePath, "Range", "bytes=10-")
			require.Equal(t, http.StatusRequestedRangeNotSatisfiable, w.Code)

			w = h.ask(t, http.MethodGet, imagePath, "If-None-Match", etag)
			require.Equal(t, http.StatusNotModified, w.Code)
			require.Empty(t, w.Body.String())
		})
	}
}

func TestWhatIsNoImage(t *testing.T) {
	t.Parallel()

	h := withImage(t, memblob.New(nil))

	for _, path := range []string{
		"/images/prod_1/medium.jpg", "/images/prod_2/2/medium.jpg", "/images/prod_1/secret.txt", "/images/prod_1/2", "/images/prod_1/",
		"/images/prod_1/%2e%2e/medium.jpg", "/images/%2e%2e/medium.jpg", "/images/prod_1/..%2f2/medium.jpg", "/images/prod_1/2%2fmedium.jpg%00.jpg",
		"/images/a%5cb/medium.jpg", "/images/~tmp/x.jpg", "/images/prod_1/%20.jpg", "/images/" + strings.Repeat("a", 600) + "/medium.jpg",
	} {
		answer := h.ask(t, http.MethodGet, path, "", "")
		if answer.Code == http.StatusTemporaryRedirect || answer.Code == http.StatusMovedPermanently {
			// What the mux has cleaned is asked for again.
			to, err := url.Parse(answer.Header().Get("Location"))
			require.NoError(t, err, path)

			answer = h.ask(t, http.MethodGet, to.String(), "", "")
		}

		require.Equal(t, http.StatusNotFound, answer.Code, path)
		require.Contains(t, []any{"image_not_found", "not_found"}, decode(t, answer)["code"], path)
		require.NotContains(t, answer.Header().Get("Cache-Control"), "immutable", path)
	}

	w := h.ask(t, http.MethodDelete, imagePath, "", "")
	require.Equal(t, http.StatusMethodNotAllowed, w.Code)
	require.Equal(t, "GET, HEAD", w.Header().Get("Allow"))
}

// awayStore is a store of images that does not answer.
type awayStore struct{ blob.Store }

func (awayStore) Stat(context.Context, string) (blob.Info, error) {
	return blob.Info{}, errors.New("the secret reason")
}

func TestAStoreOfImagesThatIsAway(t *testing.T) {
	t.Parallel()

	h := newHarness(t, func(h *harness) { h.images = awayStore{} })

	w := h.ask(t, http.MethodGet, imagePath, "", "")
	require.Equal(t, http.StatusInternalServerError, w.Code)
	require.Equal(t, "internal_error", decode(t, w)["code"])
	require.NotContains(t, w.Body.String(), "secret")
}
