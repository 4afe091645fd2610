package httpfetch_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/imagepipe"
	"github.com/vyapaarai/bulkimport/imagepipe/httpfetch"
)

// TestUnsafeAddresses has one of each form; package netguard has them all.
func TestUnsafeAddresses(t *testing.T) {
	inBubble(t, func(t *testing.T, in *internet) {
		in.name("inward.example", "10.0.0.1")
		in.name("loopback.example", "127.0.0.1", "::1")
		in.name("translated.example", "64:ff9b::a9fe:a9fe")

		f := in.fetcher(httpfetch.Options{})

		for _, url := range []string{
			"", "a.jpg", "ftp://shop.example/", "file:///etc/passwd", "gopher://shop.example/", "data:,x", "javascript:1",
			"http://user:password@shop.example/", "http://shop.example:8080/", "http://shop.example\\@127.0.0.1/",
			"http://127.0.0.1/", "http://2130706433/", "http://0177.0.0.1/", "http://0x7f.1/", "http://127.1/",
			"http://[::ffff:127.0.0.1]/", "http://[fe80::1%25eth0]/", "http://localhost./", "http://LOCALHOST/",
			"http://１２７.0.0.1/", "http://①②⑦.⓪.⓪.①/", "http://%31%32%37.0.0.1/",
			"http://inward.example/", "http://loopback.example/", "http://translated.example/",
		} {
			report := requireFails(t, f, url, imagepipe.ErrRefused, "")
			require.NotContains(t, report.Reason, "redirects")
		}

		require.Empty(t, in.dials())
	})
}

// TestRebinding has a name that turns inward between attempts, with the connection of the
// first one closed.
func TestRebinding(t *testing.T) {
	inBubble(t, func(t *testing.T, in *internet) {
		in.site("shop.example", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Connection", "close")
			w.WriteHeader(http.StatusServiceUnavailable)
		})
		in.name("shop.example", "127.0.0.1")
		in.serve("127.0.0.1:80", text("secret"), nil)

		requireFails(t, in.fetcher(httpfetch.Options{}), "http://shop.example/", imagepipe.ErrRefused, "public internet")
		require.Len(t, in.dials(), 1)
	})
}

// TestKeptConnections has two names of one public address, of which one is an exception:
// their connections are not shared.
func TestKeptConnections(t *testing.T) {
	inBubble(t, func(t *testing.T, in *internet) {
		in.name("files.intranet", "10.0.0.5")
		in.name("evil.example", "10.0.0.5")
		in.serve("10.0.0.5:80", text("picture"), nil)

		f := in.fetcher(httpfetch.Options{AllowHosts: []string{"files.intranet:80"}})
		requireFetch(t, f, "http://files.intranet/", "picture")
		requireFails(t, f, "http://evil.example/", imagepipe.ErrRefused, "public internet")
		requireFetch(t, f, "http://files.intranet/", "picture")
		require.Len(t, in.dials(), 1)
	})
}

func TestAllowPorts(t *testing.T) {
	inBubble(t, func(t *testing.T, in *internet) {
		in.serve(in.address("shop.example")+":8080", text("picture"), nil)

		requireFails(t, in.fetcher(httpfetch.Options{}), "http://shop.example:8080/", imagepipe.ErrRefused, "port 8080")
		requireFetch(t, in.fetcher(httpfetch.Options{AllowPorts: []uint16{8080}}), "http://shop.example:8080/", "picture")
	})
}
