package httpfetch

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/vyapaarai/bulkimport/imagepipe"
	"github.com/vyapaarai/bulkimport/internal/netguard"
)

var _ imagepipe.Fetcher = (*Fetcher)(nil)

// Fetcher is an imagepipe.Fetcher. It is safe for concurrent use and has no goroutines
// besides those of the connections it keeps.
type Fetcher struct {
	opts      Options // complete
	guard     *netguard.Guard
	transport *http.Transport
	slots     *slots
	budget    *budget
	hosts     *hostHealth
}

// New returns a fetcher. opts may be nil. It fails when an option is out of its range or
// one of AllowHosts malformed.
func New(opts *Options) (*Fetcher, error) {
	full, err := opts.withDefaults()
	if err != nil {
		return nil, err
	}

	guard, err := netguard.New(&netguard.Options{
		AllowHosts:  full.AllowHosts,
		AllowPorts:  full.AllowPorts,
		Resolver:    full.Resolver,
		DialTimeout: full.HeaderTimeout,
		Dial:        full.Dial,
	})
	if err != nil {
		return nil, fmt.Errorf("httpfetch: %w", err)
	}

	return &Fetcher{
		opts:  full,
		guard: guard,
		transport: guard.Transport(&netguard.TransportOptions{
			RootCAs: full.RootCAs, IdlePerHost: full.PerHost,
		}),
		slots:  newSlots(full.Concurrency, full.PerHost),
		budget: &budget{limit: full.MemoryBudget},
		hosts:  newHostHealth(full.FailureLimit, full.RestPeriod),
	}, nil
}

// Fetch implements imagepipe.Fetcher. Whoever holds a download must be able to release
// it without another one, as that may be waiting for the memory.
func (f *Fetcher) Fetch(ctx context.Context, address string) (*imagepipe.Download, error) {
	if err := ended(ctx); err != nil {
		return nil, err
	}

	u, err := f.guard.CheckURL(address)
	if err != nil {
		return nil, refused("", err).report
	}

	for n := 1; ; n++ {
		download, err := f.attempt(ctx, u)
		if err == nil {
			return download, nil
		}

		failed, ok := errors.AsType[*failure](err)

		switch {
		case !ok:
			return nil, err // ctx has ended
		case !failed.temporary || n >= f.opts.Attempts:
			return nil, failed.report
		case failed.retryAfter > maxRetryAfter:
			return nil, tooMuchPatience(failed).report
		}

		if err := sleep(ctx, failed.retryAfter+backoff(n)); err != nil {
			return nil, err
		}
	}
}

// CloseIdleConnections closes the connections that are kept for use again. Those that
// are idle for some time close by themselves.
func (f *Fetcher) CloseIdleConnections() { f.transport.CloseIdleConnections() }

// attempt tries a download once, through all redirects.
func (f *Fetcher) attempt(ctx context.Context, u *url.URL) (*imagepipe.Download, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)

	watch := newStopwatch(f.opts.Timeout, func() { cancel(errTooLong) })
	defer watch.stop()

	for hops := 0; ; hops++ {
		download, next, err := f.exchange(ctx, watch, u)

		switch {
		case err != nil:
			return nil, afterRedirects(hops, err)
		case next == "":
			return download, nil
		case hops >= f.opts.MaxRedirects:
			return nil, permanent(imagepipe.ErrUnreachable,
				fmt.Sprintf("the server redirects more than %d times", max(0, f.opts.MaxRedirects)))
		}

		if u, err = f.guard.Redirect(u, next); err != nil {
			return nil, afterRedirects(hops+1, refused("", err))
		}
	}
}

// ended returns the error for a context that has ended.
func ended(ctx context.Context) error {
	if ctx.Err() == nil {
		return nil
	}

	return fmt.Errorf("httpfetch: %w", context.Cause(ctx))
}

// sleep waits for d, or until ctx has ended.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()

	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ended(ctx)
	}
}
