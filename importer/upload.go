package importer

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/vyapaarai/bulkimport/jobstore"
)

// UploadRequest asks for a place to put a file.
type UploadRequest struct {
	// Type is the type of job. Default: product import.
	Type jobstore.Type
	// Filename is what the user calls the file. It is kept to be shown, and names
	// nothing. Required.
	Filename string
	// StoreID is the store that the job is for, where its type asks for one (see
	// StoreKind). Default: the one that the caller is bound to.
	StoreID string
	// SizeBytes is the size of the file, where it is known; 0 where it is not. A file
	// that is larger than one PUT may be is uploaded in parts, if the signer makes
	// them, and only if its size is told.
	SizeBytes int64
	// StartsAtOnce says that the caller has the file, and is going to store it and start
	// the job within a minute. The job then takes its place among those that the user may
	// have under way before it is created: where none is free, that is an ErrQuota of which
	// nothing is left, neither a job nor a count towards those of the day.
	StartsAtOnce bool
}

// Upload is a place to put a file.
type Upload struct {
	JobID string
	// URL takes one PUT of the file; empty where the ports have no signer, and
	// where the file goes in parts.
	URL string
	// Headers are those that the PUT must have. May be empty.
	Headers map[string]string
	// Parts, where not nil, say how to upload a file that is too large for one PUT.
	// CompleteUpload then has to follow.
	Parts *UploadParts
	// Key is where the file is stored.
	Key string
	// ExpiresIn is how long URL, or those of Parts, can be used.
	ExpiresIn time.Duration
}

// UploadParts are the places for the parts of a file.
type UploadParts struct {
	// Size is the size of each part but the last, in bytes.
	Size int64
	// URLs take one PUT of a part each, in the order of the file. The header ETag of
	// the answer is for CompleteUpload.
	URLs []string
}

// CreateUpload creates a job that waits for its file, and says where to put that.
// The error wraps ErrInvalid where the request is at fault, and ErrQuota where the
// caller has created too many jobs today, or has too many under way for one that starts
// at once.
func (s *Service) CreateUpload(ctx context.Context, c Caller, req UploadRequest) (Upload, error) {
	if c.UserID == "" {
		return Upload{}, invalid("user_missing", "An import needs a user.")
	}

	if req.Type == "" {
		req.Type = jobstore.TypeAdminProductImport
	}

	kind, ok := s.ports.kind(req.Type)
	if !ok {
		return Upload{}, unknownType(req.Type)
	}

	filename, err := checkFilename(req.Filename)
	if err != nil {
		return Upload{}, err
	}

	if req.SizeBytes < 0 {
		return Upload{}, invalid("size_invalid", "The size of the file must be its number of bytes.")
	}

	req.StoreID, err = storeFor(c, kind, req.StoreID)
	if err != nil {
		return Upload{}, err
	}

	job, err := s.createJob(ctx, c, kind, req, filename)
	if err != nil {
		return Upload{}, err
	}

	upload := Upload{JobID: job.ID, Key: job.InputKey, ExpiresIn: s.opts.UploadTTL}
	if s.ports.Signer == nil {
		return upload, nil
	}

	if signer, ok := s.multipart(); ok && req.SizeBytes > signer.MaxSignedPut() {
		return s.beginParts(ctx, signer, upload, req.SizeBytes)
	}

	signed, err := s.ports.Signer.SignPut(ctx, job.InputKey, s.opts.UploadTTL)
	if err != nil {
		return Upload{}, fmt.Errorf("importer: sign upload of %s: %w", job.ID, err)
	}

	upload.URL, upload.Headers = signed.URL, signed.Headers

	return upload, nil
}

// createAttempts is how many random ids are tried.
const createAttempts = 3

func (s *Service) createJob(ctx context.Context, c Caller, kind Kind, req UploadRequest, filename string) (jobstore.Job, error) {
	now := s.opts.Now().UTC()

	job := jobstore.Job{
		Type:            req.Type,
		StoreID:         req.StoreID,
		CreatedByUserID: c.UserID,
		CreatedByEmail:  c.Email,
		Status:          jobstore.StatusPendingUpload,
		StatusHistory:   []jobstore.StatusChange{{Status: jobstore.StatusPendingUpload, At: now, By: c.UserID}},
		Bucket:          s.opts.Bucket,
		InputFilename:   filename,
		Options:         defaultOptions(kind),
		CreatedAt:       now,
		ExpiresAt:       now.Add(s.opts.PendingTTL),
	}
	job.Note(now, c.UserID, jobstore.AuditUploadCreated, filename)

	for attempt := 1; ; attempt++ {
		job.ID = fmt.Sprintf("%s_%s_%s", kind.Naming().JobID, now.Format("20060102"), s.opts.NewID())
		job.InputKey = folder(kind, job.ID) + "/input.csv"

		// An id that turns out to be taken has been counted.
		takes := claim{jobID: job.ID, counts: attempt == 1}
		if req.StartsAtOnce {
			takes.version = firstVersion
		}

		if _, err := s.take(ctx, c.UserID, takes); err != nil {
			return jobstore.Job{}, err
		}

		err := s.ports.Jobs.Create(ctx, job)
		if err == nil {
			return job, nil
		}

		if !errors.Is(err, jobstore.ErrExists) || attempt == createAttempts {
			return jobstore.Job{}, fmt.Errorf("importer: create job: %w", err)
		}
	}
}

// maxFilename is the longest file name, in bytes: what file systems allow.
const maxFilename = 255

// checkFilename returns the name as it is kept. The file is stored under a key of
// ours, so this guards only those to whom the name is shown.
func checkFilename(name string) (string, error) {
	name = strings.TrimSpace(name)

	switch {
	case name == "":
		return "", invalid("filename_missing", "Name the file, such as filename=products.csv.")
	case len(name) > maxFilename:
		return "", invalid("filename_invalid", "The file name is longer than %d bytes; shorten it.", maxFilename)
	case !utf8.ValidString(name) || strings.ContainsFunc(name, notPrintable):
		return "", invalid("filename_invalid", "The file name has characters that cannot be shown; rename the file.")
	case strings.ContainsAny(name, `/\`):
		return "", invalid("filename_invalid", "Send the file's name without its folder.")
	}

	return name, nil
}

// notPrintable finds control characters, and format characters with which a name
// could be made to look like another.
func notPrintable(r rune) bool {
	// Zero-width joiners belong to the spelling of several Indian languages.
	return r != '\u200c' && r != '\u200d' && r != ' ' && !unicode.IsGraphic(r)
}
