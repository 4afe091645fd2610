package pebblejobstore

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/vyapaarai/bulkimport/jobstore"
)

// recordVersion is the form of record that is written: JSON with the attribute
// names of jobstore.Job.
const recordVersion byte = 1

// errRecord reports a stored value that is no record. It is damage, or was
// written by a later version, so it is none of the errors a caller can act on.
var errRecord = errors.New("stored value is not a job record of version 1")

func encodeRecord(j *jobstore.Job) ([]byte, error) {
	data, err := json.Marshal(j)
	if err != nil {
		return nil, err
	}

	return append([]byte{recordVersion}, data...), nil
}

// decodeRecord keeps nothing of value.
func decodeRecord(value []byte) (jobstore.Job, error) {
	if len(value) == 0 || value[0] != recordVersion {
		return jobstore.Job{}, errRecord
	}

	var job jobstore.Job
	if err := json.Unmarshal(value[1:], &job); err != nil {
		return jobstore.Job{}, fmt.Errorf("%w: %w", errRecord, err)
	}

	return job, nil
}
