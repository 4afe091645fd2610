package emf_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/examples/internal/emf"
	"github.com/vyapaarai/bulkimport/importer/notify"
	"github.com/vyapaarai/bulkimport/jobstore"
)

var noon = time.Date(2025, time.January, 6, 12, 0, 0, 0, time.UTC)

// written returns the lines that use writes, decoded.
func written(t *testing.T, use func(*emf.Metrics) error) []map[string]any {
	t.Helper()

	var out bytes.Buffer

	require.NoError(t, use(emf.New(&out, "prod", func() time.Time { return noon })))
	require.True(t, strings.HasSuffix(out.String(), "\n"))

	var lines []map[string]any

	for text := range strings.Lines(out.String()) {
		var line map[string]any

		require.NoError(t, json.Unmarshal([]byte(text), &line), text)
		lines = append(lines, line)
	}

	return lines
}

// ended is the end of a job, 90 seconds after a worker began.
func ended() (*notify.Event, []jobstore.StatusChange) {
	return &notify.Event{
			JobID: "admin_import_20250106_abc", JobType: "admin_product_import", Status: "completed_with_errors",
			Successful: 150, Duplicates: 40, Errors: 10, StartedAt: noon.Add(-90 * time.Second), CompletedAt: noon,
		}, []jobstore.StatusChange{
			{Status: jobstore.StatusPendingUpload, At: noon.Add(-time.Hour)},
			{Status: jobstore.StatusQueued, At: noon.Add(-100 * time.Second)},
			{Status: jobstore.StatusProcessing, At: noon.Add(-90 * time.Second)},
			{Status: jobstore.StatusCompletedWithErrors, At: noon},
		}
}

// lineOf returns the line of an end.
func lineOf(t *testing.T, e *notify.Event, history []jobstore.StatusChange) map[string]any {
	t.Helper()

	lines := written(t, func(m *emf.Metrics) error { return m.JobEnded(e, history) })
	require.Len(t, lines, 1)

	return lines[0]
}

func TestJobEnded(t *testing.T) {
	t.Parallel()

	event, history := ended()
	line := lineOf(t, event, history)
	aws := line["_aws"].(map[string]any)
	delete(line, "_aws")

	require.Equal(t, map[string]any{
		"Stage": "prod", "JobType": "admin_product_import", "job_id": "admin_import_20250106_abc", "status": "completed_with_errors",
		"JobsEnded": 1.0, "JobsFailed": 0.0, "JobsRefused": 0.0, "JobDuration": 90.0, "ErrorRate": 5.0,
		"RowsProcessed": 200.0, "RowsSuccessful": 150.0, "RowsDuplicate": 40.0, "RowsInError": 10.0,
	}, line)

	require.InEpsilon(t, float64(noon.UnixMilli()), aws["Timestamp"], 0)

	sets := aws["CloudWatchMetrics"].([]any)
	require.Len(t, sets, 1)

	set := sets[0].(map[string]any)
	require.Equal(t, "BulkImport", set["Namespace"])
	require.Equal(t, []any{[]any{"Stage"}, []any{"Stage", "JobType"}}, set["Dimensions"])
}

// A file that cannot be imported at all is its owner's business, and no failure.
func TestJobRefused(t *testing.T) {
	t.Parallel()

	line := lineOf(t, &notify.Event{JobID: "a", JobType: "admin_product_import", Status: "failed", CompletedAt: noon}, []jobstore.StatusChange{
		{Status: jobstore.StatusPendingUpload, At: noon.Add(-time.Hour)},
		{Status: jobstore.StatusQueued, At: noon},
		{Status: jobstore.StatusFailed, At: noon},
	})

	require.InDelta(t, 1.0, line["JobsEnded"], 0)
	require.InDelta(t, 0.0, line["JobsFailed"], 0)
	require.InDelta(t, 1.0, line["JobsRefused"], 0)
	require.NotContains(t, line, "JobDuration", "a job that never started has no duration")
	require.NotContains(t, line, "ErrorRate", "nothing is no rate, and no NaN")
}

// A job that failed, was retried a day later and completed: its rows count once, and the
// day in between is nobody's work.
func TestJobRetried(t *testing.T) {
	t.Parallel()

	event, history := ended()
	event.Status, history[3].Status = "failed", jobstore.StatusFailed

	line := lineOf(t, event, history)
	require.InDelta(t, 1.0, line["JobsFailed"], 0)
	require.InDelta(t, 0.0, line["JobsRefused"], 0)
	require.InDelta(t, 90.0, line["JobDuration"], 0)

	for _, metric := range []string{"RowsProcessed", "RowsSuccessful", "RowsDuplicate", "RowsInError", "ErrorRate"} {
		require.NotContains(t, line, metric, "they are counted when the job completes")
	}

	failed := *event
	tomorrow := noon.Add(24 * time.Hour)
	event.Status, event.CompletedAt, event.Successful = "completed_with_errors", tomorrow.Add(30*time.Second), 350

	history = append(history,
		jobstore.StatusChange{Status: jobstore.StatusQueued, At: tomorrow.Add(-time.Second)},
		jobstore.StatusChange{Status: jobstore.StatusProcessing, At: tomorrow},
		jobstore.StatusChange{Status: jobstore.StatusCompletedWithErrors, At: event.CompletedAt})

	line = lineOf(t, event, history)
	require.InDelta(t, 30.0, line["JobDuration"], 0)
	require.InDelta(t, 400.0, line["RowsProcessed"], 0)
	require.InDelta(t, 2.5, line["ErrorRate"], 0)

	// The first end, told late: it stays what it was.
	line = lineOf(t, &failed, history)
	require.InDelta(t, 90.0, line["JobDuration"], 0)
	require.InDelta(t, 1.0, line["JobsFailed"], 0)
}

func TestJobWithoutRows(t *testing.T) {
	t.Parallel()

	event, history := ended()
	event.Successful, event.Duplicates, event.Errors = 0, 0, 0

	line := lineOf(t, event, history)
	require.InDelta(t, 0.0, line["RowsProcessed"], 0)
	require.NotContains(t, line, "ErrorRate", "nothing is no rate, and no NaN")
}

// What Definitions says and what is written are the same: alarms on a metric that nobody
// writes never ring.
func TestDefinitionsAreWhatIsWritten(t *testing.T) {
	t.Parallel()

	event, history := ended()
	lines := slices.Concat(
		written(t, func(m *emf.Metrics) error { return m.JobEnded(event, history) }),
		written(t, func(m *emf.Metrics) error { return m.RunEnded("job", time.Second, true) }),
		written(t, func(m *emf.Metrics) error { return m.Swept(3) }),
		written(t, func(m *emf.Metrics) error { return m.ImagesSwept(3, true) }),
		written(t, (*emf.Metrics).LegacyUsed),
	)

	var found []emf.Definition

	for _, line := range lines {
		for _, s := range line["_aws"].(map[string]any)["CloudWatchMetrics"].([]any) {
			set := s.(map[string]any)

			var dimensions [][]string

			for _, d := range set["Dimensions"].([]any) {
				var names []string

				for _, name := range d.([]any) {
					require.IsType(t, "", line[name.(string)], "a dimension's value is a string")
					names = append(names, name.(string))
				}

				dimensions = append(dimensions, names)
			}

			for _, d := range set["Metrics"].([]any) {
				definition := d.(map[string]any)
				name := definition["Name"].(string)

				require.IsType(t, 0.0, line[name], "metric %s has a value", name)
				found = append(found, emf.Definition{Name: name, Unit: definition["Unit"].(string), Dimensions: dimensions})
			}
		}
	}

	require.ElementsMatch(t, emf.Definitions(), found)
}

type brokenWriter struct{}

var errBroken = errors.New("broken")

func (brokenWriter) Write([]byte) (int, error) { return 0, errBroken }

var _ io.Writer = brokenWriter{}

func TestErrorsOfTheWriterAreTold(t *testing.T) {
	t.Parallel()

	require.ErrorIs(t, emf.New(brokenWriter{}, "prod", time.Now).Swept(1), errBroken)
}
