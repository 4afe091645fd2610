package main

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/examples/internal/api"
)

func TestPageIsServed(t *testing.T) {
	t.Parallel()

	s := start(t, setting{args: []string{"-backend", backendMemory, "-upload-origins", "https://a.example.in, https://b.example.in/"}})

	link := regexp.MustCompile(`(http://\S+)/#token=(\S+)\n`).FindStringSubmatch(s.greeting)
	require.NotNil(t, link, s.greeting)
	require.Equal(t, s.url, link[1])
	require.Equal(t, s.token, link[2])

	// Without a token, which browsers have behind the page alone.
	answer, page := client{}.send(t, http.MethodGet, link[1]+"/", nil)
	require.Equal(t, http.StatusOK, answer.StatusCode)
	require.Contains(t, page, `<div id="root">`)
	require.Contains(t, answer.Header.Get("Content-Security-Policy"), "connect-src 'self' https://a.example.in https://b.example.in;")
	require.Equal(t, "nosniff", answer.Header.Get("X-Content-Type-Options"))
	require.Equal(t, "no-referrer", answer.Header.Get("Referrer-Policy"))

	// The API is where it was, and its answers are no pages.
	list, _ := s.send(t, http.MethodGet, s.url+api.Base, nil)
	require.Equal(t, http.StatusOK, list.StatusCode)
	require.Equal(t, "default-src 'none'; frame-ancestors 'none'", list.Header.Get("Content-Security-Policy"))
	require.Equal(t, "no-store", list.Header.Get("Cache-Control"))
	require.Equal(t, "not_found", s.call(t, http.StatusNotFound, http.MethodGet, "/index.html", "")["code"])
	require.Equal(t, "not_found", s.call(t, http.StatusNotFound, http.MethodPost, "/", "")["code"])

	// Browsers send no fragment; should somebody copy the link into a command, the log
	// does not keep it either.
	require.False(t, strings.Contains(s.log.String(), s.token))
}

func TestUploadOriginsAreChecked(t *testing.T) {
	t.Parallel()

	for _, origins := range []string{"", "bucket", "https://a.example.in/path", "https://a.example.in,,https://b.example.in"} {
		code, _, stderr := execute(t, setting{args: []string{"-backend", backendMemory, "-upload-origins", origins}})
		require.Equal(t, exitUsage, code, origins)
		require.Contains(t, stderr, "-upload-origins")
	}
}
