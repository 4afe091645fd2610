package imagepipe

import (
	"context"
	"errors"
)

// ErrNotStored reports a Copy of something that is not in the store.
var ErrNotStored = errors.New("imagepipe: not in the store")

// Store keeps renditions. Implementations are safe for concurrent use.
type Store interface {
	// Put stores a JPEG under key, replacing what was there, and returns the address
	// under which clients get it.
	Put(ctx context.Context, key string, data []byte) (url string, err error)

	// Copy stores what is under from under to as well, and returns the address of the
	// copy. It fails with ErrNotStored when from holds nothing.
	Copy(ctx context.Context, from, to string) (url string, err error)

	// Delete removes keys. Removing what is not there is no error.
	Delete(ctx context.Context, keys ...string) error
}
