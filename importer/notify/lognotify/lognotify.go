// Package lognotify tells the log that a job has ended, for a service that has
// nobody else to tell.
//
// The line names the job and its counts. Whose job it is stays out of it: the
// e-mail address is personal data, and where tokens carry no other name the user
// id is one too. Of a failure it has the code alone: the sentence may quote the file.
// The job record has them all.
package lognotify

import (
	"context"
	"log/slog"

	"github.com/vyapaarai/bulkimport/importer/notify"
)

var _ notify.Notifier = (*Notifier)(nil)

// Notifier writes one line at level info for each event, again for each attempt.
// It is safe for concurrent use.
type Notifier struct {
	logger *slog.Logger
}

// New returns a notifier that writes to logger. A nil logger discards.
func New(logger *slog.Logger) *Notifier {
	if logger == nil {
		logger = slog.New(slog.DiscardHandler)
	}

	return &Notifier{logger: logger}
}

// Notify implements notify.Notifier. It never fails, for package slog does not
// say when a line could not be written, and does not look whether ctx has ended:
// the job has, and the line is worth writing during a shutdown, too.
func (n *Notifier) Notify(ctx context.Context, e notify.Event) error {
	attrs := []slog.Attr{
		slog.String("event_id", e.ID),
		slog.String("job_id", e.JobID),
		slog.String("job_type", e.JobType),
		slog.String("status", e.Status),
		slog.String("filename", e.Filename),
		slog.Int64("total_rows", e.TotalRows),
		slog.Int64("successful", e.Successful),
		slog.Int64("duplicates", e.Duplicates),
		slog.Int64("errors", e.Errors),
		slog.Time("completed_at", e.CompletedAt),
	}

	for _, optional := range []struct{ key, value string }{
		{"store_id", e.StoreID}, {"batch_id", e.BatchID}, {"failure_code", e.FailureCode},
	} {
		if optional.value != "" {
			attrs = append(attrs, slog.String(optional.key, optional.value))
		}
	}

	if i := e.Inventory; i != nil {
		attrs = append(attrs, slog.Int64("created", i.Created), slog.Int64("matched", i.Matched), slog.Int64("updated", i.Updated))
	}

	n.logger.LogAttrs(ctx, slog.LevelInfo, "import job ended", attrs...)

	return nil
}
