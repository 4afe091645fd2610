package emf

import (
	"context"
	"fmt"

	"github.com/vyapaarai/bulkimport/importer/notify"
	"github.com/vyapaarai/bulkimport/jobstore"
)

// Channel is the name under which programs deliver to a Notifier. It is the same in all of
// them: the engine remembers by it that the metrics of an end are written, also when another
// program goes on with what is left to deliver.
const Channel = "metrics"

// Jobs is where the records of jobs are read; every jobstore.Store is one.
type Jobs interface {
	Get(ctx context.Context, id string) (jobstore.Job, error)
}

var _ notify.Notifier = (*Notifier)(nil)

// Notifier writes the metrics of jobs that have ended. As a channel of notifications it is
// told of the ends by whichever program delivers, again where the record of the job cannot
// be read or the line not be written, and later where the program is stopped or dies. Only a
// crash between the line and its note in the record repeats a line; an end that is retried
// before it is told has none. It is safe for concurrent use.
type Notifier struct {
	metrics *Metrics
	jobs    Jobs
}

// NewNotifier returns a Notifier of the jobs in a store.
func NewNotifier(metrics *Metrics, jobs Jobs) *Notifier {
	return &Notifier{metrics: metrics, jobs: jobs}
}

// Notify implements notify.Notifier.
func (n *Notifier) Notify(ctx context.Context, e notify.Event) error {
	// The record has what the event lacks: when the job began for the last time.
	job, err := n.jobs.Get(ctx, e.JobID)
	if err != nil {
		return fmt.Errorf("emf: read the job for its metrics: %w", err)
	}

	return n.metrics.JobEnded(&e, job.StatusHistory)
}
