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

// idempotencyHeader names a request, so that its repetition is answered as it was.
const idempotencyHeader = "Idempotency-Key"

// process starts the import of an uploaded file. A job that was started before is
// answered for as it is, with 200 in place of 202; but a request that is repeated with
// its idempotency key gets the answer that it got.
func (a *api) process(w http.ResponseWriter, r *http.Request, c importer.Caller) error {
	request, err := readProcess(w, r)
	if err != nil {
		return err
	}

	once := importer.ProcessRequest{Options: request.options}

	once.IdempotencyKey, err = idempotencyKey(r)
	if err != nil {
		return err
	}

	before, err := a.service.Status(r.Context(), c, request.jobID)
	if err != nil {
		return err
	}

	job, err := a.service.ProcessOnce(r.Context(), c, request.jobID, once)
	if err != nil {
		return noFileIsConflict(err)
	}

	answer := processAnswer{Success: true, JobID: job.ID, Status: job.Status, EstimatedRows: job.Progress.TotalRows}

	switch {
	case once.IdempotencyKey != "" && job.StartKey != nil && job.StartKey.Key == once.IdempotencyKey:
		answer.Status, answer.EstimatedRows = jobstore.StatusQueued, job.StartKey.EstimatedRows
	case before.Status != jobstore.StatusPendingUpload:
		answer.Message = fmt.Sprintf("The import was started before; its status is %s.", job.Status)
		a.answer(w, r, http.StatusOK, answer)

		return nil
	}

	answer.Message = queuedMessage(&job)
	a.answer(w, r, http.StatusAccepted, answer)

	return nil
}

func queuedMessage(job *jobstore.Job) string {
	return fmt.Sprintf("The import is queued; follow it at %s/%s/status.", areaOfJob(job).base, job.ID)
}

// noFileIsConflict turns the error that nothing was uploaded, which is elsewhere one of
// something that does not exist: here the address is right and the job is there, and it
// is the file's turn.
func noFileIsConflict(err error) error {
	var reason *importer.Error
	if errors.Is(err, importer.ErrNoFile) && errors.As(err, &reason) {
		return &problem{status: http.StatusConflict, code: reason.Code, message: reason.Message}
	}

	return err
}

// idempotencyKey returns the key of a request; empty where it has none.
func idempotencyKey(r *http.Request) (string, error) {
	values := r.Header.Values(idempotencyHeader)

	switch {
	case len(values) == 0:
		return "", nil
	case len(values) > 1 || values[0] == "":
		return "", badRequest("idempotency_key_invalid", "The header %s has one key of 1 to %d visible ASCII characters.",
			idempotencyHeader, importer.MaxIdempotencyKey)
	}

	return values[0], importer.CheckIdempotencyKey(values[0])
}

// retry has a job that failed or was cancelled go on. One that is under way is answered
// for as it is, with 200 in place of 202.
func (a *api) retry(w http.ResponseWriter, r *http.Request, c importer.Caller) error {
	before, err := a.service.Status(r.Context(), c, r.PathValue("job_id"))
	if err != nil {
		return err
	}

	job, err := a.service.Retry(r.Context(), c, before.ID)
	if err != nil {
		return err
	}

	status, message := http.StatusAccepted, queuedMessage(&job)
	if !before.Status.Terminal() {
		status, message = http.StatusOK, fmt.Sprintf("The import is under way; its status is %s.", job.Status)
	}

	a.answer(w, r, status, processAnswer{
		Success: true, JobID: job.ID, Status: job.Status, EstimatedRows: job.Progress.TotalRows, Message: message,
	})

	return nil
}

// jobRequest is a request for one job, with the options for it.
type jobRequest struct {
	jobID   string
	options *importer.OptionsPatch // nil where the request names none
}

func readProcess(w http.ResponseWriter, r *http.Request) (jobRequest, error) {
	body, err := readBody(w, r)
	if err != nil {
		return jobRequest{}, err
	}

	var request processRequest
	if err := decodeObject(body, "The request", &request); err != nil {
		return jobRequest{}, err
	}

	return request.read()
}

func (p *processRequest) read() (jobRequest, error) {
	if p.JobID == "" {
		return jobRequest{}, badRequest("job_id_missing", `Name the job that upload-url gave, such as {"job_id": "admin_import_..."}.`)
	}

	options, err := decodeOptions(p.Options)

	return jobRequest{jobID: p.JobID, options: options}, err
}

// decodeOptions decodes the object options of a request, which may be left out.
func decodeOptions(data json.RawMessage) (*importer.OptionsPatch, error) {
	if isNull(data) {
		return nil, nil
	}

	options := &importer.OptionsPatch{}
	if err := decodeObject(data, "The object options", options); err != nil {
		return nil, err
	}

	return options, nil
}
