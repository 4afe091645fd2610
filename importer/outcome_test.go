package importer_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/importer"
	"github.com/vyapaarai/bulkimport/jobstore"
)

const mixed = `name,brand,category,barcode,shelf
Maggi 2-Minute Noodles,Nestle,Snacks,8901058851298,A1
Tata Salt,Tata,Staples,8904043901015,A2
maggi  2 minute NOODLES,NESTLÉ,Snacks,,A3
Tata Salt Lite,Tata,Staples,08904043901015x,A4
,Amul,Dairy,8901262010016,A5
Tata Salt 1 kg,TATA,Staples,8904043901015,A6

Amul Butter,Amul,Dairy,,A7
`

func TestEveryRowEndsAsOneOutcome(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	job := e.imported(mixed, nil)

	require.Equal(t, jobstore.StatusCompletedWithErrors, job.Status)
	require.Equal(t, int64(7), job.Progress.TotalRows)
	require.True(t, job.Progress.TotalIsExact)
	require.Equal(t, int64(7), job.Progress.ProcessedRows)
	require.Equal(t, int64(3), job.Progress.Successful)
	require.Equal(t, int64(2), job.Progress.Duplicates)
	require.Equal(t, int64(2), job.Progress.Errors)
	require.Equal(t, map[string]int64{"barcode": 1, "name_brand": 1}, job.Progress.DuplicatesByTier)
	require.InDelta(t, 100, job.Progress.Percentage, 0)

	require.Len(t, job.RecentErrors, 2)
	require.Equal(t, int64(5), job.RecentErrors[0].Row)
	require.Equal(t, "Tata Salt Lite", job.RecentErrors[0].Name)
	require.Equal(t, "08904043901015x", job.RecentErrors[0].Barcode, "what is wrong is shown")
	require.Equal(t, int64(6), job.RecentErrors[1].Row)

	all := products(t, e.catalog)
	require.Len(t, all, 3)
	require.Equal(t, "nestle#maggi2minutenoodles", all[0].NameBrandKey)
	require.Equal(t, "admin_created", all[0].VerificationStatus)
	require.Equal(t, job.ID, all[0].Origin.JobID)
	require.Equal(t, int64(2), all[0].Origin.Row)
	require.Equal(t, 50, all[0].QualityScore)
	require.Equal(t, "Amul Butter", all[2].Name)
	require.Equal(t, int64(9), all[2].Origin.Row, "an empty line has a row number")
}

func TestResultsReportNamesTheProductOfEveryRow(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	job := e.imported(mixed, nil)
	all := products(t, e.catalog)

	lines := strings.Split(strings.TrimSpace(e.report(job.ID, importer.ReportResults)), "\n")
	require.Len(t, lines, 8)
	require.Equal(t, "row_number,outcome,product_id,matched_by,error_code,warnings,details", lines[0])
	require.True(t, strings.HasPrefix(lines[1], "2,successful,"+all[0].ID+","), lines[1])
	require.True(t, strings.HasPrefix(lines[3], "4,duplicate,"+all[0].ID+",name_brand,"), lines[3])
	require.True(t, strings.HasPrefix(lines[4], "5,error,,,"), lines[4])
	require.True(t, strings.HasPrefix(lines[6], "7,duplicate,"+all[1].ID+",barcode,"), lines[6])
}

func TestAFixedErrorReportCanBeUploadedAgain(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	job := e.imported(mixed, nil)
	report := e.report(job.ID, importer.ReportErrors)

	require.Contains(t, report, "row_number,error_code,error_message")
	require.Contains(t, report, "A4", "unknown columns are kept")
	require.Contains(t, report, "A5")
	require.NotContains(t, report, "A7")

	fixed := strings.Replace(report, "08904043901015x", "8904043901022", 1)
	fixed = strings.Replace(fixed, ",Amul,", "Amul Taaza,Amul,", 1)

	again := e.imported(fixed, nil)
	require.Equal(t, jobstore.StatusCompleted, again.Status, again.RecentErrors)
	require.Equal(t, int64(2), again.Progress.Successful)
	require.Empty(t, again.ErrorReportKey)
	require.Len(t, products(t, e.catalog), 5)
}

// Rows that were cleared in an error report are no rows.
func TestClearedRowsOfAReportAreNoRows(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	job := e.imported("name,category,row_number,error_code,error_message\nPoha,Staples,2,x,y\n,,3,name_missing,name is empty\n", nil)
	require.Equal(t, jobstore.StatusCompleted, job.Status, job.Failure)
	require.Equal(t, int64(1), job.Progress.TotalRows)
}

// Whoever imports a file without rows has most likely sent another than was meant.
func TestAFileWithoutRowsIsImportedWithAWarning(t *testing.T) {
	t.Parallel()

	for name, file := range map[string]string{
		"header alone":      "name,category\n",
		"no line's end":     "name,category",
		"blank rows":        "\n\nname,category\n\n,\n",
		"compressed":        zipped(t, "name,category\n"),
		"one row":           "name,brand,category\nPoha,Himgiri,Staples\n",
		"one row, in error": "name,category\n,Staples\n",
	} {
		job := newEngine(t).imported(file, nil)
		require.Nil(t, job.Failure, name)

		if job.Progress.TotalRows > 0 {
			require.Empty(t, job.Warnings, name)
			require.Contains(t, name, "one row")

			continue
		}

		require.Equal(t, jobstore.StatusCompleted, job.Status, name)
		require.Len(t, job.Warnings, 1, name)
		require.Equal(t, "rows_missing", job.Warnings[0].Code, name)
	}
}

// A long stretch without rows ends chunks too: its checkpoints are committed.
func TestBlankStretchesAreCommitted(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	e.workerOptions.ChunkBytes = 1 << 20
	job := e.imported("name,category\nPoha,Staples\n"+strings.Repeat("\n", 8<<20)+"Rava,Staples\n", nil)
	require.Equal(t, jobstore.StatusCompleted, job.Status, job.Failure)
	require.Equal(t, int64(2), job.Progress.Successful)
	require.Greater(t, job.Checkpoint.Segments, int64(6))
}

func TestFormulasAreNeutralisedAndComeBack(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	job := e.imported("name,category,note\n,Snacks,=cmd|' /C calc'!A0\n,Snacks,-5\n,Snacks,@x\n", nil)
	report := e.report(job.ID, importer.ReportErrors)

	require.Contains(t, report, "'=cmd")
	require.Contains(t, report, "'@x")
	require.Contains(t, report, ",-5,", "a plain number stays")

	second := e.imported(report, nil)
	require.Equal(t, report, e.report(second.ID, importer.ReportErrors), "a report of a report is the same")
}

func TestImportingAgainAddsOnlyWhatHasNoIdentity(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	const file = "name,brand,category\nParle-G,Parle,Biscuits\nLoose Rice,,Staples\n"

	require.Equal(t, int64(2), e.imported(file, nil).Progress.Successful)

	second := e.imported(file, nil)
	require.Equal(t, int64(1), second.Progress.Successful)
	require.Equal(t, int64(1), second.Progress.Duplicates)
	require.Len(t, products(t, e.catalog), 3)
}

func TestDuplicatesAreImportedWhenAskedFor(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	job := e.imported(mixed, &importer.OptionsPatch{SkipDuplicates: ptr(false)})

	require.Equal(t, int64(5), job.Progress.Successful)
	require.Zero(t, job.Progress.Duplicates)

	// The first holder of a key keeps it, so a later import finds that one.
	strict := e.imported("name,brand,category\nMaggi 2-Minute Noodles,Nestle,Snacks\n", nil)
	require.Equal(t, int64(1), strict.Progress.Duplicates)
	require.Contains(t, e.report(strict.ID, importer.ReportResults), products(t, e.catalog)[0].ID)
}

func TestBarcodeConflict(t *testing.T) {
	t.Parallel()

	const file = "name,brand,category,barcode\n" +
		"Parle-G,Parle,Biscuits,8901719101038\n" +
		"Parle G,Parle,Biscuits,8901719101045\n" + // other barcode, same name
		"PARLE G,Parle,Biscuits,\n" // no barcode, same name

	for name, test := range map[string]struct {
		conflict   string
		successful int64
	}{
		"duplicate": {"duplicate", 1},
		"distinct":  {"distinct", 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			patch := &importer.OptionsPatch{BarcodeConflict: &test.conflict}

			e := newEngine(t)
			job := e.imported(file, patch)
			require.Equal(t, test.successful, job.Progress.Successful)
			require.Equal(t, 3-test.successful, job.Progress.Duplicates)

			again := e.imported(file, patch)
			require.Equal(t, int64(3), again.Progress.Duplicates, "against the catalogue as within the file")

			// A chunk for each row: across chunks as within one.
			e = newEngine(t)
			e.workerOptions.ChunkRows = 1
			job = e.imported(file, patch)
			require.Equal(t, test.successful, job.Progress.Successful)
		})
	}
}

func TestOptionsReachTheProducts(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	e.imported("name,category,regional_names_in_mh\nPoha,Staples,पोहे|Pohe\nRava,Staples,\n", &importer.OptionsPatch{
		AutoVerify: ptr(true), DefaultRegion: ptr("in"),
	})

	all := products(t, e.catalog)
	require.Equal(t, "verified", all[0].VerificationStatus)
	require.Equal(t, "asha", all[0].CreatedBy)
	require.Len(t, all[0].RegionalNames, 1)
	require.NotEqual(t, []string{"IN"}, all[0].PrimaryRegions)
	require.Equal(t, []string{"IN"}, all[1].PrimaryRegions)
}
