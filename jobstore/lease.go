package jobstore

import (
	"context"
	"fmt"
	"time"
)

// Holder is a worker's hold on a job. Every write through it carries the epoch of
// the lease and fails with ErrLeaseLost once another worker has taken the job:
// the epoch is a fencing token, so a worker that was paused for longer than its
// lease cannot overwrite what its successor has done.
//
// A Holder is safe for concurrent use.
type Holder struct {
	store Store
	jobID string
	owner string
	epoch int64
	ttl   time.Duration
}

// Acquire takes a job for a worker, for as long as ttl. owner must be unique to
// the run of the worker, not only to its machine.
//
// It fails with ErrLeased while another worker's lease runs, with ErrEnded when
// the job has ended and its notification is sent, and with ErrTransition when it
// waits for its upload. The job returned is the record after the acquisition;
// unclean says that the previous worker did not give the job back, so that what
// it did behind the last checkpoint is unknown. Where its lease ran out, that counts in
// Job.Crashes.
func Acquire(ctx context.Context, s Store, id, owner string, ttl time.Duration, now time.Time) (h *Holder, job Job, unclean bool, err error) {
	if owner == "" || ttl <= 0 {
		return nil, Job{}, false, fmt.Errorf("%w: a lease needs an owner and a duration", ErrInvalid)
	}

	job, err = s.Update(ctx, id, func(j *Job) error {
		switch {
		case j.Status.Terminal() && j.Notification != NotificationPending:
			return fmt.Errorf("%w: %s is %s", ErrEnded, j.ID, j.Status)
		case j.Status == StatusPendingUpload:
			return fmt.Errorf("%w: %s waits for its upload", ErrTransition, j.ID)
		case j.Lease.Owner != "" && now.Before(j.Lease.ExpiresAt):
			return fmt.Errorf("%w: %s, until %s", ErrLeased, j.ID, j.Lease.ExpiresAt.Format(time.RFC3339))
		}

		unclean = j.Lease.Owner != ""
		if unclean && !j.Lease.ExpiresAt.IsZero() {
			j.Crashes++ // it ran out; one that was broken or abandoned is counted there
		}

		j.Lease = Lease{Owner: owner, Epoch: j.Lease.Epoch + 1, ExpiresAt: now.Add(ttl)}

		if j.Status == StatusQueued {
			if err := j.Transition(StatusProcessing, now, owner); err != nil {
				return err
			}

			if j.StartedAt.IsZero() {
				j.StartedAt = now // after a retry it says when the import first began
			}

			j.Note(now, owner, AuditBegun, "")
		}

		return nil
	})
	if err != nil {
		return nil, Job{}, false, err
	}

	h = &Holder{store: s, jobID: id, owner: owner, epoch: job.Lease.Epoch, ttl: ttl}

	return h, job, unclean, nil
}

// Epoch returns the fencing token of the hold.
func (h *Holder) Epoch() int64 { return h.epoch }

// Update is Store.Update on condition that the hold is not lost. It also renews
// the lease to now + ttl.
func (h *Holder) Update(ctx context.Context, now time.Time, change func(*Job) error) (Job, error) {
	return h.store.Update(ctx, h.jobID, func(j *Job) error {
		if err := h.check(j); err != nil {
			return err
		}

		j.Lease.ExpiresAt = now.Add(h.ttl)

		return change(j)
	})
}

// Renew extends the lease to now + ttl and returns the current record.
func (h *Holder) Renew(ctx context.Context, now time.Time) (Job, error) {
	return h.Update(ctx, now, func(*Job) error { return nil })
}

// Release gives the job back, with a last change (which may be nil). The epoch
// stays, so that the next acquisition still gets a greater one.
func (h *Holder) Release(ctx context.Context, change func(*Job) error) (Job, error) {
	return h.store.Update(ctx, h.jobID, func(j *Job) error {
		if err := h.check(j); err != nil {
			return err
		}

		j.Lease = Lease{Epoch: j.Lease.Epoch}
		if change == nil {
			return nil
		}

		return change(j)
	})
}

// Abandon gives the job back although it is unknown what became of the work
// behind the last checkpoint: the job can be taken at once, and the next Acquire
// reports the hand-over as unclean. The hold is lost with that Acquire and not
// before, so stop renewing first: a late Renew takes the job back.
func (h *Holder) Abandon(ctx context.Context, change func(*Job) error) (Job, error) {
	return h.store.Update(ctx, h.jobID, func(j *Job) error {
		if err := h.check(j); err != nil {
			return err
		}

		j.Lease.ExpiresAt = time.Time{}
		if change == nil {
			return nil
		}

		return change(j)
	})
}

// check returns ErrLeaseLost unless the record is in this hold.
func (h *Holder) check(j *Job) error {
	if j.Lease.Owner != h.owner || j.Lease.Epoch != h.epoch {
		return fmt.Errorf("%w: %s is at epoch %d, this worker's is %d", ErrLeaseLost, j.ID, j.Lease.Epoch, h.epoch)
	}

	return nil
}

// BreakLease voids the lease of a job whose worker is known to be dead, so that
// the job can be taken at once, and counts that death in Job.Crashes. It leaves the
// owner's name in place: the next Acquire reports the hand-over as unclean. A worker that
// is alive after all keeps the job with its next write, unless another has acquired it by
// then.
func BreakLease(ctx context.Context, s Store, id string) error {
	_, err := s.Update(ctx, id, func(j *Job) error {
		if j.Lease.Owner != "" && !j.Lease.ExpiresAt.IsZero() {
			j.Crashes++
		}

		j.Lease.ExpiresAt = time.Time{}

		return nil
	})

	return err
}
