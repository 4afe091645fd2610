// Package gateway serves an http.Handler to an HTTP API of Amazon API Gateway (payload
// format 2.0), as a Lambda function.
//
// What net/http promises a handler holds, but for this: an answer goes out when it is
// whole, so nothing can be streamed, and it must fit into what Lambda takes, 6 MB. A larger
// one becomes a status 500; what may be larger is better answered with a redirect.
package gateway

import (
	"context"
	"log/slog"
	"net/http"

	"github.com/aws/aws-lambda-go/events"
)

// Options are the optional parts of a Handler. Zero fields mean the defaults that are
// given with them.
type Options struct {
	// MaxAnswer is the largest answer, in bytes of the JSON that it becomes. Default
	// DefaultMaxAnswer.
	MaxAnswer int
	// Failed answers in place of the handler where that panicked with
	// http.ErrAbortHandler, or its answer was too large. Default: a status 500 in JSON.
	Failed http.Handler
	// Logger gets what operators should know. Default: nothing is logged.
	Logger *slog.Logger
}

// DefaultMaxAnswer is the limit of Lambda for an answer, 6 MB, less a margin for what is
// around it.
const DefaultMaxAnswer = 6<<20 - 64<<10

// Handler answers events of an HTTP API. It is safe for concurrent use.
type Handler struct {
	handler http.Handler
	opts    Options
}

// New returns a Handler that has h answer. opts may be nil.
func New(h http.Handler, opts *Options) *Handler {
	g := &Handler{handler: h}
	if opts != nil {
		g.opts = *opts
	}

	if g.opts.MaxAnswer <= 0 {
		g.opts.MaxAnswer = DefaultMaxAnswer
	}

	if g.opts.Failed == nil {
		g.opts.Failed = http.HandlerFunc(failed)
	}

	if g.opts.Logger == nil {
		g.opts.Logger = slog.New(slog.DiscardHandler)
	}

	return g
}

func failed(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusInternalServerError)
	// An answer in memory takes every write.
	_, _ = w.Write([]byte(`{"success":false,"error":"The server could not answer.","code":"internal_error"}`))
}

// Handle answers one event. It returns no error but for a panic of its own making: what
// is wrong with an event is answered with a status, since for an error API Gateway says no
// more than "Internal Server Error".
func (g *Handler) Handle(ctx context.Context, event events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
	r, err := requestOf(ctx, &event)
	if err != nil {
		g.opts.Logger.InfoContext(ctx, "event refused", "error", err)

		answer := newAnswer(g.opts.MaxAnswer)
		answer.Header().Set("Content-Type", "application/json")
		answer.WriteHeader(http.StatusBadRequest)
		// An answer in memory takes every write.
		_, _ = answer.Write([]byte(`{"success":false,"error":"The request cannot be read.","code":"request_invalid"}`))

		return answer.response(http.MethodGet)
	}

	answer := newAnswer(g.opts.MaxAnswer)
	if aborted := g.serve(answer, r); !aborted {
		response, err := answer.response(r.Method)
		if err == nil {
			return response, nil
		}

		g.opts.Logger.ErrorContext(ctx, "answer dropped", "method", r.Method, "path", r.URL.Path, "error", err)
	}

	// What was answered so far, or its header, says something else: a new one.
	answer = newAnswer(g.opts.MaxAnswer)
	g.opts.Failed.ServeHTTP(answer, r)

	return answer.response(r.Method)
}

// serve has the handler answer. aborted says that it did not want to end what it had
// begun.
func (g *Handler) serve(w http.ResponseWriter, r *http.Request) (aborted bool) {
	defer func() {
		switch p := recover(); p {
		case nil:
		case http.ErrAbortHandler:
			aborted = true
		default:
			panic(p)
		}
	}()

	g.handler.ServeHTTP(w, r)

	return false
}
