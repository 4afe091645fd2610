package api

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/vyapaarai/bulkimport/examples/internal/httpmw"
	"github.com/vyapaarai/bulkimport/importer"
	"github.com/vyapaarai/bulkimport/jobstore"
)

// problem is an error as its caller is told it.
type problem struct {
	status  int
	code    string
	message string
	// retryAfter, where it is not 0, is told in the header Retry-After.
	retryAfter time.Duration
	// columns and missing, of a file that was tried, say what is wrong with its columns.
	columns []columnView
	missing []string
}

// Error implements error.
func (p *problem) Error() string { return p.message }

// LogValue implements slog.LogValuer: the message may quote what the caller sent.
func (p *problem) LogValue() slog.Value { return slog.StringValue(p.code) }

func badRequest(code, format string, args ...any) error {
	return &problem{status: http.StatusBadRequest, code: code, message: fmt.Sprintf(format, args...)}
}

// internalProblem says nothing of the reason, but where it is to be found.
func internalProblem(r *http.Request) *problem {
	return &problem{
		status: http.StatusInternalServerError, code: "internal_error",
		message: fmt.Sprintf("The server could not do this; its log says why, under request id %s.", httpmw.RequestID(r.Context())),
	}
}

// problemOf returns what the caller is told of an error. Only errors that were
// given words for users are told; any other gives nil.
func problemOf(err error) *problem {
	var (
		own    *problem
		engine *importer.Error
	)

	switch {
	case errors.As(err, &own):
		return own
	case errors.As(err, &engine):
		if status := statusOf(engine.Sentinel); status != 0 {
			return &problem{status: status, code: engine.Code, message: engine.Message, retryAfter: engine.RetryAfter}
		}
	case errors.Is(err, jobstore.ErrNotFound):
		// It expired between two looks at it.
		return &problem{status: http.StatusNotFound, code: "job_not_found", message: "There is no such import job any more."}
	case errors.Is(err, jobstore.ErrConflict), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return &problem{status: http.StatusServiceUnavailable, code: "unavailable", message: "The server is busy; try again."}
	}

	return nil
}

// statusOf returns the HTTP status for a sentinel of the engine, or 0.
func statusOf(sentinel error) int {
	switch {
	case errors.Is(sentinel, importer.ErrInvalid):
		return http.StatusBadRequest
	case errors.Is(sentinel, importer.ErrNotFound), errors.Is(sentinel, importer.ErrNoFile):
		return http.StatusNotFound
	case errors.Is(sentinel, importer.ErrState):
		return http.StatusConflict
	case errors.Is(sentinel, importer.ErrBadFile):
		return http.StatusUnprocessableEntity
	case errors.Is(sentinel, importer.ErrQuota):
		return http.StatusTooManyRequests
	case errors.Is(sentinel, importer.ErrBusy):
		return http.StatusServiceUnavailable
	}

	return 0
}

// answerError tells the caller of an error, and the log of what the caller is not
// told.
func (a *api) answerError(w http.ResponseWriter, r *http.Request, err error) {
	p := problemOf(err)

	switch {
	case p == nil:
		p = internalProblem(r)
		a.log.ErrorContext(r.Context(), "request failed", "request_id", httpmw.RequestID(r.Context()), "error", err)
	case p.status >= http.StatusInternalServerError:
		a.log.WarnContext(r.Context(), "request failed", "request_id", httpmw.RequestID(r.Context()), "error", err)
	default:
		a.log.DebugContext(r.Context(), "request refused", "request_id", httpmw.RequestID(r.Context()), "code", p.code, "error", err)
	}

	a.answerProblem(w, r, p)
}

func (a *api) answerProblem(w http.ResponseWriter, r *http.Request, p *problem) {
	if p.retryAfter > 0 {
		// In whole seconds (RFC 9110, section 10.2.3), rounded up: earlier is too early.
		w.Header().Set("Retry-After", strconv.FormatInt(int64(math.Ceil(p.retryAfter.Seconds())), 10))
	}

	a.answer(w, r, p.status, struct {
		Success bool   `json:"success"`
		Error   string `json:"error"`
		Code    string `json:"code"`

		Columns []columnView `json:"columns,omitempty"`
		Missing []string     `json:"missing_columns,omitempty"`
	}{false, p.message, p.code, p.columns, p.missing})
}
