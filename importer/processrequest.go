package importer

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/vyapaarai/bulkimport/jobstore"
)

// ProcessRequest asks for the start of an import.
type ProcessRequest struct {
	// Options are the user's; nil means the defaults.
	Options *OptionsPatch
	// IdempotencyKey, where not empty, names this request, so that its repetition is
	// told from another request for the same job. It has 1 to MaxIdempotencyKey visible
	// ASCII characters.
	IdempotencyKey string

	// digest tells requests with one key apart. prepare sets it.
	digest string
	// batchID is the batch that the job is started with.
	batchID string
}

// MaxIdempotencyKey is the longest idempotency key, in bytes.
const MaxIdempotencyKey = 255

// ProcessOnce is Process for a request that may have a key. A job that was started with
// the same key by a request with other options gives an error that wraps ErrState. One
// that was started with the same key and options is returned, and where that request was
// refused because of the file, so is this one. One that was started with another key, or
// without, is returned as it is, as by Process.
//
// A key belongs to its job: with another job it is another key.
func (s *Service) ProcessOnce(ctx context.Context, c Caller, jobID string, req ProcessRequest) (jobstore.Job, error) {
	if err := req.prepare(); err != nil {
		return jobstore.Job{}, err
	}

	return s.start(ctx, c, jobID, req)
}

// prepare checks the key, and makes the digest.
func (r *ProcessRequest) prepare() error {
	if r.IdempotencyKey == "" {
		return nil
	}

	if err := CheckIdempotencyKey(r.IdempotencyKey); err != nil {
		return err
	}

	// Options that are not named differ from options that are named with their
	// defaults: those are two requests.
	options := r.Options
	if options == nil {
		options = &OptionsPatch{}
	}

	text, err := json.Marshal(options)
	if err != nil {
		return fmt.Errorf("importer: digest of the request: %w", err)
	}

	sum := sha256.Sum256(text)
	r.digest = hex.EncodeToString(sum[:])

	return nil
}

// CheckIdempotencyKey returns an error that wraps ErrInvalid unless a request can have
// this key, or none where it is empty.
func CheckIdempotencyKey(key string) error {
	invisible := strings.ContainsFunc(key, func(r rune) bool { return r < '!' || r > '~' })
	if len(key) > MaxIdempotencyKey || invisible {
		return invalid("idempotency_key_invalid", "An idempotency key has 1 to %d visible ASCII characters, without spaces.", MaxIdempotencyKey)
	}

	return nil
}

// mark notes in a job that this request has started it. What the head of the file told
// is in the job already.
func (r *ProcessRequest) mark(j *jobstore.Job) {
	if r.batchID != "" {
		j.BatchID = r.batchID
	}

	if r.IdempotencyKey != "" {
		j.StartKey = &jobstore.StartKey{Key: r.IdempotencyKey, Digest: r.digest, EstimatedRows: j.Progress.TotalRows}
	}
}

// check returns an error unless this request may be answered with a job that was
// started before.
func (r *ProcessRequest) check(j *jobstore.Job) error {
	if j.StartKey == nil || r.IdempotencyKey == "" || r.IdempotencyKey != j.StartKey.Key {
		return nil
	}

	if r.digest != j.StartKey.Digest {
		return &Error{
			Sentinel: ErrState, Code: "idempotency_conflict",
			Message: "This import was started by another request with the same idempotency key; use a new key for a new request.",
		}
	}

	if failure := startFailure(j); failure != nil {
		return failure
	}

	return nil
}

// neverQueued reports whether the job has ended before it could be queued: nothing is
// known of how to read its file.
func neverQueued(j *jobstore.Job) bool { return j.Status.Terminal() && len(j.InputDialect) == 0 }

// describeOptions says which options differ from the defaults of the job's kind, such as
// "barcode_conflict=distinct skip_duplicates=false".
func describeOptions(o, defaults jobstore.Options) string {
	var words []string

	for _, option := range []struct {
		name          string
		value, normal any
	}{
		{"auto_verify", o.AutoVerify, defaults.AutoVerify},
		{"barcode_conflict", o.BarcodeConflict, defaults.BarcodeConflict},
		{"default_region", o.DefaultRegion, defaults.DefaultRegion},
		{"default_verification_status", o.DefaultVerificationStatus, defaults.DefaultVerificationStatus},
		{"match_strategy", o.MatchStrategy, defaults.MatchStrategy},
		{"notification_email", o.NotificationEmail, defaults.NotificationEmail},
		{"process_images", o.ProcessImages, defaults.ProcessImages},
		{"skip_duplicates", o.SkipDuplicates, defaults.SkipDuplicates},
	} {
		if option.value != option.normal {
			words = append(words, fmt.Sprintf("%s=%v", option.name, option.value))
		}
	}

	return strings.Join(words, " ")
}
