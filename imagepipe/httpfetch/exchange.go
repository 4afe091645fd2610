package httpfetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/vyapaarai/bulkimport/imagepipe"
)

// drainLimit is how much of a body that nobody wants is read, so that the connection can
// be used again. The error pages of most servers are smaller.
const drainLimit = 16 << 10

// exchange makes one request, in its turn, and reads the answer: either the content or
// where it redirects to.
func (f *Fetcher) exchange(ctx context.Context, watch *stopwatch, u *url.URL) (
	download *imagepipe.Download, next string, err error,
) {
	host := hostKey(u)

	release, err := f.slots.acquire(ctx, host)
	if err != nil {
		return nil, "", explain(ctx, err, &f.opts)
	}
	defer release()

	// The host may have been given up while this one waited for its turn.
	if err := f.hosts.check(host); err != nil {
		return nil, "", err
	}

	// Memory is taken last, after the slot: who may overdraw it must not wait for anybody
	// who waits for memory. The first of it is taken before the request, so that a server
	// is not kept waiting in the middle of most pictures.
	account := f.budget.open()

	defer func() {
		if download == nil {
			account.close()
		}
	}()

	if err := account.grow(ctx, min(firstBytes, f.opts.MaxBytes)); err != nil {
		return nil, "", explain(ctx, err, &f.opts)
	}

	watch.start()
	defer watch.stop()

	download, next, err = f.request(ctx, watch, u, account)
	if err != nil {
		err = explain(ctx, err, &f.opts)
	}

	f.hosts.note(host, err)

	return download, next, err
}

// request sends the request and reads the answer. Its errors are still to be explained.
func (f *Fetcher) request(ctx context.Context, watch *stopwatch, u *url.URL, account *account) (
	download *imagepipe.Download, next string, err error,
) {
	resp, err := f.roundTrip(ctx, u)
	if err != nil {
		return nil, "", err
	}

	// The error of closing says nothing that reading did not.
	defer func() { _ = resp.Body.Close() }()

	if location := resp.Header.Get("Location"); location != "" && isRedirect(resp.StatusCode) {
		drain(resp)
		return nil, location, nil
	}

	if err := f.checkAnswer(resp); err != nil {
		drain(resp)
		return nil, "", err
	}

	data, err := f.readBody(ctx, watch, resp.Body, resp.ContentLength, account)
	if err != nil {
		return nil, "", err
	}

	return imagepipe.NewDownload(data, account.close), "", nil
}

// roundTrip sends the request and waits for the header of the answer.
func (f *Fetcher) roundTrip(ctx context.Context, u *url.URL) (*http.Response, error) {
	ctx, cancel := context.WithCancelCause(ctx)

	late := time.AfterFunc(f.opts.HeaderTimeout, func() { cancel(errNoAnswer) })
	defer late.Stop()

	req := (&http.Request{
		Method: http.MethodGet,
		URL:    u,
		Host:   u.Host,
		Header: http.Header{
			"User-Agent":      {f.opts.UserAgent},
			"Accept":          {"image/jpeg,image/png,image/webp,image/gif,image/*;q=0.8,*/*;q=0.5"},
			"Accept-Encoding": {"identity"},
		},
	}).WithContext(ctx)

	resp, err := f.transport.RoundTrip(req)
	if err != nil {
		defer cancel(nil)

		if errors.Is(context.Cause(ctx), errNoAnswer) {
			return nil, errNoAnswer
		}

		return nil, err
	}

	resp.Body = cancelingBody{resp.Body, func() { cancel(nil) }}

	return resp, nil
}

// cancelingBody frees the context of a request with its body.
type cancelingBody struct {
	io.ReadCloser

	cancel func()
}

// Close implements io.Closer.
func (b cancelingBody) Close() error {
	defer b.cancel()

	return b.ReadCloser.Close()
}

// checkAnswer refuses answers whose body is not worth reading.
func (f *Fetcher) checkAnswer(resp *http.Response) error {
	if resp.StatusCode != http.StatusOK {
		return badStatus(resp)
	}

	// More than "identity" was not asked for, so this is a bomb or a mistake.
	for _, encoding := range resp.Header.Values("Content-Encoding") {
		if encoding != "" && !strings.EqualFold(encoding, "identity") {
			return permanent(imagepipe.ErrUnreachable,
				"the server sent the picture compressed, although it was asked not to")
		}
	}

	if resp.ContentLength > f.opts.MaxBytes {
		return tooLarge(f.opts.MaxBytes)
	}

	return nil
}

func isRedirect(status int) bool {
	switch status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther,
		http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	}

	return false
}

// drain reads the rest of a body that says it is short. Where that fails the connection is
// not used again, which is all that follows. A body that does not say how long it is could
// be one that drips for as long as it is waited for.
func drain(resp *http.Response) {
	if resp.ContentLength >= 0 && resp.ContentLength <= drainLimit {
		_, _ = io.CopyN(io.Discard, resp.Body, drainLimit)
	}
}

// hostKey returns host:port of a canonical URL.
func hostKey(u *url.URL) string {
	if u.Port() != "" {
		return u.Host
	}

	port := "80"
	if u.Scheme == "https" {
		port = "443"
	}

	return net.JoinHostPort(u.Hostname(), port)
}

// tooLarge is what is wrong with a body longer than limit.
func tooLarge(limit int64) error {
	size := fmt.Sprintf("%d bytes", limit)
	if limit%(1<<20) == 0 {
		size = fmt.Sprintf("%d MiB", limit>>20)
	}

	return permanent(imagepipe.ErrTooLarge, "the picture has more than "+size)
}
