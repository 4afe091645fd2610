package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"

	"github.com/vyapaarai/bulkimport/importer"
	"github.com/vyapaarai/bulkimport/jobstore"
	"github.com/vyapaarai/bulkimport/quality"
)

type validateRequest struct {
	JobID   string          `json:"job_id"`
	Rows    json.RawMessage `json:"rows"`
	Options json.RawMessage `json:"options"`
}

type validateAnswer struct {
	Success     bool   `json:"success"`
	JobID       string `json:"job_id"`
	RowsChecked int64  `json:"rows_checked"`
	// Complete says that these are all rows of the file.
	Complete         bool                 `json:"complete"`
	EstimatedRows    int64                `json:"estimated_rows"`
	Columns          []columnView         `json:"columns"`
	Outcomes         outcomesView         `json:"outcomes"`
	DuplicatesByTier map[string]int64     `json:"duplicates_by_tier"`
	ErrorCodes       []codeCountView      `json:"error_codes"`
	Errors           []rowErrorView       `json:"errors"`
	Warnings         []warningView        `json:"warnings"`
	Quality          quality.Distribution `json:"quality"`
	// Inventory is null for products.
	Inventory *inventoryView `json:"inventory"`
	// Failure says how the import would fail behind these rows; mostly null.
	Failure *failureView `json:"failure"`
}

type columnView struct {
	Position int                   `json:"position"`
	Header   string                `json:"header"`
	Column   string                `json:"column"`
	Status   importer.ColumnStatus `json:"status"`
	Samples  []string              `json:"samples"`
}

type outcomesView struct {
	Successful int64 `json:"successful"`
	Duplicates int64 `json:"duplicates"`
	Errors     int64 `json:"errors"`
}

// validate tells what an import would do, and writes nothing.
func (a *api) validate(w http.ResponseWriter, r *http.Request, c importer.Caller) error {
	request, err := readValidate(w, r)
	if err != nil {
		return err
	}

	v, err := a.validator.Validate(r.Context(), c, request)
	if err != nil {
		return noFileIsConflict(withColumns(err))
	}

	scores, err := quality.DistributionOf(v.Progress.Quality, v.Progress.QualitySum)
	if err != nil {
		return err
	}

	answer := validateAnswer{
		Success: true, JobID: v.JobID, RowsChecked: v.Progress.ProcessedRows, Complete: v.Complete, EstimatedRows: v.EstimatedRows,
		Columns:          columnsOf(v.Columns),
		Outcomes:         outcomesView{v.Progress.Successful, v.Progress.Duplicates, v.Progress.Errors},
		DuplicatesByTier: tiersOf(v.Progress.DuplicatesByTier),
		ErrorCodes:       codesOf(v.Progress.ErrorCodes),
		Errors:           rowErrorsOf(v.Errors),
		Warnings:         warningsOf(v.Warnings),
		Quality:          scores,
		Failure:          (*failureView)(v.Failure),
	}

	if areaOf(r).jobType == jobstore.TypeStoreInventoryUpload {
		counts := inventoryView(v.Progress.Inventory)
		answer.Inventory = &counts
	}

	a.answer(w, r, http.StatusOK, answer)

	return nil
}

func columnsOf(columns []importer.ValidatedColumn) []columnView {
	views := make([]columnView, len(columns))
	for i, column := range columns {
		views[i] = columnView(column)
	}

	return views
}

// withColumns adds to the error of a file whose columns do not do what they are.
func withColumns(err error) error {
	var header *importer.HeaderError

	p := problemOf(err)
	if p == nil || !errors.As(err, &header) {
		return err
	}

	p.columns, p.missing = columnsOf(header.Columns), header.Missing

	return p
}

func readValidate(w http.ResponseWriter, r *http.Request) (importer.ValidationRequest, error) {
	body, err := readBody(w, r)
	if err != nil {
		return importer.ValidationRequest{}, err
	}

	var request validateRequest
	if err := decodeObject(body, "The request", &request); err != nil {
		return importer.ValidationRequest{}, err
	}

	rows, err := readRows(request.Rows)
	if err != nil {
		return importer.ValidationRequest{}, err
	}

	job, err := (&processRequest{JobID: request.JobID, Options: request.Options}).read()

	return importer.ValidationRequest{JobID: job.jobID, Rows: rows, Options: job.options}, err
}

// readRows reads how many rows are looked at: a whole number, or "all"; the default where
// nothing is said.
func readRows(text json.RawMessage) (int64, error) {
	switch {
	case isNull(text):
		return importer.DefaultValidationRows, nil
	case bytes.Equal(text, []byte(`"all"`)):
		return importer.AllRows, nil
	}

	rows, err := strconv.ParseInt(string(text), 10, 64)
	if err != nil || rows < 1 {
		return 0, badRequest("rows_invalid", `Field "rows" must be a whole number from 1 on, or "all".`)
	}

	return rows, nil
}
