package importer_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/importer"
	"github.com/vyapaarai/bulkimport/jobstore"
)

// actions returns what was done with a job, without the times.
func actions(j jobstore.Job) []string {
	var lines []string

	for _, a := range j.Audit {
		by := a.By
		if strings.HasPrefix(by, "w-") {
			by = "a worker"
		}

		lines = append(lines, strings.TrimSuffix(fmt.Sprintf("%s: %s (%s)", by, a.Action, a.Detail), " ()"))
	}

	return lines
}

func TestAudit(t *testing.T) {
	t.Parallel()

	t.Run("to the end", func(t *testing.T) {
		t.Parallel()

		e := newEngine(t)
		job := e.imported(twoProducts, &importer.OptionsPatch{SkipDuplicates: ptr(false), DefaultRegion: ptr("in")})

		require.Equal(t, []string{
			"asha: upload_created (products.csv)",
			"asha: started (default_region=IN skip_duplicates=false)",
			"a worker: begun",
			"w: ended (completed: 2 rows, 2 successful, 0 duplicates, 0 errors)",
		}, actions(job))
		require.Equal(t, e.clock.Now(), job.Audit[0].At)
	})

	t.Run("of a kind with defaults of its own", func(t *testing.T) {
		t.Parallel()

		e := newStoreEngine(t)
		file := "name,category,quantity\nTea,Food,4\n"

		require.Equal(t, "asha: started", actions(e.imported(file, nil))[1])
		require.Equal(t, "asha: started (barcode_conflict=distinct)",
			actions(e.imported(file, &importer.OptionsPatch{BarcodeConflict: ptr("distinct")}))[1])
	})

	t.Run("cancelled while it runs, and retried", func(t *testing.T) {
		t.Parallel()

		e := newEngine(t)
		id := e.queued(manyRows(40), nil)
		e.runDoomed(id, 9, crashAfter)
		e.clock.advance(time.Hour)

		root := importer.Caller{UserID: "root", SeesAll: true}
		_, err := e.service().Cancel(t.Context(), root, id)
		require.NoError(t, err)
		_, err = e.service().Cancel(t.Context(), root, id)
		require.NoError(t, err)

		e.run(id)
		done := e.job(id).Progress
		e.retried(id)

		got := actions(e.job(id))
		require.Equal(t, []string{
			"asha: upload_created (products.csv)", "asha: started", "a worker: begun", "root: cancel_requested",
			fmt.Sprintf("root: ended (cancelled: %d rows, %d successful, %d duplicates, %d errors)",
				done.ProcessedRows, done.Successful, done.Duplicates, done.Errors),
			fmt.Sprintf("asha: retried (cancelled, after %d rows)", done.ProcessedRows),
		}, got)
	})

	t.Run("refused", func(t *testing.T) {
		t.Parallel()

		e := newEngine(t)
		id := e.upload("a,b\n1,2\n")
		_, err := e.service().Process(t.Context(), owner, id, nil)
		require.ErrorIs(t, err, importer.ErrBadFile)
		require.Equal(t, []string{"asha: upload_created (products.csv)", "asha: refused (column_missing)"}, actions(e.job(id)))
	})

	t.Run("cancelled before its start", func(t *testing.T) {
		t.Parallel()

		e := newEngine(t)
		id := e.upload("")
		_, err := e.service().Cancel(t.Context(), owner, id)
		require.NoError(t, err)
		require.Equal(t, "asha: cancelled", actions(e.job(id))[1])
	})
}

func TestErrorCodes(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	job := e.imported("name,category,barcode\n,Food,\n,Food,\n,,8901030875391\nSalt,Food,12\nAtta,Food,8901030875391\n", nil)
	require.Equal(t, map[string]int64{"name_missing": 3, "category_missing": 1, "barcode_too_short": 1}, job.Progress.ErrorCodes)
	require.EqualValues(t, 4, job.Progress.Errors, "a row counts under each of its codes")
}
