package httpfetch_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/imagepipe"
	"github.com/vyapaarai/bulkimport/imagepipe/httpfetch"
)

// drip sends a picture a byte a second, without end.
func drip(conn net.Conn) error {
	if _, err := io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 9000000\r\n\r\n"); err != nil {
		return err
	}

	return trickle(conn)
}

// trickle sends a byte a second until the client goes away.
func trickle(conn net.Conn) error {
	for {
		time.Sleep(time.Second)

		if _, err := conn.Write([]byte{'x'}); err != nil {
			return err
		}
	}
}

// flood repeats data until the client goes away, and counts what it took.
func flood(w io.Writer, data string) (taken int64) {
	for {
		n, err := io.WriteString(w, data)
		taken += int64(n)

		if err != nil {
			return taken
		}
	}
}

func TestEndlessBody(t *testing.T) {
	inBubble(t, func(t *testing.T, in *internet) {
		const limit = 1 << 20

		taken := make(chan int64, 1)

		in.raw("shop.example", answering(func(conn net.Conn) error {
			_, err := io.WriteString(conn, "HTTP/1.1 200 OK\r\n\r\n")
			taken <- flood(conn, strings.Repeat("x", 1000))

			return err
		}))

		f := in.fetcher(httpfetch.Options{MaxBytes: limit})
		requireFails(t, f, "http://shop.example/", imagepipe.ErrTooLarge, "more than 1 MiB")
		require.LessOrEqual(t, <-taken, int64(limit+64<<10), "what is read beyond the limit")
		require.Len(t, in.dials(), 1, "too large is not tried again")
	})
}

func TestDeclaredTooLarge(t *testing.T) {
	inBubble(t, func(t *testing.T, in *internet) {
		taken := make(chan int64, 1)

		in.raw("shop.example", answering(func(conn net.Conn) error {
			_, err := io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 10485761\r\n\r\n")
			taken <- flood(conn, "x")

			return err
		}))

		requireFails(t, in.fetcher(httpfetch.Options{}), "http://shop.example/", imagepipe.ErrTooLarge, "more than 10 MiB")
		require.LessOrEqual(t, <-taken, int64(8<<10), "no more than a buffer of the connection")
	})
}

func TestDrippingBody(t *testing.T) {
	inBubble(t, func(t *testing.T, in *internet) {
		in.raw("shop.example", answering(drip))

		start := time.Now()
		requireFails(t, in.fetcher(httpfetch.Options{}), "http://shop.example/", imagepipe.ErrUnreachable, "took longer than 30s")
		require.Equal(t, 30*time.Second, time.Since(start))
		require.Len(t, in.dials(), 1, "it would take as long again")
	})
}

// TestTimeoutCoversRedirects has a server each of whose answers comes just in time.
func TestTimeoutCoversRedirects(t *testing.T) {
	inBubble(t, func(t *testing.T, in *internet) {
		in.site("shop.example", func(w http.ResponseWriter, r *http.Request) {
			time.Sleep(9 * time.Second)
			countdown(w, r)
		})

		f := in.fetcher(httpfetch.Options{})
		requireFetch(t, f, "http://shop.example/2", "picture")
		requireFails(t, f, "http://shop.example/3", imagepipe.ErrUnreachable, "took longer than 30s")
	})
}

func TestSlowHeader(t *testing.T) {
	inBubble(t, func(t *testing.T, in *internet) {
		in.raw("silent.example", answering(func(conn net.Conn) error {
			_, err := io.Copy(io.Discard, conn)
			return err
		}))
		in.raw("dripping.example", answering(func(conn net.Conn) error {
			for err := error(nil); ; time.Sleep(time.Second) {
				if _, err = conn.Write([]byte("H")); err != nil {
					return err
				}
			}
		}))

		in.mu.Lock()
		in.names["unconnected.example"] = [][]string{{"93.184.0.200"}}
		in.servers["93.184.0.200:80"] = nil
		in.mu.Unlock()

		f := in.fetcher(httpfetch.Options{Attempts: 1})

		for _, host := range []string{"silent.example", "dripping.example", "unconnected.example"} {
			start := time.Now()
			requireFails(t, f, "http://"+host+"/", imagepipe.ErrUnreachable, "")
			require.Equal(t, 10*time.Second, time.Since(start), host)
		}
	})
}

func TestHeaderFlood(t *testing.T) {
	inBubble(t, func(t *testing.T, in *internet) {
		for name, tc := range map[string]struct{ begin, repeat string }{
			"fields.example": {"HTTP/1.1 200 OK\r\n", "X-A: b\r\n"},
			"field.example":  {"HTTP/1.1 200 OK\r\nX-A: ", "b"},
			"status.example": {"HTTP/1.1 200 ", "OK"},
			"hints.example":  {"", "HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n"},
		} {
			taken := make(chan int64, 1)

			in.raw(name, answering(func(conn net.Conn) error {
				_, err := io.WriteString(conn, tc.begin)
				taken <- flood(conn, strings.Repeat(tc.repeat, 100))

				return err
			}))

			f := in.fetcher(httpfetch.Options{Attempts: 1})
			requireFails(t, f, "http://"+name+"/", imagepipe.ErrUnreachable, "connection to the server failed")
			require.LessOrEqual(t, <-taken, int64(80<<10), name)
		}
	})
}

func TestLyingLengths(t *testing.T) {
	inBubble(t, func(t *testing.T, in *internet) {
		answer := func(length int, body string) func(net.Conn) error {
			return answering(func(conn net.Conn) error {
				_, err := fmt.Fprintf(conn, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", length, body)
				return err
			})
		}

		in.raw("short.example", answer(100, "picture"))
		in.raw("long.example", answer(4, "picture"))
		in.raw("negative.example", answer(-1, "picture"))
		in.raw("chunks.example", answering(func(conn net.Conn) error {
			_, err := io.WriteString(conn, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7\r\npicture\r\nffffff\r\n")
			return err
		}))
		in.raw("two.example", answering(func(conn net.Conn) error {
			_, err := io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 7\r\n\r\npicture")
			return err
		}))

		f := in.fetcher(httpfetch.Options{})
		requireFails(t, f, "http://short.example/", imagepipe.ErrUnreachable, "ended before the picture was complete")
		requireFails(t, f, "http://chunks.example/", imagepipe.ErrUnreachable, "ended before the picture was complete")
		require.Len(t, in.dials(), 6, "a broken connection is tried again")
		requireFails(t, f, "http://negative.example/", imagepipe.ErrUnreachable, "connection to the server failed")
		requireFails(t, f, "http://two.example/", imagepipe.ErrUnreachable, "connection to the server failed")

		// What is beyond the length belongs to no answer; the decoder sees what is missing.
		requireFetch(t, f, "http://long.example/", "pict")
	})
}

func TestNoContent(t *testing.T) {
	inBubble(t, func(t *testing.T, in *internet) {
		in.site("empty.example", func(http.ResponseWriter, *http.Request) {})
		in.site("none.example", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
		in.site("part.example", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusPartialContent) })
		in.raw("closed.example", answering(func(conn net.Conn) error {
			_, err := io.WriteString(conn, "HTTP/1.1 200 OK\r\n\r\n")
			return err
		}))

		f := in.fetcher(httpfetch.Options{})
		requireFails(t, f, "http://empty.example/", imagepipe.ErrUnreachable, "empty answer")
		requireFails(t, f, "http://closed.example/", imagepipe.ErrUnreachable, "empty answer")
		requireFails(t, f, "http://none.example/", imagepipe.ErrUnreachable, "204 No Content")
		requireFails(t, f, "http://part.example/", imagepipe.ErrUnreachable, "206 Partial Content")
		require.Len(t, in.dials(), 4)
	})
}

func TestCompressedBomb(t *testing.T) {
	inBubble(t, func(t *testing.T, in *internet) {
		var bomb bytes.Buffer

		w := gzip.NewWriter(&bomb)
		_, err := w.Write(make([]byte, 1<<20))
		require.NoError(t, errors.Join(err, w.Close()))

		var encodings []string

		in.site("shop.example", func(w http.ResponseWriter, _ *http.Request) {
			w.Header()["Content-Encoding"] = encodings
			_, _ = w.Write(bomb.Bytes())
		})

		f := in.fetcher(httpfetch.Options{})

		for _, encodings = range [][]string{
			{"gzip"}, {"GZIP"}, {"deflate"}, {"br"}, {"zstd"}, {"gzip, gzip"}, {"identity", "gzip"}, {"evil"},
		} {
			requireFails(t, f, "http://shop.example/", imagepipe.ErrUnreachable, "sent the picture compressed")
		}

		for _, encodings = range [][]string{nil, {""}, {"identity"}, {"Identity"}} {
			requireFetch(t, f, "http://shop.example/", bomb.String())
		}

		require.Len(t, in.dials(), 1, "short answers that are not wanted do not cost the connection")
	})
}

// TestStatusTextIsOurs has a server that would like to speak to the user.
func TestStatusTextIsOurs(t *testing.T) {
	inBubble(t, func(t *testing.T, in *internet) {
		in.raw("shop.example", answering(func(conn net.Conn) error {
			_, err := io.WriteString(conn, "HTTP/1.1 404 <b>call 555</b>\r\nContent-Length: 0\r\n\r\n")
			return err
		}))
		in.raw("odd.example", answering(func(conn net.Conn) error {
			_, err := io.WriteString(conn, "HTTP/1.1 799 <b>call 555</b>\r\nContent-Length: 0\r\n\r\n")
			return err
		}))

		f := in.fetcher(httpfetch.Options{})
		require.Equal(t, "the server answered 404 Not Found",
			requireFails(t, f, "http://shop.example/", imagepipe.ErrUnreachable, "").Reason)
		require.Equal(t, "the server answered 799",
			requireFails(t, f, "http://odd.example/", imagepipe.ErrUnreachable, "").Reason)
	})
}
