package netguard_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/internal/netguard"
)

// TestTransport makes a request to a public name, which here leads to a server of the test.
func TestTransport(t *testing.T) {
	t.Parallel()

	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Seen", r.Proto+" "+r.Header.Get("Accept-Encoding"))
	}))
	defer server.Close()

	var to string

	g := newGuard(t, &netguard.Options{
		Resolver: names{"hooks.example": {{public}}, "inward.example": {{"127.0.0.1"}}},
		Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
			to = address

			return new(net.Dialer).DialContext(ctx, network, strings.TrimPrefix(server.URL, "http://"))
		},
	})

	transport := g.Transport(nil)
	defer transport.CloseIdleConnections()

	u, err := g.CheckURL("http://hooks.example/")
	require.NoError(t, err)

	req := (&http.Request{Method: http.MethodPost, URL: u, Header: http.Header{}}).WithContext(t.Context())

	resp, err := transport.RoundTrip(req)
	require.NoError(t, err)

	_, err = io.Copy(io.Discard, resp.Body)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, "HTTP/1.1", resp.Header.Get("X-Seen"), "no compression is asked for")
	require.Equal(t, public+":80", to)

	// A URL that nobody checked still meets the check of its address.
	u.Host = "inward.example"
	_, err = transport.RoundTrip(req)
	require.ErrorIs(t, err, netguard.ErrRefused)
}
