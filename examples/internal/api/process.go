package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/vyapaarai/bulkimport/importer"
	"github.com/vyapaarai/bulkimport/jobstore"
)

type processRequest struct {
	JobID   string          `json:"job_id"`
	Options json.RawMessage `json:"options"`
}

type processAnswer struct {
	Success       bool            `json:"success"`
	JobID         string          `json:"job_id"`
	Status        jobstore.Status `json:"status"`
	EstimatedRows int64           `json:"estimated_rows"`
	Message       string          `json:"message"`
}

// process starts the import of an uploaded file. A job that was started before is
// answered for as it is, with 200 in place of 202.
func (a *api) process(w http.ResponseWriter, r *http.Request, c importer.Caller) error {
	jobID, options, err := readProcess(w, r)
	if err != nil {
		return err
	}

	before, err := a.service.Status(r.Context(), c, jobID)
	if err != nil {
		return err
	}

	job, err := a.service.Process(r.Context(), c, jobID, options)

	var reason *importer.Error
	if errors.Is(err, importer.ErrNoFile) && errors.As(err, &reason) {
		// The address is right and the job is there; it is the file's turn.
		return &problem{status: http.StatusConflict, code: reason.Code, message: reason.Message}
	}

	if err != nil {
		return err
	}

	status, message := http.StatusAccepted, fmt.Sprintf("The import is queued; follow it at %s/%s/status.", Base, job.ID)
	if before.Status != jobstore.StatusPendingUpload {
		status, message = http.StatusOK, fmt.Sprintf("The import was started before; its status is %s.", job.Status)
	}

	a.answer(w, r, status, processAnswer{
		Success: true, JobID: job.ID, Status: job.Status, EstimatedRows: job.Progress.TotalRows, Message: message,
	})

	return nil
}

func readProcess(w http.ResponseWriter, r *http.Request) (jobID string, options *importer.OptionsPatch, err error) {
	body, err := readBody(w, r)
	if err != nil {
		return "", nil, err
	}

	var request processRequest
	if err := decodeObject(body, "The request", &request); err != nil {
		return "", nil, err
	}

	if request.JobID == "" {
		return "", nil, badRequest("job_id_missing", `Name the job that upload-url gave, such as {"job_id": "admin_import_..."}.`)
	}

	if len(request.Options) == 0 {
		return request.JobID, nil, nil
	}

	options = &importer.OptionsPatch{}
	if err := decodeObject(request.Options, "The object options", options); err != nil {
		return "", nil, err
	}

	return request.JobID, options, nil
}
