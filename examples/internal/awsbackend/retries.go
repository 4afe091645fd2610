package awsbackend

import (
	"time"

	"github.com/vyapaarai/bulkimport/importer"
)

// How long the programs on AWS go on with a job while something that they need does not
// answer. Services of a region are away for minutes now and then, and one machine that waits
// for its own disk, which the engine's defaults are for, gives up sooner: after 75 seconds.
const (
	// RetryDelay is the first wait after a run that ended in an error. Each is twice the
	// one before.
	RetryDelay = 15 * time.Second
	// MaxAttempts is how many runs in a row may end so before the job fails: the seven
	// waits between eight runs are 1,905 seconds, some 32 minutes.
	MaxAttempts = 8
	// ResendAfter is longer than the longest of these waits, of 16 minutes: a sweep that
	// sends another message before would end it early.
	ResendAfter = 20 * time.Minute
)

// WorkerOptions returns o as workers on AWS have it.
func WorkerOptions(o importer.WorkerOptions) *importer.WorkerOptions {
	o.RetryDelay, o.MaxAttempts = RetryDelay, MaxAttempts

	return &o
}

// ServiceOptions returns o as services on AWS have it.
func ServiceOptions(o importer.ServiceOptions) *importer.ServiceOptions {
	o.ResendAfter = ResendAfter

	return &o
}
