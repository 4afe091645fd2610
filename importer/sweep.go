package importer

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.opentelemetry.io/otel/metric"

	"github.com/vyapaarai/bulkimport/importer/blob"
	"github.com/vyapaarai/bulkimport/jobstore"
)

// Sweep does what keeps the engine going by itself: it sends a message for every
// job that no worker has although one should (its worker died, or a message was
// lost), and removes records that have expired, with their files, and batches of that
// age. Call it every
// minute or so, from one process or several. It returns the number of jobs it sent
// a message for.
func (s *Service) Sweep(ctx context.Context) (sent int, err error) {
	ctx, span := s.telemetry.tracer.Start(ctx, "bulkimport.sweep")
	defer func() { endSpan(span, err) }()

	sent, err = s.redispatch(ctx, false)

	return sent, errors.Join(err, s.removeExpired(ctx), s.removeBatches(ctx))
}

// Recover is the Sweep for the start of a program that has the stores to itself:
// every lease found belongs to a process that is dead, so it is void and each
// unfinished job gets a message at once. Never call it where another process may
// be running a Worker on the same stores.
func (s *Service) Recover(ctx context.Context) (int, error) {
	return s.redispatch(ctx, true)
}

// redispatch sends messages for jobs that want a worker; all says that no job has
// one.
func (s *Service) redispatch(ctx context.Context, all bool) (int, error) {
	sent := 0

	for _, status := range jobstore.Statuses() {
		if status == jobstore.StatusPendingUpload {
			continue
		}

		// Of the jobs that have ended, only young ones are looked at for a
		// notification that was not sent: there may be very many.
		var since time.Time
		if status.Terminal() {
			since = s.opts.Now().Add(-notifyWindow)
		}

		n, err := s.redispatchStatus(ctx, status, since, all)
		sent += n

		if err != nil {
			return sent, err
		}
	}

	return sent, nil
}

// notifyWindow is how old a job may be, from its creation, for its notification still to
// be sent by the sweep. It is far longer than any import takes. A job that is retried after
// that, and whose worker dies right at its end, relies on the queue alone.
const notifyWindow = 48 * time.Hour

// redispatchStatus looks at the jobs in one status that were created since.
func (s *Service) redispatchStatus(ctx context.Context, status jobstore.Status, since time.Time, all bool) (int, error) {
	sent := 0
	query := jobstore.Query{Status: status}
	seen := unfinishedJobs{now: s.opts.Now()}

	for {
		page, err := s.ports.Jobs.List(ctx, query)
		if err != nil {
			return sent, fmt.Errorf("importer: sweep %s: %w", status, err)
		}

		for i := range page.Jobs {
			seen.add(&page.Jobs[i])

			did, err := s.redispatchJob(ctx, &page.Jobs[i], all)
			if err != nil {
				return sent, err
			}

			if did {
				sent++
			}
		}

		// Newest first: behind an old one there are only older ones.
		n := len(page.Jobs)
		if page.Next == "" || n > 0 && page.Jobs[n-1].CreatedAt.Before(since) {
			if !status.Terminal() {
				s.telemetry.unfinishedJobs(ctx, status, seen.count, seen.oldest)
			}

			return sent, nil
		}

		query.Cursor = page.Next
	}
}

// unfinishedJobs are the jobs that a sweep saw in one status.
type unfinishedJobs struct {
	now    time.Time
	count  int
	oldest time.Duration // how long one of them has been in the status, at most
}

func (u *unfinishedJobs) add(j *jobstore.Job) {
	u.count++

	if n := len(j.StatusHistory); n > 0 {
		u.oldest = max(u.oldest, u.now.Sub(j.StatusHistory[n-1].At))
	}
}

// wantsWorker reports whether the job needs a worker that it does not have.
func (s *Service) wantsWorker(j *jobstore.Job, all bool) bool {
	now := s.opts.Now()

	switch {
	case j.Status == jobstore.StatusPendingUpload:
		return false
	case j.Status.Terminal() && j.Notification != jobstore.NotificationPending:
		return false
	case all:
		return true
	case j.Lease.Owner != "" && now.Before(j.Lease.ExpiresAt):
		return false
	case j.Lease.Owner != "" && j.DispatchedAt.Before(j.Lease.ExpiresAt):
		// Its worker has died, and no message was sent since.
		return true
	}

	return !now.Before(j.DispatchedAt.Add(s.opts.ResendAfter))
}

func (s *Service) redispatchJob(ctx context.Context, j *jobstore.Job, all bool) (bool, error) {
	if !s.wantsWorker(j, all) {
		return false, nil
	}

	now := s.opts.Now().UTC()

	_, err := s.ports.Jobs.Update(ctx, j.ID, func(j *jobstore.Job) error {
		if !s.wantsWorker(j, all) {
			return errStarted
		}

		j.DispatchedAt = now

		return nil
	})
	if errors.Is(err, errStarted) || errors.Is(err, jobstore.ErrNotFound) {
		return false, nil
	}

	if err != nil {
		return false, fmt.Errorf("importer: sweep: %w", err)
	}

	if all {
		if err := jobstore.BreakLease(ctx, s.ports.Jobs, j.ID); err != nil {
			return false, fmt.Errorf("importer: break lease: %w", err)
		}
	}

	s.opts.Logger.InfoContext(ctx, "job wants a worker", "job_id", j.ID, "status", j.Status)
	s.telemetry.dispatched.Add(ctx, 1, metric.WithAttributes(jobType(j)))

	return true, s.send(ctx, j.ID)
}

// expiredPage is how many expired jobs are removed at a time.
const expiredPage = 100

// removeExpired removes the jobs whose time is over, where the store leaves that
// to us: first the files, then the record, so that a crash in between leaves
// nothing that no record speaks of.
func (s *Service) removeExpired(ctx context.Context) error {
	expirer, ok := s.ports.Jobs.(jobstore.Expirer)
	if !ok {
		return nil
	}

	for {
		ids, err := expirer.Expired(ctx, s.opts.Now(), expiredPage)
		if err != nil {
			return fmt.Errorf("importer: find expired jobs: %w", err)
		}

		var failed error
		for _, id := range ids {
			failed = errors.Join(failed, s.removeJob(ctx, expirer, id))
		}

		if failed != nil || len(ids) < expiredPage {
			return failed
		}
	}
}

func (s *Service) removeJob(ctx context.Context, expirer jobstore.Expirer, id string) error {
	for _, kind := range s.ports.Kinds {
		if err := deleteFolder(ctx, s.ports.Files, folder(kind, id)); err != nil {
			return fmt.Errorf("importer: remove files of expired job: %w", err)
		}
	}

	if err := expirer.Delete(ctx, id); err != nil {
		return fmt.Errorf("importer: remove expired job: %w", err)
	}

	return nil
}

// removeBatches removes the records of batches that are older than their jobs are kept.
// Their ids begin with the day, so the oldest come first.
func (s *Service) removeBatches(ctx context.Context) error {
	// The id tells the day on which the newest job was created, which may have waited for its
	// start for a while. A day more: it tells no more of that than the day.
	before := batchPrefix + s.opts.Now().UTC().Add(-s.opts.JobTTL-s.opts.PendingTTL-24*time.Hour).Format(batchDate)

	infos, err := s.ports.Files.List(ctx, batchFolder+"/", "", expiredPage)
	if err != nil {
		return fmt.Errorf("importer: find old batches: %w", err)
	}

	for _, info := range infos {
		if info.Key >= batchFolder+"/"+before {
			return nil
		}

		if err := s.ports.Files.Delete(ctx, info.Key); err != nil {
			return fmt.Errorf("importer: remove old batch: %w", err)
		}
	}

	return nil
}

// deleteFolder removes every file below a folder.
func deleteFolder(ctx context.Context, files blob.Store, folder string) error {
	for {
		infos, err := files.List(ctx, folder+"/", "", 0)
		if err != nil {
			return err
		}

		for _, info := range infos {
			if err := files.Delete(ctx, info.Key); err != nil {
				return err
			}
		}

		if len(infos) < blob.MaxPage {
			return nil
		}
	}
}
