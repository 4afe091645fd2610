package importer

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/vyapaarai/bulkimport/importer/blob"
	"github.com/vyapaarai/bulkimport/internal/disposition"
	"github.com/vyapaarai/bulkimport/jobstore"
)

// Status returns the record of a job. The error wraps ErrNotFound.
func (s *Service) Status(ctx context.Context, c Caller, jobID string) (jobstore.Job, error) {
	return s.job(ctx, c, jobID)
}

// List returns jobs, newest first. A caller that does not see all gets only its own,
// and one that is bound to a store only those of the store, whatever the query says. The
// error wraps ErrInvalid where the query is at fault.
func (s *Service) List(ctx context.Context, c Caller, q jobstore.Query) (jobstore.Page, error) {
	if !c.SeesAll {
		if c.UserID == "" {
			return jobstore.Page{}, invalid("user_missing", "A list of imports needs a user.")
		}

		q.CreatedBy = c.UserID
	}

	if c.StoreID != "" {
		q.StoreID = c.StoreID
	}

	page, err := s.ports.Jobs.List(ctx, q)
	if errors.Is(err, jobstore.ErrInvalid) {
		return jobstore.Page{}, &Error{
			Sentinel: ErrInvalid, Code: "query_invalid",
			Message: "The cursor, limit or status of the list is wrong; begin again without a cursor.", Cause: err,
		}
	}

	if err != nil {
		return jobstore.Page{}, fmt.Errorf("importer: list jobs: %w", err)
	}

	return page, nil
}

// Report is one of the reports of a job.
type Report string

// The reports of a job.
const (
	// ReportErrors holds the rows in error with their original values, to be
	// fixed and uploaded again. It exists where rows were in error.
	ReportErrors Report = "errors"
	// ReportResults holds a line for every row: its outcome and its product.
	ReportResults Report = "results"
)

// key returns where the report of a job is stored; empty where it does not exist.
func (r Report) key(j *jobstore.Job) string {
	switch r {
	case ReportErrors:
		return j.ErrorReportKey
	case ReportResults:
		return j.ResultsKey
	}

	return ""
}

// Filename returns the name to save a report of a job under: that of its file, such as
// "products-errors.csv" for products.csv.gz, without what a name must not have. Where
// nothing is left of that, it is the id of the job in its place.
func (r Report) Filename(j *jobstore.Job) string {
	suffix := "-" + string(r) + ".csv"

	return cmp.Or(disposition.Join(bareName(j.InputFilename), suffix), j.ID+suffix)
}

// bareName returns the name of a file without the extensions of CSVs and their compressed
// forms. Others stay: what follows a point may as well be part of the name.
func bareName(filename string) string {
	for _, extensions := range [][]string{{".gz", ".gzip", ".zst", ".zstd"}, {".csv", ".tsv", ".tab", ".txt"}} {
		if extension := path.Ext(filename); slices.Contains(extensions, strings.ToLower(extension)) {
			filename = strings.TrimSuffix(filename, extension)
		}
	}

	return filename
}

// OpenReport returns the content of a report; the caller closes it. The error
// wraps ErrNotFound, or ErrNoFile where the job has no such report (yet).
func (s *Service) OpenReport(ctx context.Context, c Caller, jobID string, r Report) (io.ReadCloser, blob.Info, error) {
	job, err := s.job(ctx, c, jobID)
	if err != nil {
		return nil, blob.Info{}, err
	}

	key := r.key(&job)
	if key == "" {
		return nil, blob.Info{}, noReport(&job, r)
	}

	body, info, err := s.ports.Files.Open(ctx, key, nil)
	if errors.Is(err, blob.ErrNotFound) {
		return nil, blob.Info{}, noReport(&job, r)
	}

	if err != nil {
		return nil, blob.Info{}, fmt.Errorf("importer: open report: %w", err)
	}

	return body, info, nil
}

// ReportURL returns a URL that serves a report of a job that was got from this
// Service, or "" where the job has no such report or the ports no signer.
func (s *Service) ReportURL(ctx context.Context, j jobstore.Job, r Report) (string, error) {
	key := r.key(&j)
	if key == "" || s.ports.Signer == nil {
		return "", nil
	}

	url, err := s.ports.Signer.SignGet(ctx, key, r.Filename(&j), s.opts.ReportTTL)
	if err != nil {
		return "", fmt.Errorf("importer: sign report of %s: %w", j.ID, err)
	}

	return url, nil
}

func noReport(j *jobstore.Job, r Report) error {
	message := fmt.Sprintf("The %s report is made when the import ends; it is %s now.", r, j.Status)

	if j.Status.Terminal() {
		message = fmt.Sprintf("This import has no %s report.", r)
		if r == ReportErrors && j.Progress.Errors == 0 {
			message = "No row of this import was in error, so there is no error report."
		}
	}

	return &Error{Sentinel: ErrNoFile, Code: "report_missing", Message: message}
}
