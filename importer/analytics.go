package importer

import (
	"context"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/vyapaarai/bulkimport/jobstore"
)

const (
	// MaxAnalyticsDays is the longest period of Service.Analytics.
	MaxAnalyticsDays = 90
	// maxAnalyticsJobs bounds how many jobs are read for one answer.
	maxAnalyticsJobs = 10_000
	// analyticsTTL is how long an answer is given again.
	analyticsTTL = 5 * time.Second
	// maxAnalytics is how many answers are kept.
	maxAnalytics = 256
	// maxAnalyticsRuns is how many answers are computed at a time.
	maxAnalyticsRuns = 2
	// analyticsWait is how long a request waits for its turn.
	analyticsWait = 5 * time.Second
	// analyticsTime bounds the computation of an answer, which does not end with the
	// request that asked for it.
	analyticsTime = 30 * time.Second
)

// Analytics adds up the jobs that were created in a period.
type Analytics struct {
	// From is the beginning of the first day in UTC, To the time of the answer.
	From, To time.Time
	// Truncated says that there were more jobs than are looked at; the older ones
	// are left out.
	Truncated bool
	// Jobs counts all, Started those that became imports: without files that were only
	// uploaded, and without those whose import was cancelled before it began.
	Jobs, Started int64
	ByStatus      map[jobstore.Status]int64
	// Progress adds up that of the jobs. It has no percentage, nor a total.
	Progress jobstore.Progress
	// Days are the days of the period, every one, the oldest first.
	Days []AnalyticsDay
	// RowsPerSecond is how many rows one import processes in a second: those of the
	// imports that have ended, and that were not retried, by the time from their begin
	// to their end. 0 where there are none.
	RowsPerSecond float64
}

// AnalyticsDay adds up the jobs that were created on one day.
type AnalyticsDay struct {
	// Date is the beginning of the day, in UTC.
	Date time.Time
	// Jobs and Started are as those of Analytics.
	Jobs, Started int64
	Progress      jobstore.Progress
}

// AnalyticsRequest asks for Analytics.
type AnalyticsRequest struct {
	// Days is the length of the period, today included: 1 to MaxAnalyticsDays.
	Days int
	// Type is the type of the jobs; empty for all. Products and items of an inventory are
	// not the same thing, so counts of rows of all types say little.
	Type jobstore.Type
}

// Analytics adds up the jobs of the last days that the caller sees. The answer may be some
// seconds old, and belongs to several callers: it is not to be changed. The error wraps
// ErrInvalid where the request is at fault, or ErrBusy where too many other periods, types or
// callers are being added up.
//
// It reads every job of the period, up to 10,000. Calls for the same at the same time share
// that.
func (s *Service) Analytics(ctx context.Context, c Caller, req AnalyticsRequest) (*Analytics, error) {
	if req.Days < 1 || req.Days > MaxAnalyticsDays {
		return nil, invalid("days_invalid", "The number of days must be 1 to %d.", MaxAnalyticsDays)
	}

	if _, known := s.ports.kind(req.Type); req.Type != "" && !known {
		return nil, unknownType(req.Type)
	}

	if !c.SeesAll && c.UserID == "" {
		return nil, invalid("user_missing", "Analytics need a user.")
	}

	key := analyticsKey{days: req.Days, jobType: req.Type, storeID: c.StoreID}
	if !c.SeesAll {
		key.userID = c.UserID
	}

	if a := s.analytics.get(key, s.opts.Now().UTC()); a != nil {
		return a, nil
	}

	// Whoever comes first computes for those that come meanwhile, so that its own end must
	// not be theirs.
	shared := s.analytics.flights.DoChan(key.String(), func() (any, error) {
		work, cancel := context.WithTimeout(context.WithoutCancel(ctx), analyticsTime)
		defer cancel()

		return s.sharedAnalytics(work, key)
	})

	select {
	case result := <-shared:
		if result.Err != nil {
			return nil, result.Err
		}

		a, _ := result.Val.(*Analytics)

		return a, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// sharedAnalytics computes an answer in its turn, and keeps it.
func (s *Service) sharedAnalytics(ctx context.Context, key analyticsKey) (*Analytics, error) {
	leave, err := s.analytics.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()

	var a *Analytics

	// It runs in a goroutine of its own, where a panic would end the program.
	err = guard(func() (err error) {
		now := s.opts.Now().UTC()

		// One that ended just before this began.
		if a = s.analytics.get(key, now); a == nil {
			a, err = s.computeAnalytics(ctx, key, now)
		}

		return err
	})
	if err != nil {
		return nil, err
	}

	s.analytics.put(key, a)

	return a, nil
}

func (s *Service) computeAnalytics(ctx context.Context, key analyticsKey, now time.Time) (*Analytics, error) {
	today := now.Truncate(24 * time.Hour)

	sum := &analyticsSum{Analytics: &Analytics{
		From: today.AddDate(0, 0, 1-key.days), To: now,
		ByStatus: map[jobstore.Status]int64{}, Days: make([]AnalyticsDay, key.days),
	}}
	for i := range sum.Days {
		sum.Days[i].Date = sum.From.AddDate(0, 0, i)
	}

	query := jobstore.Query{CreatedBy: key.userID, StoreID: key.storeID, Type: key.jobType}

	for {
		page, err := s.ports.Jobs.List(ctx, query)
		if err != nil {
			return nil, fmt.Errorf("importer: list jobs for analytics: %w", err)
		}

		for i := range page.Jobs {
			if page.Jobs[i].CreatedAt.Before(sum.From) {
				return sum.end(), nil // newest first: the others are older still
			}

			if sum.Jobs == maxAnalyticsJobs {
				sum.Truncated = true

				return sum.end(), nil
			}

			sum.add(&page.Jobs[i])
		}

		if page.Next == "" {
			return sum.end(), nil
		}

		query.Cursor = page.Next
	}
}

// analyticsSum is an answer under way.
type analyticsSum struct {
	*Analytics

	rows int64
	took time.Duration
}

func (a *analyticsSum) add(j *jobstore.Job) {
	a.Jobs++
	a.ByStatus[j.Status]++
	addProgress(&a.Progress, &j.Progress)

	// A job of the future, by the clock of another machine, is one of today.
	day := &a.Days[min(int(j.CreatedAt.Sub(a.From)/(24*time.Hour)), len(a.Days)-1)]
	day.Jobs++
	addProgress(&day.Progress, &j.Progress)

	if becameImport(j) {
		a.Started++
		day.Started++
	}

	if j.Status.Terminal() && j.Retries == 0 && !j.StartedAt.IsZero() && j.CompletedAt.After(j.StartedAt) {
		a.rows += j.Progress.ProcessedRows
		a.took += j.CompletedAt.Sub(j.StartedAt)
	}
}

// becameImport reports whether a job is more than a file that somebody had looked at: most
// of those are cancelled, since they were only checked.
func becameImport(j *jobstore.Job) bool {
	switch j.Status {
	case jobstore.StatusPendingUpload:
		return false
	case jobstore.StatusCancelled:
		return wasBegun(j)
	}

	return true
}

func (a *analyticsSum) end() *Analytics {
	if a.took > 0 {
		a.RowsPerSecond = float64(a.rows) / a.took.Seconds()
	}

	return a.Analytics
}

// analyticsKey is what an answer depends on, besides the time. An empty user stands for
// the jobs of everybody.
type analyticsKey struct {
	// userID and storeID are whose jobs are added up; empty for those of all.
	userID, storeID string
	// jobType is what they are; empty for all.
	jobType jobstore.Type
	days    int
}

// String returns a text that no other key has.
func (k analyticsKey) String() string {
	return fmt.Sprintf("%q %q %q %d", k.userID, k.storeID, k.jobType, k.days)
}

// analyticsCache keeps answers for a moment, and has few computed at a time. It is safe for
// concurrent use.
type analyticsCache struct {
	flights singleflight.Group
	places  chan struct{}

	mu      sync.Mutex
	answers map[analyticsKey]*Analytics
}

// enter waits for a turn.
func (c *analyticsCache) enter(ctx context.Context) (leave func(), err error) {
	timer := time.NewTimer(analyticsWait)
	defer timer.Stop()

	select {
	case c.places <- struct{}{}:
		return func() { <-c.places }, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	case <-timer.C:
		return nil, &Error{
			Sentinel: ErrBusy, Code: "analytics_busy", RetryAfter: analyticsWait,
			Message: "Other imports are being added up; try again in a moment.",
		}
	}
}

func (c *analyticsCache) get(key analyticsKey, now time.Time) *Analytics {
	c.mu.Lock()
	defer c.mu.Unlock()

	a := c.answers[key]
	if a == nil || now.Sub(a.To) >= analyticsTTL || now.Before(a.To) {
		return nil
	}

	return a
}

func (c *analyticsCache) put(key analyticsKey, a *Analytics) {
	c.mu.Lock()
	defer c.mu.Unlock()

	if c.answers == nil || len(c.answers) >= maxAnalytics {
		c.answers = map[analyticsKey]*Analytics{} // they are all old in a moment
	}

	c.answers[key] = a
}
