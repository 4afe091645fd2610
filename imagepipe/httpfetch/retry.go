package httpfetch

import (
	"math/rand/v2"
	"net/http"
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

// isTemporary reports statuses that may be another a moment later.
func isTemporary(status int) bool {
	switch status {
	case http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusBadGateway,
		http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}

	return false
}
