// Package lambdamain is what the programs of Lambda functions have in common: their log,
// how they start, how they report that they cannot, and how they end.
package lambdamain

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"

	"github.com/vyapaarai/bulkimport/internal/errlog"
)

// initTimeout bounds the beginning of a program: Lambda gives it ten seconds.
const initTimeout = 10 * time.Second

// Start runs a function until Lambda ends it. open makes its handler, as lambda.Start takes
// it; its context lasts as long as the process. Start returns the exit code of the process,
// where it returns.
//
// Lambda sends SIGTERM before it ends a process. The context of open and that of a call
// under way end then, so that the engine commits what it has done and gives its job back;
// after that the process ends. Nothing is closed: the queue is still needed for that.
func Start(log *slog.Logger, open func(context.Context) (handler any, err error)) int {
	ctx, stop := context.WithCancelCause(context.Background())
	defer stop(nil)

	handler, err := open(ctx)
	if err != nil {
		log.Error("the function cannot start", "error", err)
		reportInit(ctx, log, err)

		return 1
	}

	running := &calls{Handler: lambda.NewHandler(handler)}

	terminated := func() {
		log.Info("stopping")
		stop(errTerminated)
		running.underWay.Wait()
		os.Exit(0)
	}

	lambda.StartWithOptions(running, lambda.WithContext(ctx), lambda.WithEnableSIGTERM(terminated))

	return 0
}

// calls are the calls of a function that are under way.
type calls struct {
	lambda.Handler

	underWay sync.WaitGroup
}

// Invoke implements lambda.Handler.
func (c *calls) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	c.underWay.Add(1)

	// The answer is still to be sent when this returns.
	defer func() { time.AfterFunc(answerTime, c.underWay.Done) }()

	return c.Handler.Invoke(ctx, payload)
}

// answerTime is what the answer of a call may take to be sent.
const answerTime = time.Second

// errTerminated is why contexts end at SIGTERM.
var errTerminated = errors.New("lambdamain: the process is terminated")

// reportInit tells Lambda why the function cannot start, so that its callers and metrics
// know. Without it they would learn of an exit code only.
func reportInit(ctx context.Context, log *slog.Logger, cause error) {
	address := os.Getenv("AWS_LAMBDA_RUNTIME_API")
	if address == "" {
		return
	}

	ctx, cancel := context.WithTimeout(ctx, initTimeout)
	defer cancel()

	if err := postInitError(ctx, address, cause); err != nil {
		log.Error("cannot report the error", "error", err)
	}
}

func postInitError(ctx context.Context, address string, cause error) error {
	body, err := json.Marshal(map[string]string{"errorType": "Function.InitError", "errorMessage": cause.Error()})
	if err != nil {
		return err
	}

	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+address+"/2018-06-01/runtime/init/error", bytes.NewReader(body))
	if err != nil {
		return err
	}

	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Lambda-Runtime-Function-Error-Type", "Function.InitError")

	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }() // nothing is read of it

	if answer.StatusCode >= http.StatusBadRequest {
		return fmt.Errorf("the runtime answered %s", answer.Status)
	}

	return nil
}

// NewLogger returns a logger of JSON lines, of which each says to which call of the
// function it belongs. Of errors it writes no sentences for users.
func NewLogger(out io.Writer) *slog.Logger {
	return errlog.Logger(slog.New(callHandler{slog.NewJSONHandler(out, nil)}))
}

// callHandler adds the id of the call of the function.
type callHandler struct{ slog.Handler }

// Handle implements slog.Handler.
func (h callHandler) Handle(ctx context.Context, record slog.Record) error {
	if call, ok := lambdacontext.FromContext(ctx); ok && call.AwsRequestID != "" {
		record = record.Clone()
		record.AddAttrs(slog.String("call_id", call.AwsRequestID))
	}

	return h.Handler.Handle(ctx, record)
}

// WithAttrs implements slog.Handler.
func (h callHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return callHandler{h.Handler.WithAttrs(attrs)}
}

// WithGroup implements slog.Handler.
func (h callHandler) WithGroup(name string) slog.Handler {
	return callHandler{h.Handler.WithGroup(name)}
}
