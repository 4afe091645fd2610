package importer

import (
	"context"
	"errors"
	"fmt"

	"github.com/vyapaarai/bulkimport/jobstore"
)

// Caller is who asks. Proving who that is, is up to the program around the
// engine.
type Caller struct {
	// UserID is required.
	UserID string
	// Email is kept with the jobs of the caller. Optional.
	Email string
	// SeesAll lets the caller see and change everybody's jobs.
	SeesAll bool
	// StoreID binds the caller to one store: there are no jobs for it but those of the
	// store, of which it sees its own, or with SeesAll everybody's. It creates no others
	// either. Empty: it is not bound.
	StoreID string
}

// may reports whether the caller may see and change the job.
func (c Caller) may(j *jobstore.Job) bool {
	if c.StoreID != "" && c.StoreID != j.StoreID {
		return false
	}

	return c.SeesAll || (c.UserID != "" && c.UserID == j.CreatedByUserID)
}

// job returns a job on behalf of the caller, or an error that wraps ErrNotFound.
func (s *Service) job(ctx context.Context, c Caller, jobID string) (jobstore.Job, error) {
	return s.ports.job(ctx, c, jobID)
}

func (p Ports) job(ctx context.Context, c Caller, jobID string) (jobstore.Job, error) {
	job, err := p.Jobs.Get(ctx, jobID)
	if errors.Is(err, jobstore.ErrNotFound) {
		return jobstore.Job{}, notFound(jobID)
	}

	if err != nil {
		return jobstore.Job{}, fmt.Errorf("importer: get job: %w", err)
	}

	if !c.may(&job) {
		return jobstore.Job{}, notFound(jobID)
	}

	return job, nil
}
