package httpmw_test

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/examples/internal/httpmw"
)

func now() time.Time { return time.Date(2025, 1, 6, 9, 0, 0, 0, time.UTC) }

// logInto returns a logger that writes lines of debug and above to b.
func logInto(b *bytes.Buffer) *slog.Logger {
	return slog.New(slog.NewTextHandler(b, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

func do(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)

	return w
}

func TestRequestID(t *testing.T) {
	t.Parallel()

	tests := []struct {
		name, sent string
		kept       bool
	}{
		{"from a proxy", "0af7651916cd43dd-8448.eb211c_80319c", true},
		{"none", "", false},
		{"line break", "a\nb", false},
		{"blank", "a b", false},
		{"64 bytes", strings.Repeat("a", 64), true},
		{"65 bytes", strings.Repeat("a", 65), false},
	}

	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()

			var seen string

			h := httpmw.WithRequestID(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				seen = httpmw.RequestID(r.Context())
			}))

			r := httptest.NewRequest(http.MethodGet, "/", nil)
			r.Header.Set(httpmw.RequestIDHeader, tt.sent)
			w := do(h, r)

			require.NotEmpty(t, seen)
			require.Equal(t, seen, w.Header().Get(httpmw.RequestIDHeader))
			require.Equal(t, tt.kept, seen == tt.sent)
		})
	}
}

func TestRequestIDOutsideOfARequest(t *testing.T) {
	t.Parallel()

	require.Empty(t, httpmw.RequestID(t.Context()))
}

func TestAccessLogHasNoQuery(t *testing.T) {
	t.Parallel()

	var lines bytes.Buffer

	h := httpmw.WithAccessLog(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusTeapot)
		_, _ = io.WriteString(w, "short and stout")
	}), logInto(&lines), now)

	r := httptest.NewRequest(http.MethodPut, "/files/a.csv?signature=credential", nil)
	r.Header.Set("Authorization", "Bearer credential")
	do(h, r)

	require.Contains(t, lines.String(), "method=PUT path=/files/a.csv status=418 bytes=15 ")
	require.NotContains(t, lines.String(), "credential")
}

func TestAccessLogLevels(t *testing.T) {
	t.Parallel()

	tests := []struct {
		path   string
		status int
		level  string
	}{
		{"/healthz", http.StatusOK, "DEBUG"},
		{"/readyz", http.StatusOK, "DEBUG"},
		{"/readyz", http.StatusServiceUnavailable, "ERROR"},
		{"/quiz", http.StatusOK, "INFO"},
		{"/api", http.StatusNotFound, "INFO"},
	}

	for _, tt := range tests {
		var lines bytes.Buffer

		h := httpmw.WithAccessLog(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(tt.status)
		}), logInto(&lines), now)

		do(h, httptest.NewRequest(http.MethodGet, tt.path, nil))
		require.Contains(t, lines.String(), "level="+tt.level, tt.path)
	}
}

// failed answers as a server that failed.
func failed() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "sorry", http.StatusInternalServerError)
	})
}

func TestRecoveryAnswers(t *testing.T) {
	t.Parallel()

	var lines bytes.Buffer

	h := httpmw.WithRecovery(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("out of tea") }), failed(), logInto(&lines))
	w := do(h, httptest.NewRequest(http.MethodGet, "/", nil))

	require.Equal(t, http.StatusInternalServerError, w.Code)
	require.Equal(t, "sorry\n", w.Body.String())
	require.Contains(t, lines.String(), "out of tea")
	require.Contains(t, lines.String(), "TestRecoveryAnswers", "the stack")
}

func TestRecoveryCutsAnAnswerThatHasBegun(t *testing.T) {
	t.Parallel()

	var lines bytes.Buffer

	server := httptest.NewServer(httpmw.WithRecovery(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, strings.Repeat("x", 10_000))

		panic("half way")
	}), failed(), logInto(&lines)))
	t.Cleanup(server.Close)

	answer, err := server.Client().Get(server.URL)
	require.NoError(t, err)

	body, err := io.ReadAll(answer.Body)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	require.NotContains(t, string(body), "sorry")
	require.NoError(t, answer.Body.Close())

	server.Close()
	require.Contains(t, lines.String(), "half way")
}

func TestRecoveryLetsAbortsThrough(t *testing.T) {
	t.Parallel()

	var lines bytes.Buffer

	h := httpmw.WithRecovery(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }), failed(), logInto(&lines))

	require.PanicsWithValue(t, http.ErrAbortHandler, func() { do(h, httptest.NewRequest(http.MethodGet, "/", nil)) })
	require.Empty(t, lines.String())
}

func TestSecurityHeaders(t *testing.T) {
	t.Parallel()

	w := do(httpmw.WithSecurityHeaders(http.NotFoundHandler()), httptest.NewRequest(http.MethodGet, "/", nil))

	for name, want := range map[string]string{
		"X-Content-Type-Options":  "nosniff",
		"X-Frame-Options":         "DENY",
		"Referrer-Policy":         "no-referrer",
		"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
		"Cache-Control":           "no-store",
	} {
		require.Equal(t, want, w.Header().Get(name), name)
	}
}

// TestDeadlinesReachTheConnection has a handler behind the middleware set a
// deadline, as uploads do.
func TestDeadlinesReachTheConnection(t *testing.T) {
	t.Parallel()

	failure := make(chan error, 1)

	log := slog.New(slog.DiscardHandler)
	server := httptest.NewServer(httpmw.WithAccessLog(httpmw.WithRecovery(
		http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			failure <- http.NewResponseController(w).SetReadDeadline(now())
		}), failed(), log), log, now))
	t.Cleanup(server.Close)

	answer, err := server.Client().Get(server.URL)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	require.NoError(t, <-failure)
}

// TestFilesGoThroughTheMiddlewareUncopied checks that an answer is still an
// io.ReaderFrom, which is what lets the kernel send files, and that it is counted.
func TestFilesGoThroughTheMiddlewareUncopied(t *testing.T) {
	t.Parallel()

	var lines bytes.Buffer

	h := httpmw.WithAccessLog(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		to, ok := w.(io.ReaderFrom)
		require.True(t, ok)

		n, err := to.ReadFrom(strings.NewReader("content"))
		require.NoError(t, err)
		require.EqualValues(t, 7, n)
	}), logInto(&lines), now)

	require.Equal(t, "content", do(h, httptest.NewRequest(http.MethodGet, "/", nil)).Body.String())
	require.Contains(t, lines.String(), "status=200 bytes=7 ")
}
