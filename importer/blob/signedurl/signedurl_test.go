package signedurl_test

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/importer/blob"
	"github.com/vyapaarai/bulkimport/importer/blob/memblob"
	"github.com/vyapaarai/bulkimport/importer/blob/signedurl"
)

// start is the time at which the tests begin.
var start = time.Date(2025, time.January, 6, 10, 0, 0, 500_000_000, time.UTC)

func secret() []byte {
	return bytes.Repeat([]byte("s"), signedurl.MinSecret)
}

// newServer returns a server with what change makes of options that work.
func newServer(t testing.TB, change func(*signedurl.Options)) *signedurl.Server {
	t.Helper()

	opts := signedurl.Options{
		Store:   memblob.New(nil),
		Secret:  secret(),
		BaseURL: "https://import.example.org/files/",
		Now:     func() time.Time { return start },
	}
	if change != nil {
		change(&opts)
	}

	s, err := signedurl.New(opts)
	require.NoError(t, err)

	return s
}

func parse(t testing.TB, raw string) *url.URL {
	t.Helper()

	u, err := url.Parse(raw)
	require.NoError(t, err)

	return u
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()

	tests := map[string]func(*signedurl.Options){
		"no store":                 func(o *signedurl.Options) { o.Store = nil },
		"no secret":                func(o *signedurl.Options) { o.Secret = nil },
		"short secret":             func(o *signedurl.Options) { o.Secret = o.Secret[1:] },
		"no base":                  func(o *signedurl.Options) { o.BaseURL = "" },
		"relative base":            func(o *signedurl.Options) { o.BaseURL = "/files" },
		"base without host":        func(o *signedurl.Options) { o.BaseURL = "http:///files" },
		"base of another scheme":   func(o *signedurl.Options) { o.BaseURL = "ftp://example.org" },
		"base with query":          func(o *signedurl.Options) { o.BaseURL += "?a=b" },
		"base with empty query":    func(o *signedurl.Options) { o.BaseURL += "?" },
		"base with fragment":       func(o *signedurl.Options) { o.BaseURL += "#a" },
		"base with password":       func(o *signedurl.Options) { o.BaseURL = "https://u:p@example.org" },
		"base that does not parse": func(o *signedurl.Options) { o.BaseURL = "http://[" },
		"negative size":            func(o *signedurl.Options) { o.MaxUploadBytes = -1 },
		"negative idle timeout":    func(o *signedurl.Options) { o.IdleTimeout = -1 },
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			opts := signedurl.Options{Store: memblob.New(nil), Secret: secret(), BaseURL: "https://example.org/f"}
			change(&opts)

			_, err := signedurl.New(opts)
			require.Error(t, err)
		})
	}
}

func TestSignRefuses(t *testing.T) {
	t.Parallel()

	s := newServer(t, nil)

	for _, key := range []string{"", "../a", "/a", "a b"} {
		_, err := s.SignPut(t.Context(), key, time.Minute)
		require.ErrorIs(t, err, blob.ErrInvalidKey)

		_, err = s.SignGet(t.Context(), key, "", time.Minute)
		require.ErrorIs(t, err, blob.ErrInvalidKey)
	}

	for _, ttl := range []time.Duration{0, -time.Second} {
		_, err := s.SignPut(t.Context(), "a", ttl)
		require.Error(t, err)
	}

	ctx, cancel := context.WithCancel(t.Context())
	cancel()

	_, err := s.SignPut(ctx, "a", time.Minute)
	require.ErrorIs(t, err, context.Canceled)
}

func TestSignedURLForm(t *testing.T) {
	t.Parallel()

	raw, err := newServer(t, nil).SignGet(t.Context(), "jobs/1/errors.csv", "März & Co.csv", 10*time.Minute)
	require.NoError(t, err)

	u := parse(t, raw)
	require.Equal(t, "https://import.example.org/files/jobs/1/errors.csv", u.Scheme+"://"+u.Host+u.Path)
	require.Equal(t, "März & Co.csv", u.Query().Get("filename"))
	// Half a second past 10:00:00 and 10 minutes, rounded up.
	require.Equal(t, "1736158201", u.Query().Get("expires"))
}

func TestVerify(t *testing.T) {
	t.Parallel()

	s := newServer(t, nil)
	signed, err := s.SignPut(t.Context(), "jobs/1/input.csv", time.Minute)
	require.NoError(t, err)

	put := signed.URL
	get, err := s.SignGet(t.Context(), "jobs/1/input.csv", "", time.Minute)
	require.NoError(t, err)
	named, err := s.SignGet(t.Context(), "jobs/1/input.csv", "in.csv", time.Minute)
	require.NoError(t, err)

	replace := func(u, from, to string) string {
		require.Contains(t, u, from)
		return strings.Replace(u, from, to, 1)
	}
	signature := func(u string) string { return parse(t, u).Query().Get("signature") }

	tests := map[string]struct {
		method string
		url    string
		want   error
	}{
		"put":                    {http.MethodPut, put, nil},
		"get":                    {http.MethodGet, get, nil},
		"head":                   {http.MethodHead, get, nil},
		"get by name":            {http.MethodGet, named, nil},
		"another host":           {http.MethodGet, replace(get, "import.example.org", "10.0.0.1"), nil},
		"escaped key":            {http.MethodGet, replace(get, "input.csv", "%69nput.csv"), nil},
		"put of a get":           {http.MethodPut, get, signedurl.ErrSignature},
		"get of a put":           {http.MethodGet, put, signedurl.ErrSignature},
		"head of a put":          {http.MethodHead, put, signedurl.ErrSignature},
		"post":                   {http.MethodPost, put, signedurl.ErrMethod},
		"method in small":        {"put", put, signedurl.ErrMethod},
		"no method":              {"", get, signedurl.ErrMethod},
		"another key":            {http.MethodPut, replace(put, "/1/", "/2/"), signedurl.ErrSignature},
		"key in another case":    {http.MethodPut, replace(put, "input", "Input"), signedurl.ErrSignature},
		"traversal":              {http.MethodPut, replace(put, "jobs/", "x/../jobs/"), signedurl.ErrSignature},
		"escaped traversal":      {http.MethodPut, replace(put, "jobs/", "x/%2e%2e/jobs/"), signedurl.ErrSignature},
		"another base":           {http.MethodPut, replace(put, "/files/", "/other/"), signedurl.ErrSignature},
		"later":                  {http.MethodPut, replace(put, "expires=1", "expires=2"), signedurl.ErrSignature},
		"no expiry":              {http.MethodPut, replace(put, "expires=", "x="), signedurl.ErrSignature},
		"expiry is no number":    {http.MethodPut, replace(put, "expires=", "expires=a"), signedurl.ErrSignature},
		"expiry out of range":    {http.MethodPut, replace(put, "expires=", "expires=99999999999"), signedurl.ErrSignature},
		"no signature":           {http.MethodPut, replace(put, signature(put), ""), signedurl.ErrSignature},
		"signature of another":   {http.MethodPut, replace(put, signature(put), signature(get)), signedurl.ErrSignature},
		"signature cut":          {http.MethodPut, put[:len(put)-1], signedurl.ErrSignature},
		"padded signature":       {http.MethodPut, put + "=", signedurl.ErrSignature},
		"name added":             {http.MethodGet, get + "&filename=x", signedurl.ErrSignature},
		"name taken":             {http.MethodGet, replace(named, "filename=in.csv&", ""), signedurl.ErrSignature},
		"name changed":           {http.MethodGet, replace(named, "in.csv", "in.exe"), signedurl.ErrSignature},
		"name doubled":           {http.MethodGet, named + "&filename=in.csv", signedurl.ErrSignature},
		"name to the put":        {http.MethodPut, put + "&filename=x", signedurl.ErrSignature},
		"unknown parameter":      {http.MethodPut, put + "&utm=1", signedurl.ErrSignature},
		"malformed query":        {http.MethodPut, put + "&%zz", signedurl.ErrSignature},
		"semicolon in the query": {http.MethodPut, put + ";a=b", signedurl.ErrSignature},
		"nothing":                {http.MethodGet, "", signedurl.ErrSignature},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			grant, err := s.Verify(test.method, parse(t, test.url))
			require.ErrorIs(t, err, test.want)

			if test.want == nil {
				require.Equal(t, "jobs/1/input.csv", grant.Key)
			} else {
				require.Zero(t, grant)
			}
		})
	}
}

func TestVerifyExpiry(t *testing.T) {
	t.Parallel()

	now := start
	s := newServer(t, func(o *signedurl.Options) { o.Now = func() time.Time { return now } })

	signed, err := s.SignPut(t.Context(), "a", time.Minute)
	require.NoError(t, err)

	now = start.Add(time.Minute)
	_, err = s.Verify(http.MethodPut, parse(t, signed.URL))
	require.NoError(t, err, "within the time")

	now = start.Truncate(time.Second).Add(time.Minute + time.Second)
	_, err = s.Verify(http.MethodPut, parse(t, signed.URL))
	require.ErrorIs(t, err, signedurl.ErrExpired)

	// A URL that was made up is no expired one.
	_, err = s.Verify(http.MethodPut, parse(t, signed.URL+"x"))
	require.ErrorIs(t, err, signedurl.ErrSignature)
}

func TestVerifyKnowsItsSecret(t *testing.T) {
	t.Parallel()

	given := secret()
	s := newServer(t, func(o *signedurl.Options) { o.Secret = given })
	other := newServer(t, func(o *signedurl.Options) { o.Secret = append(secret(), 'x') })

	signed, err := s.SignPut(t.Context(), "a", time.Minute)
	require.NoError(t, err)

	_, err = other.Verify(http.MethodPut, parse(t, signed.URL))
	require.ErrorIs(t, err, signedurl.ErrSignature)

	// The server keeps a copy: wiping the caller's does not change it.
	clear(given)

	_, err = s.Verify(http.MethodPut, parse(t, signed.URL))
	require.NoError(t, err)
}
