package signedurl_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/importer/blob"
	"github.com/vyapaarai/bulkimport/importer/blob/memblob"
	"github.com/vyapaarai/bulkimport/importer/blob/signedurl"
)

// The tests of this file run in virtual time, over connections in memory.

// chunk is what a client must take or deliver in every idle time-out.
const chunk = 64 << 10

// pipeListener accepts one connection in memory.
type pipeListener struct {
	conns chan net.Conn
}

func (l pipeListener) Accept() (net.Conn, error) {
	conn, open := <-l.conns
	if !open {
		return nil, net.ErrClosed
	}

	return conn, nil
}

func (l pipeListener) Close() error {
	close(l.conns)

	return nil
}

func (l pipeListener) Addr() net.Addr {
	return &net.UnixAddr{Name: "pipe", Net: "unix"}
}

// dial starts a server for s, whose own time-outs are shorter than any of the
// transfers, and returns the client's end of a connection.
func dial(t *testing.T, s http.Handler) net.Conn {
	t.Helper()

	client, server := net.Pipe()
	listener := pipeListener{make(chan net.Conn, 1)}
	listener.conns <- server

	h := &http.Server{Handler: s, ReadTimeout: 10 * time.Second, WriteTimeout: 10 * time.Second}
	stopped := make(chan error, 1)

	go func() { stopped <- h.Serve(listener) }()

	t.Cleanup(func() {
		require.NoError(t, client.Close())
		require.NoError(t, h.Close())
		require.ErrorIs(t, <-stopped, http.ErrServerClosed)
		synctest.Wait()
	})

	return client
}

// beginUpload sends the header of an upload and returns where its answer comes
// from.
func beginUpload(t *testing.T, conn net.Conn, s *signedurl.Server, size int) *bufio.Reader {
	t.Helper()

	signed, err := s.SignPut(t.Context(), "k", time.Minute)
	require.NoError(t, err)

	_, err = fmt.Fprintf(conn, "PUT %s HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n", parse(t, signed.URL).RequestURI(), size)
	require.NoError(t, err)

	return bufio.NewReader(conn)
}

// requireStatus reads the answer of an upload.
func requireStatus(t *testing.T, answers *bufio.Reader, status int) {
	t.Helper()

	response, err := http.ReadResponse(answers, nil)
	require.NoError(t, err)
	require.Equal(t, status, response.StatusCode)

	_, err = io.Copy(io.Discard, response.Body)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
}

func TestSlowUploadGoesOn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const chunks = 30

		store := memblob.New(nil)
		s := newServer(t, func(o *signedurl.Options) { o.Store = store })
		conn := dial(t, s)
		answers := beginUpload(t, conn, s, chunks*chunk)

		for range chunks {
			time.Sleep(50 * time.Second)

			_, err := io.WriteString(conn, strings.Repeat("x", chunk))
			require.NoError(t, err)
		}

		requireStatus(t, answers, http.StatusOK)

		info, err := store.Stat(t.Context(), "k")
		require.NoError(t, err)
		require.EqualValues(t, chunks*chunk, info.Size)
	})
}

func TestUploadThatStalls(t *testing.T) {
	t.Parallel()

	tests := map[string]func(conn net.Conn){
		"silent from the start": func(net.Conn) {},
		"silent in the middle": func(conn net.Conn) {
			// An error shows in the answer.
			_, _ = io.WriteString(conn, strings.Repeat("x", 3*chunk))
		},
		"dribbling": func(conn net.Conn) {
			for range 1000 {
				if _, err := io.WriteString(conn, "x"); err != nil {
					return
				}

				time.Sleep(20 * time.Second)
			}
		},
	}
	for name, send := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				store := memblob.New(nil)
				s := newServer(t, func(o *signedurl.Options) { o.Store = store })
				conn := dial(t, s)
				answers := beginUpload(t, conn, s, 10*chunk)
				began := time.Now()
				sent := make(chan struct{})

				go func() {
					defer close(sent)
					send(conn)
				}()

				requireStatus(t, answers, http.StatusRequestTimeout)
				require.Equal(t, signedurl.DefaultIdleTimeout, time.Since(began))

				infos, err := store.List(t.Context(), "", "", 0)
				require.NoError(t, err)
				require.Empty(t, infos)

				// The server closes the connection, which ends a sender.
				_, err = io.Copy(io.Discard, answers)
				require.NoError(t, err)
				<-sent
			})
		})
	}
}

// TestRefusedUploadThatStalls has net/http wait for the body of an upload that the
// handler did not read.
func TestRefusedUploadThatStalls(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		conn := dial(t, newServer(t, nil))
		began := time.Now()

		_, err := io.WriteString(conn, "PUT /files/k?signature=x HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\n")
		require.NoError(t, err)

		_, err = io.Copy(io.Discard, conn)
		require.NoError(t, err)
		require.Equal(t, signedurl.DefaultIdleTimeout, time.Since(began).Truncate(time.Second))
	})
}

// slowStore takes its time, for each chunk and for making the whole durable.
type slowStore struct {
	blob.Store
	delay time.Duration
}

func (s slowStore) Put(ctx context.Context, key string, r io.Reader, opts *blob.PutOptions) (blob.Info, error) {
	info, err := s.Store.Put(ctx, key, slowReader{r, s.delay}, opts)
	time.Sleep(s.delay)

	if cause := context.Cause(ctx); cause != nil {
		return blob.Info{}, cause
	}

	return info, err
}

type slowReader struct {
	io.Reader
	delay time.Duration
}

func (r slowReader) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	if n > 0 {
		time.Sleep(r.delay)
	}

	return n, err
}

// TestSlowStoreIsNotTheClientsFault has the store take longer than the client
// may.
func TestSlowStoreIsNotTheClientsFault(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, func(o *signedurl.Options) { o.Store = slowStore{memblob.New(nil), 5 * time.Minute} })
		conn := dial(t, s)
		answers := beginUpload(t, conn, s, 2*chunk)

		go func() {
			// An error shows in the answer.
			_, _ = io.WriteString(conn, strings.Repeat("x", 2*chunk))
		}()

		requireStatus(t, answers, http.StatusOK)
	})
}

// boundStore ties its readers to the context, as backends may.
type boundStore struct {
	blob.Store
}

func (s boundStore) Open(ctx context.Context, key string, opts *blob.OpenOptions) (io.ReadCloser, blob.Info, error) {
	r, info, err := s.Store.Open(ctx, key, opts)

	return boundReader{r, ctx}, info, err
}

type boundReader struct {
	io.ReadCloser
	ctx context.Context
}

func (r boundReader) Read(p []byte) (int, error) {
	if err := context.Cause(r.ctx); err != nil {
		return 0, err
	}

	return r.ReadCloser.Read(p)
}

// beginDownload asks for a file of size bytes and returns the body.
func beginDownload(t *testing.T, size int) io.ReadCloser {
	t.Helper()

	store := memblob.New(nil)
	_, err := store.Put(t.Context(), "k", strings.NewReader(strings.Repeat("x", size)), nil)
	require.NoError(t, err)

	s := newServer(t, func(o *signedurl.Options) { o.Store = boundStore{store} })
	conn := dial(t, s)

	raw, err := s.SignGet(t.Context(), "k", "", time.Minute)
	require.NoError(t, err)

	_, err = fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: h\r\n\r\n", parse(t, raw).RequestURI())
	require.NoError(t, err)

	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, response.StatusCode)

	return response.Body
}

func TestSlowDownloadGoesOn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const chunks = 30

		body := beginDownload(t, chunks*chunk)

		for range chunks {
			time.Sleep(50 * time.Second)

			_, err := io.CopyN(io.Discard, body, chunk)
			require.NoError(t, err)
		}

		require.NoError(t, body.Close())
	})
}

func TestDownloadThatStallsIsCut(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		body := beginDownload(t, 10*chunk)

		time.Sleep(2 * signedurl.DefaultIdleTimeout)

		_, err := io.Copy(io.Discard, body)
		require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	})
}
