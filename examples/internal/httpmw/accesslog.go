package httpmw

import (
	"cmp"
	"log/slog"
	"net/http"
	"time"
)

// WithAccessLog logs a line for every request once it is answered. Of the address
// only the path is logged, for the query of a signed URL is a credential. Lines
// of health checks have level debug. now is the clock.
func WithAccessLog(next http.Handler, log *slog.Logger, now func() time.Time) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec := record(w)
		started := now()

		// Deferred, so that an aborted answer has its line too.
		defer func() {
			status := cmp.Or(rec.status, http.StatusOK)

			log.LogAttrs(r.Context(), accessLevel(r, status), "request",
				slog.String("request_id", RequestID(r.Context())),
				slog.String("method", r.Method),
				slog.String("path", r.URL.Path),
				slog.Int("status", status),
				slog.Int64("bytes", rec.bytes),
				slog.Duration("took", now().Sub(started)),
			)
		}()

		next.ServeHTTP(rec, r)
	})
}

func accessLevel(r *http.Request, status int) slog.Level {
	switch {
	case status >= http.StatusInternalServerError:
		return slog.LevelError
	case r.URL.Path == "/healthz" || r.URL.Path == "/readyz":
		return slog.LevelDebug
	}

	return slog.LevelInfo
}
