package importer

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/vyapaarai/bulkimport/importer/blob"
	"github.com/vyapaarai/bulkimport/jobstore"
)

// multipart returns the signer, if it makes uploads in parts.
func (s *Service) multipart() (blob.MultipartSigner, bool) {
	signer, ok := s.ports.Signer.(blob.MultipartSigner)

	return signer, ok
}

// beginParts begins the upload of a file in parts, and notes it in the record of the job.
//
// A process that is killed in between leaves an upload that no job knows of. It holds
// nothing, and the store of files is to be set up so that it removes such uploads after
// some days.
func (s *Service) beginParts(ctx context.Context, signer blob.MultipartSigner, upload Upload, size int64) (Upload, error) {
	signed, err := signer.BeginMultipart(ctx, upload.Key, size, s.opts.PartsTTL)
	if errors.Is(err, blob.ErrTooLarge) {
		return Upload{}, &Error{
			Sentinel: ErrInvalid, Code: "file_too_large",
			Message: "The file is larger than what can be uploaded; split it.", Cause: err,
		}
	}

	if err != nil {
		return Upload{}, fmt.Errorf("importer: begin upload of %s: %w", upload.JobID, err)
	}

	_, err = s.ports.Jobs.Update(ctx, upload.JobID, func(j *jobstore.Job) error {
		j.UploadID = signed.UploadID

		return nil
	})
	if err != nil {
		return Upload{}, errors.Join(
			fmt.Errorf("importer: note upload of %s: %w", upload.JobID, err),
			signer.AbortMultipart(context.WithoutCancel(ctx), upload.Key, signed.UploadID))
	}

	upload.Parts = &UploadParts{Size: signed.PartSize, URLs: signed.URLs}
	upload.ExpiresIn = s.opts.PartsTTL

	return upload, nil
}

// CompleteUpload puts a file together that was uploaded in parts, all of them in any
// order, and returns what is stored. Repeating it is harmless until the import is
// started. The error wraps ErrNotFound, ErrInvalid where the parts are not those of the
// file, ErrNoFile where the upload is not under way any more, or ErrState where the job
// waits for no file.
func (s *Service) CompleteUpload(ctx context.Context, c Caller, jobID string, parts []blob.Part) (blob.Info, error) {
	job, err := s.job(ctx, c, jobID)
	if err != nil {
		return blob.Info{}, err
	}

	if job.Status != jobstore.StatusPendingUpload {
		return blob.Info{}, &Error{
			Sentinel: ErrState, Code: "upload_closed",
			Message: fmt.Sprintf("The import waits for no file: its status is %s.", job.Status),
		}
	}

	signer, ok := s.multipart()
	if !ok || job.UploadID == "" {
		return blob.Info{}, invalid("upload_in_one", "This file is uploaded by one PUT, which completes it.")
	}

	if parts, err = checkParts(parts); err != nil {
		return blob.Info{}, err
	}

	info, err := signer.CompleteMultipart(ctx, job.InputKey, job.UploadID, parts)

	switch {
	case errors.Is(err, blob.ErrParts):
		return blob.Info{}, &Error{
			Sentinel: ErrInvalid, Code: "parts_invalid",
			Message: "The parts are not those that were uploaded; name each by its number and the ETag of the answer to its PUT.", Cause: err,
		}
	case errors.Is(err, blob.ErrNotFound):
		return blob.Info{}, &Error{
			Sentinel: ErrNoFile, Code: "upload_missing",
			Message: "The upload is not under way any more; ask for a new one.", Cause: err,
		}
	case err != nil:
		return blob.Info{}, fmt.Errorf("importer: complete upload of %s: %w", job.ID, err)
	}

	return info, nil
}

// abortParts discards the parts of a job that was cancelled before its file was complete.
// That it does not succeed is no reason to fail: the store of files removes them in time.
func (s *Service) abortParts(ctx context.Context, job jobstore.Job) {
	signer, ok := s.multipart()
	if !ok || job.UploadID == "" {
		return
	}

	if err := signer.AbortMultipart(ctx, job.InputKey, job.UploadID); err != nil {
		s.opts.Logger.WarnContext(ctx, "parts of a cancelled upload are left", "job_id", job.ID, "error", err)
	}
}

const (
	// maxParts is the largest number of parts, that of S3.
	maxParts = 10_000
	// maxPartETag is the longest ETag of a part, in bytes: S3's have 34.
	maxPartETag = 128
)

// checkParts returns the parts in the order of their numbers, if they are such.
func checkParts(parts []blob.Part) ([]blob.Part, error) {
	if len(parts) == 0 || len(parts) > maxParts {
		return nil, invalid("parts_invalid", "There must be 1 to %d parts.", maxParts)
	}

	parts = slices.Clone(parts)
	slices.SortFunc(parts, func(a, b blob.Part) int { return cmp.Compare(a.Number, b.Number) })

	for i, part := range parts {
		// Without a gap: a part that is missing would be one of the file.
		if part.Number != i+1 {
			return nil, invalid("parts_invalid", "The parts must have the numbers from 1 to %d, each once.", len(parts))
		}

		if part.ETag == "" || len(part.ETag) > maxPartETag || strings.ContainsFunc(part.ETag, notETag) {
			return nil, invalid("parts_invalid", "The ETag of part %d is none: give the header ETag of the answer to its PUT.", part.Number)
		}
	}

	return parts, nil
}

// notETag finds what stands in no ETag (RFC 9110 section 8.8.3) that S3 gives.
func notETag(r rune) bool { return r <= ' ' || r > '~' }
