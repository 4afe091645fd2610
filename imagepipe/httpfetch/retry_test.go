package httpfetch_test

import (
	"fmt"
	"net"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/imagepipe"
	"github.com/vyapaarai/bulkimport/imagepipe/httpfetch"
)

// failingTimes answers with the status so many times, then with a picture.
func failingTimes(n int, status int, retryAfter func() string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if n--; n < 0 {
			text("picture")(w, r)
			return
		}

		if retryAfter != nil {
			w.Header().Set("Retry-After", retryAfter())
		}

		w.WriteHeader(status)
	}
}

func TestRetriedStatuses(t *testing.T) {
	inBubble(t, func(t *testing.T, in *internet) {
		f := in.fetcher(httpfetch.Options{})

		for _, status := range []int{429, 500, 502, 503, 504} {
			twice := fmt.Sprintf("twice%d.example", status)
			thrice := fmt.Sprintf("thrice%d.example", status)

			in.site(twice, failingTimes(2, status, nil))
			in.site(thrice, failingTimes(3, status, nil))

			// The pauses are half a second and a second, less up to half of it.
			start := time.Now()
			requireFetch(t, f, "http://"+twice+"/", "picture")
			require.GreaterOrEqual(t, time.Since(start), 750*time.Millisecond)
			require.Less(t, time.Since(start), 1500*time.Millisecond)

			requireFails(t, f, "http://"+thrice+"/", imagepipe.ErrUnreachable, "the server answered "+strconv.Itoa(status))
			requireFetch(t, f, "http://"+thrice+"/", "picture")
		}
	})
}

func TestFinalStatuses(t *testing.T) {
	inBubble(t, func(t *testing.T, in *internet) {
		requests := 0

		in.site("shop.example", func(w http.ResponseWriter, r *http.Request) {
			requests++
			status, _ := strconv.Atoi(r.URL.Path[1:])
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(status)
		})

		f := in.fetcher(httpfetch.Options{})

		for i, status := range []int{400, 401, 403, 404, 408, 410, 418, 451, 501, 505} {
			start := time.Now()
			requireFails(t, f, "http://shop.example/"+strconv.Itoa(status), imagepipe.ErrUnreachable, strconv.Itoa(status))
			require.Zero(t, time.Since(start))
			require.Equal(t, i+1, requests)
		}
	})
}

func TestRetryAfter(t *testing.T) {
	for _, tc := range []struct {
		name   string
		header func() string
		wait   time.Duration // at least, and at most half a second more
	}{
		{"seconds", func() string { return "7" }, 7 * time.Second},
		{"the most", func() string { return "10" }, 10 * time.Second},
		{"date", func() string { return time.Now().Add(5 * time.Second).UTC().Format(http.TimeFormat) }, 5 * time.Second},
		{"past", func() string { return time.Now().Add(-time.Hour).UTC().Format(http.TimeFormat) }, 0},
		{"zero", func() string { return "0" }, 0},
		{"negative", func() string { return "-5" }, 0},
		{"nonsense", func() string { return "soon" }, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, in *internet) {
				in.site("shop.example", failingTimes(1, http.StatusTooManyRequests, tc.header))

				start := time.Now()
				requireFetch(t, in.fetcher(httpfetch.Options{}), "http://shop.example/", "picture")
				require.GreaterOrEqual(t, time.Since(start), tc.wait+250*time.Millisecond)
				require.Less(t, time.Since(start), tc.wait+500*time.Millisecond)
			})
		})
	}
}

func TestRetryAfterTooLong(t *testing.T) {
	inBubble(t, func(t *testing.T, in *internet) {
		f := in.fetcher(httpfetch.Options{})

		for i, header := range []string{
			"11", "120", "99999999999999999", time.Now().Add(time.Hour).UTC().Format(http.TimeFormat),
		} {
			host := fmt.Sprintf("shop%d.example", i)
			in.site(host, failingTimes(1, http.StatusTooManyRequests, func() string { return header }))

			start := time.Now()
			requireFails(t, f, "http://"+host+"/", imagepipe.ErrUnreachable,
				"429 Too Many Requests and wants no request within the next")
			require.Zero(t, time.Since(start))
		}
	})
}

func TestRetriedFailures(t *testing.T) {
	inBubble(t, func(t *testing.T, in *internet) {
		in.address("refusing.example")
		in.raw("closing.example", func(conn net.Conn) error { return conn.Close() })
		in.raw("garbage.example", answering(func(conn net.Conn) error {
			_, err := conn.Write([]byte("SSH-2.0-OpenSSH_9.9\r\n"))
			return err
		}))

		broken := 0

		in.raw("breaking.example", answering(func(conn net.Conn) error {
			answer := "HTTP/1.1 200 OK\r\nContent-Length: 7\r\nConnection: close\r\n\r\npicture"
			if broken++; broken < 3 {
				answer = answer[:len(answer)-1]
			}

			_, err := conn.Write([]byte(answer))

			return err
		}))

		for i, host := range []string{"refusing.example", "closing.example", "garbage.example"} {
			requireFails(t, in.fetcher(httpfetch.Options{}), "http://"+host+"/", imagepipe.ErrUnreachable,
				"connection to the server failed")
			require.Len(t, in.dials(), 3*(i+1), host)
		}

		requireFetch(t, in.fetcher(httpfetch.Options{}), "http://breaking.example/", "picture")
		require.Equal(t, 3, broken)

		dials := len(in.dials())
		requireFails(t, in.fetcher(httpfetch.Options{Attempts: 1}), "http://refusing.example/", imagepipe.ErrUnreachable, "")
		require.Len(t, in.dials(), dials+1)
	})
}

func TestSlowHeaderIsRetried(t *testing.T) {
	inBubble(t, func(t *testing.T, in *internet) {
		requests := 0

		in.site("shop.example", func(w http.ResponseWriter, r *http.Request) {
			if requests++; requests < 3 {
				<-r.Context().Done()
			}

			text("picture")(w, r)
		})

		requireFetch(t, in.fetcher(httpfetch.Options{}), "http://shop.example/", "picture")
		require.Equal(t, 3, requests)
	})
}

func TestUnknownNameIsNotRetried(t *testing.T) {
	inBubble(t, func(t *testing.T, in *internet) {
		start := time.Now()
		requireFails(t, in.fetcher(httpfetch.Options{}), "http://nowhere.example/", imagepipe.ErrUnreachable, "does not exist")
		require.Zero(t, time.Since(start))
	})
}
