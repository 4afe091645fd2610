// Package emf writes metrics as lines of the log, in the embedded metric format of
// CloudWatch: each line is a JSON object whose member "_aws" says which of the others are
// metrics, and CloudWatch makes metrics of them when it takes the line in. That costs no
// call of an API, and the line stays in the log with what belongs to it.
//
// The alarms of examples/aws/template.yaml are on these metrics; a test of package
// examples/aws holds the two together.
package emf

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/vyapaarai/bulkimport/jobstore"
)

// Namespace is the namespace of all metrics.
const Namespace = "BulkImport"

// The dimensions. Every metric has Stage alone; those of jobs also have Stage with
// JobType.
const (
	DimensionStage   = "Stage"
	DimensionJobType = "JobType"
)

// The metrics of a job, written when it has ended.
const (
	// JobsEnded counts jobs that have ended, JobsFailed those that have failed.
	JobsEnded  = "JobsEnded"
	JobsFailed = "JobsFailed"
	// JobDuration is from the job's start to its end, in seconds.
	JobDuration = "JobDuration"
	// RowsProcessed is the sum of the three after it.
	RowsProcessed  = "RowsProcessed"
	RowsSuccessful = "RowsSuccessful"
	RowsDuplicate  = "RowsDuplicate"
	RowsInError    = "RowsInError"
	// ErrorRate is RowsInError of RowsProcessed in percent; not written for a job without
	// rows.
	ErrorRate = "ErrorRate"
)

// The metrics of a run of a job, of which a job may take several.
const (
	// RunsFailed counts runs that ended in an error of what they need, and are repeated.
	RunsFailed = "RunsFailed"
	// RunDuration is in seconds.
	RunDuration = "RunDuration"
)

// The metric of a sweep.
const (
	// JobsRedispatched counts jobs without a worker that got a message anew.
	JobsRedispatched = "JobsRedispatched"
)

// The metrics of a sweep of images.
const (
	// ImagesRemoved counts images that no product showed.
	ImagesRemoved = "ImagesRemoved"
	// ImageSweepsFailed counts sweeps that ended in an error.
	ImageSweepsFailed = "ImageSweepsFailed"
)

// LegacyRequests counts requests of the deprecated import of products in one request, by
// which one sees whether anybody is left to move.
const LegacyRequests = "LegacyRequests"

// Metrics writes metrics. It is safe for concurrent use.
type Metrics struct {
	stage string
	now   func() time.Time

	mu  sync.Mutex
	out io.Writer
}

// New returns Metrics of a stage, such as "prod", that are written to out, each line by
// one call of Write. now is the clock.
func New(out io.Writer, stage string, now func() time.Time) *Metrics {
	return &Metrics{out: out, stage: stage, now: now}
}

// metric is one value.
type metric struct {
	name, unit string
	value      float64
}

// The units, as CloudWatch calls them.
const (
	unitCount   = "Count"
	unitSeconds = "Seconds"
	unitPercent = "Percent"
)

// JobEnded writes the metrics of a job that has ended.
func (m *Metrics) JobEnded(j *jobstore.Job) error {
	metrics := []metric{
		{JobsEnded, unitCount, 1},
		{JobsFailed, unitCount, oneIf(j.Status == jobstore.StatusFailed)},
		{RowsProcessed, unitCount, float64(j.Progress.ProcessedRows)},
		{RowsSuccessful, unitCount, float64(j.Progress.Successful)},
		{RowsDuplicate, unitCount, float64(j.Progress.Duplicates)},
		{RowsInError, unitCount, float64(j.Progress.Errors)},
	}

	if !j.StartedAt.IsZero() && !j.CompletedAt.IsZero() {
		metrics = append(metrics, metric{JobDuration, unitSeconds, max(0, j.CompletedAt.Sub(j.StartedAt).Seconds())})
	}

	if rows := j.Progress.ProcessedRows; rows > 0 {
		metrics = append(metrics, metric{ErrorRate, unitPercent, 100 * float64(j.Progress.Errors) / float64(rows)})
	}

	return m.write(string(j.Type), metrics, map[string]any{"job_id": j.ID, "status": j.Status})
}

// RunEnded writes the metrics of one run of a job.
func (m *Metrics) RunEnded(jobID string, took time.Duration, failed bool) error {
	return m.write("", []metric{
		{RunsFailed, unitCount, oneIf(failed)},
		{RunDuration, unitSeconds, max(0, took.Seconds())},
	}, map[string]any{"job_id": jobID})
}

// Swept writes the metric of a sweep.
func (m *Metrics) Swept(redispatched int) error {
	return m.write("", []metric{{JobsRedispatched, unitCount, float64(redispatched)}}, nil)
}

// ImagesSwept writes the metrics of a sweep of images, which may have removed some before
// it failed.
func (m *Metrics) ImagesSwept(removed int, failed bool) error {
	return m.write("", []metric{
		{ImagesRemoved, unitCount, float64(removed)},
		{ImageSweepsFailed, unitCount, oneIf(failed)},
	}, nil)
}

// LegacyUsed writes the metric of one request of the deprecated import of products in a
// request.
func (m *Metrics) LegacyUsed() error {
	return m.write("", []metric{{LegacyRequests, unitCount, 1}}, nil)
}

func oneIf(condition bool) float64 {
	if condition {
		return 1
	}

	return 0
}

// directive is the member "_aws" of a line.
type directive struct {
	Timestamp         int64       `json:"Timestamp"` // milliseconds since 1970
	CloudWatchMetrics []metricSet `json:"CloudWatchMetrics"`
}

type metricSet struct {
	Namespace  string       `json:"Namespace"`
	Dimensions [][]string   `json:"Dimensions"`
	Metrics    []definition `json:"Metrics"`
}

type definition struct {
	Name string `json:"Name"`
	Unit string `json:"Unit"`
}

// write writes one line. Without a job type the metrics have the dimension Stage alone.
// fields are what else the line says, and no metric.
func (m *Metrics) write(jobType string, metrics []metric, fields map[string]any) error {
	set := metricSet{Namespace: Namespace, Dimensions: [][]string{{DimensionStage}}}

	line := map[string]any{}
	maps.Copy(line, fields)
	line[DimensionStage] = m.stage

	if jobType != "" {
		set.Dimensions = append(set.Dimensions, []string{DimensionStage, DimensionJobType})
		line[DimensionJobType] = jobType
	}

	for _, metric := range metrics {
		set.Metrics = append(set.Metrics, definition{metric.name, metric.unit})
		line[metric.name] = metric.value
	}

	line["_aws"] = directive{Timestamp: m.now().UnixMilli(), CloudWatchMetrics: []metricSet{set}}

	text, err := json.Marshal(line)
	if err != nil {
		return fmt.Errorf("emf: encode metrics: %w", err)
	}

	m.mu.Lock()
	defer m.mu.Unlock()

	if _, err := m.out.Write(append(text, '\n')); err != nil {
		return fmt.Errorf("emf: write metrics: %w", err)
	}

	return nil
}

// Definition is a metric that this package writes, with all its sets of dimensions.
type Definition struct {
	Name       string
	Unit       string
	Dimensions [][]string
}

// Definitions returns every metric there is, by name: what alarms and dashboards may ask for.
func Definitions() []Definition {
	stage, both := []string{DimensionStage}, []string{DimensionStage, DimensionJobType}

	definitions := []Definition{
		{RunsFailed, unitCount, [][]string{stage}},
		{RunDuration, unitSeconds, [][]string{stage}},
		{JobsRedispatched, unitCount, [][]string{stage}},
		{ImagesRemoved, unitCount, [][]string{stage}},
		{ImageSweepsFailed, unitCount, [][]string{stage}},
		{LegacyRequests, unitCount, [][]string{stage}},
	}

	for _, d := range []definition{
		{JobsEnded, unitCount}, {JobsFailed, unitCount}, {JobDuration, unitSeconds}, {RowsProcessed, unitCount},
		{RowsSuccessful, unitCount}, {RowsDuplicate, unitCount}, {RowsInError, unitCount}, {ErrorRate, unitPercent},
	} {
		definitions = append(definitions, Definition{d.Name, d.Unit, [][]string{stage, both}})
	}

	slices.SortFunc(definitions, func(a, b Definition) int { return strings.Compare(a.Name, b.Name) })

	return definitions
}
