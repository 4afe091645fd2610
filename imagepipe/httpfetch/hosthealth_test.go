package httpfetch_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/imagepipe"
	"github.com/vyapaarai/bulkimport/imagepipe/httpfetch"
)

const leftAlone = "did not answer 10 times in a row"

func TestFailingHostIsLeftAlone(t *testing.T) {
	inBubble(t, func(t *testing.T, in *internet) {
		in.address("dead.example")
		in.site("shop.example", text("picture"))

		f := in.fetcher(httpfetch.Options{Attempts: 1})

		for range 10 {
			time.Sleep(2 * time.Second)
			requireFails(t, f, "http://dead.example/", imagepipe.ErrUnreachable, "connection to the server failed")
		}

		for range 5 {
			start := time.Now()
			requireFails(t, f, "http://dead.example/", imagepipe.ErrUnreachable, leftAlone)
			require.Zero(t, time.Since(start))
		}

		require.Len(t, in.dials(), 10)
		requireFetch(t, f, "http://shop.example/", "picture")

		// After the rest one more failure is enough.
		time.Sleep(time.Minute)
		requireFails(t, f, "http://dead.example/", imagepipe.ErrUnreachable, "connection to the server failed")
		requireFails(t, f, "http://dead.example/", imagepipe.ErrUnreachable, leftAlone)

		// And one answer ends it.
		time.Sleep(time.Minute)
		in.serve("93.184.0.1:80", text("picture"), nil)

		for range 3 {
			requireFetch(t, f, "http://dead.example/", "picture")
		}
	})
}

// TestAShortPauseIsNoReason has a host that fails for a few seconds, with many requests
// under way.
func TestAShortPauseIsNoReason(t *testing.T) {
	inBubble(t, func(t *testing.T, in *internet) {
		in.address("shop.example")

		f := in.fetcher(httpfetch.Options{Attempts: 1})

		for range 90 {
			time.Sleep(100 * time.Millisecond)
			requireFails(t, f, "http://shop.example/", imagepipe.ErrUnreachable, "connection to the server failed")
		}

		in.serve("93.184.0.1:80", text("picture"), nil)
		requireFetch(t, f, "http://shop.example/", "picture")
	})
}

// TestRestEndsAttempts has one download whose attempts use up the patience.
func TestRestEndsAttempts(t *testing.T) {
	inBubble(t, func(t *testing.T, in *internet) {
		in.address("dead.example")

		f := in.fetcher(httpfetch.Options{Attempts: 50})
		requireFails(t, f, "http://dead.example/", imagepipe.ErrUnreachable, leftAlone)
		require.Len(t, in.dials(), 10)
	})
}

func TestSlowHostIsLeftAlone(t *testing.T) {
	inBubble(t, func(t *testing.T, in *internet) {
		in.raw("dripping.example", answering(drip))

		f := in.fetcher(httpfetch.Options{})

		for range 10 {
			requireFails(t, f, "http://dripping.example/", imagepipe.ErrUnreachable, "took longer than 30s")
		}

		requireFails(t, f, "http://dripping.example/", imagepipe.ErrUnreachable, leftAlone)
	})
}

// TestAnswersInBetween has hosts that fail often, but not in a row, or not to answer.
func TestAnswersInBetween(t *testing.T) {
	inBubble(t, func(t *testing.T, in *internet) {
		requests := 0

		in.raw("flaky.example", answering(func(conn net.Conn) error {
			if requests++; requests%5 != 0 {
				return nil
			}

			_, err := conn.Write([]byte("HTTP/1.1 200 OK\r\nContent-Length: 7\r\nConnection: close\r\n\r\npicture"))

			return err
		}))
		in.site("missing.example", http.NotFound)

		f := in.fetcher(httpfetch.Options{Attempts: 1})

		for range 30 {
			_, err := f.Fetch(t.Context(), "http://flaky.example/")
			if err != nil {
				require.NotContains(t, err.Error(), leftAlone)
			}

			requireFails(t, f, "http://missing.example/", imagepipe.ErrUnreachable, "404")
		}

		require.Equal(t, 30, requests)
	})
}

// TestFailingHostsAreBounded has more failing hosts than are remembered. The one that
// failed longest ago is forgotten.
func TestFailingHostsAreBounded(t *testing.T) {
	inBubble(t, func(t *testing.T, in *internet) {
		const remembered = 1024

		f := in.fetcher(httpfetch.Options{Attempts: 1, FailureLimit: 2})
		fail := func(n int, reason string) {
			requireFails(t, f, fmt.Sprintf("http://dead%d.example/", n), imagepipe.ErrUnreachable, reason)
		}

		const failed = "connection to the server failed"

		for n := range remembered + 1 {
			in.address(fmt.Sprintf("dead%d.example", n))
		}

		fail(1, failed)
		time.Sleep(time.Minute)

		for n := range remembered {
			fail(n, failed) // the second time for 1, which is left alone from now on
		}

		fail(remembered, failed) // one too many: 0 is forgotten
		fail(1, "left alone")
		fail(0, failed)
		time.Sleep(time.Minute)
		fail(0, failed) // so this was the second time
		fail(0, "left alone")
	})
}

// TestGivingUpIsNoFailure has a caller who does not wait for a slow host.
func TestGivingUpIsNoFailure(t *testing.T) {
	inBubble(t, func(t *testing.T, in *internet) {
		slow := &gate{open: make(chan struct{})}
		in.site("slow.example", slow.serve)

		f := in.fetcher(httpfetch.Options{Attempts: 1, FailureLimit: 1})

		for range 3 {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			_, err := f.Fetch(ctx, "http://slow.example/")
			require.ErrorIs(t, err, context.DeadlineExceeded)
			require.NotErrorIs(t, err, imagepipe.ErrUnreachable)
			cancel()
		}

		close(slow.open)
		requireFetch(t, f, "http://slow.example/", "picture")
	})
}
