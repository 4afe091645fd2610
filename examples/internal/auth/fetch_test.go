package auth_test

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/examples/internal/auth"
)

// network answers requests by their URLs, and remembers those.
type network struct {
	answers map[string]func() *http.Response
	asked   []string
}

// RoundTrip implements http.RoundTripper.
func (n *network) RoundTrip(r *http.Request) (*http.Response, error) {
	address := r.URL.String()
	n.asked = append(n.asked, address)

	return n.answers[address](), nil
}

func redirect(to string) func() *http.Response {
	return func() *http.Response {
		return &http.Response{StatusCode: http.StatusFound, Header: http.Header{"Location": {to}}, Body: http.NoBody}
	}
}

func body(text string) func() *http.Response {
	return func() *http.Response {
		return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader(text))}
	}
}

// keysOf returns the set that a provider serves.
func keysOf(t *testing.T, p *provider) string {
	t.Helper()

	response, err := p.server.Client().Get(p.server.URL)
	require.NoError(t, err)

	keys, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())

	return string(keys)
}

func TestKeySetFetch(t *testing.T) {
	t.Parallel()

	const address = "https://id.example.in/keys"

	p := newProvider(t)
	keys := keysOf(t, p)
	token := signed(t, jwt.SigningMethodES256, "ecdsa", p.ecdsa, good())

	// padded returns the keys in an object of n bytes.
	padded := func(n int) string {
		const field = `{"padding":"",`

		return `{"padding":"` + strings.Repeat("x", n-len(field)-len(keys)+1) + `",` + keys[1:]
	}
	require.Len(t, padded(5000), 5000)

	tests := []struct {
		name    string
		answers map[string]func() *http.Response
		asked   string // the last address asked
		log     string // of why there are no keys; "" where there are
	}{
		{
			"redirect to TLS",
			map[string]func() *http.Response{
				address: redirect("https://cdn.example.in/keys"), "https://cdn.example.in/keys": body(keys),
			},
			"https://cdn.example.in/keys", "",
		},
		{
			"redirect without TLS",
			map[string]func() *http.Response{
				address: redirect("http://id.example.in/keys"), "http://id.example.in/keys": body(keys),
			},
			address, "must begin with https://",
		},
		{
			"second redirect without TLS",
			map[string]func() *http.Response{
				address:                       redirect("https://cdn.example.in/keys"),
				"https://cdn.example.in/keys": redirect("http://cdn.example.in/keys"),
				"http://cdn.example.in/keys":  body(keys),
			},
			"https://cdn.example.in/keys", "must begin with https://",
		},
		{
			"redirect in a circle",
			map[string]func() *http.Response{address: redirect(address)},
			address, "too many redirects",
		},
		{"1 MiB", map[string]func() *http.Response{address: body(padded(1 << 20))}, address, ""},
		{"more than 1 MiB", map[string]func() *http.Response{address: body(padded(1<<20 + 1))}, address, "too large"},
	}

	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()

			var log bytes.Buffer

			n := &network{answers: tt.answers}
			verifier, err := auth.NewKeySetVerifier(t.Context(), address, &auth.KeySetOptions{
				Now: now, Client: &http.Client{Transport: n}, Logger: slog.New(slog.NewTextHandler(&log, nil)),
			})
			require.NoError(t, err)
			require.Equal(t, tt.asked, n.asked[len(n.asked)-1])

			_, err = verifier.Verify(t.Context(), token)
			if tt.log == "" {
				require.NoError(t, err)

				return
			}

			require.ErrorIs(t, err, auth.ErrKeys)
			require.Contains(t, log.String(), tt.log)
		})
	}
}
