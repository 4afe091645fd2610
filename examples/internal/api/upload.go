package api

import (
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/vyapaarai/bulkimport/importer"
	"github.com/vyapaarai/bulkimport/importer/blob"
)

type uploadAnswer struct {
	Success   bool   `json:"success"`
	UploadURL string `json:"upload_url"`
	JobID     string `json:"job_id"`
	Key       string `json:"s3_key"`
	ExpiresIn int64  `json:"expires_in"` // seconds
	// UploadHeaders are those that the PUT must have; an object, perhaps empty.
	UploadHeaders map[string]string `json:"upload_headers"`
	Multipart     *multipartAnswer  `json:"multipart,omitempty"`
}

// multipartAnswer says how to upload a file that is too large for one PUT.
type multipartAnswer struct {
	PartSize int64      `json:"part_size"` // bytes, of each part but the last
	Parts    []partView `json:"parts"`
}

type partView struct {
	Number int    `json:"part_number"`
	URL    string `json:"url"`
}

// createUpload creates a job and says where to put its file.
func (a *api) createUpload(w http.ResponseWriter, r *http.Request, c importer.Caller) error {
	query := r.URL.Query()

	// It may be left out.
	size, _, valid := numberIn(query, "size")
	if !valid {
		return badRequest("size_invalid", "The size must be the number of bytes of the file.")
	}

	if a.maxUpload > 0 && size > a.maxUpload {
		return &problem{
			status: http.StatusRequestEntityTooLarge, code: "upload_too_large",
			message: fmt.Sprintf("The file is larger than an upload may be, which is %d bytes; split it.", a.maxUpload),
		}
	}

	upload, err := a.service.CreateUpload(r.Context(), c, importer.UploadRequest{
		Type: areaOf(r).jobType, Filename: query.Get("filename"), SizeBytes: size,
	})
	if err != nil {
		return err
	}

	answer := uploadAnswer{
		Success: true, UploadURL: upload.URL, JobID: upload.JobID, Key: upload.Key,
		ExpiresIn: int64(upload.ExpiresIn.Seconds()), UploadHeaders: upload.Headers,
	}

	if answer.UploadHeaders == nil {
		answer.UploadHeaders = map[string]string{}
	}

	if parts := upload.Parts; parts != nil {
		answer.Multipart = &multipartAnswer{PartSize: parts.Size, Parts: make([]partView, len(parts.URLs))}
		for i, url := range parts.URLs {
			answer.Multipart.Parts[i] = partView{Number: i + 1, URL: url}
		}
	}

	a.answer(w, r, http.StatusOK, answer)

	return nil
}

// maxCompletion is the largest body of a completion, in bytes: 10,000 parts of some 70.
const maxCompletion = 2 << 20

type completeRequest struct {
	Parts []json.RawMessage `json:"parts"`
}

type partRequest struct {
	Number int    `json:"part_number"`
	ETag   string `json:"etag"`
}

type completeAnswer struct {
	Success   bool   `json:"success"`
	JobID     string `json:"job_id"`
	SizeBytes int64  `json:"size_bytes"`
}

// completeUpload puts together a file that was uploaded in parts.
func (a *api) completeUpload(w http.ResponseWriter, r *http.Request, c importer.Caller) error {
	body, err := readBodyOf(w, r, maxCompletion)
	if err != nil {
		return err
	}

	var request completeRequest
	if err := decodeObject(body, "The request", &request); err != nil {
		return err
	}

	parts := make([]blob.Part, len(request.Parts))

	for i, text := range request.Parts {
		var part partRequest
		if err := decodeObject(text, fmt.Sprintf("Number %d of parts", i+1), &part); err != nil {
			return err
		}

		parts[i] = blob.Part{Number: part.Number, ETag: part.ETag}
	}

	jobID := r.PathValue("job_id")

	info, err := a.service.CompleteUpload(r.Context(), c, jobID, parts)
	if err != nil {
		return err
	}

	a.answer(w, r, http.StatusOK, completeAnswer{Success: true, JobID: jobID, SizeBytes: info.Size})

	return nil
}
