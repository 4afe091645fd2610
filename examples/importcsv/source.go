package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/vyapaarai/bulkimport/importer"
)

var (
	// errFile reports a FILE that cannot be read. What else goes wrong with files is
	// about the data folder or the report.
	errFile = errors.New("cannot read it")
	// errFolder reports a FILE that is a folder.
	errFolder = errors.New("it is a folder; name the CSV files in it")
)

// open opens a FILE for reading. Reading fails once ctx ends, even while it waits
// for a pipe or a terminal. Errors, those of reading too, wrap errFile.
func (s *session) open(ctx context.Context, file string) (io.ReadCloser, error) {
	if file == stdinName {
		return interruptible(ctx, io.NopCloser(s.stdin)), nil
	}

	f, err := openFile(file)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errFile, err)
	}

	return interruptible(ctx, f), nil
}

// openFile opens anything that can be read but a folder.
func openFile(file string) (*os.File, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}

	info, err := f.Stat()
	if err == nil && info.IsDir() {
		err = errFolder
	}

	if err != nil {
		return nil, errors.Join(err, f.Close())
	}

	return f, nil
}

// interruptible passes source on until ctx ends. A read that waits cannot be called
// off, so the goroutine that reads may stay behind until the program ends, which in
// that case is about to.
func interruptible(ctx context.Context, source io.ReadCloser) io.ReadCloser {
	reader, writer := io.Pipe()

	go func() {
		_, err := io.Copy(writer, source)
		if err = errors.Join(err, source.Close()); err != nil {
			err = fmt.Errorf("%w: %w", errFile, err)
		}

		// A nil error becomes the end of the file.
		_ = writer.CloseWithError(err) // returns nil always
	}()

	context.AfterFunc(ctx, func() { // CloseWithError returns nil always
		_ = writer.CloseWithError(fmt.Errorf("%w: %w", errFile, ctx.Err()))
	})

	return reader
}

// explain says in words for the user what is wrong.
func explain(err error) string {
	if e, ok := errors.AsType[*importer.Error](err); ok {
		return e.Message
	}

	// Short words are for a FILE alone, which is named in front of them.
	if errors.Is(err, errFile) {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return "there is no such file"
		case errors.Is(err, fs.ErrPermission):
			return "reading it is not permitted"
		case errors.Is(err, errFolder):
			return errFolder.Error()
		}
	}

	return err.Error()
}
