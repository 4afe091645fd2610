package webhooknotify

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/vyapaarai/bulkimport/importer/notify"
	"github.com/vyapaarai/bulkimport/internal/netguard"
)

// errTooLong is the cause of the end of a try that took too long.
var errTooLong = errors.New("webhooknotify: the receiver took too long")

// judge returns what an answer means; nil for an event that was taken.
func judge(answer *http.Response, now time.Time) error {
	status := answer.StatusCode
	reason := fmt.Sprintf("the receiver answered with status %d", status)

	switch {
	case status >= 200 && status < 300:
		return nil
	case status >= 300 && status < 400:
		return &notify.Error{Reason: reason + ", a redirect, which is not followed", Rejected: true}
	case status == http.StatusRequestTimeout, status == http.StatusTooManyRequests, status >= 500:
		return &notify.Error{Reason: reason, RetryAfter: parseRetryAfter(answer.Header.Get("Retry-After"), now)}
	}

	return &notify.Error{Reason: reason, Rejected: true}
}

// explain returns what is wrong with a request that got no answer.
func (n *Notifier) explain(ctx context.Context, err error) error {
	if refused, ok := errors.AsType[*netguard.RefusedError](err); ok {
		return &notify.Error{Reason: "the receiver's address is not allowed: " + refused.Reason, Rejected: true, Cause: netguard.ErrRefused}
	}

	// The lookup and the connection have the same time limit, and may notice first.
	slow, isNet := errors.AsType[net.Error](err)
	if errors.Is(context.Cause(ctx), errTooLong) || isNet && slow.Timeout() {
		return &notify.Error{Reason: fmt.Sprintf("the receiver did not answer within %v", n.opts.Timeout), Cause: err}
	}

	return &notify.Error{Reason: "the receiver could not be reached", Cause: err}
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
