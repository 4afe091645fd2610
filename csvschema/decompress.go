package csvschema

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// zstdWindow bounds the memory of the zstd decoder. RFC 8878 asks decoders for 8 MiB;
// the standard levels of the zstd program stay below that, and --ultra and --long
// beyond 32 MiB are refused.
const zstdWindow = 32 << 20

// sniffCompression tells the compression by the first bytes of a file.
func sniffCompression(head []byte) Compression {
	switch {
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		return Gzip
	case bytes.HasPrefix(head, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		return Zstd
	case len(head) >= 4 && head[0]&0xf0 == 0x50 && bytes.Equal(head[1:4], []byte{0x2a, 0x4d, 0x18}):
		// A skippable frame, which parallel compressors put first.
		return Zstd
	}
	return Uncompressed
}

// inflater decompresses a stream. It opens the stream with the first Read, so that
// making one costs no input.
type inflater struct {
	src         *source
	compression Compression
	remaining   int64 // bytes that may still come out; negative for any number
	out         io.Reader
	close       func()
}

// source remembers the error of the stream below, which must not be mistaken for a
// damaged file: reading it again may help.
type source struct {
	io.Reader
	err error
}

func (s *source) Read(p []byte) (int, error) {
	n, err := s.Reader.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		s.err = err
	}
	return n, err
}

// newInflater returns a reader of at most limit bytes; a negative limit means any
// number.
func newInflater(src io.Reader, c Compression, limit int64) *inflater {
	return &inflater{src: &source{Reader: src}, compression: c, remaining: limit, close: func() {}}
}

func (f *inflater) Read(p []byte) (int, error) {
	if f.out == nil {
		if err := f.open(); err != nil {
			return 0, f.classify(err)
		}
	}
	n, err := f.out.Read(p)
	if f.remaining >= 0 {
		if int64(n) > f.remaining {
			return int(f.remaining), &FileError{
				Code:     CodeFileTooLarge,
				Message:  "the content of the compressed file is larger than allowed",
				sentinel: ErrTooLarge,
			}
		}
		f.remaining -= int64(n)
	}
	return n, f.classify(err)
}

func (f *inflater) open() error {
	switch f.compression {
	case Gzip:
		z, err := gzip.NewReader(f.src)
		if err != nil {
			return err
		}
		f.out = z
	case Zstd:
		// One decoder without goroutines of its own: nothing leaks where a Reader
		// is not closed, and parsing is the slower part anyhow.
		z, err := zstd.NewReader(f.src, zstd.WithDecoderConcurrency(1),
			zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(zstdWindow))
		if err != nil {
			return err
		}
		f.out, f.close = z, z.Close
	default:
		return fmt.Errorf("%w: unknown compression %q", ErrOptions, f.compression)
	}
	return nil
}

// classify turns an error of the decoder into a FileError and leaves those of the
// source alone.
func (f *inflater) classify(err error) error {
	switch {
	case err == nil:
		return nil
	case f.src.err != nil:
		return f.src.err
	case err == io.EOF && f.out != nil:
		return io.EOF
	}
	message := fmt.Sprintf("the %s file is damaged", f.compression)
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF) || err == io.EOF:
		message = fmt.Sprintf("the %s file is cut off", f.compression)
	case errors.Is(err, zstd.ErrWindowSizeExceeded), errors.Is(err, zstd.ErrDecoderSizeExceeded):
		message = "the zstd file needs too much memory; compress it without --long or --ultra"
	}
	return &FileError{Code: CodeFileCompressed, Message: message, sentinel: ErrCompressed, cause: err}
}

// Close frees the decoder. It does not close the stream below.
func (f *inflater) Close() { f.close() }

// content is the byte stream of the file behind its compression: it drops the first
// skip bytes and counts the others.
type content struct {
	src  io.Reader
	skip int64
	read int64 // bytes handed on
}

func (c *content) Read(p []byte) (int, error) {
	if c.skip > 0 {
		n, err := io.CopyN(io.Discard, c.src, c.skip)
		c.skip -= n
		if err != nil {
			if err == io.EOF {
				err = fmt.Errorf("the file ends %d bytes before the position to go on from: %w",
					c.skip, io.ErrUnexpectedEOF)
			}
			return 0, err
		}
	}
	n, err := c.src.Read(p)
	c.read += int64(n)
	return n, err
}
