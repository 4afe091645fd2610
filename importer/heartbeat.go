package importer

import (
	"context"
	"errors"
	"time"

	"github.com/vyapaarai/bulkimport/jobstore"
)

// heartbeat renews the lease until ctx ends. It cuts the run off by cancel once the
// lease is lost, or could not be renewed for so long that it may be; and it sees when
// the job is to be cancelled.
func (r *run) heartbeat(ctx context.Context, cancel context.CancelCauseFunc, keepAlive func(context.Context)) {
	ttl := r.worker.opts.LeaseTTL

	// On a timer of its own, whatever a call to a store may be waiting for.
	cutOff := time.AfterFunc(ttl, func() { cancel(jobstore.ErrLeaseLost) })
	defer cutOff.Stop()

	ticker := time.NewTicker(ttl / 3)
	defer ticker.Stop()

	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}

		begin := time.Now()
		job, err := r.beat(ctx, keepAlive)

		switch {
		case err == nil:
			cutOff.Reset(ttl - time.Since(begin))

			if !job.CancelRequestedAt.IsZero() {
				r.stop.set(stopCancel)
			}
		case ctx.Err() != nil:
			return
		case errors.Is(err, jobstore.ErrLeaseLost) || errors.Is(err, jobstore.ErrNotFound):
			cancel(errors.Join(jobstore.ErrLeaseLost, err))

			return
		default:
			r.log.WarnContext(ctx, "cannot renew the lease", "error", err)
		}
	}
}

// beat is one sign of life: to the job store first, then to the queue. It takes no
// longer than the time to the next.
func (r *run) beat(ctx context.Context, keepAlive func(context.Context)) (jobstore.Job, error) {
	ctx, cancel := context.WithTimeout(ctx, r.worker.opts.LeaseTTL/3)
	defer cancel()

	job, err := r.hold.Renew(ctx, r.worker.opts.Now().UTC())
	if err != nil {
		return jobstore.Job{}, err
	}

	r.leaseEnds.Store(job.Lease.ExpiresAt.UnixNano())
	keepAlive(ctx)

	return job, nil
}
