package main

import (
	"encoding/json"
	"errors"
	"io"
	"time"

	"github.com/vyapaarai/bulkimport/importer"
	"github.com/vyapaarai/bulkimport/jobstore"
)

// status is what -json prints for a file.
type status struct {
	File string `json:"file"`
	// JobID is empty where the file was not even handed over.
	JobID string `json:"job_id"`
	// Status is that of the job; "failed" also where there is none, "interrupted"
	// where the user stopped it.
	Status       string              `json:"status"`
	Progress     jobstore.Progress   `json:"progress"`
	RecentErrors []jobstore.RowError `json:"recent_errors"`
	Warnings     []jobstore.Warning  `json:"warnings"`
	Failure      *jobstore.Failure   `json:"failure"`
	// ErrorReport is the path of the error report, null where there is none.
	ErrorReport *string `json:"error_report"`
	// Seconds are those of this run, and RowsPerSecond what it did in them.
	Seconds       float64 `json:"seconds"`
	RowsPerSecond float64 `json:"rows_per_second"`
}

// writeStatus prints one import for programs, as a line of JSON.
func writeStatus(w io.Writer, f *fileImport) error {
	out := status{
		File:         f.file,
		JobID:        f.job.ID,
		Status:       string(f.job.Status),
		Progress:     f.job.Progress,
		RecentErrors: append([]jobstore.RowError{}, f.job.RecentErrors...), // [] rather than null
		Warnings:     append([]jobstore.Warning{}, f.job.Warnings...),
		Failure:      f.job.Failure,
	}

	switch {
	case f.interrupted():
		out.Status = "interrupted"
	case errors.Is(f.err, errReport): // the job itself has ended well
		out.Failure = failureOf("report_not_saved", f.err)
	case f.err != nil:
		out.Status = string(jobstore.StatusFailed)
		out.Failure = failureOf("file_unreadable", f.err)
	}

	if f.report != "" {
		out.ErrorReport = &f.report
	}

	rows, seconds := f.work()
	if out.Seconds = seconds; seconds > 0 {
		out.RowsPerSecond = float64(rows) / seconds
	}

	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)

	return encoder.Encode(out)
}

// failureOf describes an error; code is for one that has none of its own.
func failureOf(code string, err error) *jobstore.Failure {
	if e, ok := errors.AsType[*importer.Error](err); ok {
		code = e.Code
	}

	return &jobstore.Failure{Code: code, Message: explain(err)}
}

// work returns the rows that this run processed and the seconds it took. Both are 0
// before the end.
func (f *fileImport) work() (rows int64, seconds float64) {
	if f.job.CompletedAt.IsZero() || f.job.StartedAt.IsZero() {
		return 0, 0
	}

	begun := f.job.StartedAt
	if f.rowsBefore > 0 {
		begun = f.begun // the time between the runs does not count
	}

	return f.job.Progress.ProcessedRows - f.rowsBefore, max(f.job.CompletedAt.Sub(begun), time.Microsecond).Seconds()
}
