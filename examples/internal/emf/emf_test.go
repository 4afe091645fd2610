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

func job() *jobstore.Job {
	return &jobstore.Job{
		ID: "admin_import_20250106_abc", Type: jobstore.TypeAdminProductImport, Status: jobstore.StatusCompletedWithErrors,
		StartedAt: noon.Add(-90 * time.Second), CompletedAt: noon,
		Progress: jobstore.Progress{ProcessedRows: 200, Successful: 150, Duplicates: 40, Errors: 10},
	}
}

func TestJobEnded(t *testing.T) {
	t.Parallel()

	lines := written(t, func(m *emf.Metrics) error { return m.JobEnded(job()) })
	require.Len(t, lines, 1)

	line := lines[0]
	aws := line["_aws"].(map[string]any)
	delete(line, "_aws")

	require.Equal(t, map[string]any{
		"Stage": "prod", "JobType": "admin_product_import", "job_id": "admin_import_20250106_abc", "status": "completed_with_errors",
		"JobsEnded": 1.0, "JobsFailed": 0.0, "JobDuration": 90.0, "ErrorRate": 5.0,
		"RowsProcessed": 200.0, "RowsSuccessful": 150.0, "RowsDuplicate": 40.0, "RowsInError": 10.0,
	}, line)

	require.InEpsilon(t, float64(noon.UnixMilli()), aws["Timestamp"], 0)

	sets := aws["CloudWatchMetrics"].([]any)
	require.Len(t, sets, 1)

	set := sets[0].(map[string]any)
	require.Equal(t, "BulkImport", set["Namespace"])
	require.Equal(t, []any{[]any{"Stage"}, []any{"Stage", "JobType"}}, set["Dimensions"])
}

func TestJobFailed(t *testing.T) {
	t.Parallel()

	failed := job()
	failed.Status = jobstore.StatusFailed
	failed.StartedAt = time.Time{}
	failed.Progress = jobstore.Progress{}

	line := written(t, func(m *emf.Metrics) error { return m.JobEnded(failed) })[0]

	require.InDelta(t, 1.0, line["JobsFailed"], 0)
	require.NotContains(t, line, "JobDuration", "a job that never started has no duration")
	require.NotContains(t, line, "ErrorRate", "nothing is no rate, and no NaN")
}

// What Definitions says and what is written are the same: alarms on a metric that nobody
// writes never ring.
func TestDefinitionsAreWhatIsWritten(t *testing.T) {
	t.Parallel()

	lines := slices.Concat(
		written(t, func(m *emf.Metrics) error { return m.JobEnded(job()) }),
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
