package api

import (
	"fmt"
	"net/http"
	"strings"
)

// checkMediaType refuses a body that says it is something other than JSON. Clients of
// before, and tools that do not ask what they send, such as curl -d, call JSON by the
// name of what they send mostly; that passes. What is a file, or a form with parts, is
// not JSON by any name.
func checkMediaType(r *http.Request) error {
	// Several are none of these.
	said := strings.Join(r.Header.Values("Content-Type"), ", ")
	name, _, _ := strings.Cut(said, ";")

	switch strings.ToLower(strings.TrimSpace(name)) {
	case "", "application/json", "application/x-www-form-urlencoded", "application/octet-stream", "text/plain":
		return nil
	}

	return &problem{
		status: http.StatusUnsupportedMediaType, code: "unsupported_media_type",
		message: fmt.Sprintf("The body must be JSON, and be called so by the header Content-Type: application/json, not %.80q.", said),
	}
}
