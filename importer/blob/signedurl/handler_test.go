package signedurl_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/importer/blob"
	"github.com/vyapaarai/bulkimport/importer/blob/dirblob"
	"github.com/vyapaarai/bulkimport/importer/blob/signedurl"
)

// service is a server that listens, and its store.
type service struct {
	*signedurl.Server
	store blob.Store
	http  *httptest.Server
}

// serve starts a service with what change makes of its options.
func serve(t *testing.T, change func(*signedurl.Options)) service {
	t.Helper()

	store, err := dirblob.Open(t.TempDir(), &dirblob.Options{NoSync: true})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })

	mux := http.NewServeMux()
	listening := httptest.NewServer(mux)
	t.Cleanup(listening.Close)

	s := newServer(t, func(o *signedurl.Options) {
		o.Store = store
		o.BaseURL = listening.URL + "/files"
		if change != nil {
			change(o)
		}
	})
	mux.Handle("/files/", s)

	return service{s, store, listening}
}

func (s service) signPut(t *testing.T, key string) string {
	t.Helper()

	signed, err := s.SignPut(t.Context(), key, time.Minute)
	require.NoError(t, err)
	require.Empty(t, signed.Headers, "curl -T needs no more than the URL")

	return signed.URL
}

func (s service) signGet(t *testing.T, key, filename string) string {
	t.Helper()

	raw, err := s.SignGet(t.Context(), key, filename, time.Minute)
	require.NoError(t, err)

	return raw
}

// do sends a request and returns the response with its body.
func (s service) do(t *testing.T, method, url string, body io.Reader) (*http.Response, string) {
	t.Helper()

	r, err := http.NewRequestWithContext(t.Context(), method, url, body)
	require.NoError(t, err)

	response, err := s.http.Client().Do(r)
	require.NoError(t, err)

	content, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())

	return response, string(content)
}

// requireError fails the test unless the response is an error of the documented
// form.
func requireError(t *testing.T, response *http.Response, body string, status int, code string) {
	t.Helper()

	require.Equal(t, status, response.StatusCode, body)
	require.Equal(t, "application/json", response.Header.Get("Content-Type"))
	require.Equal(t, "private, no-store", response.Header.Get("Cache-Control"))

	var got struct {
		Success *bool
		Error   string
		Code    string
	}
	require.NoError(t, json.Unmarshal([]byte(body), &got))
	require.NotNil(t, got.Success)
	require.False(t, *got.Success)
	require.Equal(t, code, got.Code)
	require.NotEmpty(t, got.Error)
}

// requireHolds fails the test unless the store holds exactly this content of the
// key, or no key at all where content is "".
func (s service) requireHolds(t *testing.T, key, content string) {
	t.Helper()

	infos, err := s.store.List(t.Context(), "", "", 0)
	require.NoError(t, err)

	if content == "" {
		require.Empty(t, infos)
		return
	}

	require.Len(t, infos, 1)

	r, _, err := s.store.Open(t.Context(), key, nil)
	require.NoError(t, err)

	got, err := io.ReadAll(r)
	require.NoError(t, err)
	require.NoError(t, r.Close())
	require.Equal(t, content, string(got))
}

func TestUploadAndDownload(t *testing.T) {
	t.Parallel()

	s := serve(t, nil)
	content := strings.Repeat("name,category\n", 100_000)

	response, body := s.do(t, http.MethodPut, s.signPut(t, "jobs/1/input.csv"), strings.NewReader(content))
	require.Equal(t, http.StatusOK, response.StatusCode, body)
	require.JSONEq(t, fmt.Sprintf(`{"success":true,"size_bytes":%d}`, len(content)), body)

	info, err := s.store.Stat(t.Context(), "jobs/1/input.csv")
	require.NoError(t, err)

	etag := `"` + info.ETag + `"`
	require.Equal(t, etag, response.Header.Get("ETag"))

	for _, method := range []string{http.MethodGet, http.MethodHead} {
		response, body := s.do(t, method, s.signGet(t, "jobs/1/input.csv", ""), nil)
		require.Equal(t, http.StatusOK, response.StatusCode, method)
		require.Equal(t, etag, response.Header.Get("ETag"))
		require.EqualValues(t, len(content), response.ContentLength)
		require.Equal(t, `attachment; filename="input.csv"`, response.Header.Get("Content-Disposition"))
		require.Equal(t, "text/csv; charset=utf-8", response.Header.Get("Content-Type"))
		require.Equal(t, "nosniff", response.Header.Get("X-Content-Type-Options"))
		require.Equal(t, "private, no-store", response.Header.Get("Cache-Control"))
		require.Equal(t, "no-referrer", response.Header.Get("Referrer-Policy"))
		require.Equal(t, info.ModTime.UTC().Format(http.TimeFormat), response.Header.Get("Last-Modified"))

		if method == http.MethodGet {
			require.True(t, body == content, "the download differs from the upload")
		} else {
			require.Empty(t, body)
		}
	}
}

func TestUploadReplaces(t *testing.T) {
	t.Parallel()

	s := serve(t, nil)
	url := s.signPut(t, "k")

	for _, content := range []string{"first", "second"} {
		response, body := s.do(t, http.MethodPut, url, strings.NewReader(content))
		require.Equal(t, http.StatusOK, response.StatusCode, body)
		s.requireHolds(t, "k", content)
	}
}

func TestRequestsRefused(t *testing.T) {
	t.Parallel()

	now := start
	s := serve(t, func(o *signedurl.Options) { o.Now = func() time.Time { return now } })
	put, get := s.signPut(t, "a"), s.signGet(t, "a", "")

	response, body := s.do(t, http.MethodPut, get, strings.NewReader("content"))
	requireError(t, response, body, http.StatusForbidden, "invalid_signature")

	response, body = s.do(t, http.MethodPut, s.http.URL+"/files/a", strings.NewReader("content"))
	requireError(t, response, body, http.StatusForbidden, "invalid_signature")

	response, body = s.do(t, http.MethodPost, put, strings.NewReader("content"))
	requireError(t, response, body, http.StatusMethodNotAllowed, "method_not_allowed")
	require.Equal(t, "GET, HEAD, PUT", response.Header.Get("Allow"))

	response, body = s.do(t, http.MethodGet, get, nil)
	requireError(t, response, body, http.StatusNotFound, "not_found")

	response, _ = s.do(t, http.MethodHead, get, nil)
	require.Equal(t, http.StatusNotFound, response.StatusCode)

	r, err := http.NewRequestWithContext(t.Context(), http.MethodPut, put, strings.NewReader("content"))
	require.NoError(t, err)
	r.Header.Set("Content-Range", "bytes 0-6/100")
	partial, err := s.http.Client().Do(r)
	require.NoError(t, err)
	content, err := io.ReadAll(partial.Body)
	require.NoError(t, err)
	require.NoError(t, partial.Body.Close())
	requireError(t, partial, string(content), http.StatusBadRequest, "partial_upload")

	now = start.Add(time.Hour)
	response, body = s.do(t, http.MethodPut, put, strings.NewReader("content"))
	requireError(t, response, body, http.StatusForbidden, "url_expired")

	s.requireHolds(t, "a", "")
}

func TestUploadBesideAnotherKey(t *testing.T) {
	t.Parallel()

	s := serve(t, nil)
	_, err := s.store.Put(t.Context(), "a", strings.NewReader("content"), nil)
	require.NoError(t, err)

	response, body := s.do(t, http.MethodPut, s.signPut(t, "a/b"), strings.NewReader("below"))
	requireError(t, response, body, http.StatusBadRequest, "invalid_key")
	s.requireHolds(t, "a", "content")
}

func TestUploadLimit(t *testing.T) {
	t.Parallel()

	s := serve(t, func(o *signedurl.Options) { o.MaxUploadBytes = 10 })
	url := s.signPut(t, "k")

	// unsized hides the length, so that the body comes in chunks.
	unsized := func(content string) io.Reader { return io.MultiReader(strings.NewReader(content)) }

	for _, body := range []io.Reader{strings.NewReader("0123456789A"), unsized("0123456789A"), unsized(strings.Repeat("A", 100_000))} {
		response, answer := s.do(t, http.MethodPut, url, body)
		requireError(t, response, answer, http.StatusRequestEntityTooLarge, "upload_too_large")
		s.requireHolds(t, "k", "")
	}

	for _, body := range []io.Reader{strings.NewReader("0123456789"), unsized("0123456789")} {
		response, answer := s.do(t, http.MethodPut, url, body)
		require.Equal(t, http.StatusOK, response.StatusCode, answer)
		s.requireHolds(t, "k", "0123456789")
	}
}

// TestDeclaredLengthIsRefusedUnread declares 6 GiB and waits for the answer
// without sending a byte of them.
func TestDeclaredLengthIsRefusedUnread(t *testing.T) {
	t.Parallel()

	s := serve(t, nil)

	response, body := s.raw(t, s.signPut(t, "k"), 6<<30, "", false)
	requireError(t, response, body, http.StatusRequestEntityTooLarge, "upload_too_large")
}

// TestShortUploadLeavesNothing ends the connection's sending side in the middle of
// the body.
func TestShortUploadLeavesNothing(t *testing.T) {
	t.Parallel()

	s := serve(t, nil)

	response, body := s.raw(t, s.signPut(t, "a/b"), 100, "ten bytes.", true)
	requireError(t, response, body, http.StatusBadRequest, "incomplete_upload")
	s.requireHolds(t, "a/b", "")
}

// raw sends a PUT that declares length, and body, over a connection of its own.
func (s service) raw(t *testing.T, url string, length int64, body string, end bool) (*http.Response, string) {
	t.Helper()

	conn, err := net.Dial("tcp", s.http.Listener.Addr().String())
	require.NoError(t, err)
	defer func() { require.NoError(t, conn.Close()) }()

	_, err = fmt.Fprintf(conn, "PUT %s HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n%s", parse(t, url).RequestURI(), length, body)
	require.NoError(t, err)

	if end {
		require.NoError(t, conn.(*net.TCPConn).CloseWrite())
	}

	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	require.NoError(t, err)

	answer, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())

	return response, string(answer)
}

func TestBeforePut(t *testing.T) {
	t.Parallel()

	errState := errors.New("the job is queued")
	closed := &signedurl.Refusal{
		Status: http.StatusConflict, Code: "upload_closed", Message: "The import has begun.", Err: errState,
	}
	require.ErrorIs(t, closed, errState)

	tests := map[string]struct {
		refuseAt int // call
		err      error
		status   int
		code     string
		calls    int
	}{
		"allowed":                {0, nil, http.StatusOK, "", 2},
		"refused at the start":   {1, closed, http.StatusConflict, "upload_closed", 1},
		"refused at the end":     {2, closed, http.StatusConflict, "upload_closed", 2},
		"refused with a wrapper": {1, fmt.Errorf("job 1: %w", closed), http.StatusConflict, "upload_closed", 1},
		"failure":                {1, errors.New("database is down"), http.StatusInternalServerError, "internal_error", 1},
		"failure at the end":     {2, errors.New("database is down"), http.StatusInternalServerError, "internal_error", 2},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			calls := 0
			s := serve(t, func(o *signedurl.Options) {
				o.BeforePut = func(_ context.Context, key string) error {
					if calls++; key != "a/b" || calls == test.refuseAt {
						return test.err
					}

					return nil
				}
			})

			response, body := s.do(t, http.MethodPut, s.signPut(t, "a/b"), strings.NewReader("content"))
			require.Equal(t, test.calls, calls)

			if test.err == nil {
				require.Equal(t, http.StatusOK, response.StatusCode, body)
				s.requireHolds(t, "a/b", "content")

				return
			}

			requireError(t, response, body, test.status, test.code)
			require.NotContains(t, body, "database")
			require.NotContains(t, body, "queued")
			s.requireHolds(t, "a/b", "")
		})
	}
}

// busyStore is at work for a while between the end of the content and its taking
// its place, as a disk is.
type busyStore struct {
	blob.Store
	meanwhile func()
}

func (s busyStore) Put(ctx context.Context, key string, r io.Reader, opts *blob.PutOptions) (blob.Info, error) {
	content, err := io.ReadAll(r)
	if err != nil {
		return blob.Info{}, err
	}

	s.meanwhile()

	return s.Store.Put(ctx, key, bytes.NewReader(content), opts)
}

// TestImportBeginsWhileStoreIsBusy has the import of a file begin when all of
// another one has come, and is not stored yet.
func TestImportBeginsWhileStoreIsBusy(t *testing.T) {
	t.Parallel()

	begun := false

	s := serve(t, func(o *signedurl.Options) {
		o.Store = busyStore{o.Store, func() { begun = true }}
		o.BeforePut = func(context.Context, string) error {
			if begun {
				return &signedurl.Refusal{Status: http.StatusConflict, Code: "upload_closed", Message: "The import has begun."}
			}

			return nil
		}
	})
	_, err := s.store.Put(t.Context(), "a/b", strings.NewReader("imported"), nil)
	require.NoError(t, err)

	response, body := s.do(t, http.MethodPut, s.signPut(t, "a/b"), strings.NewReader("too late"))
	requireError(t, response, body, http.StatusConflict, "upload_closed")
	s.requireHolds(t, "a/b", "imported")
}

// TestInternalErrorsAreLogged wants the cause in the log, and neither there nor
// anywhere else the URL.
func TestInternalErrorsAreLogged(t *testing.T) {
	t.Parallel()

	var log bytes.Buffer

	s := newServer(t, func(o *signedurl.Options) {
		o.Logger = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
		o.BeforePut = func(context.Context, string) error { return errors.New("database is down") }
	})

	signed, err := s.SignPut(t.Context(), "a/b", time.Minute)
	require.NoError(t, err)

	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodPut, signed.URL, strings.NewReader("content")))
	require.Equal(t, http.StatusInternalServerError, w.Code)
	require.Contains(t, log.String(), "database is down")
	require.Contains(t, log.String(), "key=a/b")
	require.NotContains(t, log.String(), parse(t, signed.URL).Query().Get("signature"))
}

// failingStore fails while it is read.
type failingStore struct {
	blob.Store
}

func (f failingStore) Open(ctx context.Context, key string, opts *blob.OpenOptions) (io.ReadCloser, blob.Info, error) {
	_, info, err := f.Store.Open(ctx, key, opts)

	return io.NopCloser(iotest.ErrReader(errors.New("disk failure"))), info, err
}

// TestDownloadThatFails must not look whole to the client.
func TestDownloadThatFails(t *testing.T) {
	t.Parallel()

	s := serve(t, func(o *signedurl.Options) { o.Store = failingStore{o.Store} })
	_, err := s.store.Put(t.Context(), "k", strings.NewReader("content"), nil)
	require.NoError(t, err)

	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.signGet(t, "k", ""), nil)
	require.NoError(t, err)

	response, err := s.http.Client().Do(r)
	if err == nil {
		_, err = io.ReadAll(response.Body)
		require.NoError(t, response.Body.Close())
	}

	require.Error(t, err)
}
