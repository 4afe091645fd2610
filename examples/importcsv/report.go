package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/vyapaarai/bulkimport/importer"
)

// errReport reports an error report that could not be written to a file.
var errReport = errors.New("cannot write the error report")

// saveReport writes the error report of an import, where it has one, to a file of
// its own.
func (s *session) saveReport(ctx context.Context, f *fileImport) error {
	if f.job.ErrorReportKey == "" {
		return nil
	}

	report, _, err := s.service.OpenReport(ctx, caller(), f.job.ID, importer.ReportErrors)
	if err != nil {
		return err
	}
	defer report.Close() // it was only read

	target, err := createReport(s.conf.reports, displayName(f.file))
	if err != nil {
		return fmt.Errorf("%w: %w", errReport, err)
	}

	_, err = io.Copy(target, report)
	if err = errors.Join(err, target.Close()); err != nil {
		return fmt.Errorf("%w: %w", errReport, err)
	}

	f.report = target.Name()

	return nil
}

// createReport creates NAME.errors.csv in the folder, or NAME.errors-2.csv and so on
// where that exists: somebody may be at work on the rows of an earlier report.
func createReport(folder, name string) (*os.File, error) {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, err
	}

	for n := 1; ; n++ {
		suffix := ".errors.csv"
		if n > 1 {
			suffix = fmt.Sprintf(".errors-%d.csv", n)
		}

		f, err := os.OpenFile(filepath.Join(folder, name+suffix), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
		if !errors.Is(err, fs.ErrExist) {
			return f, err
		}
	}
}
