package webhooknotify

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"

	"github.com/vyapaarai/bulkimport/importer/notify"
	"github.com/vyapaarai/bulkimport/internal/netguard"
)

var _ notify.Notifier = (*Notifier)(nil)

// Notifier posts events to one URL. It is safe for concurrent use, and keeps no connection
// and no goroutine from one call to the next.
type Notifier struct {
	opts      Options // complete
	transport http.RoundTripper
	// target and sign are functions, so that printing a Notifier prints no secret: the
	// address may be one.
	target func() url.URL
	sign   func(h http.Header, body []byte)
}

// New returns a notifier that posts to a URL and signs with a secret of MinSecret bytes or
// more. opts may be nil. It fails when the URL may not be contacted, as far as that shows
// by its looks, the secret is too short, or an option is out of its range. No error has
// the URL in it, which may be a credential itself, or the secret.
func New(address string, secret []byte, opts *Options) (*Notifier, error) {
	full, err := opts.withDefaults()
	if err != nil {
		return nil, err
	}

	if len(secret) < MinSecret {
		return nil, errShortSecret(len(secret))
	}

	guard, err := netguard.New(&netguard.Options{
		AllowHosts: full.AllowHosts, AllowPorts: full.AllowPorts,
		Resolver: full.Resolver, DialTimeout: full.Timeout, Dial: full.Dial,
	})
	if err != nil {
		return nil, fmt.Errorf("webhooknotify: %w", err)
	}

	target, err := guard.CheckURL(address)
	if err != nil {
		return nil, fmt.Errorf("webhooknotify: %w", err)
	}

	if target.Scheme != "https" && !isAllowed(target, full.AllowHosts) {
		return nil, fmt.Errorf("webhooknotify: the address must begin with https://, since events name people; " +
			"a receiver that is to be spoken to by http must be an allowed host")
	}

	transport := guard.Transport(&netguard.TransportOptions{RootCAs: full.RootCAs})
	// One event a job is not worth a connection that is kept; and net/http repeats
	// requests by itself only on kept ones.
	transport.DisableKeepAlives = true

	secret = append([]byte(nil), secret...)

	return &Notifier{
		opts: full, transport: transport,
		target: func() url.URL { return *target },
		sign:   func(h http.Header, body []byte) { setSignature(h, secret, full.Now(), body) },
	}, nil
}

// isAllowed reports whether the host and port of a canonical URL are an exception.
func isAllowed(u *url.URL, allowed []string) bool {
	port := u.Port()
	if port == "" {
		port = "80"
	}

	return slices.ContainsFunc(allowed, func(entry string) bool {
		canonical, err := netguard.ParseAllowList(entry)

		return err == nil && slices.Contains(canonical, net.JoinHostPort(u.Hostname(), port))
	})
}

// Notify implements notify.Notifier. It makes one try, and its error is a *notify.Error
// unless ctx has ended.
func (n *Notifier) Notify(ctx context.Context, e notify.Event) error {
	if ctx.Err() != nil {
		return fmt.Errorf("webhooknotify: %w", context.Cause(ctx))
	}

	body, err := json.Marshal(e)
	if err != nil {
		return &notify.Error{Reason: "the message could not be encoded", Rejected: true, Cause: err}
	}

	within, cancel := context.WithTimeoutCause(ctx, n.opts.Timeout, errTooLong)
	defer cancel()

	answer, err := n.transport.RoundTrip(n.request(within, e, body))

	switch {
	case err != nil && ctx.Err() != nil:
		return fmt.Errorf("webhooknotify: %w", context.Cause(ctx))
	case err != nil:
		return n.explain(within, err)
	}

	// The error of closing says nothing of whether the event was taken.
	defer func() { _ = answer.Body.Close() }()

	// The status counts, whatever becomes of the body. A little of that is read, so that a
	// receiver that is still writing is not cut off; what it holds is of no interest.
	_, _ = io.CopyN(io.Discard, answer.Body, maxAnswer)

	return judge(answer, n.opts.Now())
}

// maxAnswer is how much of an answer's body is read, in bytes.
const maxAnswer = 16 << 10

// request makes the signed request of one try.
func (n *Notifier) request(ctx context.Context, e notify.Event, body []byte) *http.Request {
	header := http.Header{
		"Content-Type": {"application/json"},
		"User-Agent":   {n.opts.UserAgent},
	}
	header.Set(EventIDHeader, e.ID)
	n.sign(header, body)

	target := n.target()

	return (&http.Request{
		Method: http.MethodPost, URL: &target, Host: target.Host, Header: header,
		Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body)),
	}).WithContext(ctx)
}
