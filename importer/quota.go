package importer

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/vyapaarai/bulkimport/jobstore"
)

// Defaults of the quotas of a user.
const (
	DefaultMaxConcurrentJobs = 10
	DefaultMaxJobsPerDay     = 100
)

const (
	// placeTTL is how long a place that was taken is kept for a job that is not yet
	// queued: far longer than the one write takes that queues it.
	placeTTL = time.Minute
	// placeRetryAfter is when a user without a free place may try again. When one of
	// its jobs ends nobody knows.
	placeRetryAfter = 30 * time.Second
	// placeAttempts is how often a place is looked for while others look too.
	placeAttempts = 5
)

// errNoPlace ends an update of a user's record in which no place is free.
var errNoPlace = errors.New("importer: no place is free")

// claim is what a job takes of what its user may have.
type claim struct {
	jobID string
	// version is that of the job's record for which a place among the jobs under way is
	// taken; 0 takes none.
	version int64
	// counts says that the job counts towards those of the day.
	counts bool
}

// firstVersion is the version of a job's record that was created and not changed since.
const firstVersion = 1

// takePlace takes a place for a job that is about to be queued, of which the user
// that created it has only so many. job is the record as it was read: it must be
// queued by a write on condition that its version is still the same (see
// placeIsOver), which is what makes the count exact.
func (s *Service) takePlace(ctx context.Context, job *jobstore.Job) (takenAt time.Time, err error) {
	return s.take(ctx, job.CreatedByUserID, claim{jobID: job.ID, version: job.Version})
}

// take takes for a job what it claims: all of that at once, or nothing. The error is an
// *Error that wraps ErrQuota where the user has no more of it. What a job that is about to
// be created has taken counts even where its creation then fails.
//
// Nobody gives a place back. When all are taken, those whose jobs do not need theirs
// any more are found out by looking at their records, so that a crash anywhere costs
// no place for good.
func (s *Service) take(ctx context.Context, userID string, c claim) (takenAt time.Time, err error) {
	takenAt = s.opts.Now().UTC()

	c.counts = c.counts && s.opts.MaxJobsPerDay >= 0
	if s.opts.MaxConcurrentJobs < 0 {
		c.version = 0
	}

	if c.version == 0 && !c.counts {
		return takenAt, nil
	}

	users, ok := s.ports.Jobs.(jobstore.UserRecords)
	if !ok {
		return takenAt, s.takeByList(ctx, userID, c, takenAt)
	}

	var idle []jobstore.UserPlace

	for range placeAttempts {
		var places []jobstore.UserPlace

		_, err := users.UpdateUser(ctx, userID, func(r *jobstore.UserRecord) error {
			if c.counts {
				if err := s.countJob(r, takenAt); err != nil {
					return err
				}
			}

			if c.version == 0 {
				return nil
			}

			r.Places = slices.DeleteFunc(r.Places, func(p jobstore.UserPlace) bool {
				return p.JobID == c.jobID || slices.ContainsFunc(idle, p.Equal)
			})

			if len(r.Places) >= s.opts.MaxConcurrentJobs {
				places = slices.Clone(r.Places)

				return errNoPlace
			}

			r.Places = append(r.Places, jobstore.UserPlace{JobID: c.jobID, JobVersion: c.version, At: takenAt})

			return nil
		})

		switch {
		case err == nil || errors.Is(err, ErrQuota):
			return takenAt, err
		case !errors.Is(err, errNoPlace):
			return takenAt, fmt.Errorf("importer: note in the record of the user: %w", err)
		}

		idle, err = s.idlePlaces(ctx, places)
		if err != nil {
			return takenAt, err
		}

		if len(idle) == 0 {
			break
		}
	}

	return takenAt, s.noPlace()
}

// takeByList is take where the store keeps no records of users: it looks, and notes
// nothing. Jobs that claim at the same time do not see each other.
func (s *Service) takeByList(ctx context.Context, userID string, c claim, now time.Time) error {
	if c.counts {
		if err := s.countJobsOfDay(ctx, userID, now); err != nil {
			return err
		}
	}

	if c.version == 0 {
		return nil
	}

	return s.countPlaces(ctx, userID)
}

// placeIsOver reports whether the place that was taken at this time for a job of this
// version no longer covers the job, as it is now. It is asked in the write that queues
// the job.
func (s *Service) placeIsOver(j *jobstore.Job, version int64, takenAt time.Time) bool {
	return s.opts.MaxConcurrentJobs >= 0 && (j.Version != version || !s.opts.Now().Before(takenAt.Add(placeTTL)))
}

// idlePlaces returns the places whose jobs do not need them.
func (s *Service) idlePlaces(ctx context.Context, places []jobstore.UserPlace) ([]jobstore.UserPlace, error) {
	var idle []jobstore.UserPlace

	for _, place := range places {
		job, err := s.ports.Jobs.Get(ctx, place.JobID)

		switch {
		case errors.Is(err, jobstore.ErrNotFound):
			// It is gone, or about to be created.
			job = jobstore.Job{Version: firstVersion}
		case err != nil:
			return nil, fmt.Errorf("importer: look at a job that has a place: %w", err)
		}

		if !s.needsPlace(&job, place) {
			idle = append(idle, place)
		}
	}

	return idle, nil
}

// needsPlace reports whether a job needs its place: it is queued or in work, or is
// about to be queued, perhaps right after its creation.
func (s *Service) needsPlace(j *jobstore.Job, p jobstore.UserPlace) bool {
	return isActive(j) || j.Version == p.JobVersion && s.opts.Now().Before(p.At.Add(placeTTL))
}

func isActive(j *jobstore.Job) bool {
	return j.Status == jobstore.StatusQueued || j.Status == jobstore.StatusProcessing
}

// countPlaces counts the active jobs of a user where the store keeps no records of
// users.
func (s *Service) countPlaces(ctx context.Context, userID string) error {
	active := 0

	for _, status := range []jobstore.Status{jobstore.StatusQueued, jobstore.StatusProcessing} {
		query := jobstore.Query{CreatedBy: userID, Status: status}

		for {
			page, err := s.ports.Jobs.List(ctx, query)
			if err != nil {
				return fmt.Errorf("importer: count active jobs: %w", err)
			}

			active += len(page.Jobs)
			if active >= s.opts.MaxConcurrentJobs {
				return s.noPlace()
			}

			if page.Next == "" {
				break
			}

			query.Cursor = page.Next
		}
	}

	return nil
}

func (s *Service) noPlace() error {
	return &Error{
		Sentinel: ErrQuota, Code: "quota_concurrent_jobs", RetryAfter: placeRetryAfter,
		Message: fmt.Sprintf("There may be %d imports of one user under way at a time; start this one when another has ended.",
			s.opts.MaxConcurrentJobs),
	}
}

// countJob counts a job towards the jobs of the day in the record of its user.
func (s *Service) countJob(r *jobstore.UserRecord, now time.Time) error {
	// Where the clocks of two servers are apart, a job of yesterday counts for today:
	// going back would begin at 0 each time.
	if day := now.Format(time.DateOnly); day > r.Day {
		r.Day, r.JobsOfDay = day, 0
	}

	if r.JobsOfDay >= int64(s.opts.MaxJobsPerDay) {
		return s.noMoreToday(now)
	}

	r.JobsOfDay++

	return nil
}

// countJobsOfDay is countJob where the store keeps no records of users. Jobs that are
// gone do not count.
func (s *Service) countJobsOfDay(ctx context.Context, userID string, now time.Time) error {
	query := jobstore.Query{CreatedBy: userID}
	midnight := now.Truncate(24 * time.Hour)

	for count := 0; ; {
		page, err := s.ports.Jobs.List(ctx, query)
		if err != nil {
			return fmt.Errorf("importer: count jobs of the day: %w", err)
		}

		for i := range page.Jobs {
			if page.Jobs[i].CreatedAt.Before(midnight) {
				return nil // newest first: the others are older still
			}

			if count++; count >= s.opts.MaxJobsPerDay {
				return s.noMoreToday(now)
			}
		}

		if page.Next == "" {
			return nil
		}

		query.Cursor = page.Next
	}
}

func (s *Service) noMoreToday(now time.Time) error {
	tomorrow := now.Truncate(24 * time.Hour).Add(24 * time.Hour)

	return &Error{
		Sentinel: ErrQuota, Code: "quota_daily_jobs", RetryAfter: tomorrow.Sub(now),
		Message: fmt.Sprintf("One user may create %d imports a day; the next day begins at midnight UTC.", s.opts.MaxJobsPerDay),
	}
}
