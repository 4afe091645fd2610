package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/examples/internal/api"
	"github.com/vyapaarai/bulkimport/examples/internal/openapi/openapitest"
)

// object is a JSON object of an answer.
type object = map[string]any

// buffer collects what is written to it. It is safe for concurrent use.
type buffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()

	return b.text.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()

	return b.text.String()
}

// clock is the time of day, which the test can put forward.
type clock struct {
	mu    sync.Mutex
	ahead time.Duration
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()

	return time.Now().Add(c.ahead)
}

func (c *clock) forward(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()

	c.ahead += d
}

// setting is what a test starts a program with.
type setting struct {
	args []string
	env  map[string]string
	// clock may be nil.
	clock *clock
}

func (s setting) program(stdout, stderr io.Writer) program {
	now := time.Now
	if s.clock != nil {
		now = s.clock.Now
	}

	return program{getenv: func(name string) string { return s.env[name] }, stdout: stdout, stderr: stderr, now: now}
}

// execute runs a program that ends by itself.
func execute(t testing.TB, s setting) (code int, stdout, stderr string) {
	t.Helper()

	var out, errors buffer

	code = s.program(&out, &errors).run(t.Context(), s.args)

	return code, out.String(), errors.String()
}

// instance is a server that runs in this process, on a port of its own.
type instance struct {
	client
	greeting string
	// output is what was written to the standard output behind the greeting.
	output *buffer
	log    *buffer
	stop   func() (exitCode int)
}

// start starts a server. When the test ends, it is stopped, and must then exit
// without an error.
func start(t testing.TB, s setting) *instance {
	t.Helper()

	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	exited := make(chan int, 1)
	greetings := make(chan string, 1)
	log, output := &buffer{}, &buffer{}

	// Tests poll a lot faster than people; those of the bounds set their own behind.
	s.args = append([]string{"-addr", "127.0.0.1:0", "-rate-limit", "-1"}, s.args...)
	greeted := false // the greeting is one write, before anything runs
	p := s.program(writerFunc(func(b []byte) {
		if !greeted {
			greeted = true
			greetings <- string(b)

			return
		}

		_, _ = output.Write(b)
	}), log)

	go func() { exited <- p.run(ctx, s.args) }()

	stop := sync.OnceValue(func() int {
		cancel()

		return <-exited
	})

	t.Cleanup(func() { require.Equal(t, exitOK, stop(), "%s", log) })

	select {
	case greeting := <-greetings:
		return &instance{client: clientOf(t, greeting), greeting: greeting, output: output, log: log, stop: stop}
	case code := <-exited:
		exited <- code
		require.Fail(t, "the server did not start", "exit code %d: %s", code, log)
	}

	return nil
}

// writerFunc is a function that takes each write.
type writerFunc func([]byte)

func (f writerFunc) Write(p []byte) (int, error) {
	f(p)

	return len(p), nil
}

// client talks to a server as a user.
type client struct {
	url, token string
}

// clientOf returns the client that a server's greeting invites.
func clientOf(t testing.TB, greeting string) client {
	t.Helper()

	address := regexp.MustCompile(`listens on (http://\S+)`).FindStringSubmatch(greeting)
	require.NotNil(t, address, greeting)

	c := client{url: address[1]}
	if token := regexp.MustCompile(`TOKEN=(\S+)`).FindStringSubmatch(greeting); token != nil {
		c.token = token[1]
	}

	return c
}

// as returns the client with another token.
func (c client) as(token string) client { return client{url: c.url, token: token} }

// send sends a request and returns the answer with its body.
func (c client) send(t testing.TB, method, address string, body io.Reader) (*http.Response, string) {
	t.Helper()

	r, err := http.NewRequestWithContext(t.Context(), method, address, body)
	require.NoError(t, err)

	if c.token != "" {
		r.Header.Set("Authorization", "Bearer "+c.token)
	}

	described := http.Client{Transport: openapitest.Transport(t, r.URL.Scheme+"://"+r.URL.Host, http.DefaultTransport)}

	answer, err := described.Do(r)
	require.NoError(t, err)

	defer func() { require.NoError(t, answer.Body.Close()) }()

	text, err := io.ReadAll(answer.Body)
	require.NoError(t, err)

	return answer, string(text)
}

// call calls an endpoint and returns its JSON, which must come with this status.
func (c client) call(t testing.TB, status int, method, path, body string) object {
	t.Helper()

	answer, text := c.send(t, method, c.url+path, strings.NewReader(body))
	require.Equal(t, status, answer.StatusCode, text)

	return parseObject(t, text)
}

func parseObject(t testing.TB, text string) object {
	t.Helper()

	var o object
	require.NoError(t, json.Unmarshal([]byte(text), &o), text)

	return o
}

// upload creates a job and puts its file.
func (c client) upload(t testing.TB, csv io.Reader) (jobID string) {
	t.Helper()

	created := c.create(t)

	answer, text := client{}.send(t, http.MethodPut, created["upload_url"].(string), csv)
	require.Equal(t, http.StatusOK, answer.StatusCode, text)

	return created["job_id"].(string)
}

// create creates a job and returns the answer.
func (c client) create(t testing.TB) object {
	t.Helper()

	return c.call(t, http.StatusOK, http.MethodGet, api.Base+"/upload-url?filename=products.csv", "")
}

// process starts the import of a job; options is a JSON object.
func (c client) process(t testing.TB, jobID, options string) object {
	t.Helper()

	return c.call(t, http.StatusAccepted, http.MethodPost, api.Base+"/process", `{"job_id":"`+jobID+`","options":`+options+`}`)
}

// status returns the status of a job.
func (c client) status(t testing.TB, jobID string) object {
	t.Helper()

	return c.call(t, http.StatusOK, http.MethodGet, api.Base+"/"+jobID+"/status", "")
}

// awaitAtMost is for machines with much else to do, and the race detector.
const awaitAtMost = 5 * time.Minute

// await returns the status of a job once it is as the test wants.
func (c client) await(t testing.TB, jobID string, wanted func(object) bool) object {
	t.Helper()

	ticker := time.NewTicker(5 * time.Millisecond)
	defer ticker.Stop()

	for deadline := time.After(awaitAtMost); ; {
		status := c.status(t, jobID)
		if wanted(status) {
			return status
		}

		select {
		case <-ticker.C:
		case <-deadline:
			require.Fail(t, "the job does not get there", "%v", status)
		}
	}
}

// ended is what await waits for mostly: nothing of the job changes any more.
func ended(status object) bool {
	return status["completed_at"] != nil && status["notification"].(object)["state"] != "pending"
}

// imported imports a file to its end.
func (c client) imported(t testing.TB, csv io.Reader, options string) object {
	t.Helper()

	id := c.upload(t, csv)
	c.process(t, id, options)

	return c.await(t, id, ended)
}

// counts returns successes, duplicates and errors of a status, which must add up.
func counts(t testing.TB, status object) [3]int64 {
	t.Helper()

	progress := status["progress"].(object)
	n := func(field string) int64 { return int64(progress[field].(float64)) }

	require.Equal(t, n("processed_rows"), n("successful")+n("duplicates")+n("errors"))
	require.Equal(t, n("total_rows"), n("processed_rows"))
	require.EqualValues(t, 100, progress["percentage"])

	return [3]int64{n("successful"), n("duplicates"), n("errors")}
}

// backends returns the arguments of a server for each backend, on fresh stores.
func backends(t testing.TB) map[string][]string {
	t.Helper()

	return map[string][]string{
		backendMemory:   {"-backend", backendMemory},
		backendEmbedded: {"-data", t.TempDir()},
	}
}
