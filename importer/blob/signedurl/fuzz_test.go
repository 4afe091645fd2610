package signedurl_test

import (
	"cmp"
	"mime"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/importer/blob/memblob"
	"github.com/vyapaarai/bulkimport/importer/blob/signedurl"
)

// FuzzVerify makes URLs out of signed ones: none may verify that permits anything
// else than one of them does.
func FuzzVerify(f *testing.F) {
	s := newServer(f, nil)
	signed := make(map[signedurl.Grant]bool)
	expires := start.Add(time.Minute + time.Second - 1).Truncate(time.Second)

	for _, key := range []string{"a", "jobs/1/input.csv", "jobs/1/input"} {
		put, err := s.SignPut(f.Context(), key, time.Minute)
		require.NoError(f, err)
		f.Add(http.MethodPut, put.URL)
		f.Add(http.MethodGet, put.URL)

		signed[signedurl.Grant{Method: http.MethodPut, Key: key, Expires: expires}] = true

		for _, filename := range []string{"", "a.csv", "März 1.csv"} {
			get, err := s.SignGet(f.Context(), key, filename, time.Minute)
			require.NoError(f, err)
			f.Add(http.MethodGet, get)
			f.Add(http.MethodHead, get)
			f.Add(http.MethodPut, get)

			signed[signedurl.Grant{Method: http.MethodGet, Key: key, Filename: filename, Expires: expires}] = true
		}
	}

	f.Add("", "")
	f.Add(http.MethodPut, "https://import.example.org/files/a?expires=&signature=&filename=%0a")

	f.Fuzz(func(t *testing.T, method, raw string) {
		u, err := url.Parse(raw)
		if err != nil {
			return
		}

		grant, err := s.Verify(method, u)
		if err != nil {
			require.Zero(t, grant)
			return
		}

		// Map keys compare times with their location.
		require.True(t, grant.Expires.Equal(expires), "%v", grant)
		grant.Expires = expires
		require.True(t, signed[grant], "nobody signed %+v", grant)

		if method == http.MethodHead {
			method = http.MethodGet
		}

		require.Equal(t, method, grant.Method)
	})
}

// FuzzSign holds signing against verifying: what goes in comes out, and no file
// name makes a header that is not one line of printable ASCII.
func FuzzSign(f *testing.F) {
	f.Add("jobs/1/errors.csv", "errors.csv")
	f.Add("a", "a\r\nb: c")
	f.Add("a", `"\%/..`)
	f.Add("a", "\xff\u202e\u0000")

	store := memblob.New(nil)
	s := newServer(f, func(o *signedurl.Options) { o.Store = store })

	f.Fuzz(func(t *testing.T, key, filename string) {
		raw, err := s.SignGet(t.Context(), key, filename, time.Minute)
		if err != nil {
			return
		}

		u, err := url.Parse(raw)
		require.NoError(t, err)

		grant, err := s.Verify(http.MethodGet, u)
		require.NoError(t, err)
		require.Equal(t, key, grant.Key)
		require.NotContains(t, grant.Filename, "/")
		require.LessOrEqual(t, len(grant.Filename), 200)

		_, err = store.Put(t.Context(), key, strings.NewReader(""), nil)
		require.NoError(t, err)

		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodHead, raw, nil))
		require.Equal(t, http.StatusOK, w.Code)

		header := w.Header().Get("Content-Disposition")
		for _, c := range []byte(header) {
			require.True(t, ' ' <= c && c < 0x7f, "%q", header)
		}

		_, parameters, err := mime.ParseMediaType(header)
		require.NoError(t, err)
		require.Equal(t, cmp.Or(grant.Filename, path.Base(key)), parameters["filename"])

		require.NoError(t, store.Delete(t.Context(), key))
	})
}
