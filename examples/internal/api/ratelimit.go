package api

import (
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/time/rate"
)

// RateLimit bounds how many requests a user sends: perSecond of them in the long run,
// and so many more at once that a page which polls several imports never meets the
// bound. It is for the process; several servers bound each for itself. A RateLimit is
// safe for concurrent use.
type RateLimit struct {
	perSecond rate.Limit
	burst     int
	now       func() time.Time

	mu sync.Mutex
	// users are the buckets of the users seen last. One that is dropped begins with
	// a full bucket when it comes again, so many made-up users can use up no memory,
	// and lift no bound but their own.
	users *lru.Cache[string, *rate.Limiter]
}

const (
	// burstSeconds is for how many seconds' worth of requests the bucket of a user has
	// room.
	burstSeconds = 3
	// maxLimitedUsers is how many users are remembered.
	maxLimitedUsers = 10_000
)

// ErrRateLimit reports a rate that is no positive number.
var ErrRateLimit = errors.New("api: the rate of requests must be positive")

// NewRateLimit returns a bound of perSecond requests a second for each user. now is the
// clock.
func NewRateLimit(perSecond float64, now func() time.Time) (*RateLimit, error) {
	// The negation catches what is not a number, too.
	if !(perSecond > 0) || perSecond > 1e9 {
		return nil, fmt.Errorf("%w: %v", ErrRateLimit, perSecond)
	}

	users, err := lru.New[string, *rate.Limiter](maxLimitedUsers)
	if err != nil {
		return nil, fmt.Errorf("api: users of the rate limit: %w", err)
	}

	return &RateLimit{
		perSecond: rate.Limit(perSecond), burst: max(int(burstSeconds*perSecond), 1), now: now, users: users,
	}, nil
}

// take takes a request out of the bucket of a user. It returns 0 where there was one,
// and otherwise how long it takes until there is.
func (l *RateLimit) take(userID string) time.Duration {
	if l == nil {
		return 0
	}

	now := l.now()
	bucket := l.bucket(userID)

	// Not a reservation that is cancelled: of several at a time not all is given back, and
	// whoever is refused must have used nothing up.
	if bucket.AllowN(now, 1) {
		return 0
	}

	missing := 1 - bucket.TokensAt(now)

	return max(time.Duration(missing/float64(l.perSecond)*float64(time.Second)), time.Millisecond)
}

func (l *RateLimit) bucket(userID string) *rate.Limiter {
	l.mu.Lock()
	defer l.mu.Unlock()

	bucket, known := l.users.Get(userID)
	if !known {
		bucket = rate.NewLimiter(l.perSecond, l.burst)
		l.users.Add(userID, bucket)
	}

	return bucket
}

func tooManyRequests(wait time.Duration) error {
	return &problem{
		status: http.StatusTooManyRequests, code: "rate_limited", retryAfter: wait,
		message: "These are too many requests in a short time; wait a moment, as the header Retry-After says.",
	}
}
