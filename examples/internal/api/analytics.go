package api

import (
	"net/http"
	"time"

	"github.com/vyapaarai/bulkimport/importer"
	"github.com/vyapaarai/bulkimport/jobstore"
	"github.com/vyapaarai/bulkimport/quality"
)

// AnalyticsPath is where imports are added up.
const AnalyticsPath = "/api/v1/admin/import/analytics"

type analyticsAnswer struct {
	Success   bool              `json:"success"`
	From      time.Time         `json:"from"`
	To        time.Time         `json:"to"`
	Truncated bool              `json:"truncated"`
	Jobs      analyticsJobsView `json:"jobs"`
	Rows      rowsView          `json:"rows"`
	// Days has every day of the period, in UTC.
	Days             []dayView            `json:"days"`
	ErrorCodes       []codeCountView      `json:"error_codes"`
	DuplicatesByTier map[string]int64     `json:"duplicates_by_tier"`
	Quality          quality.Distribution `json:"quality"`
	Images           imagesView           `json:"images"`
	RowsPerSecond    float64              `json:"rows_per_second"`
}

type analyticsJobsView struct {
	Total int64 `json:"total"`
	// Started leaves out files that were only uploaded or tried.
	Started int64 `json:"started"`
	// ByStatus has every status there is.
	ByStatus map[jobstore.Status]int64 `json:"by_status"`
}

type rowsView struct {
	Processed  int64 `json:"processed"`
	Successful int64 `json:"successful"`
	Duplicates int64 `json:"duplicates"`
	Errors     int64 `json:"errors"`
}

type dayView struct {
	Date    string `json:"date"`
	Jobs    int64  `json:"jobs"`
	Started int64  `json:"started"`
	rowsView
}

// defaultDays is the period of analytics that name none.
const defaultDays = 30

// analytics adds up the imports that the caller sees.
func (a *api) analytics(w http.ResponseWriter, r *http.Request, c importer.Caller) error {
	days, given, valid := numberIn(r.URL.Query(), "days")

	switch {
	case !given:
		days = defaultDays
	case !valid || days < 1 || days > importer.MaxAnalyticsDays:
		return badRequest("days_invalid", "The number of days must be 1 to %d.", importer.MaxAnalyticsDays)
	}

	request := importer.AnalyticsRequest{Days: int(days)}

	if values := r.URL.Query(); values.Has("type") {
		request.Type = jobstore.Type(values.Get("type"))
		if request.Type == "" {
			return badRequest("job_type_unknown", "The type of imports is empty; leave it out for all.")
		}
	}

	sum, err := a.service.Analytics(r.Context(), c, request)
	if err != nil {
		return err
	}

	scores, err := quality.DistributionOf(sum.Progress.Quality, sum.Progress.QualitySum)
	if err != nil {
		return err
	}

	answer := analyticsAnswer{
		Success: true, From: sum.From, To: sum.To, Truncated: sum.Truncated,
		Jobs: analyticsJobsView{Total: sum.Jobs, Started: sum.Started, ByStatus: map[jobstore.Status]int64{}},
		Rows: rowsOf(&sum.Progress), Days: make([]dayView, len(sum.Days)),
		ErrorCodes:       codesOf(sum.Progress.ErrorCodes),
		DuplicatesByTier: tiersOf(sum.Progress.DuplicatesByTier),
		Quality:          scores,
		Images:           imagesView(sum.Progress.Images),
		RowsPerSecond:    sum.RowsPerSecond,
	}

	for _, status := range jobstore.Statuses() {
		answer.Jobs.ByStatus[status] = sum.ByStatus[status]
	}

	for i := range sum.Days {
		day := &sum.Days[i]
		answer.Days[i] = dayView{Date: day.Date.Format(time.DateOnly), Jobs: day.Jobs, Started: day.Started, rowsView: rowsOf(&day.Progress)}
	}

	a.answer(w, r, http.StatusOK, answer)

	return nil
}

func rowsOf(p *jobstore.Progress) rowsView {
	return rowsView{Processed: p.ProcessedRows, Successful: p.Successful, Duplicates: p.Duplicates, Errors: p.Errors}
}
