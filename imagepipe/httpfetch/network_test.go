package httpfetch_test

import (
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/imagepipe"
	"github.com/vyapaarai/bulkimport/imagepipe/httpfetch"
)

// The tests of this file go through real sockets of this machine, to which an exception
// leads.

func startServer(t *testing.T, handler http.HandlerFunc) (url, host string) {
	t.Helper()

	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)

	return server.URL, strings.TrimPrefix(server.URL, "http://")
}

func newFetcher(t *testing.T, opts *httpfetch.Options) *httpfetch.Fetcher {
	t.Helper()

	f, err := httpfetch.New(opts)
	require.NoError(t, err)
	t.Cleanup(f.CloseIdleConnections)

	return f
}

func TestNetwork(t *testing.T) {
	t.Parallel()

	var requests atomic.Int64

	url, host := startServer(t, func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		text("picture")(w, r)
	})
	_, port, err := net.SplitHostPort(host)
	require.NoError(t, err)

	f := newFetcher(t, &httpfetch.Options{AllowHosts: []string{host}})
	requireFetch(t, f, url+"/a.jpg", "picture")

	// The same server by another name is no exception.
	requireFails(t, f, "http://localhost:"+port+"/", imagepipe.ErrRefused, "public internet")
	requireFails(t, f, "http://127.0.0.2:"+port+"/", imagepipe.ErrRefused, "public internet")
	requireFails(t, newFetcher(t, nil), url, imagepipe.ErrRefused, "public internet")
	require.EqualValues(t, 1, requests.Load())

	// And its name none for its address.
	named := newFetcher(t, &httpfetch.Options{AllowHosts: []string{"localhost:" + port}})
	requireFetch(t, named, "http://localhost:"+port+"/", "picture")
	requireFails(t, named, url, imagepipe.ErrRefused, "public internet")
}

// TestResetInBody has a connection that is reset, not closed, in the middle.
func TestResetInBody(t *testing.T) {
	t.Parallel()

	var requests atomic.Int64

	url, host := startServer(t, func(w http.ResponseWriter, r *http.Request) {
		if requests.Add(1) > 1 {
			text("picture")(w, r)
			return
		}

		w.Header().Set("Content-Length", "100")
		text("pict")(w, r)

		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(err)
		}

		_ = conn.(*net.TCPConn).SetLinger(0)
		_ = conn.Close()
	})

	f := newFetcher(t, &httpfetch.Options{AllowHosts: []string{host}})
	requireFetch(t, f, url, "picture")
	require.EqualValues(t, 2, requests.Load())
}

// TestNothingListens has a port that refuses connections.
func TestNothingListens(t *testing.T) {
	t.Parallel()

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)

	host := listener.Addr().String()
	require.NoError(t, listener.Close())

	f := newFetcher(t, &httpfetch.Options{AllowHosts: []string{host}, Attempts: 1})
	requireFails(t, f, "http://"+host+"/", imagepipe.ErrUnreachable, "connection to the server failed")
}
