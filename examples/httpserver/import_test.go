package main

import (
	"encoding/csv"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/examples/internal/api"
	"github.com/vyapaarai/bulkimport/internal/synthetic"
)

// shopCSV has two good rows, a duplicate by each of two tiers, and two in error,
// one of which has a cell that a spreadsheet would run.
const shopCSV = `name,category,brand,barcode,description,shelf
Maggi 2-Minute Noodles,Noodles,Nestlé,8901058851311,,A1
Tata Salt,Staples,Tata,8904043901015,,A2
Noodles,Noodles,,8901058851311,same barcode,A1
TATA  SALT,Staples,TATA,,same name and brand,A2
,Staples,Nobody,,=1+1,A3
Ghee,Dairy,Amul,8.90123E+12,,A4
`

func TestImport(t *testing.T) {
	t.Parallel()

	for name, args := range backends(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			s := start(t, setting{args: args})
			status := s.imported(t, strings.NewReader(shopCSV), `{}`)
			id := status["job_id"].(string)

			require.Equal(t, "completed_with_errors", status["status"])
			require.Equal(t, [3]int64{2, 2, 2}, counts(t, status))
			require.Equal(t, object{"barcode": 1.0, "image_hash": 0.0, "name_brand": 1.0}, status["duplicates_by_tier"])
			require.EqualValues(t, 2, status["quality"].(object)["count"])
			require.NotNil(t, status["timestamps"].(object)["started_at"])

			recent := status["recent_errors"].([]any)
			require.Len(t, recent, 2)
			require.EqualValues(t, 6, recent[0].(object)["row_number"])
			require.Equal(t, "name_missing", recent[0].(object)["error_code"])
			require.Equal(t, "Ghee", recent[1].(object)["name"])
			require.Equal(t, "barcode_scientific", recent[1].(object)["error_code"])

			for report, field := range map[string]string{"errors": "error_report_url", "results": "results_url"} {
				signed, bySignature := client{}.send(t, http.MethodGet, status[field].(string), nil)
				require.Equal(t, http.StatusOK, signed.StatusCode)
				require.Equal(t, `attachment; filename="products-`+report+`.csv"`, signed.Header.Get("Content-Disposition"))

				plain, byToken := s.send(t, http.MethodGet, s.url+api.Base+"/"+id+"/"+report, nil)
				require.Equal(t, http.StatusOK, plain.StatusCode)
				require.Equal(t, bySignature, byToken)
				require.Equal(t, signed.Header.Get("Content-Disposition"), plain.Header.Get("Content-Disposition"))
			}
		})
	}
}

// report returns the records of a report, without the byte order mark.
func (c client) report(t *testing.T, jobID, report string) [][]string {
	t.Helper()

	answer, text := c.send(t, http.MethodGet, c.url+api.Base+"/"+jobID+"/"+report, nil)
	require.Equal(t, http.StatusOK, answer.StatusCode)

	records, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\ufeff"))).ReadAll()
	require.NoError(t, err)

	return records
}

func TestReportsOfAnImport(t *testing.T) {
	t.Parallel()

	s := start(t, setting{args: []string{"-backend", "memory"}})
	id := s.imported(t, strings.NewReader(shopCSV), `{}`)["job_id"].(string)

	results := s.report(t, id, "results")
	require.Len(t, results, 7)
	require.Equal(t, []string{"2", "successful"}, results[1][:2])
	require.Equal(t, []string{"4", "duplicate", results[1][2], "barcode"}, results[3][:4])
	require.Equal(t, []string{"5", "duplicate", results[2][2], "name_brand"}, results[4][:4])

	failed := s.report(t, id, "errors")
	require.Len(t, failed, 3)
	require.Equal(t, []string{"name", "category", "brand", "barcode", "description", "shelf", "row_number", "error_code", "error_message"}, failed[0])
	require.Equal(t, []string{"", "Staples", "Nobody", "", "'=1+1", "A3", "6", "name_missing"}, failed[1][:8])
}

// TestFixUploadDone has the user fix the error report and upload it again.
func TestFixUploadDone(t *testing.T) {
	t.Parallel()

	s := start(t, setting{args: []string{"-data", t.TempDir()}})
	id := s.imported(t, strings.NewReader(shopCSV), `{}`)["job_id"].(string)

	_, report := s.send(t, http.MethodGet, s.url+api.Base+"/"+id+"/errors", nil)
	report = strings.Replace(report, ",Staples,Nobody", "Papad,Staples,Nobody", 1)
	report = strings.Replace(report, "8.90123E+12", "8901234567894", 1)

	status := s.imported(t, strings.NewReader(report), `{}`)
	require.Equal(t, "completed", status["status"], status)
	require.Equal(t, [3]int64{2, 0, 0}, counts(t, status))
	require.Nil(t, status["error_report_url"])

	for _, warning := range status["warnings"].([]any) {
		require.NotContains(t, warning.(object)["message"], "error_code", "the columns of the report are known")
	}
}

func TestTemplateImports(t *testing.T) {
	t.Parallel()

	s := start(t, setting{args: []string{"-backend", "memory"}})
	_, template := s.send(t, http.MethodGet, s.url+api.Base+"/template", nil)

	status := s.imported(t, strings.NewReader(template), `{"process_images":false}`)
	require.Equal(t, "completed", status["status"], status)
	require.Positive(t, counts(t, status)[0])
}

func TestASecondImportFindsThemAll(t *testing.T) {
	t.Parallel()

	s := start(t, setting{args: []string{"-data", t.TempDir()}})
	file := func() io.Reader { return synthetic.New(synthetic.Options{Rows: 3000}) }

	require.Equal(t, [3]int64{3000, 0, 0}, counts(t, s.imported(t, file(), `{}`)))
	require.Equal(t, [3]int64{0, 3000, 0}, counts(t, s.imported(t, file(), `{}`)))
	require.Equal(t, [3]int64{3000, 0, 0}, counts(t, s.imported(t, file(), `{"skip_duplicates":false}`)))
}

func TestProcessIsIdempotent(t *testing.T) {
	t.Parallel()

	s := start(t, setting{args: []string{"-backend", "memory"}})
	id := s.upload(t, strings.NewReader(shopCSV))
	body := fmt.Sprintf(`{"job_id":%q}`, id)

	s.process(t, id, `{}`)
	s.call(t, http.StatusOK, http.MethodPost, api.Base+"/process", body)
	first := s.await(t, id, ended)

	again := s.call(t, http.StatusOK, http.MethodPost, api.Base+"/process", body)
	require.Equal(t, "completed_with_errors", again["status"])
	require.Equal(t, first["completed_at"], s.status(t, id)["completed_at"], "nothing ran twice")
}

// bigFile is a file that takes long enough to be caught in the middle.
func bigFile() io.Reader { return synthetic.New(synthetic.Options{Rows: bigRows}) }

const bigRows = 20_000

// begun says that a part of the file is in.
func begun(status object) bool { return status["progress"].(object)["processed_rows"].(float64) > 0 }

func TestCancelWhileRunning(t *testing.T) {
	t.Parallel()

	s := start(t, setting{args: []string{"-data", t.TempDir()}})
	id := s.upload(t, bigFile())
	s.process(t, id, `{}`)

	running := s.await(t, id, begun)
	require.Equal(t, "processing", running["status"], "the file is too small for this test")
	require.Less(t, running["progress"].(object)["percentage"], 100.0)

	answer := s.call(t, http.StatusAccepted, http.MethodDelete, api.Base+"/"+id, "")
	require.Equal(t, "processing", answer["status"])

	status := s.await(t, id, ended)
	require.Equal(t, "cancelled", status["status"])
	require.Less(t, status["progress"].(object)["processed_rows"], float64(bigRows))
	require.NotEmpty(t, s.report(t, id, "results"))

	s.call(t, http.StatusOK, http.MethodDelete, api.Base+"/"+id, "")
}
