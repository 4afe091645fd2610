package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"time"

	"github.com/vyapaarai/bulkimport/importer/blob"
	"github.com/vyapaarai/bulkimport/jobstore"
)

// plan returns the imports to run: those of the arguments, and in front of them the
// ones that an earlier run left unfinished and no argument asks for. An argument
// that is such a file, by its name and content, goes on with that job rather than
// beginning another.
func (s *session) plan(ctx context.Context) ([]*fileImport, error) {
	left, err := s.unfinished(ctx)
	if err != nil {
		return nil, err
	}

	var imports []*fileImport

	for _, file := range s.conf.files {
		f := &fileImport{file: file}

		for i, job := range left {
			same, err := s.holds(ctx, job, file)
			if err != nil {
				return nil, err
			}

			if same {
				f.resume(job)
				left = slices.Delete(left, i, i+1)

				break
			}
		}

		imports = append(imports, f)
	}

	for _, job := range slices.Backward(left) { // they are listed newest first
		f := &fileImport{file: job.InputFilename}
		f.resume(job)
		imports = slices.Insert(imports, 0, f)
	}

	for _, f := range imports {
		if f.job.ID != "" {
			s.progress.note("%s: goes on after row %d, where an earlier run stopped, with the options of that run",
				f.title(), max(f.job.Checkpoint.Row-1, 1))
		}
	}

	return imports, nil
}

func (f *fileImport) resume(job jobstore.Job) {
	f.job, f.begun, f.rowsBefore = job, time.Now(), job.Progress.ProcessedRows
}

// unfinished lists the jobs that were started and have not ended, newest first.
func (s *session) unfinished(ctx context.Context) ([]jobstore.Job, error) {
	var jobs []jobstore.Job

	for _, status := range []jobstore.Status{jobstore.StatusQueued, jobstore.StatusProcessing} {
		for query := (jobstore.Query{Status: status}); ; {
			page, err := s.service.List(ctx, caller(), query)
			if err != nil {
				return nil, err
			}

			jobs = append(jobs, page.Jobs...)

			if query.Cursor = page.Next; query.Cursor == "" {
				break
			}
		}
	}

	return jobs, nil
}

// holds reports whether the job is the import of this very file. The standard input
// is never: it would have to be read to tell. A file that cannot be read is not
// either; its own import is going to say why.
func (s *session) holds(ctx context.Context, job jobstore.Job, file string) (bool, error) {
	if file == stdinName || job.InputFilename != displayName(file) ||
		job.Type != s.conf.jobType() || job.StoreID != s.conf.store {
		return false, nil
	}

	f, err := openFile(file)
	if err != nil {
		return false, nil
	}
	defer f.Close() // it was only read

	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() || info.Size() != job.InputFileSizeBytes {
		return false, nil
	}

	stored, _, err := s.files.Open(ctx, job.InputKey, nil)
	if errors.Is(err, blob.ErrNotFound) {
		return false, nil // the job is going to fail for that
	}

	if err != nil {
		return false, err
	}

	same, err := equal(stored, f)

	return same, errors.Join(err, stored.Close())
}

// equal reports whether two readers give the same bytes.
func equal(a, b io.Reader) (bool, error) {
	const size = 64 << 10

	left, right := make([]byte, size), make([]byte, size)

	for {
		n, leftErr := io.ReadFull(a, left)
		m, rightErr := io.ReadFull(b, right)

		switch {
		case !bytes.Equal(left[:n], right[:m]):
			return false, nil
		case leftErr == nil && rightErr == nil:
			continue
		case atEnd(leftErr) && atEnd(rightErr):
			return true, nil
		}

		return false, errors.Join(leftErr, rightErr)
	}
}

func atEnd(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}
