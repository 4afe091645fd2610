package main

import (
	"io"
	"net/http"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/examples/internal/api"
	"github.com/vyapaarai/bulkimport/examples/internal/auth"
	"github.com/vyapaarai/bulkimport/examples/internal/awsbackend"
	"github.com/vyapaarai/bulkimport/examples/internal/emf"
	"github.com/vyapaarai/bulkimport/examples/internal/openapi/openapitest"
	"github.com/vyapaarai/bulkimport/importer"
	"github.com/vyapaarai/bulkimport/internal/awstest"
)

// launchAWS starts the program on AWS in a process of its own.
func launchAWS(t *testing.T, binary string, env map[string]string, args ...string) *process {
	t.Helper()

	p := &process{log: &buffer{}, output: &buffer{}}
	p.cmd = exec.CommandContext(t.Context(), binary, append([]string{"-addr", "127.0.0.1:0", "-backend", "aws", "-rate-limit", "-1"}, args...)...)
	p.cmd.Stderr = p.log
	p.cmd.Env = []string{}

	for name, value := range env {
		p.cmd.Env = append(p.cmd.Env, name+"="+value)
	}

	greeted := make(chan struct{})
	greet := sync.OnceFunc(func() { close(greeted) })
	p.cmd.Stdout = writerFunc(func(b []byte) {
		_, _ = p.output.Write(b)

		greet()
	})

	require.NoError(t, p.cmd.Start())

	select {
	case <-greeted:
	case <-time.After(awaitAtMost):
		require.Fail(t, "the server did not start", "%s", p.log)
	}

	token, err := auth.Mint([]byte(env[envSecret]), auth.User{ID: "asha", Role: auth.RoleAdmin}, time.Now(), time.Hour)
	require.NoError(t, err)

	p.client = clientOf(t, p.output.String()).as(token)

	return p
}

// uploadToS3 creates a job and puts its file where the answer says.
func (c client) uploadToS3(t *testing.T, csv string) (jobID string) {
	t.Helper()

	created := c.create(t)

	r, err := http.NewRequestWithContext(t.Context(), http.MethodPut, created["upload_url"].(string), strings.NewReader(csv))
	require.NoError(t, err)

	for name, value := range created["upload_headers"].(object) {
		r.Header.Set(name, value.(string))
	}

	answer, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	require.Equal(t, http.StatusOK, answer.StatusCode)

	return created["job_id"].(string)
}

// redirect returns where a path leads.
func (c client) redirect(t *testing.T, path string) string {
	t.Helper()

	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, c.url+path, nil)
	require.NoError(t, err)
	r.Header.Set("Authorization", "Bearer "+c.token)

	// Not a client, which would follow it.
	answer, err := openapitest.Transport(t, c.url, http.DefaultTransport).RoundTrip(r)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	require.Equal(t, http.StatusTemporaryRedirect, answer.StatusCode)

	return answer.Header.Get("Location")
}

// Several processes share the tables: one that answers requests, and others that import.
// One that starts while another imports leaves it alone.
func TestManyProcessesOnAWS(t *testing.T) {
	t.Parallel()

	if runtime.GOOS == "windows" {
		t.Skip("Windows has no SIGTERM; run on another system")
	}

	world := awstest.NewWorld(t)
	env := world.Environment(map[string]string{envSecret: jwtSecret, "IDENTITY_GSI_FALLBACK": "off", emf.EnvStage: "test"})

	// Slow enough for another process to start in the middle of an import.
	slow := awstest.NewFaults(awstest.Transport(t))
	slow.Add(awstest.Fault{Operation: "TransactWriteItems", Times: awstest.Always, Delay: 50 * time.Millisecond})
	env["AWS_ENDPOINT_URL_DYNAMODB"] = awstest.Proxy(t, awstest.Endpoint(t, awstest.DynamoDBVariable), slow)

	binary := build(t)
	front := launchAWS(t, binary, env, "-workers", "0")

	csv, err := io.ReadAll(bigFile())
	require.NoError(t, err)

	id := front.uploadToS3(t, string(csv))
	front.process(t, id, `{}`)

	require.Equal(t, "queued", front.status(t, id)["status"], "nobody imports yet")

	first := launchAWS(t, binary, env, "-emf")
	front.await(t, id, begun)

	second := launchAWS(t, binary, env, "-emf")
	status := front.await(t, id, ended)

	require.Equal(t, [3]int64{bigRows, 0, 0}, counts(t, status))
	require.NotContains(t, first.log.String(), "lease lost", "the second one broke no lease")

	// The report is fetched from S3, without the token: another host would not get it, and
	// S3 refuses it beside a signature.
	redirect := front.redirect(t, api.Base+"/"+id+"/results")
	require.True(t, strings.HasPrefix(redirect, env["AWS_ENDPOINT_URL_S3"]), redirect)

	answer, report := client{}.send(t, http.MethodGet, redirect, nil)
	require.Equal(t, http.StatusOK, answer.StatusCode, report)
	require.Equal(t, bigRows+1, strings.Count(report, "\n"))

	for _, p := range []*process{front, first, second} {
		require.Equal(t, exitOK, p.signal(t, syscall.SIGTERM), "%s", p.log)
	}

	// One of them told of the end, to the topic and as metrics.
	require.Empty(t, metricsBehindGreeting(t, front))

	lines := append(metricsBehindGreeting(t, first), metricsBehindGreeting(t, second)...)
	require.Len(t, lines, 1)
	require.Equal(t, id, lines[0]["job_id"])
	require.EqualValues(t, bigRows, lines[0][emf.RowsProcessed])
}

// metricsBehindGreeting returns the lines of metrics that a process wrote behind its
// greeting, which ends with an empty line.
func metricsBehindGreeting(t *testing.T, p *process) []object {
	t.Helper()

	_, lines, found := strings.Cut(p.output.String(), "\n\n")
	require.True(t, found, "%s", p.output)

	return metricLines(t, lines)
}

// On AWS jobs are tried for as long as the functions try them.
func TestJobsAreTriedForLongerOnAWS(t *testing.T) {
	t.Parallel()

	for backend, want := range map[string]importer.WorkerOptions{
		backendAWS: {Jobs: 3, RetryDelay: awsbackend.RetryDelay, MaxAttempts: awsbackend.MaxAttempts}, backendEmbedded: {Jobs: 3},
	} {
		conf := config{backend: backend}
		require.Equal(t, &want, conf.workerOptions(importer.WorkerOptions{Jobs: 3}), backend)
	}

	aws := config{backend: backendAWS}
	require.Equal(t, awsbackend.ResendAfter, aws.serviceOptions(importer.ServiceOptions{}).ResendAfter)
}

// What is missing is said at the start.
func TestAWSNeedsItsEnvironment(t *testing.T) {
	t.Parallel()

	code, _, stderr := execute(t, setting{args: []string{"-backend", "aws"}})
	require.Equal(t, exitUsage, code)
	require.Contains(t, stderr, "JWT_SECRET or JWT_JWKS_URL")

	code, _, stderr = execute(t, setting{args: []string{"-backend", "aws"}, env: map[string]string{envSecret: jwtSecret}})
	require.Equal(t, exitUsage, code)
	require.Contains(t, stderr, "IMPORT_JOBS_TABLE is not set")
	require.Contains(t, stderr, "IMPORT_QUEUE_URL is not set")

	code, _, stderr = execute(t, setting{args: []string{"-backend", "memory", "-workers", "0"}})
	require.Equal(t, exitUsage, code)
	require.Contains(t, stderr, "no other process could run the imports")
}
