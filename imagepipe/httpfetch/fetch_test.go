package httpfetch_test

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/imagepipe"
	"github.com/vyapaarai/bulkimport/imagepipe/httpfetch"
)

func TestFetch(t *testing.T) {
	inBubble(t, func(t *testing.T, in *internet) {
		var seen []*http.Request

		in.site("shop.example", func(w http.ResponseWriter, r *http.Request) {
			seen = append(seen, r)

			http.SetCookie(w, &http.Cookie{Name: "session", Value: "1"})
			text("picture")(w, r)
		})

		f := in.fetcher(httpfetch.Options{})
		requireFetch(t, f, "HTTP://Shop.Example:80/a.jpg?q=1#x", "picture")
		requireFetch(t, f, "http://shop.example/b.jpg", "picture")
		require.Len(t, in.dials(), 1, "the connection is used again")

		require.Len(t, seen, 2)
		require.Equal(t, "shop.example", seen[0].Host)
		require.Equal(t, "/a.jpg?q=1", seen[0].RequestURI)

		for _, r := range seen {
			require.Equal(t, http.MethodGet, r.Method)
			require.Equal(t, httpfetch.DefaultUserAgent, r.UserAgent())
			require.Equal(t, "identity", r.Header.Get("Accept-Encoding"))
			require.Contains(t, r.Header.Get("Accept"), "image/")
			require.Len(t, r.Header, 3, "nothing else is sent: %v", r.Header)
		}
	})
}

// TestFetchSizes has bodies around the sizes of buffers, with and without a length.
func TestFetchSizes(t *testing.T) {
	inBubble(t, func(t *testing.T, in *internet) {
		const limit = 300 << 10

		var (
			content []byte
			chunked bool
		)

		in.site("shop.example", func(w http.ResponseWriter, _ *http.Request) {
			if chunked {
				w.(http.Flusher).Flush()
			}

			_, _ = w.Write(content)
		})

		f := in.fetcher(httpfetch.Options{MaxBytes: limit})

		for _, chunked = range []bool{false, true} {
			for _, size := range []int{
				1, 64<<10 - 1, 64 << 10, 64<<10 + 1, 128 << 10, 128<<10 + 1, 200 << 10, limit - 1, limit,
			} {
				content = bytes.Repeat([]byte{1, 2, 3, 5, 7}, size)[:size]

				download, err := f.Fetch(t.Context(), "http://shop.example/")
				require.NoError(t, err, size)
				require.True(t, bytes.Equal(content, download.Data), "%d bytes", size)
				download.Release()
				download.Release()
			}

			content = make([]byte, limit+1)
			requireFails(t, f, "http://shop.example/", imagepipe.ErrTooLarge, "more than 307200 bytes")
		}
	})
}

func TestFetchCanceled(t *testing.T) {
	errStopped := errors.New("import was cancelled")

	for name, tc := range map[string]struct {
		url      string
		attempts int
	}{
		"before":                        {"no address at all", 1},
		"while connecting":              {"http://silent.example/", 1},
		"while waiting for the header":  {"http://slow.example/", 1},
		"in the body":                   {"http://dripping.example/", 1},
		"in the pause":                  {"http://failing.example/", 2},
		"in the body behind a redirect": {"http://redirecting.example/", 1},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, in *internet) {
				in.mu.Lock()
				in.names["silent.example"] = [][]string{{"93.184.0.200"}}
				in.servers["93.184.0.200:80"] = nil
				in.mu.Unlock()
				in.site("slow.example", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
				in.raw("dripping.example", answering(drip))
				in.site("redirecting.example", redirect("http://dripping.example/"))
				in.site("failing.example", func(w http.ResponseWriter, _ *http.Request) {
					w.Header().Set("Retry-After", "9")
					w.WriteHeader(http.StatusServiceUnavailable)
				})

				ctx, cancel := context.WithCancelCause(t.Context())
				f := in.fetcher(httpfetch.Options{Attempts: tc.attempts})
				result := make(chan error, 1)

				if name == "before" {
					cancel(errStopped)
				}

				start := time.Now()

				go func() {
					_, err := f.Fetch(ctx, tc.url)
					result <- err
				}()

				time.Sleep(2500 * time.Millisecond)
				cancel(errStopped)

				err := <-result
				require.ErrorIs(t, err, errStopped)
				require.Less(t, time.Since(start), 3*time.Second)

				_, ok := errors.AsType[*imagepipe.Error](err)
				require.False(t, ok, "giving up says nothing of the picture")

				synctest.Wait()
			})
		})
	}
}

// TestErrorsTellNothing requires that errors have neither signed addresses in them nor
// what internal names resolve to.
func TestErrorsTellNothing(t *testing.T) {
	inBubble(t, func(t *testing.T, in *internet) {
		in.name("db.internal.example", "10.20.30.40")
		in.site("shop.example", redirect("http://db.internal.example/?signature=secret"))
		in.raw("broken.example", func(conn net.Conn) error { return conn.Close() })

		f := in.fetcher(httpfetch.Options{})

		for _, host := range []string{"db.internal.example", "shop.example", "broken.example", "nowhere.example", "10.20.30.40"} {
			_, err := f.Fetch(t.Context(), "http://"+host+"/?signature=secret")
			require.Error(t, err)
			require.NotContains(t, err.Error(), "secret")

			report, ok := errors.AsType[*imagepipe.Error](err)
			require.True(t, ok)
			require.NotContains(t, err.Error(), "10.20.30.40")
			require.NotContains(t, report.Reason, "example")
			require.Equal(t, report.Reason, strings.ToValidUTF8(report.Reason, "?"))
		}
	})
}

func TestOptions(t *testing.T) {
	t.Parallel()

	_, err := httpfetch.New(nil)
	require.NoError(t, err)

	for name, opts := range map[string]httpfetch.Options{
		"HeaderTimeout": {HeaderTimeout: -1},
		"Timeout":       {Timeout: -1},
		"MaxBytes":      {MaxBytes: -1},
		"Attempts":      {Attempts: -1},
		"Concurrency":   {Concurrency: -1},
		"PerHost":       {PerHost: -1},
		"MemoryBudget":  {MemoryBudget: -1},
		"FailureLimit":  {FailureLimit: -1},
		"RestPeriod":    {RestPeriod: -1},
		"AllowPorts":    {AllowPorts: []uint16{0}},
		"allowed host":  {AllowHosts: []string{"localhost"}},
	} {
		_, err := httpfetch.New(&opts)
		require.ErrorContains(t, err, name)
	}

	hosts, err := httpfetch.ParseAllowHosts("localhost:9000, 10.0.0.5:80")
	require.NoError(t, err)
	require.Equal(t, []string{"localhost:9000", "10.0.0.5:80"}, hosts)

	_, err = httpfetch.ParseAllowHosts("localhost")
	require.ErrorContains(t, err, "write host:port")
}
