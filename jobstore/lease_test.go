package jobstore_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/jobstore"
	"github.com/vyapaarai/bulkimport/jobstore/memjobstore"
)

const ttl = time.Minute

// newStore returns a store that holds one job, "a", as change makes it.
func newStore(t *testing.T, change func(*jobstore.Job)) *memjobstore.Store {
	t.Helper()

	job := newJob("a")
	change(&job)

	s := memjobstore.New(&memjobstore.Options{Now: startTime})
	require.NoError(t, s.Create(t.Context(), job))

	return s
}

func asItIs(*jobstore.Job) {}

func acquire(t *testing.T, s jobstore.Store, owner string, now time.Time) (*jobstore.Holder, jobstore.Job) {
	t.Helper()

	h, job, _, err := jobstore.Acquire(t.Context(), s, "a", owner, ttl, now)
	require.NoError(t, err)

	return h, job
}

func get(t *testing.T, s jobstore.Store) jobstore.Job {
	t.Helper()

	job, err := s.Get(t.Context(), "a")
	require.NoError(t, err)

	return job
}

func TestAcquire(t *testing.T) {
	t.Parallel()

	now := startTime().Add(time.Hour)

	for _, c := range []struct {
		name    string
		job     func(*jobstore.Job)
		owner   string
		ttl     time.Duration
		err     error
		unclean bool
		status  jobstore.Status
		epoch   int64
	}{
		{name: "queued", job: asItIs, owner: "w", ttl: ttl, status: jobstore.StatusProcessing, epoch: 1},
		{
			name: "given back before", owner: "w", ttl: ttl, status: jobstore.StatusProcessing, epoch: 6,
			job: func(j *jobstore.Job) {
				j.Status, j.Lease = jobstore.StatusProcessing, jobstore.Lease{Epoch: 5}
			},
		},
		{
			name: "held", owner: "w", ttl: ttl, err: jobstore.ErrLeased,
			job: func(j *jobstore.Job) {
				j.Status = jobstore.StatusProcessing
				j.Lease = jobstore.Lease{Owner: "other", Epoch: 5, ExpiresAt: now.Add(1)}
			},
		},
		{
			name: "held by the same owner", owner: "w", ttl: ttl, err: jobstore.ErrLeased,
			job: func(j *jobstore.Job) {
				j.Status = jobstore.StatusProcessing
				j.Lease = jobstore.Lease{Owner: "w", Epoch: 5, ExpiresAt: now.Add(1)}
			},
		},
		{
			name: "lease runs out now", owner: "w", ttl: ttl, unclean: true, status: jobstore.StatusProcessing, epoch: 6,
			job: func(j *jobstore.Job) {
				j.Status = jobstore.StatusProcessing
				j.Lease = jobstore.Lease{Owner: "other", Epoch: 5, ExpiresAt: now}
			},
		},
		{
			name: "lease without an end", owner: "w", ttl: ttl, unclean: true, status: jobstore.StatusProcessing, epoch: 6,
			job: func(j *jobstore.Job) {
				j.Status, j.Lease = jobstore.StatusProcessing, jobstore.Lease{Owner: "other", Epoch: 5}
			},
		},
		{
			name: "waits for its upload", owner: "w", ttl: ttl, err: jobstore.ErrTransition,
			job: func(j *jobstore.Job) { j.Status = jobstore.StatusPendingUpload },
		},
		{
			name: "ended and told", owner: "w", ttl: ttl, err: jobstore.ErrEnded,
			job: func(j *jobstore.Job) {
				j.Status, j.Notification = jobstore.StatusCompleted, jobstore.NotificationSent
			},
		},
		{
			name: "ended without a message to send", owner: "w", ttl: ttl, err: jobstore.ErrEnded,
			job: func(j *jobstore.Job) { j.Status = jobstore.StatusCancelled },
		},
		{
			name: "ended, still to be told", owner: "w", ttl: ttl, status: jobstore.StatusFailed, epoch: 1,
			job: func(j *jobstore.Job) {
				j.Status, j.Notification = jobstore.StatusFailed, jobstore.NotificationPending
			},
		},
		{
			name: "ended and held", owner: "w", ttl: ttl, err: jobstore.ErrLeased,
			job: func(j *jobstore.Job) {
				j.Status, j.Notification = jobstore.StatusFailed, jobstore.NotificationPending
				j.Lease = jobstore.Lease{Owner: "other", Epoch: 5, ExpiresAt: now.Add(time.Hour)}
			},
		},
		{name: "no owner", job: asItIs, ttl: ttl, err: jobstore.ErrInvalid},
		{name: "no duration", job: asItIs, owner: "w", err: jobstore.ErrInvalid},
		{name: "negative duration", job: asItIs, owner: "w", ttl: -1, err: jobstore.ErrInvalid},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()

			s := newStore(t, c.job)
			before := get(t, s)
			h, job, unclean, err := jobstore.Acquire(t.Context(), s, "a", c.owner, c.ttl, now)

			if c.err != nil {
				require.ErrorIs(t, err, c.err)
				require.Nil(t, h)
				require.Zero(t, job)
				require.Equal(t, before, get(t, s))

				return
			}

			require.NoError(t, err)
			require.Equal(t, c.unclean, unclean)
			require.Equal(t, c.epoch, h.Epoch())
			require.Equal(t, jobstore.Lease{Owner: c.owner, Epoch: c.epoch, ExpiresAt: now.Add(c.ttl)}, job.Lease)
			require.Equal(t, c.status, job.Status)
			require.Equal(t, get(t, s), job)

			if before.Status == jobstore.StatusQueued {
				require.Equal(t, now, job.StartedAt)
				require.Equal(t, jobstore.StatusChange{Status: c.status, At: now, By: c.owner}, job.StatusHistory[0])
			} else {
				require.Equal(t, before.StartedAt, job.StartedAt)
				require.Equal(t, before.StatusHistory, job.StatusHistory)
			}
		})
	}
}

func TestAcquireMissing(t *testing.T) {
	t.Parallel()

	s := newStore(t, asItIs)
	_, _, _, err := jobstore.Acquire(t.Context(), s, "b", "w", ttl, startTime())
	require.ErrorIs(t, err, jobstore.ErrNotFound)
}

func TestHolderUpdateRenews(t *testing.T) {
	t.Parallel()

	s := newStore(t, asItIs)
	h, _ := acquire(t, s, "worker-1", startTime())

	later := startTime().Add(40 * time.Second)
	job, err := h.Update(t.Context(), later, func(j *jobstore.Job) error {
		j.Checkpoint.Row = 1000

		return nil
	})
	require.NoError(t, err)
	require.Equal(t, later.Add(ttl), job.Lease.ExpiresAt)
	require.Equal(t, int64(1000), job.Checkpoint.Row)

	later = later.Add(40 * time.Second)
	job, err = h.Renew(t.Context(), later)
	require.NoError(t, err)
	require.Equal(t, later.Add(ttl), job.Lease.ExpiresAt)

	// The first lease is over by now, and the job is held all the same.
	_, _, _, err = jobstore.Acquire(t.Context(), s, "a", "worker-2", ttl, later.Add(ttl-1))
	require.ErrorIs(t, err, jobstore.ErrLeased)
}

func TestHolderErrorOfChange(t *testing.T) {
	t.Parallel()

	s := newStore(t, asItIs)
	h, before := acquire(t, s, "worker-1", startTime())
	errChange := errors.New("no")
	fail := func(*jobstore.Job) error { return errChange }

	for name, write := range map[string]func() (jobstore.Job, error){
		"update":  func() (jobstore.Job, error) { return h.Update(t.Context(), startTime().Add(time.Second), fail) },
		"release": func() (jobstore.Job, error) { return h.Release(t.Context(), fail) },
		"abandon": func() (jobstore.Job, error) { return h.Abandon(t.Context(), fail) },
	} {
		_, err := write()
		require.True(t, err == errChange, name)
		require.Equal(t, before, get(t, s), "%s gave up the hold, or renewed it", name)
	}
}

// TestLateHolder: a lease that has run out protects nobody, but the job is still
// the holder's until another worker acquires it.
func TestLateHolder(t *testing.T) {
	t.Parallel()

	s := newStore(t, asItIs)
	first, _ := acquire(t, s, "worker-1", startTime())

	late := startTime().Add(time.Hour)
	_, err := first.Renew(t.Context(), late)
	require.NoError(t, err)

	// A successor with the same name is another hold.
	second, taken := acquire(t, s, "worker-1", late.Add(ttl))
	require.Equal(t, 1, taken.Crashes, "a lease that ran out")
	before := get(t, s)

	_, err = first.Renew(t.Context(), late.Add(ttl))
	require.ErrorIs(t, err, jobstore.ErrLeaseLost)
	require.Equal(t, before, get(t, s))

	_, err = second.Renew(t.Context(), late.Add(ttl))
	require.NoError(t, err)
}

func TestHandOver(t *testing.T) {
	t.Parallel()

	for _, c := range []struct {
		name    string
		giveUp  func(ctx context.Context, s jobstore.Store, h *jobstore.Holder) error
		unclean bool
		crashes int
	}{
		{"release", func(ctx context.Context, _ jobstore.Store, h *jobstore.Holder) error {
			_, err := h.Release(ctx, nil)

			return err
		}, false, 0},
		{"abandon", func(ctx context.Context, _ jobstore.Store, h *jobstore.Holder) error {
			_, err := h.Abandon(ctx, nil)

			return err
		}, true, 0},
		{"broken lease", func(ctx context.Context, s jobstore.Store, _ *jobstore.Holder) error {
			return jobstore.BreakLease(ctx, s, "a")
		}, true, 1},
		{"lease broken twice", func(ctx context.Context, s jobstore.Store, _ *jobstore.Holder) error {
			return errors.Join(jobstore.BreakLease(ctx, s, "a"), jobstore.BreakLease(ctx, s, "a"))
		}, true, 1},
		{"broken lease after abandoning", func(ctx context.Context, s jobstore.Store, h *jobstore.Holder) error {
			_, err := h.Abandon(ctx, nil)

			return errors.Join(err, jobstore.BreakLease(ctx, s, "a"))
		}, true, 0},
		{"broken lease after release", func(ctx context.Context, s jobstore.Store, h *jobstore.Holder) error {
			_, err := h.Release(ctx, nil)

			return errors.Join(err, jobstore.BreakLease(ctx, s, "a"))
		}, false, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()

			s := newStore(t, asItIs)
			first, _ := acquire(t, s, "worker-1", startTime())
			require.NoError(t, c.giveUp(t.Context(), s, first))

			// At once, long before the lease would have run out.
			second, job, unclean, err := jobstore.Acquire(t.Context(), s, "a", "worker-2", ttl, startTime())
			require.NoError(t, err)
			require.Equal(t, c.unclean, unclean)
			require.Equal(t, c.crashes, job.Crashes)
			require.Equal(t, int64(2), second.Epoch())
			require.Len(t, job.StatusHistory, 1, "a hand-over is no change of status")

			_, err = first.Update(t.Context(), startTime(), func(*jobstore.Job) error { return nil })
			require.ErrorIs(t, err, jobstore.ErrLeaseLost)
		})
	}
}

func TestHandOverWithChange(t *testing.T) {
	t.Parallel()

	attempt := func(j *jobstore.Job) error {
		j.Attempts++

		return nil
	}

	s := newStore(t, asItIs)
	h, _ := acquire(t, s, "worker-1", startTime())
	job, err := h.Release(t.Context(), attempt)
	require.NoError(t, err)
	require.Equal(t, jobstore.Lease{Epoch: 1}, job.Lease)
	require.Equal(t, 1, job.Attempts)

	h, _ = acquire(t, s, "worker-1", startTime())
	job, err = h.Abandon(t.Context(), attempt)
	require.NoError(t, err)
	require.Equal(t, jobstore.Lease{Owner: "worker-1", Epoch: 2}, job.Lease)
	require.Equal(t, 2, job.Attempts)
}

// TestAbandonedIsHeldUntilTaken pins what the comment of Abandon warns of.
func TestAbandonedIsHeldUntilTaken(t *testing.T) {
	t.Parallel()

	s := newStore(t, asItIs)
	h, _ := acquire(t, s, "worker-1", startTime())

	_, err := h.Abandon(t.Context(), nil)
	require.NoError(t, err)

	_, err = h.Renew(t.Context(), startTime())
	require.NoError(t, err)

	_, _, _, err = jobstore.Acquire(t.Context(), s, "a", "worker-2", ttl, startTime())
	require.ErrorIs(t, err, jobstore.ErrLeased)
}
