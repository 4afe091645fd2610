package api

import (
	"log/slog"
	"net/http"
	"time"

	"github.com/vyapaarai/bulkimport/examples/internal/httpmw"
)

// WithMiddleware puts around the API what every request goes through, in every program
// that serves it. now is the clock.
func WithMiddleware(h http.Handler, log *slog.Logger, now func() time.Time) http.Handler {
	h = httpmw.WithSecurityHeaders(h)
	h = httpmw.WithRecovery(h, Failed(log), log)
	h = httpmw.WithAccessLog(h, log, now)

	return httpmw.WithRequestID(h)
}
