package auth

import (
	"errors"
	"fmt"
	"io"
	"net/http"
)

const (
	// maxKeySet is the largest answer with keys, in bytes. A key takes about 500,
	// or a few thousand with its certificates, and a provider has a handful.
	maxKeySet = 1 << 20
	// maxRedirects is how many redirects are followed to the keys, as many as
	// net/http follows by itself.
	maxRedirects = 10
)

var (
	errKeySetTooLarge = errors.New("auth: the answer with the keys is too large")
	errRedirects      = errors.New("auth: too many redirects on the way to the keys")
)

// boundedClient returns a client that does what client does, but follows no
// redirect to an address that checkKeySetAddress refuses, and reads no more than
// maxKeySet of an answer.
func boundedClient(client *http.Client) *http.Client {
	bounded := *client
	bounded.Transport = boundedTransport{client.Transport}
	bounded.CheckRedirect = func(r *http.Request, via []*http.Request) error {
		if err := checkKeySetAddress(r.URL.String()); err != nil {
			return err
		}

		switch {
		case client.CheckRedirect != nil:
			return client.CheckRedirect(r, via)
		case len(via) >= maxRedirects:
			return errRedirects
		}

		return nil
	}

	return &bounded
}

// boundedTransport bounds the bodies of answers.
type boundedTransport struct {
	next http.RoundTripper // nil is http.DefaultTransport
}

// RoundTrip implements http.RoundTripper.
func (t boundedTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	next := t.next
	if next == nil {
		next = http.DefaultTransport
	}

	response, err := next.RoundTrip(r)
	if err != nil {
		return nil, err
	}

	response.Body = &boundedBody{ReadCloser: response.Body, left: maxKeySet}

	return response, nil
}

// boundedBody fails behind its bound, where io.LimitReader would end as if that
// had been all.
type boundedBody struct {
	io.ReadCloser
	left int
}

func (b *boundedBody) Read(p []byte) (int, error) {
	// One byte more than allowed tells an exact fit from too much.
	n, err := b.ReadCloser.Read(p[:min(len(p), b.left+1)])
	if n > b.left {
		return 0, fmt.Errorf("%w: more than %d bytes", errKeySetTooLarge, maxKeySet)
	}

	b.left -= n

	return n, err
}
