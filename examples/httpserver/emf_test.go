package main

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/examples/internal/api"
	"github.com/vyapaarai/bulkimport/examples/internal/emf"
)

// metricLines returns the lines of metrics, and requires that there is nothing else.
func metricLines(t *testing.T, output string) []object {
	t.Helper()

	var lines []object

	for text := range strings.Lines(output) {
		line := parseObject(t, text)
		require.Contains(t, line, "_aws")

		lines = append(lines, line)
	}

	return lines
}

func TestMetricsForCloudWatch(t *testing.T) {
	t.Parallel()

	for backend, args := range backends(t) {
		t.Run(backend, func(t *testing.T) {
			t.Parallel()

			s := start(t, setting{args: append(args, "-emf"), env: map[string]string{emf.EnvStage: "test"}})

			id := s.imported(t, strings.NewReader(shopCSV), `{}`)["job_id"].(string)

			refused := s.upload(t, strings.NewReader("nonsense\n1\n"))
			s.call(t, http.StatusUnprocessableEntity, http.MethodPost, api.Base+"/process", `{"job_id":"`+refused+`"}`)
			s.await(t, refused, ended)
			require.Equal(t, exitOK, s.stop())

			lines := metricLines(t, s.output.String())
			require.Len(t, lines, 2)

			require.Equal(t, id, lines[0]["job_id"])
			require.Equal(t, "test", lines[0][emf.DimensionStage])
			require.EqualValues(t, 6, lines[0][emf.RowsProcessed])
			require.EqualValues(t, 0, lines[0][emf.JobsRefused])

			require.Equal(t, refused, lines[1]["job_id"])
			require.EqualValues(t, 1, lines[1][emf.JobsRefused])
			require.EqualValues(t, 0, lines[1][emf.JobsFailed])
		})
	}
}

// Nobody asked for them: the output is the greeting's alone.
func TestNoMetricsUnasked(t *testing.T) {
	t.Parallel()

	s := start(t, setting{args: []string{"-backend", "memory"}, env: map[string]string{emf.EnvStage: "test"}})
	s.imported(t, strings.NewReader(shopCSV), `{}`)
	require.Equal(t, exitOK, s.stop())
	require.Empty(t, s.output.String())
}

// Without a stage no alarm would see them.
func TestMetricsNeedAStage(t *testing.T) {
	t.Parallel()

	code, stdout, stderr := execute(t, setting{args: []string{"-backend", "memory", "-emf"}})
	require.Equal(t, exitUsage, code)
	require.Empty(t, stdout)
	require.Contains(t, stderr, "-emf needs STAGE")
}
