package main

import (
	"io"
	"maps"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/examples/internal/api"
)

// scrape returns what Prometheus would get.
func (s *instance) scrape(t *testing.T) map[string]*dto.MetricFamily {
	t.Helper()

	address := regexp.MustCompile(`Metrics are at (http://\S+)`).FindStringSubmatch(s.greeting)
	require.NotNil(t, address, s.greeting)

	status, text := getPlain(t, address[1])
	require.Equal(t, http.StatusOK, status, text)

	parser := expfmt.NewTextParser(model.LegacyValidation)
	families, err := parser.TextToMetricFamilies(strings.NewReader(text))
	require.NoError(t, err)

	return families
}

// getPlain gets what is no part of the API.
func getPlain(t *testing.T, address string) (status int, text string) {
	t.Helper()

	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	require.NoError(t, err)

	answer, err := http.DefaultClient.Do(r)
	require.NoError(t, err)

	defer func() { require.NoError(t, answer.Body.Close()) }()

	body, err := io.ReadAll(answer.Body)
	require.NoError(t, err)

	return answer.StatusCode, string(body)
}

// labelsOf returns the names of the series of a scrape, each with the names of its labels.
func labelsOf(families map[string]*dto.MetricFamily) map[string]map[string]bool {
	series := map[string]map[string]bool{}

	note := func(name string, m *dto.Metric, more ...string) {
		if series[name] == nil {
			series[name] = map[string]bool{}
		}

		for _, label := range m.GetLabel() {
			series[name][label.GetName()] = true
		}

		for _, label := range more {
			series[name][label] = true
		}
	}

	for name, family := range families {
		for _, m := range family.GetMetric() {
			if family.GetType() != dto.MetricType_HISTOGRAM {
				note(name, m)

				continue
			}

			note(name+"_bucket", m, "le")
			note(name+"_sum", m)
			note(name+"_count", m)
		}
	}

	return series
}

// value returns the sum of the series of a metric that have these labels.
func value(families map[string]*dto.MetricFamily, name string, labels map[string]string) float64 {
	total := 0.0

	for _, m := range families[name].GetMetric() {
		has := map[string]string{}
		for _, label := range m.GetLabel() {
			has[label.GetName()] = label.GetValue()
		}

		fits := true
		for label, want := range labels {
			fits = fits && has[label] == want
		}

		if fits {
			total += m.GetCounter().GetValue() + m.GetGauge().GetValue() + float64(m.GetHistogram().GetSampleCount())
		}
	}

	return total
}

// measured returns a server with metrics that has imported something of everything.
func measured(t *testing.T) (*instance, object) {
	t.Helper()

	images := shop(t)
	s := start(t, setting{
		args: []string{"-backend", "memory", "-metrics-addr", "127.0.0.1:0"},
		env:  map[string]string{envImageHosts: strings.TrimPrefix(images.URL, "http://")},
	})

	csv := shopRows(images.URL) + "Nameless,Staples,Tata,12,,\n"
	status := s.imported(t, strings.NewReader(csv), `{}`)
	require.Equal(t, [3]int64{2, 1, 1}, counts(t, status))

	tried := s.upload(t, strings.NewReader(shopCSV))
	s.call(t, http.StatusOK, http.MethodPost, api.Base+"/validate", `{"job_id":"`+tried+`"}`)

	return s, s.await(t, status["job_id"].(string), told)
}

func TestMetricsOfAServer(t *testing.T) {
	t.Parallel()

	s, status := measured(t)

	s.call(t, http.StatusNotFound, http.MethodGet, "/made/up/by/a/scanner", "")
	s.call(t, http.StatusMethodNotAllowed, "BREW", api.Base, "")

	got := s.scrape(t)
	count := func(name string, labels map[string]string) float64 { return value(got, name, labels) }

	require.EqualValues(t, 2, count("bulkimport_rows_total", map[string]string{"bulkimport_outcome": "successful"}))
	require.EqualValues(t, 1, count("bulkimport_rows_total", map[string]string{"bulkimport_outcome": "error"}))
	require.EqualValues(t, 1, count("bulkimport_duplicates_total", map[string]string{"bulkimport_match_tier": "image_hash"}))
	require.Equal(t, status["images"].(object)["failed"], count("bulkimport_images_total", map[string]string{"bulkimport_outcome": "failed"}))
	require.EqualValues(t, 1, count("bulkimport_jobs_ended_total", map[string]string{"bulkimport_job_status": "completed_with_errors"}))
	require.EqualValues(t, 1, count("bulkimport_notification_attempts_total", map[string]string{"bulkimport_channel": "log"}))
	require.EqualValues(t, 1, count("bulkimport_chunk_stage_duration_seconds", map[string]string{"bulkimport_stage": "images"}))
	require.Positive(t, count("process_resident_memory_bytes", nil))
	require.Positive(t, count("go_goroutines", nil))

	// Routes are those of the program, whatever is asked for.
	routed := func(route, method, code string) float64 {
		return count("http_server_request_duration_seconds",
			map[string]string{"http_route": route, "http_request_method": method, "http_response_status_code": code})
	}
	require.EqualValues(t, 2, routed(api.Base+"/upload-url", "GET", "200"))
	require.EqualValues(t, 1, routed(api.Base+"/process", "POST", "202"))
	require.Positive(t, routed(api.Base+"/{job_id}/status", "GET", "200"))
	require.EqualValues(t, 2, routed(api.FilesBase+"/", "PUT", "200"))
	require.EqualValues(t, 1, count("bulkimport_dry_runs_total", map[string]string{"bulkimport_outcome": "complete"}))
	require.EqualValues(t, 1, routed("none", "GET", "404"))
	require.EqualValues(t, 1, routed("none", "_OTHER", "405"))

	// No label has many values.
	for name, family := range got {
		require.LessOrEqual(t, len(family.GetMetric()), 60, name)

		for _, m := range family.GetMetric() {
			for _, label := range m.GetLabel() {
				require.NotContains(t, label.GetValue(), status["job_id"], "%s %s", name, label.GetName())
			}
		}
	}
}

// The use of the legacy endpoint is counted, and that nobody uses it is told as well.
func TestLegacyUseIsCounted(t *testing.T) {
	t.Parallel()

	const metric = "bulkimport_legacy_requests_total"

	s := start(t, setting{args: []string{"-backend", "memory", "-metrics-addr", "127.0.0.1:0"}})
	unused := s.scrape(t)
	require.Contains(t, unused, metric)
	require.Zero(t, value(unused, metric, nil))

	products := `{"products":[{"name":"Ghee","category":"Dairy"}]}`
	s.call(t, http.StatusOK, http.MethodPost, api.LegacyPath, products)
	s.as("nobody").call(t, http.StatusUnauthorized, http.MethodPost, api.LegacyPath, products)
	require.EqualValues(t, 1, value(s.scrape(t), metric, nil))
}

func TestMetricsAreOnNoOtherAddress(t *testing.T) {
	t.Parallel()

	s := start(t, setting{args: []string{"-backend", "memory"}})
	require.NotContains(t, s.greeting, "Metrics")
	status, _ := getPlain(t, s.url+"/metrics")
	require.Equal(t, http.StatusNotFound, status)

	observed := start(t, setting{args: []string{"-backend", "memory", "-metrics-addr", "127.0.0.1:0"}})
	status, _ = getPlain(t, observed.url+"/metrics")
	require.Equal(t, http.StatusNotFound, status)

	// And nothing else is on theirs.
	address := regexp.MustCompile(`Metrics are at (http://\S+)/metrics`).FindStringSubmatch(observed.greeting)[1]
	for _, path := range []string{"/", api.Base, "/healthz", "/debug/pprof/"} {
		status, _ := getPlain(t, address+path)
		require.Equal(t, http.StatusNotFound, status, path)
	}

	require.Equal(t, exitOK, observed.stop())
	require.NotContains(t, observed.log.String(), "level=ERROR")
}

func TestMetricsAddressesThatAreRefused(t *testing.T) {
	t.Parallel()

	code, _, stderr := execute(t, setting{args: []string{"-metrics-addr", "9090"}})
	require.Equal(t, exitUsage, code)
	require.Contains(t, stderr, "-metrics-addr")

	taken := start(t, setting{args: []string{"-backend", "memory"}})
	code, _, stderr = execute(t, setting{args: []string{
		"-backend", "memory", "-addr", "127.0.0.1:0", "-metrics-addr", strings.TrimPrefix(taken.url, "http://"),
	}})
	require.Equal(t, exitFailed, code)
	require.Contains(t, stderr, "-metrics-addr")
}

// TestTheDocumentedMetrics compares docs/observability.md with a scrape, both ways.
func TestTheDocumentedMetrics(t *testing.T) {
	t.Parallel()

	s, _ := measured(t)

	text, err := os.ReadFile("../../docs/observability.md")
	require.NoError(t, err)

	documented := map[string]bool{}

	// Rows of tables that begin with the name in Prometheus.
	for _, match := range regexp.MustCompile("(?m)^\\| `((?:bulkimport|http_server)_[a-z_]+)` \\|").FindAllStringSubmatch(string(text), -1) {
		documented[match[1]] = true
	}

	existing := map[string]bool{}

	for name := range s.scrape(t) {
		if strings.HasPrefix(name, "bulkimport_") || strings.HasPrefix(name, "http_server_") {
			existing[name] = true
		}
	}

	require.Equal(t, slices.Sorted(maps.Keys(existing)), slices.Sorted(maps.Keys(documented)))
}
