package importer

import (
	"net/mail"
	"slices"
	"strings"

	"github.com/vyapaarai/bulkimport/dedupe"
	"github.com/vyapaarai/bulkimport/jobstore"
)

// OptionsPatch are the options a user names when a job is started. A nil field
// keeps the default.
type OptionsPatch struct {
	SkipDuplicates            *bool   `json:"skip_duplicates"`
	AutoVerify                *bool   `json:"auto_verify"`
	DefaultVerificationStatus *string `json:"default_verification_status"`
	ProcessImages             *bool   `json:"process_images"`
	DefaultRegion             *string `json:"default_region"`
	MatchStrategy             *string `json:"match_strategy"`
	BarcodeConflict           *string `json:"barcode_conflict"`
	NotificationEmail         *string `json:"notification_email"`
}

// DefaultOptions returns the options of a job whose user named none: duplicates
// are skipped, images processed, products get the verification status
// "admin_created", and matching is strict.
func DefaultOptions() jobstore.Options {
	return jobstore.Options{
		SkipDuplicates:            true,
		DefaultVerificationStatus: "admin_created",
		ProcessImages:             true,
		MatchStrategy:             string(dedupe.Strict),
		BarcodeConflict:           string(dedupe.ConflictDuplicate),
	}
}

// verificationStatuses are the statuses a new product may be given.
var verificationStatuses = []string{"admin_created", "pending", "verified"}

// VerificationVerified is the verification status that Options.AutoVerify gives.
const VerificationVerified = "verified"

// apply returns o with the patch on it, or an error that wraps ErrInvalid. A nil
// patch changes nothing.
func (p *OptionsPatch) apply(o jobstore.Options) (jobstore.Options, error) {
	if p == nil {
		return o, nil
	}

	set(&o.SkipDuplicates, p.SkipDuplicates)
	set(&o.AutoVerify, p.AutoVerify)
	set(&o.DefaultVerificationStatus, p.DefaultVerificationStatus)
	set(&o.ProcessImages, p.ProcessImages)
	set(&o.DefaultRegion, p.DefaultRegion)
	set(&o.MatchStrategy, p.MatchStrategy)
	set(&o.BarcodeConflict, p.BarcodeConflict)
	set(&o.NotificationEmail, p.NotificationEmail)

	o.DefaultRegion = strings.ToUpper(strings.TrimSpace(o.DefaultRegion))

	return o, checkOptions(o)
}

// options returns the options of a job with the patch on them, or an error that wraps
// ErrInvalid.
func (p Ports) options(job *jobstore.Job, patch *OptionsPatch) (jobstore.Options, error) {
	o, err := patch.apply(job.Options)
	if err != nil {
		return jobstore.Options{}, err
	}

	kind, _ := p.kind(job.Type)
	if own, ok := kind.(OptionsKind); ok {
		return o, own.CheckOptions(o)
	}

	return o, nil
}

// defaults returns the options that jobs of a type begin with.
func (p Ports) defaults(t jobstore.Type) jobstore.Options {
	kind, _ := p.kind(t)

	return defaultOptions(kind)
}

// defaultOptions returns the options that jobs of a kind begin with.
func defaultOptions(kind Kind) jobstore.Options {
	if own, ok := kind.(OptionsKind); ok {
		return own.DefaultOptions()
	}

	return DefaultOptions()
}

func set[T any](target, value *T) {
	if value != nil {
		*target = *value
	}
}

// maxRegion is the longest region code, in bytes; ISO 3166-2 needs 6.
const maxRegion = 16

func checkOptions(o jobstore.Options) error {
	if !slices.Contains(verificationStatuses, o.DefaultVerificationStatus) {
		return invalid("options_invalid", "Option default_verification_status must be one of %s.",
			strings.Join(verificationStatuses, ", "))
	}

	if _, err := dedupe.ParseStrategy(o.MatchStrategy); err != nil {
		return invalid("options_invalid", "Option match_strategy must be %q.", dedupe.Strict)
	}

	if _, err := dedupe.ParseBarcodeConflict(o.BarcodeConflict); err != nil {
		return invalid("options_invalid", "Option barcode_conflict must be %q or %q.",
			dedupe.ConflictDuplicate, dedupe.ConflictDistinct)
	}

	if len(o.DefaultRegion) > maxRegion || strings.ContainsFunc(o.DefaultRegion, notRegion) {
		return invalid("options_invalid", "Option default_region must be a region code such as IN or IN-MH.")
	}

	if o.NotificationEmail != "" {
		// A display name would let the text of a mail be written by the caller.
		address, err := mail.ParseAddress(o.NotificationEmail)
		if err != nil || address.Address != o.NotificationEmail {
			return invalid("options_invalid", "Option notification_email must be an e-mail address.")
		}
	}

	return nil
}

func notRegion(r rune) bool {
	return (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-'
}
