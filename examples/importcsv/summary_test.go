package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/jobstore"
)

func TestWarningsOfSummary(t *testing.T) {
	t.Parallel()

	var out strings.Builder

	require.NoError(t, writeSummary(&out, &fileImport{file: "shop.csv", job: jobstore.Job{
		Status: jobstore.StatusCompleted,
		Warnings: []jobstore.Warning{
			{Message: "barcode is all zeros", Count: 1, Rows: []int64{2}},
			{Message: "The address does not answer.", Count: 2, Rows: []int64{3, 4}},
			{Message: "There are more than 100 kinds of warnings.", Count: 30, Rows: []int64{5}},
			{Message: "UTF-16 is assumed"},
			{Message: "X"},
			{},
		},
	}}))

	var warnings []string

	for line := range strings.Lines(out.String()) {
		if text, ok := strings.CutPrefix(line, "  warning    "); ok {
			warnings = append(warnings, strings.TrimSuffix(text, "\n"))
		}
	}

	require.Equal(t, []string{
		"barcode is all zeros (row 2)",
		"the address does not answer (rows 3, 4)",
		"there are more than 100 kinds of warnings (30 times, in rows 5, ...)",
		"UTF-16 is assumed",
		"X",
		"",
	}, warnings)
}
