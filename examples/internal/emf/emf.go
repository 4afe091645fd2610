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

	"github.com/vyapaarai/bulkimport/importer/notify"
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

// EnvStage is the variable of the environment by which programs are told their stage.
const EnvStage = "STAGE"

// The metrics of a job, written when it has ended. One that was retried ends, and is
// written, once more.
const (
	// JobsEnded counts ends of jobs, JobsFailed those of jobs that failed after a worker
	// had begun with them.
	JobsEnded  = "JobsEnded"
	JobsFailed = "JobsFailed"
	// JobsRefused counts jobs whose file could not be imported at all, so that no worker
	// began: that is the owner's business, and none of JobsFailed.
	JobsRefused = "JobsRefused"
	// JobDuration is from when a worker began with the job until its end, in seconds; for
	// a job that was retried, from when one began after the last retry. Not written for a
	// job that no worker began with.
	JobDuration = "JobDuration"
	// RowsProcessed is the sum of the three after it. All four count the rows of the whole
	// file, and are written only where the job has come to the end of it (it completed,
	// with errors or without). That happens once to a job, however often it failed or was
	// cancelled and was retried, so no row counts twice; rows of a job that stays failed
	// or cancelled do not count.
	RowsProcessed  = "RowsProcessed"
	RowsSuccessful = "RowsSuccessful"
	RowsDuplicate  = "RowsDuplicate"
	RowsInError    = "RowsInError"
	// ErrorRate is RowsInError of RowsProcessed in percent; written with them, but not for
	// a job without rows.
	ErrorRate = "ErrorRate"
)

// The metrics of a run of a job, of which a job may take several.
const (
	// RunsFailed counts runs that ended in an error of what they need: those that are
	// repeated, and the one that was one too many and failed its job.
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

// JobEnded writes the metrics of the end of a job, as its event tells it. history is the
// status history of the job, which may have gone on since.
func (m *Metrics) JobEnded(e *notify.Event, history []jobstore.StatusChange) error {
	status := jobstore.Status(e.Status)
	failed := status == jobstore.StatusFailed
	refused := failed && e.StartedAt.IsZero()

	metrics := []metric{
		{JobsEnded, unitCount, 1},
		{JobsFailed, unitCount, oneIf(failed && !refused)},
		{JobsRefused, unitCount, oneIf(refused)},
	}

	if began, ok := begunAt(history, e.CompletedAt); ok {
		metrics = append(metrics, metric{JobDuration, unitSeconds, max(0, e.CompletedAt.Sub(began).Seconds())})
	}

	if status == jobstore.StatusCompleted || status == jobstore.StatusCompletedWithErrors {
		rows := e.Successful + e.Duplicates + e.Errors

		metrics = append(metrics,
			metric{RowsProcessed, unitCount, float64(rows)},
			metric{RowsSuccessful, unitCount, float64(e.Successful)},
			metric{RowsDuplicate, unitCount, float64(e.Duplicates)},
			metric{RowsInError, unitCount, float64(e.Errors)})

		if rows > 0 {
			metrics = append(metrics, metric{ErrorRate, unitPercent, 100 * float64(e.Errors) / float64(rows)})
		}
	}

	return m.write(e.JobType, metrics, map[string]any{"job_id": e.JobID, "status": e.Status})
}

// begunAt returns when a worker began with the job that ended at a time: the last time
// before that it went from queued to processing. That happens once after its start and after
// each retry. ok is false where no worker began.
func begunAt(history []jobstore.StatusChange, ended time.Time) (began time.Time, ok bool) {
	found := false

	for _, change := range slices.Backward(history) {
		switch {
		case change.Status.Terminal():
			if found {
				return time.Time{}, false // of an end before
			}

			found = change.At.Equal(ended)
		case found && change.Status == jobstore.StatusProcessing:
			return change.At, true
		}
	}

	return time.Time{}, false
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
		{JobsEnded, unitCount}, {JobsFailed, unitCount}, {JobsRefused, unitCount}, {JobDuration, unitSeconds},
		{RowsProcessed, unitCount}, {RowsSuccessful, unitCount}, {RowsDuplicate, unitCount}, {RowsInError, unitCount},
		{ErrorRate, unitPercent},
	} {
		definitions = append(definitions, Definition{d.Name, d.Unit, [][]string{stage, both}})
	}

	slices.SortFunc(definitions, func(a, b Definition) int { return strings.Compare(a.Name, b.Name) })

	return definitions
}
