package importer_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/importer"
	"github.com/vyapaarai/bulkimport/jobstore"
)

// A row of which every value is within its limit, and which is too large as a product
// nevertheless, costs itself and nothing else.
func TestRowTooLarge(t *testing.T) {
	t.Parallel()

	const regions = 8

	var (
		e       = newEngine(t)
		header  = []string{"name", "category"}
		regular = []string{"Maggi", "Noodles"}
		large   = []string{"Kissan", "Jam"}
	)

	for region := range regions {
		header = append(header, fmt.Sprintf("regional_names_IN-%02d", region))
		regular = append(regular, "मॅगी")

		var names []string
		for n := range 50 {
			names = append(names, fmt.Sprintf("%02d", n)+strings.Repeat("ज", 400))
		}

		large = append(large, strings.Join(names, "|"))
	}

	job := e.imported(strings.Join([]string{
		strings.Join(header, ","), strings.Join(regular, ","), strings.Join(large, ","), strings.Join(regular, ","),
	}, "\n"), nil)

	require.Equal(t, jobstore.StatusCompletedWithErrors, job.Status, job.Failure)
	require.EqualValues(t, 2, job.Progress.Successful)
	require.EqualValues(t, 1, job.Progress.Errors)
	require.Equal(t, "row_too_large", job.RecentErrors[0].Code)
	require.Contains(t, e.report(job.ID, importer.ReportErrors), "the row needs")
	require.Len(t, products(t, e.catalog), 2)
}
