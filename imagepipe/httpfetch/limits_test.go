package httpfetch_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/imagepipe"
	"github.com/vyapaarai/bulkimport/imagepipe/httpfetch"
)

// gate is a server that keeps requests until it is opened, and counts them.
type gate struct {
	open    chan struct{}
	now     atomic.Int64
	started atomic.Int64
}

func (g *gate) serve(w http.ResponseWriter, r *http.Request) {
	g.started.Add(1)
	g.now.Add(1)
	<-g.open
	g.now.Add(-1)
	text("picture")(w, r)
}

// inParallel fetches n times and gives the results to done.
func inParallel(t *testing.T, f *httpfetch.Fetcher, n int, url func(int) string, done func(*imagepipe.Download, error)) *sync.WaitGroup {
	var group sync.WaitGroup

	for i := range n {
		group.Go(func() { done(f.Fetch(t.Context(), url(i))) })
	}

	return &group
}

func TestPerHostBound(t *testing.T) {
	inBubble(t, func(t *testing.T, in *internet) {
		slow := &gate{open: make(chan struct{})}
		in.site("slow.example", slow.serve)
		in.site("shop.example", text("picture"))

		f := in.fetcher(httpfetch.Options{HeaderTimeout: time.Hour, Timeout: time.Hour})
		all := inParallel(t, f, 200, func(int) string { return "http://slow.example/" }, func(d *imagepipe.Download, err error) {
			require.NoError(t, err)
			d.Release()
		})

		synctest.Wait()
		require.EqualValues(t, 16, slow.now.Load())

		// Those that wait for the slow host do not keep others from theirs.
		requireFetch(t, f, "http://shop.example/", "picture")

		close(slow.open)
		all.Wait()
		require.EqualValues(t, 200, slow.started.Load())
	})
}

func TestConcurrencyBound(t *testing.T) {
	inBubble(t, func(t *testing.T, in *internet) {
		slow := &gate{open: make(chan struct{})}

		for i := range 20 {
			in.site(fmt.Sprintf("slow%d.example", i), slow.serve)
		}

		f := in.fetcher(httpfetch.Options{HeaderTimeout: time.Hour, Timeout: time.Hour})
		all := inParallel(t, f, 200,
			func(i int) string { return fmt.Sprintf("http://slow%d.example/", i%20) },
			func(d *imagepipe.Download, err error) {
				require.NoError(t, err)
				d.Release()
			})

		synctest.Wait()
		require.EqualValues(t, 64, slow.now.Load())
		close(slow.open)
		all.Wait()
		require.EqualValues(t, 200, slow.started.Load())
	})
}

// TestWaitingIsNoTime has downloads that wait for a slot far longer than one may take.
func TestWaitingIsNoTime(t *testing.T) {
	inBubble(t, func(t *testing.T, in *internet) {
		in.site("shop.example", func(w http.ResponseWriter, r *http.Request) {
			time.Sleep(8 * time.Second)
			text("picture")(w, r)
		})

		start := time.Now()
		inParallel(t, in.fetcher(httpfetch.Options{PerHost: 1, Attempts: 1}), 20,
			func(int) string { return "http://shop.example/" },
			func(d *imagepipe.Download, err error) {
				require.NoError(t, err)
				d.Release()
			}).Wait()
		require.Equal(t, 160*time.Second, time.Since(start))
	})
}

func TestWaitingEndsWithContext(t *testing.T) {
	for name, opts := range map[string]httpfetch.Options{
		"for the host": {PerHost: 1},
		"for any slot": {Concurrency: 1},
		"for memory":   {MemoryBudget: 1},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, in *internet) {
				slow := &gate{open: make(chan struct{})}
				in.site("slow.example", slow.serve)

				f := in.fetcher(opts)
				first := inParallel(t, f, 1, func(int) string { return "http://slow.example/" },
					func(d *imagepipe.Download, err error) {
						require.NoError(t, err)
						d.Release()
					})

				synctest.Wait()

				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()

				_, err := f.Fetch(ctx, "http://slow.example/")
				require.ErrorIs(t, err, context.DeadlineExceeded)
				require.EqualValues(t, 1, slow.started.Load())

				close(slow.open)
				first.Wait()

				// Who gave up left nothing behind that would block others.
				for range 3 {
					requireFetch(t, f, "http://slow.example/", "picture")
				}
			})
		})
	}
}

// TestGivingUpFreesTheHost has two requests to a host, of which the first waits for any
// slot and has the host's own one.
func TestGivingUpFreesTheHost(t *testing.T) {
	inBubble(t, func(t *testing.T, in *internet) {
		slow := &gate{open: make(chan struct{})}
		in.site("slow.example", slow.serve)
		in.site("shop.example", text("picture"))

		f := in.fetcher(httpfetch.Options{PerHost: 1, Concurrency: 1})
		release := func(d *imagepipe.Download, err error) {
			require.NoError(t, err)
			d.Release()
		}

		one := inParallel(t, f, 1, func(int) string { return "http://slow.example/" }, release)

		synctest.Wait()

		ctx, cancel := context.WithCancel(t.Context())
		gaveUp := make(chan error, 1)

		go func() {
			_, err := f.Fetch(ctx, "http://shop.example/")
			gaveUp <- err
		}()

		synctest.Wait()

		two := inParallel(t, f, 1, func(int) string { return "http://shop.example/" }, release)

		synctest.Wait()
		cancel()
		require.ErrorIs(t, <-gaveUp, context.Canceled)
		close(slow.open)
		one.Wait()
		two.Wait()
	})
}

// TestMemoryIsGivenBack fills the budget with downloads that nobody releases.
func TestMemoryIsGivenBack(t *testing.T) {
	inBubble(t, func(t *testing.T, in *internet) {
		in.site("shop.example", text("picture"))

		f := in.fetcher(httpfetch.Options{MemoryBudget: 128 << 10})
		results := make(chan *imagepipe.Download, 10)
		all := inParallel(t, f, 4, func(int) string { return "http://shop.example/" },
			func(d *imagepipe.Download, err error) {
				require.NoError(t, err)
				results <- d
			})

		time.Sleep(time.Hour)
		require.Len(t, results, 3, "two in the budget, of 64 KiB each, and one that overdraws it")

		(<-results).Release()
		(<-results).Release()
		(<-results).Release()
		all.Wait()
		(<-results).Release()

		// Failures give back what they had, too.
		in.site("large.example", func(w http.ResponseWriter, _ *http.Request) { flood(w, strings.Repeat("x", 1000)) })

		for range 5 {
			requireFails(t, f, "http://large.example/", imagepipe.ErrTooLarge, "10 MiB")
		}

		all = inParallel(t, f, 3, func(int) string { return "http://shop.example/" },
			func(d *imagepipe.Download, err error) {
				require.NoError(t, err)
				results <- d
			})
		all.Wait()
		require.Len(t, results, 3)
	})
}

// TestMemoryDoesNotDeadlock has downloads each of which is larger than the budget.
func TestMemoryDoesNotDeadlock(t *testing.T) {
	inBubble(t, func(t *testing.T, in *internet) {
		content := strings.Repeat("x", 1<<20)
		in.site("shop.example", text(content))
		in.site("redirecting.example", redirect("http://shop.example/"))

		f := in.fetcher(httpfetch.Options{MemoryBudget: 256 << 10})
		inParallel(t, f, 100,
			func(i int) string { return []string{"http://shop.example/", "http://redirecting.example/"}[i%2] },
			func(d *imagepipe.Download, err error) {
				require.NoError(t, err)
				require.Len(t, d.Data, len(content))
				d.Release()
			}).Wait()
	})
}

// TestMemoryBound counts what servers can send at most while nothing is released.
func TestMemoryBound(t *testing.T) {
	inBubble(t, func(t *testing.T, in *internet) {
		const (
			budget  = 1 << 20
			largest = 512 << 10
			servers = 32
			// readAhead is what a connection takes in before anybody asks for it.
			readAhead = 8 << 10
		)

		var sent atomic.Int64

		for i := range servers {
			in.raw(fmt.Sprintf("shop%d.example", i), answering(func(conn net.Conn) error {
				_, err := fmt.Fprintf(conn, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n", largest)
				for i := 0; i < largest && err == nil; i += 1024 {
					var n int
					n, err = conn.Write(make([]byte, 1024))
					sent.Add(int64(n))
				}

				return err
			}))
		}

		ctx, cancel := context.WithCancel(t.Context())

		var group sync.WaitGroup

		f := in.fetcher(httpfetch.Options{MemoryBudget: budget, MaxBytes: largest})

		for i := range servers {
			group.Go(func() {
				// Those that get through stay unreleased; the others end with the context.
				_, _ = f.Fetch(ctx, fmt.Sprintf("http://shop%d.example/", i))
			})
		}

		time.Sleep(20 * time.Second)
		require.LessOrEqual(t, sent.Load(), int64(budget+largest+servers*readAhead))
		require.GreaterOrEqual(t, sent.Load(), int64(budget/2))
		cancel()
		group.Wait()
	})
}

// TestMemoryWaitIsNoTime has a download that waits for memory in its middle for longer
// than it may take.
func TestMemoryWaitIsNoTime(t *testing.T) {
	inBubble(t, func(t *testing.T, in *internet) {
		content := strings.Repeat("x", 200<<10)
		in.site("shop.example", text(content))

		f := in.fetcher(httpfetch.Options{MemoryBudget: 320 << 10, Attempts: 1})
		held := make(chan *imagepipe.Download, 2)

		for range 2 { // the second overdraws
			d, err := f.Fetch(t.Context(), "http://shop.example/")
			require.NoError(t, err)
			held <- d
		}

		third := inParallel(t, f, 1, func(int) string { return "http://shop.example/" },
			func(d *imagepipe.Download, err error) {
				require.NoError(t, err)
				d.Release()
			})

		(<-held).Release() // room for the first buffer of the third, and no more

		time.Sleep(time.Hour)
		(<-held).Release()
		third.Wait()
	})
}

// TestDrippingServersStarveNobody has as many of them as may run but one, each of which
// declares much, sends a little more than the first buffer, and then trickles.
func TestDrippingServersStarveNobody(t *testing.T) {
	inBubble(t, func(t *testing.T, in *internet) {
		for i := range 4 {
			in.raw(fmt.Sprintf("dripping%d.example", i), answering(func(conn net.Conn) error {
				_, err := io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 9000000\r\n\r\n"+strings.Repeat("x", 70_000))
				return errors.Join(err, trickle(conn))
			}))
		}

		content := strings.Repeat("x", 2<<20)
		in.site("shop.example", text(content))

		f := in.fetcher(httpfetch.Options{MemoryBudget: 12 << 20, Attempts: 1})
		dripping := inParallel(t, f, 63,
			func(i int) string { return fmt.Sprintf("http://dripping%d.example/", i%4) },
			func(_ *imagepipe.Download, err error) { require.ErrorIs(t, err, imagepipe.ErrUnreachable) })

		time.Sleep(5 * time.Second)

		start := time.Now()

		for range 20 {
			requireFetch(t, f, "http://shop.example/", content)
		}

		require.Zero(t, time.Since(start))
		dripping.Wait()
	})
}

// TestErrorPagesAreNotRead has an error page without end.
func TestErrorPagesAreNotRead(t *testing.T) {
	inBubble(t, func(t *testing.T, in *internet) {
		taken := make(chan int64, 1)

		in.raw("shop.example", answering(func(conn net.Conn) error {
			_, err := io.WriteString(conn, "HTTP/1.1 404 Not Found\r\n\r\n")
			taken <- flood(conn, strings.Repeat("x", 1000))

			return err
		}))

		requireFails(t, in.fetcher(httpfetch.Options{}), "http://shop.example/", imagepipe.ErrUnreachable, "404")
		require.LessOrEqual(t, <-taken, int64(32<<10))
	})
}
