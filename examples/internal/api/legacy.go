package api

import (
	"bufio"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/vyapaarai/bulkimport/csvschema"
	"github.com/vyapaarai/bulkimport/importer"
	"github.com/vyapaarai/bulkimport/importer/blob"
	"github.com/vyapaarai/bulkimport/internal/turns"
	"github.com/vyapaarai/bulkimport/jobstore"
)

// LegacyPath is the import of the products in a request, from before there were jobs.
const LegacyPath = "/api/v1/admin/products/bulk-import"

// Runner runs a job. *importer.Worker is one.
type Runner interface {
	RunJob(ctx context.Context, jobID string) (importer.RunResult, error)
}

// Legacy are the parts of the endpoint at LegacyPath: it makes a job of the products and
// runs that while the request waits, so that all that holds of imports holds of it too.
type Legacy struct {
	// Files and Runner are required, and must be those of the Service.
	Files  blob.Store
	Runner Runner
	// Since is when the endpoint was deprecated, Sunset when it goes. Default: the
	// first of December 2026, and of December 2027.
	Since, Sunset time.Time
	// Used, where it is set, is called for each request of a known user, to count what
	// is left to be moved.
	Used func(ctx context.Context)
	// Wait is how long a request waits for its import. Default 25 seconds.
	Wait time.Duration
}

const (
	// maxLegacyProducts is how many products a request may have.
	maxLegacyProducts = 500
	// maxLegacyBody is the largest body, in bytes: 16 KiB for each product.
	maxLegacyBody = 8 << 20
	// legacyRuns is how many imports run in requests at a time, of each user one.
	legacyRuns = 4
	// legacyPoll is how often a job is looked at that another worker has.
	legacyPoll = 50 * time.Millisecond
	// legacyRetry is when a request may come again that found no place.
	legacyRetry = 5 * time.Second
)

// legacy is the endpoint.
type legacy struct {
	Legacy

	places *turns.Turns
}

func newLegacy(l *Legacy) *legacy {
	if l == nil {
		return nil
	}

	e := &legacy{Legacy: *l, places: turns.New(legacyRuns)}

	if e.Since.IsZero() {
		e.Since = time.Date(2026, time.December, 1, 0, 0, 0, 0, time.UTC)
	}

	if e.Sunset.IsZero() {
		e.Sunset = time.Date(2027, time.December, 1, 0, 0, 0, 0, time.UTC)
	}

	if e.Wait <= 0 {
		e.Wait = 25 * time.Second
	}

	return e
}

// deprecated tells in the header of every answer that the endpoint goes, and what comes
// in its place.
func (l *legacy) deprecated(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Deprecation", "@"+strconv.FormatInt(l.Since.Unix(), 10)) // RFC 9745, section 2.1
		h.Set("Sunset", l.Sunset.UTC().Format(http.TimeFormat))         // RFC 8594, section 3
		h.Set("Link", "<"+Base+`/upload-url>; rel="successor-version"`) // RFC 5829, section 3.2

		next.ServeHTTP(w, r)
	})
}

type legacyAnswer struct {
	Success bool        `json:"success"`
	Stats   legacyStats `json:"import_stats"`
	Message string      `json:"message"`
}

type legacyStats struct {
	// Total is how many products have ended as one of successful, duplicates and
	// failed.
	Total      int64         `json:"total_imported"`
	Successful int64         `json:"successful"`
	Failed     int64         `json:"failed"`
	Duplicates int64         `json:"duplicates_found"`
	Errors     []legacyError `json:"errors"`
}

type legacyError struct {
	// Index is the place of the product in the request, from 0.
	Index   int64  `json:"index"`
	Code    string `json:"error_code"`
	Message string `json:"error_message"`
}

// bulkImport imports the products of a request, and answers when they are in. An import
// that takes longer than the request waits goes on as a job; it is answered with 202.
func (a *api) bulkImport(w http.ResponseWriter, r *http.Request, c importer.Caller) error {
	if a.legacy.Used != nil {
		a.legacy.Used(r.Context())
	}

	if err := checkMediaType(r); err != nil {
		return err
	}

	request, err := readLegacy(w, r)
	if err != nil {
		return err
	}

	job, err := a.importLegacy(r.Context(), c, request)
	if err != nil {
		return noFileIsConflict(err)
	}

	if job.Status == jobstore.StatusFailed && job.Failure != nil {
		return &problem{status: http.StatusUnprocessableEntity, code: job.Failure.Code, message: job.Failure.Message}
	}

	answer := legacyAnswer{Success: true, Stats: legacyStats{
		Total: job.Progress.ProcessedRows, Successful: job.Progress.Successful,
		Failed: job.Progress.Errors, Duplicates: job.Progress.Duplicates,
	}}

	if !job.Status.Terminal() {
		answer.Stats.Errors = []legacyError{}
		answer.Message = fmt.Sprintf("The import takes longer and goes on; follow it at %s/%s/status.", Base, job.ID)
		a.answer(w, r, http.StatusAccepted, answer)

		return nil
	}

	answer.Stats.Errors, err = a.legacyErrors(r.Context(), c, &job)
	if err != nil {
		return err
	}

	answer.Message = fmt.Sprintf("%d of %d products were imported, as job %s. This address will be gone from %s on; use %s/upload-url.",
		job.Progress.Successful, len(request.products), job.ID, a.legacy.Sunset.UTC().Format(time.DateOnly), Base)

	// Who mistypes a field must not find out by its absence.
	for _, w := range job.Warnings {
		if w.Code == string(csvschema.CodeColumnsUnknown) {
			answer.Message += " Attention: " + w.Message + "."
		}
	}

	a.answer(w, r, http.StatusOK, answer)

	return nil
}

// startLegacy makes a job of the products.
func (a *api) startLegacy(ctx context.Context, c importer.Caller, request *legacyRequest) (jobstore.Job, error) {
	file, err := request.file()
	if err != nil {
		return jobstore.Job{}, err
	}

	upload, err := a.service.CreateUpload(ctx, c, importer.UploadRequest{Filename: request.filename(), StartsAtOnce: true})
	if err != nil {
		return jobstore.Job{}, err
	}

	if _, err := a.legacy.Files.Put(ctx, upload.Key, file, &blob.PutOptions{ContentType: "text/csv; charset=utf-8"}); err != nil {
		return jobstore.Job{}, fmt.Errorf("api: store products: %w", err)
	}

	job, err := a.service.Process(ctx, c, upload.JobID, nil)
	if errors.Is(err, importer.ErrQuota) {
		// Its place was kept for a minute, which storing the products has taken. Nobody
		// would start it later.
		_, cancelErr := a.service.Cancel(ctx, c, upload.JobID)
		err = errors.Join(err, cancelErr)
	}

	return job, err
}

// importLegacy makes a job of the products and runs it, or waits for the worker that has it.
// It returns the job's record when it has ended, or when the request has waited long enough.
func (a *api) importLegacy(ctx context.Context, c importer.Caller, request *legacyRequest) (jobstore.Job, error) {
	// Not a deadline, which would have the worker begin nothing so shortly before it.
	waiting, stop := context.WithCancel(ctx)
	defer stop()

	timer := time.AfterFunc(a.legacy.Wait, stop)
	defer timer.Stop()

	job, err := a.runLegacy(ctx, waiting, c, request)
	if err != nil {
		return jobstore.Job{}, err
	}

	ticker := time.NewTicker(legacyPoll)
	defer ticker.Stop()

	for {
		job, err := a.service.Status(ctx, c, job.ID)
		if err != nil || job.Status.Terminal() {
			return job, err
		}

		select {
		case <-waiting.Done():
			return job, ctx.Err()
		case <-ticker.C:
		}
	}
}

// runLegacy makes a job of the products and runs it until waiting ends, as one of the few
// that do so at a time, and the only one of its user: the products are in memory once more
// while their file is made.
func (a *api) runLegacy(ctx, waiting context.Context, c importer.Caller, request *legacyRequest) (jobstore.Job, error) {
	leave, err := a.legacy.places.Take(waiting, c.UserID)

	switch {
	case err == nil:
		defer leave()
	case ctx.Err() != nil:
		return jobstore.Job{}, ctx.Err()
	default:
		return jobstore.Job{}, &importer.Error{
			Sentinel: importer.ErrBusy, Code: "imports_busy", RetryAfter: legacyRetry, Cause: err,
			Message: "Other products are being imported, of each user one request at a time; nothing was done with these, so try again in a moment.",
		}
	}

	job, err := a.startLegacy(ctx, c, request)
	if err != nil {
		return jobstore.Job{}, err
	}

	if _, err := a.legacy.Runner.RunJob(waiting, job.ID); err != nil && waiting.Err() == nil {
		return jobstore.Job{}, fmt.Errorf("api: run job: %w", err)
	}

	return job, nil
}

// legacyErrors returns what is wrong with the products that failed. The first product is
// in row 2 of the job's file.
func (a *api) legacyErrors(ctx context.Context, c importer.Caller, job *jobstore.Job) (_ []legacyError, err error) {
	problems := []legacyError{}
	if job.ErrorReportKey == "" {
		return problems, nil
	}

	report, _, err := a.service.OpenReport(ctx, c, job.ID, importer.ReportErrors)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, report.Close()) }()

	body := bufio.NewReader(report)
	if mark, err := body.Peek(len(byteOrderMark)); err == nil && string(mark) == byteOrderMark {
		_, _ = body.Discard(len(mark)) // what was peeked at is there
	}

	records := csv.NewReader(body)
	records.FieldsPerRecord = -1 // surplus values stand behind the columns of the report

	header, err := records.Read()
	if err != nil {
		return nil, fmt.Errorf("api: read error report: %w", err)
	}

	// The report's own columns are the last ones.
	own := len(header) - 3

	for {
		record, err := records.Read()
		if errors.Is(err, io.EOF) {
			return problems, nil
		}

		if err != nil || own < 0 || len(record) < len(header) {
			return nil, errors.Join(errLegacyReport, err)
		}

		row, err := strconv.ParseInt(record[own], 10, 64)
		if err != nil {
			return nil, errors.Join(errLegacyReport, err)
		}

		problems = append(problems, legacyError{
			Index: row - 2, Code: record[own+1], Message: csvschema.RestoreCell(record[own+2]),
		})
	}
}

// errLegacyReport reports an error report that is not what the engine writes.
var errLegacyReport = errors.New("api: the error report cannot be read")
