package suitecheck

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
)

// Outcome is how a case went.
type Outcome struct {
	// Failures are what the case reported, empty where it passed.
	Failures []string
	// Skipped says that the case skipped itself, and Reason why.
	Skipped bool
	Reason  string
}

// Failed reports whether the case failed.
func (o Outcome) Failed() bool { return len(o.Failures) > 0 }

// Log returns the failures as text.
func (o Outcome) Log() string { return strings.Join(o.Failures, "\n") }

// Watch runs a case to its end, however it ends. Its failures do not become those of
// t; everything else that it asks of its testing.TB (a folder, a clean-up) is t's.
func Watch(t *testing.T, run func(testing.TB)) Outcome {
	t.Helper()

	r := &recorder{TB: t}
	done := make(chan struct{})

	// In a goroutine of its own, which FailNow can end.
	go func() {
		defer close(done)

		run(r)
	}()

	<-done

	return r.outcome
}

// recorder is a testing.TB that keeps failures and skips to itself.
type recorder struct {
	testing.TB

	mu      sync.Mutex
	outcome Outcome
}

func (r *recorder) Helper() {}

func (r *recorder) fail(text string) {
	r.mu.Lock()
	defer r.mu.Unlock()

	r.outcome.Failures = append(r.outcome.Failures, text)
}

func (r *recorder) Fail()                             { r.fail("failed") }
func (r *recorder) Error(args ...any)                 { r.fail(fmt.Sprint(args...)) }
func (r *recorder) Errorf(format string, args ...any) { r.fail(fmt.Sprintf(format, args...)) }

func (r *recorder) FailNow() {
	r.fail("stopped")
	runtime.Goexit()
}

func (r *recorder) Fatal(args ...any) {
	r.fail(fmt.Sprint(args...))
	runtime.Goexit()
}

func (r *recorder) Fatalf(format string, args ...any) {
	r.fail(fmt.Sprintf(format, args...))
	runtime.Goexit()
}

func (r *recorder) Failed() bool {
	r.mu.Lock()
	defer r.mu.Unlock()

	return r.outcome.Failed()
}

func (r *recorder) skip(reason string) {
	r.mu.Lock()
	r.outcome.Skipped, r.outcome.Reason = true, reason
	r.mu.Unlock()

	runtime.Goexit()
}

func (r *recorder) SkipNow()                         { r.skip("") }
func (r *recorder) Skip(args ...any)                 { r.skip(fmt.Sprint(args...)) }
func (r *recorder) Skipf(format string, args ...any) { r.skip(fmt.Sprintf(format, args...)) }
