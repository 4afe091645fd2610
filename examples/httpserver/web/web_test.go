package web_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/examples/httpserver/web"
)

// teapot answers to what is left to it.
func teapot(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) }

func handler(t *testing.T, o web.Options) http.Handler {
	t.Helper()

	page, err := web.New(o)
	require.NoError(t, err)

	return page.Or(http.HandlerFunc(teapot))
}

func ask(t *testing.T, h http.Handler, method, path string, header map[string]string) *httptest.ResponseRecorder {
	t.Helper()

	r := httptest.NewRequestWithContext(t.Context(), method, path, nil)
	for name, value := range header {
		r.Header.Set(name, value)
	}

	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)

	return w
}

// assets returns the addresses that the page names.
func assets(t *testing.T, page string) []string {
	t.Helper()

	var found []string
	for _, match := range regexp.MustCompile(`(?:src|href)="([^"]+)"`).FindAllStringSubmatch(page, -1) {
		found = append(found, match[1])
	}

	require.NotEmpty(t, found)

	return found
}

func TestPage(t *testing.T) {
	t.Parallel()

	h := handler(t, web.Options{})
	w := ask(t, h, http.MethodGet, "/", nil)

	require.Equal(t, http.StatusOK, w.Code)
	require.Equal(t, "text/html; charset=utf-8", w.Header().Get("Content-Type"))
	require.Equal(t, "no-cache", w.Header().Get("Cache-Control"))
	require.Equal(t, "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "+
		"base-uri 'none'; form-action 'none'; frame-ancestors 'none'", w.Header().Get("Content-Security-Policy"))

	types := map[string]string{".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}

	for _, address := range assets(t, w.Body.String()) {
		a := ask(t, h, http.MethodGet, address, nil)
		require.Equal(t, http.StatusOK, a.Code, address)
		require.Equal(t, "public, max-age=31536000, immutable", a.Header().Get("Cache-Control"))
		require.Equal(t, types[address[strings.LastIndex(address, "."):]], a.Header().Get("Content-Type"))
		require.NotRegexp(t, `(?:url\(|["'\x60])data:image`, a.Body.String(), "the policy has no room for it")
		require.NotEmpty(t, a.Header().Get("Content-Security-Policy"))
	}
}

// TestPageObeysItsPolicy looks for what the policy would stop.
func TestPageObeysItsPolicy(t *testing.T) {
	t.Parallel()

	page := ask(t, handler(t, web.Options{}), http.MethodGet, "/", nil).Body.String()

	require.NotRegexp(t, `(?i)<style|\sstyle=|\son[a-z]+=|javascript:|<base|<form`, page)
	require.NotRegexp(t, `(?i)(src|href)="(https?:)?//`, page)

	for _, script := range regexp.MustCompile(`(?is)<script[^>]*>(.*?)</script>`).FindAllStringSubmatch(page, -1) {
		require.Empty(t, script[1])
	}
}

func TestHead(t *testing.T) {
	t.Parallel()

	h := handler(t, web.Options{})
	get, head := ask(t, h, http.MethodGet, "/", nil), ask(t, h, http.MethodHead, "/", nil)

	require.Equal(t, http.StatusOK, head.Code)
	require.Empty(t, head.Body.String())
	require.Equal(t, get.Header(), head.Header())
}

func TestNotModified(t *testing.T) {
	t.Parallel()

	h := handler(t, web.Options{})

	for _, encoding := range []string{"", "gzip"} {
		etag := ask(t, h, http.MethodGet, "/", map[string]string{"Accept-Encoding": encoding}).Header().Get("ETag")
		require.Regexp(t, `^"[^"]+"$`, etag)

		again := ask(t, h, http.MethodGet, "/", map[string]string{"Accept-Encoding": encoding, "If-None-Match": etag})
		require.Equal(t, http.StatusNotModified, again.Code)
		require.Empty(t, again.Body.String())
		require.Equal(t, etag, again.Header().Get("ETag"))
		require.Equal(t, "no-cache", again.Header().Get("Cache-Control"))

		other := ask(t, h, http.MethodGet, "/", map[string]string{"Accept-Encoding": encoding, "If-None-Match": `"other"`})
		require.Equal(t, http.StatusOK, other.Code)
	}
}

func TestCompressed(t *testing.T) {
	t.Parallel()

	h := handler(t, web.Options{})
	plain := ask(t, h, http.MethodGet, "/", nil)

	for accepted, compressed := range map[string]bool{
		"gzip": true, "br, gzip": true, "GZIP;q=0.5": true, "gzip; q=1": true, "deflate, gzip;q=1.0, *;q=0.5": true,
		"": false, "br": false, "*": false, "gzip;q=0": false, "gzip;q=0.000": false, "gzip;q=x": false, "x-gzip": false,
	} {
		w := ask(t, h, http.MethodGet, "/", map[string]string{"Accept-Encoding": accepted})
		require.Equal(t, http.StatusOK, w.Code)
		require.Equal(t, "Accept-Encoding", w.Header().Get("Vary"))

		if !compressed {
			require.Empty(t, w.Header().Get("Content-Encoding"), accepted)
			require.Equal(t, plain.Body.String(), w.Body.String())

			continue
		}

		require.Equal(t, "gzip", w.Header().Get("Content-Encoding"), accepted)
		require.NotEqual(t, plain.Header().Get("ETag"), w.Header().Get("ETag"))

		r, err := gzip.NewReader(w.Body)
		require.NoError(t, err)
		content, err := io.ReadAll(r)
		require.NoError(t, err)
		require.Equal(t, plain.Body.String(), string(content))
	}
}

// TestRangeIsOfThePlainFile asks for a part, which a part of the compressed file
// would not be.
func TestRangeIsOfThePlainFile(t *testing.T) {
	t.Parallel()

	h := handler(t, web.Options{})
	w := ask(t, h, http.MethodGet, "/", map[string]string{"Accept-Encoding": "gzip", "Range": "bytes=0-14"})

	require.Equal(t, http.StatusPartialContent, w.Code)
	require.Empty(t, w.Header().Get("Content-Encoding"))
	require.Equal(t, "<!doctype html>", w.Body.String())
}

func TestTheRestIsLeftToOthers(t *testing.T) {
	t.Parallel()

	h := handler(t, web.Options{})

	for _, path := range []string{
		"/index.html", "/assets", "/assets/", "/assets/none.js", "/dist/index.html", "/api/v1/admin/products/import", "/assets/../index.html", "//",
	} {
		require.Equal(t, http.StatusTeapot, ask(t, h, http.MethodGet, path, nil).Code, path)
	}

	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodOptions} {
		require.Equal(t, http.StatusTeapot, ask(t, h, method, "/", nil).Code, method)
	}
}

func TestUploadOrigins(t *testing.T) {
	t.Parallel()

	h := handler(t, web.Options{UploadOrigins: []string{"https://bucket.s3.ap-south-1.amazonaws.com", "http://127.0.0.1:9000"}})
	require.Contains(t, ask(t, h, http.MethodGet, "/", nil).Header().Get("Content-Security-Policy"),
		"; connect-src 'self' https://bucket.s3.ap-south-1.amazonaws.com http://127.0.0.1:9000; ")

	for _, origin := range []string{
		"", "*", "https://*", "https://*.example.in", "bucket.example.in", "https://a.example; script-src *", "https://a.example b",
		"https://a.example,https://b.example", "https://a.example/path", "https://user@a.example", "javascript:alert(1)", "data:", "'unsafe-inline'",
	} {
		_, err := web.New(web.Options{UploadOrigins: []string{origin}})
		require.ErrorIs(t, err, web.ErrOrigin, origin)
	}
}
