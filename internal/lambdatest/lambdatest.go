// Package lambdatest runs the program of a Lambda function in a test as AWS Lambda does: as
// a process of its own that asks for events at an HTTP server, and is killed when it does
// not answer within the time of the function.
package lambdatest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

var (
	// ErrTimeout reports a call that was not answered in time; the process was killed.
	ErrTimeout = errors.New("lambdatest: the function ran out of time")
	// ErrExited reports a process that ended before it answered.
	ErrExited = errors.New("lambdatest: the process has ended")
)

// FunctionError is an error that a function answered, or ended its start with.
type FunctionError struct {
	Type    string `json:"errorType"`
	Message string `json:"errorMessage"`
}

// Error implements error.
func (e *FunctionError) Error() string { return e.Type + ": " + e.Message }

// Build builds the program in a folder ("." is that of the test), and returns its path.
func Build(t testing.TB, folder string) string {
	t.Helper()

	binary := filepath.Join(t.TempDir(), "bootstrap")

	output, err := exec.CommandContext(t.Context(), "go", "build", "-tags", "lambda.norpc", "-o", binary, folder).CombinedOutput()
	if err != nil {
		t.Fatalf("build %s: %v\n%s", folder, err, output)
	}

	return binary
}

// Function is a function. One call is made of it at a time, as of one process of Lambda.
type Function struct {
	binary string
	env    []string
	server *http.Server
	addr   string

	// Stdout and Stderr are what its processes wrote.
	Stdout, Stderr Output

	mu      sync.Mutex
	process *process
	calls   int
	peak    int64
}

// process is one process of a function.
type process struct {
	cmd    *exec.Cmd
	exited chan struct{}
	// events are handed to the process, one at a time; answers come from it.
	events  chan event
	answers chan answer
}

type event struct {
	id       string
	body     []byte
	deadline time.Time
}

type answer struct {
	id   string
	body []byte
	err  error
}

// Start makes a function of a program. Its processes, of which the first call starts one,
// get env alone, and end with the test.
func Start(t testing.TB, binary string, env map[string]string) *Function {
	t.Helper()

	var network net.ListenConfig

	listener, err := network.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("listen: %v", err)
	}

	f := &Function{binary: binary, addr: listener.Addr().String()}
	f.env = []string{"AWS_LAMBDA_RUNTIME_API=" + f.addr, "AWS_LAMBDA_FUNCTION_NAME=test", "_HANDLER=bootstrap", "TZ=:UTC"}

	for name, value := range env {
		f.env = append(f.env, name+"="+value)
	}

	f.server = &http.Server{Handler: f.routes(), ReadHeaderTimeout: time.Minute}

	serving := make(chan struct{})

	go func() {
		defer close(serving)

		_ = f.server.Serve(listener) // ends by Close
	}()

	t.Cleanup(func() {
		f.Kill()
		_ = f.server.Close()
		<-serving
	})

	return f
}

// routes are the runtime API, and as much of the extensions API as a program needs that
// wants to be told of its end.
func (f *Function) routes() http.Handler {
	mux := http.NewServeMux()

	mux.HandleFunc("GET /2018-06-01/runtime/invocation/next", func(w http.ResponseWriter, r *http.Request) {
		p := f.current()
		if p == nil {
			w.WriteHeader(http.StatusGone)

			return
		}

		select {
		case <-r.Context().Done():
		case <-p.exited:
		case e := <-p.events:
			w.Header().Set("Lambda-Runtime-Aws-Request-Id", e.id)
			w.Header().Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(e.deadline.UnixMilli(), 10))
			w.Header().Set("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:ap-south-1:123456789012:function:test")
			_, _ = w.Write(e.body)
		}
	})

	mux.HandleFunc("POST /2018-06-01/runtime/invocation/{id}/response", func(w http.ResponseWriter, r *http.Request) {
		f.take(w, r, r.PathValue("id"), false)
	})
	mux.HandleFunc("POST /2018-06-01/runtime/invocation/{id}/error", func(w http.ResponseWriter, r *http.Request) {
		f.take(w, r, r.PathValue("id"), true)
	})
	mux.HandleFunc("POST /2018-06-01/runtime/init/error", func(w http.ResponseWriter, r *http.Request) {
		f.take(w, r, "", true)
	})

	mux.HandleFunc("POST /2020-01-01/extension/register", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Lambda-Extension-Identifier", "test")
		_, _ = w.Write([]byte("{}"))
	})
	mux.HandleFunc("GET /2020-01-01/extension/event/next", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })

	return mux
}

// maxPayload is the largest answer that Lambda takes, in bytes.
const maxPayload = 6 << 20

// take takes an answer of the process.
func (f *Function) take(w http.ResponseWriter, r *http.Request, id string, failed bool) {
	var body bytes.Buffer

	if _, err := body.ReadFrom(http.MaxBytesReader(w, r.Body, maxPayload)); err != nil {
		w.WriteHeader(http.StatusRequestEntityTooLarge)

		return
	}

	a := answer{id: id, body: body.Bytes()}

	if failed {
		reported := &FunctionError{}
		if err := json.Unmarshal(a.body, reported); err != nil {
			reported.Message = body.String()
		}

		a.err = reported
	}

	if p := f.current(); p != nil {
		select {
		case p.answers <- a:
		case <-p.exited:
		}
	}

	w.WriteHeader(http.StatusAccepted)
}

func (f *Function) current() *process {
	f.mu.Lock()
	defer f.mu.Unlock()

	return f.process
}

// start starts a process, unless one is running.
func (f *Function) start() (*process, error) {
	f.mu.Lock()
	defer f.mu.Unlock()

	if f.process != nil {
		select {
		case <-f.process.exited:
		default:
			return f.process, nil
		}
	}

	p := &process{
		cmd: exec.Command(f.binary), exited: make(chan struct{}), //nolint:gosec,noctx // the program under test
		events: make(chan event), answers: make(chan answer, 1),
	}
	p.cmd.Env, p.cmd.Stdout, p.cmd.Stderr = f.env, &f.Stdout, &f.Stderr

	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("lambdatest: start: %w", err)
	}

	go func() {
		_ = p.cmd.Wait() // what it wrote says why
		close(p.exited)
	}()

	f.process = p

	return p, nil
}

// Call has the function answer an event, which becomes JSON, within the time of the
// function, and decodes its answer into the value that result points to, which may be nil.
// The error is ErrTimeout, ErrExited or a *FunctionError where the function failed.
func (f *Function) Call(ctx context.Context, payload any, within time.Duration, result any) error {
	body, err := json.Marshal(payload)
	if err != nil {
		return fmt.Errorf("lambdatest: encode event: %w", err)
	}

	p, err := f.start()
	if err != nil {
		return err
	}

	f.calls++
	e := event{id: fmt.Sprintf("call-%d", f.calls), body: body, deadline: time.Now().Add(within)}

	ctx, cancel := context.WithDeadlineCause(ctx, e.deadline, ErrTimeout)
	defer cancel()

	select {
	case <-ctx.Done():
		f.Kill()

		return context.Cause(ctx)
	case <-p.exited:
		return ended(p)
	case a := <-p.answers: // that it cannot start
		<-p.exited

		return a.err
	case p.events <- e:
	}

	defer f.measure(p)

	select {
	case <-ctx.Done():
		f.measure(p)
		f.Kill()

		return context.Cause(ctx)
	case <-p.exited:
		return ended(p)
	case a := <-p.answers:
		if a.err != nil || result == nil {
			return a.err
		}

		if err := json.Unmarshal(a.body, result); err != nil {
			return fmt.Errorf("lambdatest: decode answer %q: %w", a.body, err)
		}

		return nil
	}
}

// ended returns the error of a process that has ended, or what it said right before.
func ended(p *process) error {
	select {
	case a := <-p.answers:
		if a.err != nil {
			return a.err
		}
	default:
	}

	return fmt.Errorf("%w: %v", ErrExited, p.cmd.ProcessState)
}

// Kill kills the process, as Lambda does without a word when it runs out of time.
func (f *Function) Kill() { f.signal(syscall.SIGKILL) }

// Terminate sends SIGTERM to the process, as Lambda does before it ends it, and waits until
// it has ended by itself.
func (f *Function) Terminate() { f.signal(syscall.SIGTERM) }

func (f *Function) signal(s os.Signal) {
	p := f.current()
	if p == nil {
		return
	}

	_ = p.cmd.Process.Signal(s) // it may have ended

	<-p.exited
}

// Peak returns the largest resident memory that a process of the function had, in bytes, or
// 0 where the system does not tell.
func (f *Function) Peak() int64 {
	f.mu.Lock()
	defer f.mu.Unlock()

	return f.peak
}

// measure looks at the memory of a process that is running.
func (f *Function) measure(p *process) {
	if runtime.GOOS != "linux" {
		return
	}

	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return
	}

	for line := range strings.Lines(string(status)) {
		if text, found := strings.CutPrefix(line, "VmHWM:"); found {
			kilobytes, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(text), "kB")), 10, 64)
			if err == nil {
				f.mu.Lock()
				f.peak = max(f.peak, kilobytes<<10)
				f.mu.Unlock()
			}
		}
	}
}

// Output collects what processes write. It is safe for concurrent use.
type Output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write implements io.Writer.
func (o *Output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()

	return o.text.Write(p)
}

// String returns what was written so far.
func (o *Output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()

	return o.text.String()
}
