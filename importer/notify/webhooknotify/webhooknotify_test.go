package webhooknotify_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/importer/notify"
	"github.com/vyapaarai/bulkimport/importer/notify/webhooknotify"
	"github.com/vyapaarai/bulkimport/internal/netguard"
)

func TestTheRequest(t *testing.T) {
	t.Parallel()

	r := newReceiver(t, nil)
	require.NoError(t, newNotifier(t, r, "/hooks?token=abc", nil).Notify(t.Context(), event()))

	got := r.got()
	require.Len(t, got, 1)
	require.Equal(t, http.MethodPost, got[0].method)
	require.Equal(t, "/hooks?token=abc", got[0].path)
	require.Equal(t, "application/json", got[0].header.Get("Content-Type"))
	require.Equal(t, webhooknotify.DefaultUserAgent, got[0].header.Get("User-Agent"))
	require.Equal(t, event().ID, got[0].header.Get("Bulkimport-Event-Id"))
	require.Equal(t, "1736155800", got[0].header.Get("Bulkimport-Timestamp"))

	var body notify.Event
	require.NoError(t, json.Unmarshal(got[0].body, &body))
	require.Equal(t, event(), body)

	// The scheme as the documentation has it.
	mac := hmac.New(sha256.New, secret)
	fmt.Fprintf(mac, "1736155800.%s", got[0].body)
	require.Equal(t, "v1="+hex.EncodeToString(mac.Sum(nil)), got[0].header.Get("Bulkimport-Signature"))
}

// TestTheSchemeStaysAsItIs has a signature that others have computed: it fails when the
// scheme changes under receivers that exist.
func TestTheSchemeStaysAsItIs(t *testing.T) {
	t.Parallel()

	// printf '1736155800.{"id":"a"}' | openssl dgst -sha256 -hmac 0123456789abcdef0123456789abcdef
	header := http.Header{
		"Bulkimport-Event-Id":  {"a"},
		"Bulkimport-Timestamp": {"1736155800"},
		"Bulkimport-Signature": {"v1=1b3263796f9e0108c922d65543a425ddf4226ed99a8e967e3258ffd17b9b8d54"},
	}

	v, err := webhooknotify.NewVerifier(secret, &webhooknotify.VerifierOptions{Now: now})
	require.NoError(t, err)

	e, err := v.Verify(header, []byte(`{"id":"a"}`))
	require.NoError(t, err)
	require.Equal(t, "a", e.ID)
}

func TestWhatTheAnswerMeans(t *testing.T) {
	t.Parallel()

	tests := []struct {
		status     int
		retryAfter string
		delivered  bool
		rejected   bool
		wait       time.Duration
	}{
		{status: 200, delivered: true},
		{status: 202, delivered: true},
		{status: 204, delivered: true},
		{status: 299, delivered: true},
		{status: 304, rejected: true},
		{status: 400, rejected: true},
		{status: 401, rejected: true},
		{status: 404, rejected: true},
		{status: 410, rejected: true},
		{status: 408},
		{status: 429, retryAfter: "120", wait: 2 * time.Minute},
		{status: 429, retryAfter: "Mon, 06 Jan 2025 09:35:00 GMT", wait: 5 * time.Minute},
		{status: 429, retryAfter: "Mon, 06 Jan 2025 09:00:00 GMT"},
		{status: 429, retryAfter: "-5"},
		{status: 429, retryAfter: "99999999999999999999"},
		{status: 429, retryAfter: "soon"},
		{status: 500},
		{status: 502},
		{status: 503, retryAfter: "1", wait: time.Second},
		{status: 404, retryAfter: "10", rejected: true},
	}

	for _, tt := range tests {
		t.Run(fmt.Sprint(tt.status, " ", tt.retryAfter), func(t *testing.T) {
			t.Parallel()

			r := newReceiver(t, func(w http.ResponseWriter, _ *http.Request) {
				if tt.retryAfter != "" {
					w.Header().Set("Retry-After", tt.retryAfter)
				}

				w.WriteHeader(tt.status)
			})

			err := newNotifier(t, r, "", nil).Notify(t.Context(), event())
			require.Len(t, r.got(), 1, "one try a call")

			if tt.delivered {
				require.NoError(t, err)

				return
			}

			failed, ok := errors.AsType[*notify.Error](err)
			require.True(t, ok, "%v", err)
			require.Equal(t, tt.rejected, failed.Rejected)
			require.Equal(t, tt.wait, failed.RetryAfter)
			require.Contains(t, failed.Reason, fmt.Sprint(tt.status))
		})
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	t.Parallel()

	inside := newReceiver(t, nil)

	for _, status := range []int{301, 302, 303, 307, 308} {
		r := newReceiver(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", inside.URL+"/latest/meta-data")
			w.WriteHeader(status)
		})

		// Not even to where it might go by itself.
		n := newNotifier(t, r, "", func(o *webhooknotify.Options) {
			o.AllowHosts = append(o.AllowHosts, strings.TrimPrefix(inside.URL, "http://"))
		})

		err := n.Notify(t.Context(), event())
		require.ErrorIs(t, err, notify.ErrRejected)
		require.ErrorContains(t, err, "redirect")
		require.Empty(t, inside.got())
	}
}

func TestAReceiverThatHangs(t *testing.T) {
	t.Parallel()

	release := make(chan struct{})
	r := newReceiver(t, func(http.ResponseWriter, *http.Request) { <-release })

	t.Cleanup(func() { close(release) })

	err := newNotifier(t, r, "", func(o *webhooknotify.Options) { o.Timeout = 50 * time.Millisecond }).Notify(t.Context(), event())
	require.EqualError(t, errors.Unwrap(err), "webhooknotify: the receiver took too long", "%v", err)
	require.ErrorContains(t, err, "did not answer within 50ms")
	require.NotErrorIs(t, err, notify.ErrRejected)
}

// The event is taken with the status. A body that drips is waited for no longer than the
// rest of the time, and one without end is not read to it.
func TestAnswersThatTakeLong(t *testing.T) {
	t.Parallel()

	for name, answer := range map[string]http.HandlerFunc{
		"drips": func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusOK)
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
		},
		"endless": func(w http.ResponseWriter, _ *http.Request) {
			for {
				if _, err := w.Write(make([]byte, 32<<10)); err != nil {
					return
				}
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			r := newReceiver(t, answer)
			require.NoError(t, newNotifier(t, r, "", func(o *webhooknotify.Options) { o.Timeout = 100 * time.Millisecond }).
				Notify(t.Context(), event()))
		})
	}
}

func TestAHeaderWithoutEnd(t *testing.T) {
	t.Parallel()

	r := newReceiver(t, func(w http.ResponseWriter, _ *http.Request) {
		for i := range 1000 {
			w.Header().Set(fmt.Sprintf("X-Padding-%d", i), strings.Repeat("x", 1000))
		}
	})

	err := newNotifier(t, r, "", nil).Notify(t.Context(), event())
	require.ErrorContains(t, err, "could not be reached")
	require.NotErrorIs(t, err, notify.ErrRejected)
}

func TestNobodyListens(t *testing.T) {
	t.Parallel()

	r := newReceiver(t, nil)
	n := newNotifier(t, r, "", nil)
	r.Close()

	err := n.Notify(t.Context(), event())

	failed, ok := errors.AsType[*notify.Error](err)
	require.True(t, ok)
	require.Equal(t, "the receiver could not be reached", failed.Reason, "without an address")
	require.False(t, failed.Rejected)
}

func TestACallThatIsCutOff(t *testing.T) {
	t.Parallel()

	stop := errors.New("the program ends")
	ctx, cancel := context.WithCancelCause(t.Context())

	r := newReceiver(t, func(_ http.ResponseWriter, r *http.Request) {
		cancel(stop)
		<-r.Context().Done()
	})
	n := newNotifier(t, r, "", nil)

	require.ErrorIs(t, n.Notify(ctx, event()), stop)
	require.ErrorIs(t, n.Notify(ctx, event()), stop)
	require.Len(t, r.got(), 1)
}

func TestTLS(t *testing.T) {
	t.Parallel()

	calls := 0
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { calls++ }))
	s.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelInfo)
	s.StartTLS()
	t.Cleanup(s.Close)

	opts := &webhooknotify.Options{AllowHosts: []string{strings.TrimPrefix(s.URL, "https://")}, Now: now}

	distrusting, err := webhooknotify.New(s.URL, secret, opts)
	require.NoError(t, err)
	require.ErrorContains(t, distrusting.Notify(t.Context(), event()), "could not be reached")
	require.Zero(t, calls)

	pool := s.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
	opts.RootCAs = pool

	trusting, err := webhooknotify.New(s.URL, secret, opts)
	require.NoError(t, err)
	require.NoError(t, trusting.Notify(t.Context(), event()))
	require.Equal(t, 1, calls)
}

func TestAddressesThatAreRefused(t *testing.T) {
	t.Parallel()

	for _, address := range []string{
		"", "example.org/hook", "ftp://example.org/", "http://example.org/", "https://user:hidden-word@example.org/",
		"https://localhost/", "https://127.0.0.1/", "https://169.254.169.254/latest/meta-data", "https://[::1]/", "https://10.0.0.7/",
		"https://example.org:8443/", "https://2130706433/", "https://intranet/", "https://hidden-word.example.org:99999/",
	} {
		_, err := webhooknotify.New(address, secret, nil)
		require.Error(t, err, address)
		require.NotContains(t, err.Error(), "hidden-word", "addresses are credentials")
	}

	_, err := webhooknotify.New("https://example.org/hook", secret, nil)
	require.NoError(t, err)
	_, err = webhooknotify.New("https://example.org/hook", secret[:31], nil)
	require.ErrorContains(t, err, "31 bytes")
	_, err = webhooknotify.New("https://example.org/hook", secret, &webhooknotify.Options{Timeout: -1})
	require.Error(t, err)
	_, err = webhooknotify.New("https://example.org/hook", secret, &webhooknotify.Options{AllowHosts: []string{"no port"}})
	require.Error(t, err)
}

// A name that resolves to an internal address is refused when it is connected to.
func TestNamesThatLeadInside(t *testing.T) {
	t.Parallel()

	inside := newReceiver(t, nil)

	n, err := webhooknotify.New("https://hooks.example.org/", secret, &webhooknotify.Options{Resolver: loopback{}, Now: now})
	require.NoError(t, err)

	err = n.Notify(t.Context(), event())
	require.ErrorIs(t, err, netguard.ErrRefused)
	require.ErrorIs(t, err, notify.ErrRejected)
	require.Empty(t, inside.got())
}

func TestNotifiersKeepTheirSecret(t *testing.T) {
	t.Parallel()

	n, err := webhooknotify.New("https://example.org/hidden-word", secret, nil)
	require.NoError(t, err)

	v, err := webhooknotify.NewVerifier(secret, nil)
	require.NoError(t, err)

	for _, format := range []string{"%v", "%+v", "%#v", "%s"} {
		text := fmt.Sprintf(format+" "+format, n, v)
		require.NotContains(t, text, "0123456789abcdef")
		require.NotContains(t, text, "hidden-word")
		require.NotContains(t, text, "48, 49, 50")
		require.NotContains(t, text, "48 49 50")
	}
}

func TestParseAllowHosts(t *testing.T) {
	t.Parallel()

	hosts, err := webhooknotify.ParseAllowHosts("hooks.intern:8080, 10.0.0.7:80")
	require.NoError(t, err)
	require.Equal(t, []string{"hooks.intern:8080", "10.0.0.7:80"}, hosts)

	_, err = webhooknotify.ParseAllowHosts("hooks.intern")
	require.Error(t, err)
}
