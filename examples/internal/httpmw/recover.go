package httpmw

import (
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
)

// WithRecovery answers with failed where a handler panics, and logs the panic with
// its stack. Where the answer has begun already, the connection is cut, so that
// the client does not take a part for the whole.
func WithRecovery(next, failed http.Handler, log *slog.Logger) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec := record(w)

		defer func() {
			p := recover()
			if p == nil {
				return
			}

			// The way of net/http to cut a connection on purpose is no accident.
			if p == http.ErrAbortHandler {
				panic(p)
			}

			log.ErrorContext(r.Context(), "panic in a handler", "request_id", RequestID(r.Context()),
				"panic", fmt.Sprint(p), "stack", string(debug.Stack()))

			if rec.status != 0 {
				panic(http.ErrAbortHandler)
			}

			failed.ServeHTTP(rec, r)
		}()

		next.ServeHTTP(rec, r)
	})
}
