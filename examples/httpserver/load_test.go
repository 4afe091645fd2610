package main

import (
	"context"
	"io"
	"net/http"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/examples/internal/api"
	"github.com/vyapaarai/bulkimport/internal/synthetic"
)

const (
	// loadRate is how many status requests are sent in a second.
	loadRate = 1000
	// loadRows is the size of the imports, in rows.
	loadRows = 200_000
)

// BenchmarkStatusLoad imports a file on the embedded backend, once undisturbed and once
// under 1,000 status requests a second. The requests are sent at fixed times, whether or
// not those before were answered, and their latency counts from when they were due: a
// server that stalls is charged for all that had to wait.
//
// Reported are the median and 99th percentile of the latency, the share of requests that
// failed, and how many times as long the import took. The server is a process of its
// own; the client shares the machine with it.
func BenchmarkStatusLoad(b *testing.B) {
	binary := build(b)

	for b.Loop() {
		server := launch(b, binary, b.TempDir(), loadArgs...)

		alone := server.timedImport(b, 0, func(string) {})

		var under *load

		disturbed := server.timedImport(b, loadRows, func(id string) { under = server.pollInBackground(b, id) })
		under.end()

		require.Equal(b, exitOK, server.signal(b, syscall.SIGTERM))
		require.NotEmpty(b, under.latencies)

		slices.Sort(under.latencies)
		b.ReportMetric(float64(under.latencies[len(under.latencies)/2].Microseconds())/1000, "p50-ms")
		b.ReportMetric(float64(under.latencies[len(under.latencies)*99/100].Microseconds())/1000, "p99-ms")
		b.ReportMetric(float64(under.failed)/float64(len(under.latencies)), "failed/request")
		b.ReportMetric(float64(len(under.latencies))/under.took.Seconds(), "requests/s")
		b.ReportMetric(float64(loadRows)/alone.Seconds(), "rows/s-alone")
		b.ReportMetric(float64(loadRows)/disturbed.Seconds(), "rows/s-under-load")
		b.ReportMetric(disturbed.Seconds()/alone.Seconds(), "slow-down")
	}
}

// loadArgs has the server let one user send that many requests.
var loadArgs = []string{}

// timedImport imports a file of new products and returns how long that took, from its
// start to its end as the server tells them. begun is called with its job.
func (c client) timedImport(b *testing.B, first int64, begun func(jobID string)) time.Duration {
	b.Helper()

	id := c.upload(b, synthetic.New(synthetic.Options{Rows: loadRows, First: first, Duplicates: 0.1, Errors: 0.01}))
	c.process(b, id, `{}`)
	begun(id)

	status := c.await(b, id, ended)
	require.Equal(b, "completed_with_errors", status["status"])

	times := status["timestamps"].(object)

	return parseTime(b, times["completed_at"]).Sub(parseTime(b, times["started_at"]))
}

func parseTime(t testing.TB, value any) time.Time {
	t.Helper()

	at, err := time.Parse(time.RFC3339Nano, value.(string))
	require.NoError(t, err)

	return at
}

// load is requests that are being sent.
type load struct {
	stop    context.CancelFunc
	sending sync.WaitGroup
	took    time.Duration

	mu        sync.Mutex
	latencies []time.Duration
	failed    int
}

// maxLoadSeconds bounds the load, in case the import hangs.
const maxLoadSeconds = 300

// pollInBackground asks for the status of a job loadRate times a second, until the load is
// ended.
func (c client) pollInBackground(b *testing.B, jobID string) *load {
	b.Helper()

	ctx, cancel := context.WithTimeout(b.Context(), maxLoadSeconds*time.Second)
	l := &load{stop: cancel}
	polls := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: loadRate}, Timeout: 10 * time.Second}
	begin := time.Now()

	l.sending.Go(func() {
		defer func() { l.took = time.Since(begin) }()

		for n := 0; ; n++ {
			due := begin.Add(time.Duration(n) * time.Second / loadRate)

			select {
			case <-ctx.Done():
				return
			case <-time.After(time.Until(due)):
			}

			l.sending.Go(func() {
				err := c.poll(context.WithoutCancel(ctx), polls, jobID)
				l.note(time.Since(due), err)
			})
		}
	})

	return l
}

// poll asks for a status and reads the answer.
func (c client) poll(ctx context.Context, polls *http.Client, jobID string) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, c.url+api.Base+"/"+jobID+"/status", nil)
	if err != nil {
		return err
	}

	r.Header.Set("Authorization", "Bearer "+c.token)

	answer, err := polls.Do(r)
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }() // it was read

	if _, err := io.Copy(io.Discard, answer.Body); err != nil {
		return err
	}

	if answer.StatusCode != http.StatusOK {
		return &http.ProtocolError{ErrorString: answer.Status}
	}

	return nil
}

func (l *load) note(latency time.Duration, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()

	l.latencies = append(l.latencies, latency)
	if err != nil {
		l.failed++
	}
}

// end stops sending and waits for the answers.
func (l *load) end() {
	l.stop()
	l.sending.Wait()
}
