package api

import (
	"net/http"

	"github.com/vyapaarai/bulkimport/importer"
)

type uploadAnswer struct {
	Success   bool   `json:"success"`
	UploadURL string `json:"upload_url"`
	JobID     string `json:"job_id"`
	Key       string `json:"s3_key"`
	ExpiresIn int64  `json:"expires_in"` // seconds
}

// createUpload creates a job and says where to put its file.
func (a *api) createUpload(w http.ResponseWriter, r *http.Request, c importer.Caller) error {
	upload, err := a.service.CreateUpload(r.Context(), c, importer.UploadRequest{
		Type: areaOf(r).jobType, Filename: r.URL.Query().Get("filename"),
	})
	if err != nil {
		return err
	}

	a.answer(w, r, http.StatusOK, uploadAnswer{
		Success: true, UploadURL: upload.URL, JobID: upload.JobID, Key: upload.Key,
		ExpiresIn: int64(upload.ExpiresIn.Seconds()),
	})

	return nil
}
