package pebbledb

import (
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// ErrLocked reports a folder that is in use already.
var ErrLocked = errors.New("another process uses this folder")

// lockNamingFS is a file system that gives the refusal of a lock a name, which
// Pebble does not.
type lockNamingFS struct{ vfs.FS }

// Lock takes the lock with this file. An error about the file itself, such as a
// missing permission, is a *fs.PathError; any other is the lock's.
func (f lockNamingFS) Lock(name string) (io.Closer, error) {
	lock, err := f.FS.Lock(name)
	if err == nil {
		return lock, nil
	}

	if _, ok := errors.AsType[*fs.PathError](err); ok {
		return nil, err
	}

	return nil, fmt.Errorf("%w: %w", ErrLocked, err)
}

// Unwrap returns the file system beneath.
func (f lockNamingFS) Unwrap() vfs.FS { return f.FS }
