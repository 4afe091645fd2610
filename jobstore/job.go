package jobstore

import (
	"encoding/json"
	"time"
)

// Type is the kind of import a job is.
type Type string

// The types of jobs.
const (
	// TypeAdminProductImport imports products into the global catalogue.
	TypeAdminProductImport Type = "admin_product_import"
	// TypeStoreInventoryUpload imports the inventory of one store.
	TypeStoreInventoryUpload Type = "store_inventory_upload"
)

// Job is the record of one import, in the shape of its stored item.
type Job struct {
	ID      string `json:"job_id"`
	Type    Type   `json:"job_type"`
	StoreID string `json:"store_id,omitempty"`
	// BatchID names the batch that the job was started with; empty where it was
	// started by itself.
	BatchID         string `json:"batch_id,omitempty"`
	CreatedByUserID string `json:"created_by_user_id"`
	CreatedByEmail  string `json:"created_by_email,omitempty"`

	Status        Status         `json:"status"`
	StatusHistory []StatusChange `json:"status_history"`
	// Audit says who did what with the job, oldest first, at most MaxAudit entries.
	// Use Note to add to it.
	Audit    []AuditEntry `json:"audit,omitempty"`
	Progress Progress     `json:"progress"`

	// Bucket and InputKey say where the file lies; the report keys are set when
	// the reports exist.
	Bucket         string `json:"s3_bucket,omitempty"`
	InputKey       string `json:"s3_input_key"`
	ErrorReportKey string `json:"s3_error_report_key,omitempty"`
	ResultsKey     string `json:"s3_results_key,omitempty"`

	// UploadID names the upload in parts of a file that is too large for one request,
	// as the store of files calls it; empty for other files.
	UploadID string `json:"upload_id,omitempty"`

	InputFilename      string `json:"input_filename,omitempty"`
	InputFileSizeBytes int64  `json:"input_file_size_bytes,omitempty"`
	// InputETag pins the content that was looked at when the job was queued: a
	// file replaced afterwards is not silently half of one and half of another.
	InputETag string `json:"input_etag,omitempty"`
	// InputDialect is how the file is read (csvschema.Dialect). It is opaque to
	// this package, and kept so that every run reads the file the same way.
	InputDialect json.RawMessage `json:"input_dialect,omitempty"`

	Options Options `json:"import_options"`

	// RecentErrors are the last rows in error, at most MaxRecentErrors, oldest
	// first.
	RecentErrors []RowError `json:"recent_errors,omitempty"`
	// Warnings are what the user should know and what cost no row, aggregated by
	// code and column.
	Warnings   []Warning  `json:"warnings,omitempty"`
	Checkpoint Checkpoint `json:"checkpoint,omitzero"`
	Lease      Lease      `json:"lease,omitzero"`
	// Attempts counts the runs that ended in an error of the engine's
	// surroundings (a store out of reach) since the last commit. A worker that was
	// killed counts nothing here.
	Attempts int `json:"attempts,omitempty"`
	// Crashes counts the runs since the last commit that neither went on nor gave the job
	// back: killed, or cut off from the store until their lease was over.
	Crashes int `json:"crashes,omitempty"`
	// Retries counts how often the job went on after it had failed or was cancelled.
	Retries int `json:"retries,omitempty"`
	// StartKey is the idempotency key of the request that started the job.
	StartKey *StartKey `json:"start_key,omitempty"`
	// DispatchedAt is when a message was last sent for the job; the sweep sends
	// another one when nothing came of it for long.
	DispatchedAt time.Time `json:"dispatched_at,omitzero"`
	// CancelRequestedAt and CancelRequestedBy are set when somebody asked a
	// running job to stop.
	CancelRequestedAt time.Time `json:"cancel_requested_at,omitzero"`
	CancelRequestedBy string    `json:"cancel_requested_by,omitempty"`
	// Failure says why a job with StatusFailed failed.
	Failure *Failure `json:"failure,omitempty"`
	// Notification is how far the completion message got.
	Notification Notification `json:"notification,omitempty"`
	// Delivery is what became of that message on each of its channels.
	Delivery Delivery `json:"notification_delivery,omitzero"`

	CreatedAt             time.Time `json:"created_at"`
	StartedAt             time.Time `json:"started_at,omitzero"`
	CompletedAt           time.Time `json:"completed_at,omitzero"`
	EstimatedCompletionAt time.Time `json:"estimated_completion_at,omitzero"`
	// ExpiresAt is when the record goes by itself (the attribute ttl, in seconds
	// since 1970 on DynamoDB). The zero time means never.
	ExpiresAt time.Time `json:"ttl,omitzero"`

	// Version counts the writes of the record. It belongs to the store.
	Version int64 `json:"version"`
}

// Progress counts rows. After every commit ProcessedRows equals Successful +
// Duplicates + Errors.
type Progress struct {
	// TotalRows is the number of data rows in the file: an estimate, never below
	// ProcessedRows, until TotalIsExact.
	TotalRows     int64 `json:"total_rows"`
	TotalIsExact  bool  `json:"total_is_exact,omitempty"`
	ProcessedRows int64 `json:"processed_rows"`
	Successful    int64 `json:"successful"`
	Duplicates    int64 `json:"duplicates"`
	Errors        int64 `json:"errors"`
	// Percentage is 0 to 100 and never goes backwards.
	Percentage float64 `json:"percentage"`
	// DuplicatesByTier splits Duplicates by what matched ("barcode",
	// "image_hash", "name_brand").
	DuplicatesByTier map[string]int64 `json:"duplicates_by_tier,omitempty"`
	// ErrorCodes counts what was wrong with the rows in error, by error code. A row
	// with several problems counts under each of its codes. There are at most
	// MaxErrorCodes; what is beyond counts under OtherErrorCodes.
	ErrorCodes map[string]int64 `json:"error_codes,omitempty"`
	// Quality counts the successful rows by band of their quality score.
	Quality map[string]int64 `json:"quality,omitempty"`
	// QualitySum adds up the scores of the successful rows.
	QualitySum int64 `json:"quality_sum,omitempty"`
	// Images counts the images of the successful rows.
	Images ImageCounts `json:"images,omitzero"`
	// Inventory counts what became of the successful rows of a store's inventory.
	Inventory InventoryCounts `json:"inventory,omitzero"`
}

// InventoryCounts count the successful rows of a store's inventory. Created and Matched
// add up to all of them; Updated are some of both.
type InventoryCounts struct {
	// Created is the number of rows that became a new product of the catalogue.
	Created int64 `json:"created"`
	// Matched is the number of rows that were found to be of a product there.
	Matched int64 `json:"matched"`
	// Updated is the number of rows of a product of which the store had an item before
	// the row.
	Updated int64 `json:"updated"`
}

// Add returns the sums of both.
func (c InventoryCounts) Add(other InventoryCounts) InventoryCounts {
	return InventoryCounts{
		Created: c.Created + other.Created, Matched: c.Matched + other.Matched, Updated: c.Updated + other.Updated,
	}
}

// ImageCounts counts images, each picture once whatever the number of its sizes.
type ImageCounts struct {
	// Processed is the number of images that were stored.
	Processed int64 `json:"processed"`
	// Failed is the number of addresses that gave no image.
	Failed int64 `json:"failed"`
	// Reused is how many of the Processed ones had an address that was fetched
	// before in the same job, so that they were not fetched again. It tells of
	// effort saved: after a crash, which forgets what was fetched, it is lower.
	Reused int64 `json:"reused"`
}

// Add returns the sums of both.
func (c ImageCounts) Add(other ImageCounts) ImageCounts {
	return ImageCounts{
		Processed: c.Processed + other.Processed,
		Failed:    c.Failed + other.Failed,
		Reused:    c.Reused + other.Reused,
	}
}

// Options are the user's choices for one import.
type Options struct {
	// SkipDuplicates: a row that matches a product is not imported. Otherwise it
	// is imported as a product of its own.
	SkipDuplicates bool `json:"skip_duplicates"`
	// AutoVerify gives new products the status "verified" in place of
	// DefaultVerificationStatus.
	AutoVerify bool `json:"auto_verify"`
	// DefaultVerificationStatus is the verification status of new products.
	DefaultVerificationStatus string `json:"default_verification_status"`
	// ProcessImages: the images of the rows are fetched, where the engine was
	// given an image pipeline.
	ProcessImages bool `json:"process_images"`
	// DefaultRegion, where not empty, becomes the primary region of new products
	// that name none.
	DefaultRegion string `json:"default_region,omitempty"`
	// MatchStrategy is "strict": a duplicate is a row with an equal identity key.
	MatchStrategy string `json:"match_strategy"`
	// BarcodeConflict is "duplicate" (a match of a lower tier counts although the
	// barcodes differ) or "distinct".
	BarcodeConflict string `json:"barcode_conflict"`
	// NotificationEmail is handed to the notifier, which may send an e-mail, or have
	// one sent; those of this module send none.
	NotificationEmail string `json:"notification_email,omitempty"`
}

// StartKey recognises the repetition of a request that started a job.
type StartKey struct {
	// Key is what the client chose.
	Key string `json:"key"`
	// Digest is that of the request, so that another request with the same key is
	// told from a repetition.
	Digest string `json:"digest"`
	// EstimatedRows is the number of rows that the request was answered with.
	EstimatedRows int64 `json:"estimated_rows"`
}

const (
	// MaxErrorCodes bounds Progress.ErrorCodes.
	MaxErrorCodes = 50
	// OtherErrorCodes is the key of Progress.ErrorCodes for codes beyond the bound.
	OtherErrorCodes = "other"
)

// MaxRecentErrors bounds Job.RecentErrors.
const MaxRecentErrors = 10

// RowError is one row in error, as the status shows it.
type RowError struct {
	Row     int64  `json:"row_number"`
	Barcode string `json:"barcode"`
	Name    string `json:"name"`
	Code    string `json:"error_code"`
	Message string `json:"error_message"`
}

// Warning is one kind of remark about the file, however many rows it concerns.
type Warning struct {
	Code    string `json:"code"`
	Column  string `json:"column,omitempty"`
	Message string `json:"message"`
	// Count is the number of times it came up, 0 where it concerns the file as a
	// whole.
	Count int64 `json:"count,omitempty"`
	// Rows are the numbers of the first few rows concerned.
	Rows []int64 `json:"rows,omitempty"`
}

// Failure is why a job failed.
type Failure struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// Notification is the state of a job's completion message.
type Notification string

// The states of a completion message. The empty one means that the job has not
// ended.
const (
	// NotificationPending: the job has ended and its message is still to be sent.
	NotificationPending Notification = "pending"
	// NotificationSent: the message was delivered, over every channel.
	NotificationSent Notification = "sent"
	// NotificationFailed: the message was given up on a channel at least, after several
	// attempts or because its receiver refused it.
	NotificationFailed Notification = "failed"
)

// Checkpoint is how far a job is committed. The zero value means not at all.
type Checkpoint struct {
	// Offset is the byte of the (decompressed) file at which the next record
	// begins, Row its row number and Line its physical line.
	Offset int64 `json:"offset"`
	Row    int64 `json:"row"`
	Line   int64 `json:"line"`
	// Segments is the number of ledger segments committed.
	Segments int64 `json:"segments"`
	// LastSegment is the first row of the last of them.
	LastSegment int64 `json:"last_segment,omitempty"`
	// Digest is a running digest of those segments, in hexadecimal: each
	// segment's digest is folded into it, so its length does not grow with the
	// file.
	Digest string `json:"digest,omitempty"`
	// Writers say which lease epoch committed which segments.
	Writers []SegmentWriter `json:"writers,omitempty"`
	// Closed is set once the last row of the file is committed.
	Closed bool `json:"closed,omitempty"`
}

// SegmentWriter says that the ledger segments from FirstRow on, up to the next
// SegmentWriter's, were written under the lease epoch Epoch.
type SegmentWriter struct {
	FirstRow int64 `json:"first_row"`
	Epoch    int64 `json:"epoch"`
}

// Lease says which worker has the job, and until when.
type Lease struct {
	// Owner names the worker; empty when no worker has the job.
	Owner string `json:"owner,omitempty"`
	// Epoch is the fencing token: it grows by one with every acquisition.
	Epoch     int64     `json:"epoch"`
	ExpiresAt time.Time `json:"expires_at,omitzero"`
}
