package importer

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/vyapaarai/bulkimport/importer/notify"
	"github.com/vyapaarai/bulkimport/jobstore"
)

// maxWishedDelay is the longest wish of a receiver to be left alone that is granted.
const maxWishedDelay = 10 * time.Minute

// undeliveredError reports an event that is still to be delivered over a channel.
type undeliveredError struct {
	// retryAfter is the longest wish of a receiver to be left alone.
	retryAfter time.Duration
	cause      error
}

func (e *undeliveredError) Error() string { return "importer: notify: " + e.cause.Error() }
func (e *undeliveredError) Unwrap() error { return e.cause }

// wishedDelay returns how long receivers want to be left alone, within reason.
func wishedDelay(err error) time.Duration {
	if undelivered, ok := errors.AsType[*undeliveredError](err); ok {
		return min(undelivered.retryAfter, maxWishedDelay)
	}

	return 0
}

// deliver tells of the end of the job over each channel that was not told yet, in order,
// and notes each try with the job at once: a crash repeats at most the last one. It
// returns the state when no channel is left to be tried, and an undeliveredError
// otherwise.
func (r *run) deliver(ctx context.Context) (jobstore.Notification, error) {
	event := eventOf(&r.job)
	channels := notify.Channels(r.worker.ports.Notifier)

	var failed *undeliveredError

	for _, c := range channels {
		if r.job.Delivery.Done(event.ID, c.Name) {
			continue
		}

		problem := r.tell(ctx, c, event)
		if problem != nil && ctx.Err() != nil {
			return "", fmt.Errorf("importer: notify: %w", context.Cause(ctx)) // cut off: that is no try
		}

		state := r.deliveryState(problem)
		if err := r.noteDelivery(ctx, event, c, problem, state); err != nil {
			return "", err
		}

		if state == "" {
			failed = failed.and(c, problem)
		}
	}

	if failed != nil {
		return "", failed
	}

	for _, c := range channels {
		if r.job.Delivery.Channels[c.Name] == jobstore.NotificationFailed {
			return jobstore.NotificationFailed, nil
		}
	}

	return jobstore.NotificationSent, nil
}

// tell tries one channel once.
func (r *run) tell(ctx context.Context, c notify.Channel, e notify.Event) error {
	ctx, cancel := context.WithTimeout(ctx, r.worker.opts.NotifyTimeout)
	defer cancel()

	return guard(func() error { return c.Notifier.Notify(ctx, e) })
}

// deliveryState returns what a channel is done with after a try, and "" where there is
// to be another.
func (r *run) deliveryState(problem error) jobstore.Notification {
	switch {
	case problem == nil:
		return jobstore.NotificationSent
	case errors.Is(problem, notify.ErrRejected) || r.job.Attempts+1 >= r.worker.opts.NotifyAttempts:
		return jobstore.NotificationFailed
	}

	return ""
}

// noteDelivery writes a try into the job's record and the log.
func (r *run) noteDelivery(ctx context.Context, e notify.Event, c notify.Channel, problem error, state jobstore.Notification) error {
	now := r.worker.opts.Now().UTC()
	attempt := jobstore.DeliveryAttempt{At: now, Channel: c.Name, Error: reasonOf(problem)}
	r.telemetry.delivery(ctx, c.Name, deliveryOutcome(problem, state))

	switch state {
	case jobstore.NotificationSent:
		r.log.DebugContext(ctx, "notification delivered", "channel", c.Name, "event_id", e.ID)
	case jobstore.NotificationFailed:
		r.log.ErrorContext(ctx, "the notification is given up", "channel", c.Name, "event_id", e.ID, "error", problem)
	default:
		r.log.WarnContext(ctx, "notification not delivered", "channel", c.Name, "event_id", e.ID, "error", problem)
	}

	job, err := r.hold.Update(ctx, now, func(j *jobstore.Job) error {
		j.Delivery.Note(e.ID, attempt, state)

		return nil
	})
	if err != nil {
		return fmt.Errorf("importer: note the notification: %w", err)
	}

	r.job = job

	return nil
}

// reasonOf returns what users are told of a try that failed. Errors of which nothing is
// known may hold what is not for them.
func reasonOf(err error) string {
	if err == nil {
		return ""
	}

	if known, ok := errors.AsType[*notify.Error](err); ok {
		return shorten(known.Reason)
	}

	return "it could not be delivered; the operator's log has the details"
}

// and adds the failure of a channel.
func (e *undeliveredError) and(c notify.Channel, problem error) *undeliveredError {
	both := &undeliveredError{cause: fmt.Errorf("%s: %w", c.Name, problem)}
	if e != nil {
		both.cause, both.retryAfter = errors.Join(e.cause, both.cause), e.retryAfter
	}

	if known, ok := errors.AsType[*notify.Error](problem); ok {
		both.retryAfter = max(both.retryAfter, known.RetryAfter)
	}

	return both
}
