package api

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/vyapaarai/bulkimport/examples/internal/httpmw"
)

// answer sends body as JSON.
func (a *api) answer(w http.ResponseWriter, r *http.Request, status int, body any) {
	var text bytes.Buffer

	// Signed URLs are to be copied out of the answer as they are, so the '&' in
	// them stays one. No browser shows an answer as HTML.
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)

	if err := encoder.Encode(body); err != nil {
		a.log.ErrorContext(r.Context(), "cannot encode an answer", "request_id", httpmw.RequestID(r.Context()), "error", err)
		status = http.StatusInternalServerError
		text.Reset()
		text.WriteString(`{"success":false,"error":"The server could not answer.","code":"internal_error"}`)
	}

	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Content-Length", strconv.Itoa(text.Len()))
	w.WriteHeader(status)

	if _, err := w.Write(text.Bytes()); err != nil {
		// The client has gone: there is nobody to tell.
		a.log.DebugContext(r.Context(), "answer not sent", "request_id", httpmw.RequestID(r.Context()), "error", err)
	}
}
