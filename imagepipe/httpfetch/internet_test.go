package httpfetch_test

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/imagepipe"
	"github.com/vyapaarai/bulkimport/imagepipe/httpfetch"
)

// internet is one in memory: names, and servers at public addresses. In a bubble of
// virtual time nothing of it takes any.
type internet struct {
	t *testing.T
	// serving are the servers' goroutines.
	serving sync.WaitGroup

	mu      sync.Mutex
	names   map[string][][]string           // the answers, each given once but the last
	servers map[string]func(net.Conn) error // by IP and port
	dialed  []string
}

func newInternet(t *testing.T) *internet {
	in := &internet{t: t, names: make(map[string][][]string), servers: make(map[string]func(net.Conn) error)}
	t.Cleanup(in.serving.Wait)

	return in
}

// inBubble runs a test in virtual time, on an internet of its own.
func inBubble(t *testing.T, test func(t *testing.T, in *internet)) {
	t.Helper()
	t.Parallel()

	synctest.Test(t, func(t *testing.T) { test(t, newInternet(t)) })
}

// fetcher returns a fetcher on this internet.
func (in *internet) fetcher(opts httpfetch.Options) *httpfetch.Fetcher {
	in.t.Helper()

	opts.Resolver, opts.Dial = in, in.dial

	f, err := httpfetch.New(&opts)
	require.NoError(in.t, err)
	in.t.Cleanup(f.CloseIdleConnections)

	return f
}

// name lets a name resolve to addrs. Called again it adds what the next lookup gets.
func (in *internet) name(host string, addrs ...string) {
	in.mu.Lock()
	defer in.mu.Unlock()

	in.names[host] = append(in.names[host], addrs)
}

// address gives a host its own public address and returns it.
func (in *internet) address(host string) string {
	in.mu.Lock()
	n := len(in.names)
	in.mu.Unlock()

	addr := fmt.Sprintf("93.184.%d.%d", n/250, n%250+1)
	in.name(host, addr)

	return addr
}

// raw lets host answer connections on port 80 by a function.
func (in *internet) raw(host string, serve func(net.Conn) error) {
	addr := in.address(host)

	in.mu.Lock()
	defer in.mu.Unlock()

	in.servers[addr+":80"] = serve
}

// site lets host serve HTTP on port 80.
func (in *internet) site(host string, handler http.HandlerFunc) {
	in.serve(in.address(host)+":80", handler, nil)
}

// serve lets an address serve HTTP, over TLS if there is a configuration.
func (in *internet) serve(address string, handler http.HandlerFunc, config *tls.Config) {
	listener := pipeListener{conns: make(chan net.Conn), closed: make(chan struct{})}
	quiet := log.New(io.Discard, "", 0)
	server := &http.Server{TLSConfig: config, ErrorLog: quiet, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		in.serving.Add(1)
		defer in.serving.Done()

		handler(w, r)
	})}
	stopped := make(chan error, 1)

	go func() {
		if config != nil {
			stopped <- server.ServeTLS(listener, "", "")
		} else {
			stopped <- server.Serve(listener)
		}
	}()

	in.t.Cleanup(func() {
		synctest.Wait()
		require.NoError(in.t, server.Close())
		require.ErrorIs(in.t, <-stopped, http.ErrServerClosed)
	})

	in.mu.Lock()
	defer in.mu.Unlock()

	in.servers[address] = func(conn net.Conn) error {
		select {
		case listener.conns <- conn:
			return nil
		case <-listener.closed:
			return net.ErrClosed
		}
	}
}

// dials returns what was connected to.
func (in *internet) dials() []string {
	in.mu.Lock()
	defer in.mu.Unlock()

	return in.dialed
}

// LookupNetIP implements httpfetch.Resolver.
func (in *internet) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	in.mu.Lock()
	defer in.mu.Unlock()

	answers, known := in.names[host]
	if !known {
		return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	}

	if len(answers) > 1 {
		in.names[host] = answers[1:]
	}

	var addrs []netip.Addr
	for _, addr := range answers[0] {
		addrs = append(addrs, netip.MustParseAddr(addr))
	}

	return addrs, nil
}

var errConnectionRefused = errors.New("connection refused")

// dial implements httpfetch.Options.Dial. Addresses without a server refuse connections;
// those with a nil one swallow them.
func (in *internet) dial(ctx context.Context, _, address string) (net.Conn, error) {
	in.mu.Lock()
	in.dialed = append(in.dialed, address)
	serve, known := in.servers[address]
	in.mu.Unlock()

	switch {
	case !known:
		return nil, errConnectionRefused
	case serve == nil:
		<-ctx.Done()

		return nil, ctx.Err()
	}

	client, server := net.Pipe()

	// The error of a server is that the client went away.
	in.serving.Go(func() { _ = serve(server) })

	return client, nil
}

// pipeListener accepts what dial makes.
type pipeListener struct {
	conns  chan net.Conn
	closed chan struct{}
}

func (l pipeListener) Accept() (net.Conn, error) {
	select {
	case conn := <-l.conns:
		return conn, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

// Close is called once, by http.Server.
func (l pipeListener) Close() error {
	close(l.closed)

	return nil
}

func (l pipeListener) Addr() net.Addr { return &net.UnixAddr{Name: "pipe", Net: "unix"} }

// answering returns a raw server that reads a request and answers by write.
func answering(write func(net.Conn) error) func(net.Conn) error {
	return func(conn net.Conn) error {
		buf := make([]byte, 4096) // the requests of these tests come in one piece

		if _, err := conn.Read(buf); err != nil {
			return errors.Join(err, conn.Close())
		}

		return errors.Join(write(conn), conn.Close())
	}
}

// requireFails fetches url and requires an error of this kind and reason.
func requireFails(t *testing.T, f *httpfetch.Fetcher, url string, kind error, reason string) *imagepipe.Error {
	t.Helper()

	download, err := f.Fetch(t.Context(), url)
	require.Nil(t, download)
	require.ErrorIs(t, err, kind, url)

	report, ok := errors.AsType[*imagepipe.Error](err)
	require.True(t, ok)
	require.Contains(t, report.Reason, reason, url)

	return report
}

// requireFetch fetches url and requires that content.
func requireFetch(t *testing.T, f *httpfetch.Fetcher, url, content string) {
	t.Helper()

	download, err := f.Fetch(t.Context(), url)
	require.NoError(t, err, url)
	require.Equal(t, content, string(download.Data))
	download.Release()
}

func text(content string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(content)) }
}
