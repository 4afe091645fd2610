package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/vyapaarai/bulkimport/importer"
	"github.com/vyapaarai/bulkimport/importer/blob"
	"github.com/vyapaarai/bulkimport/jobstore"
)

// errInterrupted is the error of an import that the user stopped.
var errInterrupted = errors.New("interrupted")

// fileImport is the import of one file.
type fileImport struct {
	// file is the file as the command line names it, or, for a job of an earlier
	// run that no argument asks for, as that run did.
	file string
	// job is the job's record as it was last seen; its ID is empty until there is
	// one.
	job jobstore.Job
	// err is why the file could not be imported, where the job does not say so.
	err error
	// report is the path of the error report, where there is one.
	report string

	// begun and rowsBefore are when this run began with the job and how many rows
	// were processed then.
	begun      time.Time
	rowsBefore int64
}

// title is what the file is called in what people read.
func (f *fileImport) title() string {
	if f.file == stdinName {
		return "standard input"
	}

	return f.file
}

// ended reports whether nothing more is going to happen to the job.
func (f *fileImport) ended() bool {
	return f.job.Status.Terminal() && f.job.Notification != jobstore.NotificationPending
}

// interrupted reports whether the import was stopped before its end.
func (f *fileImport) interrupted() bool { return errors.Is(f.err, errInterrupted) }

// failed reports whether the import came to a bad end.
func (f *fileImport) failed() bool {
	return !f.interrupted() && (f.err != nil ||
		f.job.Status == jobstore.StatusFailed || f.job.Status == jobstore.StatusCancelled)
}

func anyInterrupted(imports []*fileImport) bool {
	return slices.ContainsFunc(imports, (*fileImport).interrupted)
}

func anyFailed(imports []*fileImport) bool {
	return slices.ContainsFunc(imports, (*fileImport).failed)
}

// session takes files through the engine.
type session struct {
	service  *importer.Service
	files    blob.Store
	conf     config
	stdin    io.Reader
	progress *progress
}

// caller is who the service deals with: whoever can read the data folder may see
// every job in it.
func caller() importer.Caller {
	return importer.Caller{UserID: "importcsv", SeesAll: true}
}

// runAll runs the imports, some at a time. What goes wrong with one is kept with
// it and does not stop the others.
func (s *session) runAll(ctx context.Context, imports []*fileImport) error {
	s.progress.begin(imports)
	defer s.progress.end()

	var group errgroup.Group
	group.SetLimit(maxParallel)

	for _, f := range imports {
		group.Go(func() error {
			f.err = s.runOne(ctx, f)
			if f.err != nil && ctx.Err() != nil {
				f.err = errInterrupted // whatever it was that the end of ctx broke off
			}

			return nil
		})
	}

	return group.Wait()
}

func (s *session) runOne(ctx context.Context, f *fileImport) error {
	if f.job.ID == "" {
		if err := s.submit(ctx, f); err != nil {
			return err
		}
	}

	if err := s.wait(ctx, f); err != nil {
		return err
	}

	return s.saveReport(ctx, f)
}

// submit hands the file over and starts its job.
func (s *session) submit(ctx context.Context, f *fileImport) error {
	source, err := s.open(ctx, f.file)
	if err != nil {
		return err
	}
	defer source.Close() // it was only read

	upload, err := s.service.CreateUpload(ctx, caller(), importer.UploadRequest{
		Type: s.conf.jobType(), StoreID: s.conf.store, Filename: displayName(f.file),
	})
	if err != nil {
		return err
	}

	f.job.ID = upload.JobID

	// A client elsewhere would send the file to upload.URL; we are next to the
	// store.
	_, err = s.files.Put(ctx, upload.Key, source, nil)

	switch {
	case errors.Is(err, errFile):
		return err
	case err != nil:
		return fmt.Errorf("cannot store it in %s: %w", dataName(s.conf.data), err)
	}

	f.begun = time.Now()

	_, err = s.service.Process(ctx, caller(), upload.JobID, &s.conf.options)

	return err
}

// pollEvery is how often a job's record is looked at. It is a read from memory or
// from a cache.
const pollEvery = 100 * time.Millisecond

// wait follows the job to its end.
func (s *session) wait(ctx context.Context, f *fileImport) error {
	ticker := time.NewTicker(pollEvery)
	defer ticker.Stop()

	for {
		job, err := s.service.Status(ctx, caller(), f.job.ID)
		if err != nil {
			return err
		}

		f.job = job
		s.progress.update(f)

		if f.ended() {
			return nil
		}

		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
	}
}

// lastLook reads the records of interrupted jobs once more: the worker has
// committed what it had in hand when it stopped, and may have come to the end.
func (s *session) lastLook(ctx context.Context, imports []*fileImport) error {
	ctx = context.WithoutCancel(ctx)

	for _, f := range imports {
		if f.job.ID == "" || !f.interrupted() {
			continue
		}

		job, err := s.service.Status(ctx, caller(), f.job.ID)
		if err != nil {
			return err
		}

		f.job = job
		if f.ended() {
			f.err = s.saveReport(ctx, f)
		}
	}

	return nil
}

// displayName is what a file is called in its job, and its report after it.
func displayName(file string) string {
	if file == stdinName {
		return "stdin"
	}

	return filepath.Base(file)
}
