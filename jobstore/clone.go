package jobstore

import (
	"maps"
	"slices"
	"time"
)

// Clone returns a deep copy: it shares no slice, map or pointer with j.
func (j *Job) Clone() Job {
	c := *j

	c.StatusHistory = slices.Clone(j.StatusHistory)
	c.Audit = slices.Clone(j.Audit)
	c.Progress.ErrorCodes = maps.Clone(j.Progress.ErrorCodes)
	c.Progress.DuplicatesByTier = maps.Clone(j.Progress.DuplicatesByTier)
	c.Progress.Quality = maps.Clone(j.Progress.Quality)
	c.InputDialect = slices.Clone(j.InputDialect)
	c.RecentErrors = slices.Clone(j.RecentErrors)
	c.Warnings = slices.Clone(j.Warnings)
	c.Delivery.Channels = maps.Clone(j.Delivery.Channels)
	c.Delivery.Attempts = slices.Clone(j.Delivery.Attempts)
	c.Checkpoint.Writers = slices.Clone(j.Checkpoint.Writers)

	for i := range c.Warnings {
		c.Warnings[i].Rows = slices.Clone(c.Warnings[i].Rows)
	}

	if j.Failure != nil {
		failure := *j.Failure
		c.Failure = &failure
	}

	if j.StartKey != nil {
		key := *j.StartKey
		c.StartKey = &key
	}

	return c
}

// timesToUTC moves every time of the record to UTC. It writes into the record's
// own slices.
func (j *Job) timesToUTC() {
	times := []*time.Time{
		&j.CreatedAt, &j.StartedAt, &j.CompletedAt, &j.EstimatedCompletionAt, &j.ExpiresAt,
		&j.DispatchedAt, &j.CancelRequestedAt, &j.Lease.ExpiresAt,
	}
	for i := range j.StatusHistory {
		times = append(times, &j.StatusHistory[i].At)
	}

	for i := range j.Audit {
		times = append(times, &j.Audit[i].At)
	}

	for i := range j.Delivery.Attempts {
		times = append(times, &j.Delivery.Attempts[i].At)
	}

	for _, t := range times {
		*t = t.UTC()
	}
}
