package awstest

import (
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"testing"
)

// Proxy starts a server on the loopback address that hands everything to the server at
// upstream by transport, such as [Faults], and returns its URL. It ends with the
// test. What breaks between it and upstream breaks between it and its clients, too.
func Proxy(t testing.TB, upstream string, transport http.RoundTripper) string {
	t.Helper()

	target, err := url.Parse(upstream)
	if err != nil {
		t.Fatalf("proxy to %q: %v", upstream, err)
	}

	server := httptest.NewServer(&httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(target)
			// It is signed along with the rest.
			r.Out.Host = r.In.Host
		},
		Transport: transport,
		ErrorHandler: func(http.ResponseWriter, *http.Request, error) {
			// Breaks the connection, without an answer.
			panic(http.ErrAbortHandler)
		},
		ErrorLog: log.New(io.Discard, "", 0),
	})
	t.Cleanup(server.Close)

	return server.URL
}
