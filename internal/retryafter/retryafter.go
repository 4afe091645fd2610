// Package retryafter reads the header by which servers ask to be left alone for a while.
package retryafter

import (
	"math"
	"net/http"
	"strconv"
	"time"
)

// Parse reads a Retry-After header, RFC 9110, section 10.2.3: seconds, or a date. It is 0
// where there is none that can be read, and never negative. What is granted of it is for
// the caller to bound.
func Parse(header string, now time.Time) time.Duration {
	if seconds, err := strconv.ParseUint(header, 10, 64); err == nil {
		return time.Duration(min(seconds, math.MaxInt32)) * time.Second
	}

	date, err := http.ParseTime(header)
	if err != nil {
		return 0
	}

	return max(0, date.Sub(now))
}
