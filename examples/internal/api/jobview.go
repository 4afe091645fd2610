package api

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/vyapaarai/bulkimport/dedupe"
	"github.com/vyapaarai/bulkimport/jobstore"
	"github.com/vyapaarai/bulkimport/quality"
)

// jobView is a job as lists show it. It is written out here, rather than taken
// from the record, so that the record can change without breaking a client. Times
// are RFC 3339 in UTC, or null; arrays are never null.
type jobView struct {
	JobID     string          `json:"job_id"`
	JobType   jobstore.Type   `json:"job_type"`
	Status    jobstore.Status `json:"status"`
	Filename  string          `json:"filename"`
	CreatedBy string          `json:"created_by"`
	// StoreID and BatchID are null where there are none.
	StoreID *string `json:"store_id"`
	BatchID *string `json:"batch_id"`

	Progress         progressView     `json:"progress"`
	DuplicatesByTier map[string]int64 `json:"duplicates_by_tier"`
	// Inventory is null for imports of products.
	Inventory  *inventoryView  `json:"inventory"`
	ErrorCodes []codeCountView `json:"error_codes"`
	Images     imagesView      `json:"images"`
	// Quality is how complete the products imported are: count, sum, mean and the
	// counts by band of their scores.
	Quality     quality.Distribution `json:"quality"`
	Timestamps  timestampsView       `json:"timestamps"`
	CompletedAt *time.Time           `json:"completed_at"`
	Warnings    []warningView        `json:"warnings"`
	Options     optionsView          `json:"options"`
	Failure     *failureView         `json:"failure"`
}

// statusView is a job as its status shows it.
type statusView struct {
	Success bool `json:"success"`
	jobView
	ErrorReportURL *string        `json:"error_report_url"`
	ResultsURL     *string        `json:"results_url"`
	RecentErrors   []rowErrorView `json:"recent_errors"`
	Audit          []auditView    `json:"audit"`
	// Notification is what became of the message that the job has ended.
	Notification notificationView `json:"notification"`
}

// codeCountView is how many rows had this error.
type codeCountView struct {
	Code  string `json:"code"`
	Count int64  `json:"count"`
}

type progressView struct {
	TotalRows     int64   `json:"total_rows"`
	ProcessedRows int64   `json:"processed_rows"`
	Successful    int64   `json:"successful"`
	Duplicates    int64   `json:"duplicates"`
	Errors        int64   `json:"errors"`
	Percentage    float64 `json:"percentage"`
}

type timestampsView struct {
	CreatedAt           time.Time  `json:"created_at"`
	StartedAt           *time.Time `json:"started_at"`
	EstimatedCompletion *time.Time `json:"estimated_completion"`
	CompletedAt         *time.Time `json:"completed_at"`
}

// The conversions of these to and from the record's types stop compiling where a
// field is added there, so that none is forgotten here.
type (
	rowErrorView struct {
		Row     int64  `json:"row_number"`
		Barcode string `json:"barcode"`
		Name    string `json:"name"`
		Code    string `json:"error_code"`
		Message string `json:"error_message"`
	}

	warningView struct {
		Code    string  `json:"code"`
		Column  string  `json:"column"`
		Message string  `json:"message"`
		Count   int64   `json:"count"`
		Rows    []int64 `json:"rows"`
	}

	failureView struct {
		Code    string `json:"code"`
		Message string `json:"message"`
	}

	auditView struct {
		At     time.Time            `json:"at"`
		By     string               `json:"by"`
		Action jobstore.AuditAction `json:"action"`
		Detail string               `json:"detail"`
	}

	inventoryView struct {
		Created int64 `json:"created"`
		Matched int64 `json:"matched"`
		Updated int64 `json:"updated"`
	}

	imagesView struct {
		Processed int64 `json:"processed"`
		Failed    int64 `json:"failed"`
		Reused    int64 `json:"reused"`
	}

	optionsView struct {
		SkipDuplicates            bool   `json:"skip_duplicates"`
		AutoVerify                bool   `json:"auto_verify"`
		DefaultVerificationStatus string `json:"default_verification_status"`
		ProcessImages             bool   `json:"process_images"`
		DefaultRegion             string `json:"default_region"`
		MatchStrategy             string `json:"match_strategy"`
		BarcodeConflict           string `json:"barcode_conflict"`
		NotificationEmail         string `json:"notification_email"`
	}
)

// viewOf returns the view of a job.
func viewOf(j *jobstore.Job) (jobView, error) {
	scores, err := quality.DistributionOf(j.Progress.Quality, j.Progress.QualitySum)
	if err != nil {
		return jobView{}, fmt.Errorf("api: quality of job %s: %w", j.ID, err)
	}

	completed := timeOrNull(j.CompletedAt)

	return jobView{
		JobID: j.ID, JobType: j.Type, Status: j.Status, Filename: j.InputFilename, CreatedBy: j.CreatedByUserID,
		StoreID: textOrNull(j.StoreID), BatchID: textOrNull(j.BatchID),
		Progress:         progressOf(&j.Progress),
		Inventory:        inventoryOf(j),
		DuplicatesByTier: tiersOf(j.Progress.DuplicatesByTier),
		ErrorCodes:       codesOf(j.Progress.ErrorCodes),
		Images:           imagesView(j.Progress.Images),
		Quality:          scores,
		Timestamps: timestampsView{
			CreatedAt: j.CreatedAt.UTC(), StartedAt: timeOrNull(j.StartedAt),
			EstimatedCompletion: timeOrNull(j.EstimatedCompletionAt), CompletedAt: completed,
		},
		CompletedAt: completed,
		Warnings:    warningsOf(j.Warnings),
		Options:     optionsView(j.Options),
		Failure:     (*failureView)(j.Failure),
	}, nil
}

// inventoryOf returns what became of the rows of a store's inventory.
func inventoryOf(j *jobstore.Job) *inventoryView {
	if j.Type != jobstore.TypeStoreInventoryUpload {
		return nil
	}

	counts := inventoryView(j.Progress.Inventory)

	return &counts
}

func progressOf(p *jobstore.Progress) progressView {
	return progressView{
		TotalRows: p.TotalRows, ProcessedRows: p.ProcessedRows,
		Successful: p.Successful, Duplicates: p.Duplicates, Errors: p.Errors,
		// Rounded down: 100 is for what is finished.
		Percentage: math.Floor(p.Percentage*10) / 10,
	}
}

// tiersOf returns the duplicates by tier, with every tier there is.
func tiersOf(counted map[string]int64) map[string]int64 {
	tiers := map[string]int64{}
	for tier := dedupe.TierBarcode; tier <= dedupe.TierNameBrand; tier++ {
		tiers[tier.String()] = counted[tier.String()]
	}

	return tiers
}

// codesOf returns counts by error code, the most frequent first.
func codesOf(counted map[string]int64) []codeCountView {
	views := make([]codeCountView, 0, len(counted))
	for code, count := range counted {
		views = append(views, codeCountView{Code: code, Count: count})
	}

	slices.SortFunc(views, func(a, b codeCountView) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Code, b.Code))
	})

	return views
}

func auditOf(entries []jobstore.AuditEntry) []auditView {
	views := make([]auditView, len(entries))
	for i, e := range entries {
		views[i] = auditView(e)
		views[i].At = e.At.UTC()
	}

	return views
}

func warningsOf(warnings []jobstore.Warning) []warningView {
	views := make([]warningView, len(warnings))

	for i, w := range warnings {
		views[i] = warningView(w)
		if w.Rows == nil {
			views[i].Rows = []int64{}
		}
	}

	return views
}

func rowErrorsOf(errors []jobstore.RowError) []rowErrorView {
	views := make([]rowErrorView, len(errors))
	for i, e := range errors {
		views[i] = rowErrorView(e)
	}

	return views
}

func textOrNull(s string) *string {
	if s == "" {
		return nil
	}

	return &s
}

func timeOrNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}

	t = t.UTC()

	return &t
}
