package api

import (
	"net/http"

	"github.com/vyapaarai/bulkimport/importer"
	"github.com/vyapaarai/bulkimport/jobstore"
)

// status tells how a job is doing.
func (a *api) status(w http.ResponseWriter, r *http.Request, c importer.Caller) error {
	job, err := a.service.Status(r.Context(), c, r.PathValue("job_id"))
	if err != nil {
		return err
	}

	view := statusView{
		Success: true, RecentErrors: rowErrorsOf(job.RecentErrors), Audit: auditOf(job.Audit), Notification: notificationOf(&job),
	}

	view.jobView, err = viewOf(&job)
	if err != nil {
		return err
	}

	for report, target := range map[importer.Report]**string{
		importer.ReportErrors:  &view.ErrorReportURL,
		importer.ReportResults: &view.ResultsURL,
	} {
		url, err := a.service.ReportURL(r.Context(), job, report)
		if err != nil {
			return err
		}

		if url != "" {
			*target = &url
		}
	}

	a.answer(w, r, http.StatusOK, view)

	return nil
}

type listAnswer struct {
	Success bool      `json:"success"`
	Jobs    []jobView `json:"jobs"`
	// NextCursor is null at the end.
	NextCursor *string `json:"next_cursor"`
}

// defaultPage is how many jobs a list has that names no limit.
const defaultPage = 20

// list lists the caller's jobs, newest first.
func (a *api) list(w http.ResponseWriter, r *http.Request, c importer.Caller) error {
	query, err := listQuery(r)
	if err != nil {
		return err
	}

	page, err := a.service.List(r.Context(), c, query)
	if err != nil {
		return err
	}

	answer := listAnswer{Success: true, Jobs: make([]jobView, len(page.Jobs))}

	for i := range page.Jobs {
		answer.Jobs[i], err = viewOf(&page.Jobs[i])
		if err != nil {
			return err
		}
	}

	if page.Next != "" {
		answer.NextCursor = &page.Next
	}

	a.answer(w, r, http.StatusOK, answer)

	return nil
}

func listQuery(r *http.Request) (jobstore.Query, error) {
	values := r.URL.Query()
	query := jobstore.Query{Type: areaOf(r).jobType, Cursor: values.Get("cursor")}

	limit, err := pageLimit(r)
	if err != nil {
		return jobstore.Query{}, err
	}

	query.Limit = limit

	if values.Has("status") {
		text := values.Get("status")

		status, err := jobstore.ParseStatus(text)
		if err != nil {
			return jobstore.Query{}, badRequest("status_invalid", "There is no status %q; use one of %v.", text, jobstore.Statuses())
		}

		query.Status = status
	}

	return query, nil
}

// pageLimit returns how many entries a list is to have.
func pageLimit(r *http.Request) (int, error) {
	limit, given, valid := numberIn(r.URL.Query(), "limit")

	switch {
	case !given:
		return defaultPage, nil
	case !valid || limit < 1 || limit > jobstore.MaxPage:
		return 0, badRequest("limit_invalid", "The limit must be a number from 1 to %d.", jobstore.MaxPage)
	}

	return int(limit), nil
}

type cancelAnswer struct {
	Success bool            `json:"success"`
	JobID   string          `json:"job_id"`
	Status  jobstore.Status `json:"status"`
	Message string          `json:"message"`
}

// cancel stops a job: at once, answered with 200, or when its worker has committed
// what it has done, answered with 202.
func (a *api) cancel(w http.ResponseWriter, r *http.Request, c importer.Caller) error {
	job, err := a.service.Cancel(r.Context(), c, r.PathValue("job_id"))
	if err != nil {
		return err
	}

	status, message := http.StatusOK, "The import is cancelled."
	if job.Status != jobstore.StatusCancelled {
		status, message = http.StatusAccepted, "The import was asked to stop; what it has imported stays."
	}

	a.answer(w, r, status, cancelAnswer{Success: true, JobID: job.ID, Status: job.Status, Message: message})

	return nil
}
