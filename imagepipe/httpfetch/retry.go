package httpfetch

import (
	"math"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"
)

const (
	// firstPause is before the second attempt; it doubles with each.
	firstPause = 500 * time.Millisecond
	// maxRetryAfter is the longest wish of a server that is granted. A longer one is
	// not worth the slot of an import.
	maxRetryAfter = 10 * time.Second
	// maxPauseDoublings keeps the pause below a minute, however many attempts are made.
	maxPauseDoublings = 6
)

// backoff returns the pause after the n-th attempt, from 1: half of it by chance, so that
// requests which failed together do not come back together.
func backoff(n int) time.Duration {
	pause := firstPause << min(n-1, maxPauseDoublings)

	return pause/2 + rand.N(pause/2)
}

// parseRetryAfter reads the header of RFC 9110, section 10.2.3: seconds or a date. It is 0
// where there is none that can be read.
func parseRetryAfter(header string, now time.Time) time.Duration {
	if seconds, err := strconv.ParseUint(header, 10, 64); err == nil {
		return time.Duration(min(seconds, math.MaxInt32)) * time.Second
	}

	date, err := http.ParseTime(header)
	if err != nil {
		return 0
	}

	return max(0, date.Sub(now))
}

// isTemporary reports statuses that may be another a moment later.
func isTemporary(status int) bool {
	switch status {
	case http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusBadGateway,
		http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}

	return false
}
