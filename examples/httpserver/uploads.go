package main

import (
	"context"
	"errors"
	"net/http"
	"path"

	"github.com/vyapaarai/bulkimport/importer/blob/signedurl"
	"github.com/vyapaarai/bulkimport/jobstore"
)

// errNotWaiting reports an upload that no job waits for.
var errNotWaiting = errors.New("no job waits for this upload")

// onlyWhilePending returns what refuses an upload unless its job waits for one: a
// file must not be replaced under a running import, nor behind one that has ended.
// The id of the job is the folder of its file.
func onlyWhilePending(jobs jobstore.Store) func(ctx context.Context, key string) error {
	return func(ctx context.Context, key string) error {
		job, err := jobs.Get(ctx, path.Base(path.Dir(key)))

		switch {
		case errors.Is(err, jobstore.ErrNotFound), err == nil && job.InputKey != key:
			return &signedurl.Refusal{
				Status: http.StatusNotFound, Code: "job_not_found",
				Message: "There is no import for this upload any more; ask for a new upload URL.", Err: errNotWaiting,
			}
		case err != nil:
			return err
		case job.Status != jobstore.StatusPendingUpload:
			return &signedurl.Refusal{
				Status: http.StatusConflict, Code: "upload_closed",
				Message: "The import has been started or cancelled, so its file stays as it is; ask for a new upload URL.",
				Err:     errNotWaiting,
			}
		}

		return nil
	}
}
