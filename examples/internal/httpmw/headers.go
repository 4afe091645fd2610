package httpmw

import "net/http"

// WithSecurityHeaders has browsers treat every answer as data: nothing is sniffed,
// framed, run, cached, or told to the next site. A handler may set other values.
func WithSecurityHeaders(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		h.Set("Cache-Control", "no-store")

		next.ServeHTTP(w, r)
	})
}
