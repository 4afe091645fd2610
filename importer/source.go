package importer

import (
	"context"
	"errors"
	"io"
	"sync/atomic"
)

// source reads a stored file for the CSV reader. It counts what is read, and fails once
// its context has ended: the CSV reader may pass over any amount of blank lines before
// it returns, and knows no context.
type source struct {
	ctx  context.Context
	file io.Reader
	// limit is how many bytes may be read; 0 means all.
	limit int64
	read  atomic.Int64
}

// errSourceLimit reports that a source was read up to its limit.
var errSourceLimit = errors.New("importer: enough was read")

// Read implements io.Reader.
func (s *source) Read(p []byte) (int, error) {
	if s.ctx.Err() != nil {
		return 0, context.Cause(s.ctx)
	}

	if s.limit > 0 {
		left := s.limit - s.count()
		if left <= 0 {
			return 0, errSourceLimit
		}

		p = p[:min(int64(len(p)), left)]
	}

	n, err := s.file.Read(p)
	s.read.Add(int64(n))

	return n, err
}

// count returns how many bytes were read. It may be called while another goroutine
// reads.
func (s *source) count() int64 { return s.read.Load() }
