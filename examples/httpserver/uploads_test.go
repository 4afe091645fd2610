package main

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/examples/internal/api"
	"github.com/vyapaarai/bulkimport/importer/blob/signedurl"
	"github.com/vyapaarai/bulkimport/jobstore"
	"github.com/vyapaarai/bulkimport/jobstore/memjobstore"
)

// put puts a file to a URL and returns the code of the error it meets.
func put(t *testing.T, status int, address, content string) (code any) {
	t.Helper()

	answer, text := client{}.send(t, http.MethodPut, address, strings.NewReader(content))
	require.Equal(t, status, answer.StatusCode, text)

	return parseObject(t, text)["code"]
}

func TestUploadAgainUntilStarted(t *testing.T) {
	t.Parallel()

	for name, args := range backends(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			s := start(t, setting{args: args})
			created := s.create(t)
			address, id := created["upload_url"].(string), created["job_id"].(string)

			put(t, http.StatusOK, address, "a mistake")
			put(t, http.StatusOK, address, shopCSV)
			s.process(t, id, `{}`)
			require.Equal(t, "upload_closed", put(t, http.StatusConflict, address, "too late"))

			require.Equal(t, [3]int64{2, 2, 2}, counts(t, s.await(t, id, ended)))
			require.Equal(t, "upload_closed", put(t, http.StatusConflict, address, "much too late"))
		})
	}
}

func TestUploadURLsCannotBeMadeUp(t *testing.T) {
	t.Parallel()

	s := start(t, setting{args: []string{"-backend", "memory"}})
	good := s.create(t)["upload_url"].(string)
	other := s.create(t)["upload_url"].(string)

	change := func(change func(u *url.URL, query url.Values)) string {
		u, err := url.Parse(good)
		require.NoError(t, err)

		query := u.Query()
		change(u, query)
		u.RawQuery = query.Encode()

		return u.String()
	}

	otherURL, err := url.Parse(other)
	require.NoError(t, err)

	for name, address := range map[string]string{
		"later":        change(func(_ *url.URL, q url.Values) { q.Set("expires", "9999999999") }),
		"other key":    change(func(u *url.URL, _ url.Values) { u.Path = otherURL.Path }),
		"no signature": change(func(_ *url.URL, q url.Values) { q.Del("signature") }),
		"other method": strings.Replace(good, "input.csv", "errors.csv", 1),
	} {
		require.Equal(t, "invalid_signature", put(t, http.StatusForbidden, address, shopCSV), name)
	}

	answer, text := client{}.send(t, http.MethodGet, good, nil)
	require.Equal(t, http.StatusForbidden, answer.StatusCode, "a URL to put cannot get")
	require.Equal(t, "invalid_signature", parseObject(t, text)["code"])
}

func TestUploadURLsExpire(t *testing.T) {
	t.Parallel()

	c := &clock{}
	s := start(t, setting{args: []string{"-backend", "memory"}, clock: c})
	address := s.create(t)["upload_url"].(string)

	c.forward(9 * time.Minute)
	put(t, http.StatusOK, address, shopCSV)

	c.forward(2 * time.Minute)
	require.Equal(t, "url_expired", put(t, http.StatusForbidden, address, shopCSV))
}

func TestUploadTooLarge(t *testing.T) {
	t.Parallel()

	s := start(t, setting{args: []string{"-backend", "memory", "-max-upload", "1000"}})
	created := s.create(t)
	address := created["upload_url"].(string)

	require.Equal(t, "upload_too_large", put(t, http.StatusRequestEntityTooLarge, address, strings.Repeat("x", 1001)))
	require.Equal(t, "file_missing",
		s.call(t, http.StatusConflict, http.MethodPost, api.Base+"/process", `{"job_id":"`+created["job_id"].(string)+`"}`)["code"])
	put(t, http.StatusOK, address, strings.Repeat("x", 1000))
}

func TestOnlyWhilePending(t *testing.T) {
	t.Parallel()

	jobs := memjobstore.New(nil)
	allowed := onlyWhilePending(jobs)

	require.NoError(t, jobs.Create(t.Context(), jobstore.Job{
		ID: "one", InputKey: "admin-imports/one/input.csv", Status: jobstore.StatusPendingUpload, CreatedAt: time.Now(),
	}))
	require.NoError(t, allowed(t.Context(), "admin-imports/one/input.csv"))

	tests := []struct {
		name, key string
		status    int
	}{
		{"no such job", "admin-imports/two/input.csv", http.StatusNotFound},
		{"another file of the job", "admin-imports/one/errors.csv", http.StatusNotFound},
		{"no folder", "input.csv", http.StatusNotFound},
	}

	for _, tt := range tests {
		var refusal *signedurl.Refusal
		require.ErrorAs(t, allowed(t.Context(), tt.key), &refusal, tt.name)
		require.Equal(t, tt.status, refusal.Status)
	}

	ctx, cancel := context.WithCancel(t.Context())
	cancel()

	err := allowed(ctx, "admin-imports/one/input.csv")
	require.ErrorIs(t, err, context.Canceled)

	var refusal *signedurl.Refusal
	require.False(t, errors.As(err, &refusal), "a store that fails is not the client's fault")
}

// TestUploadThatIsKnownToBeTooLarge is refused before it begins, where its size is told.
func TestUploadThatIsKnownToBeTooLarge(t *testing.T) {
	t.Parallel()

	s := start(t, setting{args: []string{"-backend", backendMemory, "-max-upload", "100"}})

	refused := s.call(t, http.StatusRequestEntityTooLarge, http.MethodGet, api.Base+"/upload-url?filename=a.csv&size=101", "")
	require.Equal(t, "upload_too_large", refused["code"])
	s.call(t, http.StatusOK, http.MethodGet, api.Base+"/upload-url?filename=a.csv&size=100", "")
}
