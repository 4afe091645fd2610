package dirblob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/vyapaarai/bulkimport/importer/blob"
)

// Open implements blob.Store. The reader holds the file open, so that it delivers
// what the key held when it was opened, whatever happens to the key. It does not
// depend on ctx.
func (s *Store) Open(ctx context.Context, key string, opts *blob.OpenOptions) (io.ReadCloser, blob.Info, error) {
	if err := check(ctx, key); err != nil {
		return nil, blob.Info{}, err
	}

	// Opening a pipe would block, and a link may lead to another key.
	if _, err := s.stat(key); err != nil {
		return nil, blob.Info{}, err
	}

	f, err := s.root.Open(key)
	if err != nil {
		return nil, blob.Info{}, failed("open", key, err)
	}

	info, err := position(f, key, opts)
	if err != nil {
		return nil, blob.Info{}, errors.Join(fmt.Errorf("dirblob: open %s: %w", key, err), f.Close())
	}

	return f, info, nil
}

// position moves f, the file of key, to where opts wants it and says what it
// holds. It looks at the open file, which is the one that will be read, and not
// at the key, which may hold another by now.
func position(f *os.File, key string, opts *blob.OpenOptions) (blob.Info, error) {
	found, err := f.Stat()
	if err != nil {
		return blob.Info{}, err
	}

	info := describe(key, found)
	if opts == nil {
		return info, nil
	}

	if opts.IfMatch != "" && opts.IfMatch != info.ETag {
		return blob.Info{}, blob.ErrChanged
	}

	if opts.Offset < 0 || opts.Offset > info.Size {
		return blob.Info{}, fmt.Errorf("%w: offset %d of %d", blob.ErrRange, opts.Offset, info.Size)
	}

	if _, err := f.Seek(opts.Offset, io.SeekStart); err != nil {
		return blob.Info{}, err
	}

	return info, nil
}
