package webhooknotify_test

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/importer/notify/webhooknotify"
)

// loopback resolves every name to this machine.
type loopback struct{}

func (loopback) LookupNetIP(context.Context, string, string) ([]netip.Addr, error) {
	return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, nil
}

// request returns the header and body of a request as it is sent.
func request(t testing.TB) (http.Header, []byte) {
	t.Helper()

	var (
		header http.Header
		body   bytes.Buffer
	)

	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		header = r.Header.Clone()
		_, _ = body.ReadFrom(r.Body)
	}))
	defer s.Close()

	n, err := webhooknotify.New(s.URL, secret, &webhooknotify.Options{AllowHosts: []string{strings.TrimPrefix(s.URL, "http://")}, Now: now})
	require.NoError(t, err)
	require.NoError(t, n.Notify(context.Background(), event()))

	return header, body.Bytes()
}

func newVerifier(t testing.TB, opts webhooknotify.VerifierOptions) *webhooknotify.Verifier {
	t.Helper()

	if opts.Now == nil {
		opts.Now = now
	}

	v, err := webhooknotify.NewVerifier(secret, &opts)
	require.NoError(t, err)

	return v
}

func TestVerify(t *testing.T) {
	t.Parallel()

	header, body := request(t)

	e, err := newVerifier(t, webhooknotify.VerifierOptions{}).Verify(header, body)
	require.NoError(t, err)
	require.Equal(t, event(), e)

	r := httptest.NewRequest(http.MethodPost, "/hook", bytes.NewReader(body))
	r.Header = header
	e, err = newVerifier(t, webhooknotify.VerifierOptions{}).VerifyRequest(r)
	require.NoError(t, err)
	require.Equal(t, event(), e)
}

func TestVerifyRefuses(t *testing.T) {
	t.Parallel()

	header, body := request(t)
	signature := header.Get(webhooknotify.SignatureHeader)

	tests := []struct {
		name   string
		change func(h http.Header, body []byte) []byte
		want   error
	}{
		{"body altered", func(_ http.Header, b []byte) []byte {
			return bytes.Replace(b, []byte("24486"), []byte("24487"), 1)
		}, webhooknotify.ErrSignature},
		{"body longer", func(_ http.Header, b []byte) []byte { return append(b, ' ') }, webhooknotify.ErrSignature},
		{"body empty", func(http.Header, []byte) []byte { return nil }, webhooknotify.ErrSignature},
		{"body too long", func(_ http.Header, b []byte) []byte { return append(b, make([]byte, webhooknotify.MaxBody)...) }, webhooknotify.ErrSignature},
		{"timestamp altered", set(webhooknotify.TimestampHeader, "1736155801"), webhooknotify.ErrSignature},
		{"timestamp with a dot", set(webhooknotify.TimestampHeader, "173615580.0"), webhooknotify.ErrSignature},
		{"timestamp with a sign", set(webhooknotify.TimestampHeader, "+1736155800"), webhooknotify.ErrSignature},
		{"timestamp with a zero", set(webhooknotify.TimestampHeader, "01736155800"), webhooknotify.ErrSignature},
		{"timestamp too long", set(webhooknotify.TimestampHeader, strings.Repeat("9", 30)), webhooknotify.ErrSignature},
		{"no timestamp", set(webhooknotify.TimestampHeader, ""), webhooknotify.ErrSignature},
		{"two timestamps", add(webhooknotify.TimestampHeader, "1736155800"), webhooknotify.ErrSignature},
		{"no signature", set(webhooknotify.SignatureHeader, ""), webhooknotify.ErrSignature},
		{"two signature headers", add(webhooknotify.SignatureHeader, signature), webhooknotify.ErrSignature},
		{"other scheme", set(webhooknotify.SignatureHeader, strings.Replace(signature, "v1", "v0", 1)), webhooknotify.ErrSignature},
		{"half a signature", set(webhooknotify.SignatureHeader, signature[:35]), webhooknotify.ErrSignature},
		{"no hexadecimal", set(webhooknotify.SignatureHeader, "v1="+strings.Repeat("zz", 32)), webhooknotify.ErrSignature},
		{"zeros", set(webhooknotify.SignatureHeader, "v1="+strings.Repeat("00", 32)), webhooknotify.ErrSignature},
		{"one signature too many", set(webhooknotify.SignatureHeader,
			strings.Repeat("v1="+strings.Repeat("00", 32)+",", 8)+signature), webhooknotify.ErrSignature},
		{"other event id", set(webhooknotify.EventIDHeader, "another"), webhooknotify.ErrEvent},
		{"no event id", func(h http.Header, b []byte) []byte { h.Del(webhooknotify.EventIDHeader); return b }, webhooknotify.ErrEvent},
	}

	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()

			h := header.Clone()
			_, err := newVerifier(t, webhooknotify.VerifierOptions{}).Verify(h, tt.change(h, append([]byte(nil), body...)))
			require.ErrorIs(t, err, tt.want)
		})
	}
}

func set(name, value string) func(http.Header, []byte) []byte {
	return func(h http.Header, b []byte) []byte {
		h.Set(name, value)

		return b
	}
}

func add(name, value string) func(http.Header, []byte) []byte {
	return func(h http.Header, b []byte) []byte {
		h.Add(name, value)

		return b
	}
}

func TestVerifyTakesOneGoodSignatureOfSeveral(t *testing.T) {
	t.Parallel()

	header, body := request(t)
	header.Set(webhooknotify.SignatureHeader, "v0=abc, v1="+strings.Repeat("00", 32)+" ,, v2, "+header.Get(webhooknotify.SignatureHeader))

	_, err := newVerifier(t, webhooknotify.VerifierOptions{}).Verify(header, body)
	require.NoError(t, err)
}

func TestReplays(t *testing.T) {
	t.Parallel()

	header, body := request(t)

	for _, tt := range []struct {
		later time.Duration
		fine  bool
	}{
		{0, true},
		{5 * time.Minute, true},
		{5*time.Minute + time.Second, false},
		{-5 * time.Minute, true},
		{-5*time.Minute - time.Second, false},
		{24 * time.Hour, false},
		{-24 * time.Hour, false},
	} {
		v := newVerifier(t, webhooknotify.VerifierOptions{Now: func() time.Time { return now().Add(tt.later) }})
		_, err := v.Verify(header, body)

		if tt.fine {
			require.NoError(t, err, tt.later)
		} else {
			require.ErrorIs(t, err, webhooknotify.ErrTimestamp, tt.later)
		}
	}
}

func TestSecretsAreChanged(t *testing.T) {
	t.Parallel()

	header, body := request(t)
	fresh := bytes.Repeat([]byte("new!"), 8)

	v, err := webhooknotify.NewVerifier(fresh, &webhooknotify.VerifierOptions{Now: now})
	require.NoError(t, err)
	_, err = v.Verify(header, body)
	require.ErrorIs(t, err, webhooknotify.ErrSignature)

	v, err = webhooknotify.NewVerifier(fresh, &webhooknotify.VerifierOptions{Now: now, OldSecrets: [][]byte{secret}})
	require.NoError(t, err)
	_, err = v.Verify(header, body)
	require.NoError(t, err)

	_, err = webhooknotify.NewVerifier(nil, nil)
	require.Error(t, err)
	_, err = webhooknotify.NewVerifier(fresh, &webhooknotify.VerifierOptions{OldSecrets: [][]byte{{}}})
	require.Error(t, err, "an empty secret is no secret")
	_, err = webhooknotify.NewVerifier(fresh, &webhooknotify.VerifierOptions{Tolerance: -1})
	require.Error(t, err)
}

func TestSignedNonsenseIsNoEvent(t *testing.T) {
	t.Parallel()

	for _, body := range []string{"", "null", "[]", "{}", `{"id":""}`, `{"id":"a"`, `{"id":1}`} {
		h := http.Header{}
		webhooknotify.Sign(h, secret, now(), []byte(body))
		h.Set(webhooknotify.EventIDHeader, "")

		_, err := newVerifier(t, webhooknotify.VerifierOptions{}).Verify(h, []byte(body))
		require.ErrorIs(t, err, webhooknotify.ErrEvent, body)
	}
}

// FuzzVerify looks for a request that is taken although nobody signed it.
func FuzzVerify(f *testing.F) {
	header, body := request(f)
	v := newVerifier(f, webhooknotify.VerifierOptions{})

	f.Add(header.Get(webhooknotify.EventIDHeader), header.Get(webhooknotify.TimestampHeader), header.Get(webhooknotify.SignatureHeader), body)
	f.Add("a", "1736155800", "v1="+strings.Repeat("0", 64), []byte(`{"id":"a"}`))
	f.Add("", "", ",,v1=,=", []byte{})

	f.Fuzz(func(t *testing.T, id, timestamp, signature string, content []byte) {
		h := http.Header{}
		h.Set(webhooknotify.EventIDHeader, id)
		h.Set(webhooknotify.TimestampHeader, timestamp)
		h.Set(webhooknotify.SignatureHeader, signature)

		e, err := v.Verify(h, content)
		if err != nil {
			return
		}

		// What is taken is what was signed, whatever stands around the signature.
		require.Equal(t, event(), e)
		require.Equal(t, body, content)
		require.Equal(t, header.Get(webhooknotify.TimestampHeader), timestamp)
		require.Contains(t, strings.ToLower(signature), header.Get(webhooknotify.SignatureHeader)[3:])
	})
}
