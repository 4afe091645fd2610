package api

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/vyapaarai/bulkimport/importer"
	"github.com/vyapaarai/bulkimport/jobstore"
)

type batchRequest struct {
	JobIDs  []string        `json:"job_ids"`
	Options json.RawMessage `json:"options"`
}

type batchStartAnswer struct {
	Success bool           `json:"success"`
	BatchID string         `json:"batch_id"`
	Jobs    []jobStartView `json:"jobs"`
}

type jobStartView struct {
	JobID string `json:"job_id"`
	// Status is null where the caller has no such job.
	Status *string `json:"status"`
	// Error is null where the job was started.
	Error *failureView `json:"error"`
}

// startBatch starts several imports as one.
func (a *api) startBatch(w http.ResponseWriter, r *http.Request, c importer.Caller) error {
	body, err := readBody(w, r)
	if err != nil {
		return err
	}

	var request batchRequest
	if err := decodeObject(body, "The request", &request); err != nil {
		return err
	}

	options, err := decodeOptions(request.Options)
	if err != nil {
		return err
	}

	start, err := a.service.StartBatch(r.Context(), c, importer.BatchRequest{JobIDs: request.JobIDs, Options: options})
	if err != nil {
		return err
	}

	answer := batchStartAnswer{Success: true, BatchID: start.ID, Jobs: make([]jobStartView, len(start.Jobs))}

	for i, job := range start.Jobs {
		view := jobStartView{JobID: job.JobID, Status: textOrNull(string(job.Status))}
		if job.Err != nil {
			view.Error = &failureView{Code: job.Err.Code, Message: job.Err.Message}
		}

		answer.Jobs[i] = view
	}

	a.answer(w, r, http.StatusAccepted, answer)

	return nil
}

type batchAnswer struct {
	Success   bool            `json:"success"`
	BatchID   string          `json:"batch_id"`
	CreatedAt time.Time       `json:"created_at"`
	Status    jobstore.Status `json:"status"`
	Progress  progressView    `json:"progress"`
	Jobs      []jobView       `json:"jobs"`
}

// batch tells how the imports of a batch are doing.
func (a *api) batch(w http.ResponseWriter, r *http.Request, c importer.Caller) error {
	batch, err := a.service.Batch(r.Context(), c, r.PathValue("batch_id"))
	if err != nil {
		return err
	}

	answer := batchAnswer{
		Success: true, BatchID: batch.ID, CreatedAt: batch.CreatedAt, Status: batch.Status,
		Progress: progressOf(&batch.Progress), Jobs: make([]jobView, len(batch.Jobs)),
	}

	for i := range batch.Jobs {
		answer.Jobs[i], err = viewOf(&batch.Jobs[i])
		if err != nil {
			return err
		}
	}

	a.answer(w, r, http.StatusOK, answer)

	return nil
}
