package signedurl

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/vyapaarai/bulkimport/importer/blob"
)

// Refusal is an error that says how to answer the request it refuses. The service
// returns one from Options.BeforePut.
type Refusal struct {
	// Status is the HTTP status, 400 to 599.
	Status int
	// Code is for programs, in snake_case.
	Code string
	// Message is one sentence for people. It is sent to whoever holds the URL.
	Message string
	// Err is the cause, for errors.Is, or nil. It is not sent.
	Err error
}

// Error implements error.
func (r *Refusal) Error() string {
	if r.Err != nil {
		return fmt.Sprintf("signedurl: %s: %v", r.Code, r.Err)
	}

	return "signedurl: " + r.Code
}

// Unwrap returns the cause.
func (r *Refusal) Unwrap() error {
	return r.Err
}

// refusal returns what to answer for err.
func refusal(err error) *Refusal {
	var given *Refusal
	if errors.As(err, &given) {
		return given
	}

	for _, known := range []struct {
		err     error
		status  int
		code    string
		message string
	}{
		{ErrMethod, http.StatusMethodNotAllowed, "method_not_allowed", "Use PUT to upload, GET or HEAD to download."},
		{ErrSignature, http.StatusForbidden, "invalid_signature", "The URL is not valid for this request."},
		{ErrExpired, http.StatusForbidden, "url_expired", "The URL has expired; request a new one."},
		{blob.ErrNotFound, http.StatusNotFound, "not_found", "There is no such file."},
		{blob.ErrTooLarge, http.StatusRequestEntityTooLarge, "upload_too_large", "The file is larger than an upload may be."},
		{errStalled, http.StatusRequestTimeout, "upload_timeout", "The upload was too slow or stopped; send the file again."},
		{errIncomplete, http.StatusBadRequest, "incomplete_upload", "The upload ended before the file was complete; send it again."},
		{errPartial, http.StatusBadRequest, "partial_upload", "An upload must carry the whole file; leave Content-Range out."},
		{context.Canceled, http.StatusServiceUnavailable, "unavailable", "The request was interrupted; send it again."},
		{blob.ErrInvalidKey, http.StatusBadRequest, "invalid_key", "The file cannot be stored under this name."},
	} {
		if errors.Is(err, known.err) {
			return &Refusal{Status: known.status, Code: known.code, Message: known.message, Err: err}
		}
	}

	return &Refusal{
		Status:  http.StatusInternalServerError,
		Code:    "internal_error",
		Message: "The server could not do this; try again later.",
		Err:     err,
	}
}

// fail answers r with what err means, and logs what is not the client's doing.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, key string, err error) {
	answer := refusal(err)
	if answer.Status == http.StatusInternalServerError {
		s.opts.Logger.ErrorContext(r.Context(), "signed URL request failed", "method", r.Method, "key", key, "error", err)
	}

	if answer.Status == http.StatusMethodNotAllowed {
		w.Header().Set("Allow", "GET, HEAD, PUT")
	}

	s.answer(w, r, answer.Status, struct {
		Success bool   `json:"success"`
		Error   string `json:"error"`
		Code    string `json:"code"`
	}{false, answer.Message, answer.Code})
}

// answer sends body as JSON.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)

	// The client is gone, or the connection is: there is nobody to tell.
	if err := json.NewEncoder(w).Encode(body); err != nil {
		s.opts.Logger.DebugContext(r.Context(), "answer not sent", "method", r.Method, "error", err)
	}
}
