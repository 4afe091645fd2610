// Package blob is the port of files: uploads, ledger segments, reports and
// images.
//
// A backend implements [Store]; blobtest.Run proves that it keeps the contract.
// Backends are leaf packages: memblob (memory) and dirblob (a folder). Package
// signedurl serves any of them by signed URLs where the backend has none of its
// own.
//
// # Keys
//
// A key is a relative slash-separated path such as
// "admin-imports/admin_import_20250106_abc123/input.csv": 1 to 512 bytes, each
// element of which has 1 to 200 bytes out of ASCII letters, digits, '.', '_' and
// '-', does not end with '.' (which excludes "." and "..") and is no device name
// of Windows such as "nul" or "COM1.txt". [CheckKey] says so; every method
// refuses another key with [ErrInvalidKey]. No key may be a directory of another
// one: backends may, and dirblob does, refuse "a/b" with ErrInvalidKey once "a"
// is a file.
//
// Keys that differ only by case are different keys, but a folder on a file system
// that ignores case cannot tell them apart, so do not make such pairs.
package blob

import (
	"context"
	"errors"
	"io"
	"time"
)

var (
	// ErrNotFound reports a key that holds nothing.
	ErrNotFound = errors.New("blob: not found")
	// ErrInvalidKey reports a key that is not of the documented form, or one that
	// the backend cannot hold because it is, or has as a directory, another key.
	ErrInvalidKey = errors.New("blob: invalid key")
	// ErrTooLarge reports content larger than PutOptions.MaxBytes. Nothing was
	// written.
	ErrTooLarge = errors.New("blob: content is too large")
	// ErrChanged reports an Open whose IfMatch is not the current ETag: the
	// content was replaced in the meantime.
	ErrChanged = errors.New("blob: content has changed")
	// ErrRange reports an Open at an offset behind the end of the content, or at
	// a negative one.
	ErrRange = errors.New("blob: offset is outside the content")
)

// Store holds files under keys. Implementations are safe for concurrent use.
//
// Every method fails with an error that wraps context.Cause(ctx) when ctx has
// ended before the call.
type Store interface {
	// Put reads r to its end and stores it under key, replacing what was there.
	// The replacement is atomic: readers see the old content or the new one,
	// never a mixture, and on an error (of r, of the store, of ctx) the old
	// content stays and nothing of the new one is left behind. An error of r is
	// wrapped. Other calls, for the same key too, go on while Put waits for r;
	// of several Puts the one that finishes last wins. ctx is looked at between
	// reads: whoever wants to interrupt a read that blocks makes r fail. When
	// Put returns nil the content is durable, as far as the backend promises
	// durability. opts.BeforeReplace may still refuse content that has come
	// whole. opts may be nil.
	Put(ctx context.Context, key string, r io.Reader, opts *PutOptions) (Info, error)

	// Open returns a reader of the content from opts.Offset to the end, and what
	// is stored. The reader goes on delivering the content as it was when it was
	// opened, even if the key is replaced or deleted meanwhile, or fails with
	// ErrChanged; it never mixes two contents. An offset equal to the size gives
	// an empty reader, a larger or negative one ErrRange. Where both IfMatch and
	// Offset are wrong, ErrChanged comes first. The caller keeps ctx alive while
	// reading, which backends may tie to it, and closes the reader. opts may be
	// nil.
	Open(ctx context.Context, key string, opts *OpenOptions) (io.ReadCloser, Info, error)

	// Stat returns what is stored under key, or ErrNotFound.
	Stat(ctx context.Context, key string) (Info, error)

	// List returns up to limit entries whose keys begin with prefix and are
	// greater than after, in ascending byte order of the keys. A limit below 1 or
	// above MaxPage means MaxPage. Fewer entries than that means the end. prefix
	// may end anywhere in a key, "" lists everything, and one that no key can
	// begin with (CheckPrefix) gives ErrInvalidKey; after is any string. What is
	// put or deleted during a listing of several pages may be missed or seen,
	// the rest appears exactly once.
	List(ctx context.Context, prefix, after string, limit int) ([]Info, error)

	// Delete removes key. Deleting what does not exist is no error. Readers that
	// are open follow the rule of Open.
	Delete(ctx context.Context, key string) error
}

// MaxPage is the largest number of entries that one call of Store.List returns.
const MaxPage = 1000

// Info describes stored content.
type Info struct {
	Key  string
	Size int64 // bytes
	// ETag changes whenever other content takes the place of this. It is opaque,
	// never empty, and stable while the content stays, across restarts too. Where
	// the very same bytes are put again, a backend may give them the same ETag.
	ETag string
	// ModTime is when the content was put, by the clock of the backend, at least to
	// the second. What Put returns may differ from what the others say by the two
	// seconds that a clock is asked too early or too late.
	ModTime time.Time
}

// PutOptions are the optional parts of Store.Put.
type PutOptions struct {
	// ContentType is the media type of the content, for backends that serve it.
	// Default "application/octet-stream".
	ContentType string
	// CacheControl is the Cache-Control (RFC 9111) with which the content may be
	// served, for backends that serve it themselves. Others need not keep it.
	// Default: none.
	CacheControl string
	// MaxBytes bounds the content; more gives ErrTooLarge. 0 means no bound by
	// this call, and a negative number is an error.
	MaxBytes int64
	// BeforeReplace, where not nil, is called with the context of the Put when all
	// of the content has come and is as durable as the backend makes it, right
	// before the content takes its place under the key. Its error stops that: the
	// old content stays, nothing of the new one is left behind, and Put returns
	// the error wrapped. It is not called for content that failed before. The
	// backend holds no lock meanwhile, so BeforeReplace may use the store, the key
	// too.
	//
	// The call and the replacement are two steps: what changes in the moment
	// between them, mostly microseconds, is not seen. Whoever must not read a
	// replacement that slipped through opens by OpenOptions.IfMatch.
	BeforeReplace func(ctx context.Context) error
}

// OpenOptions are the optional parts of Store.Open.
type OpenOptions struct {
	// Offset is the first byte to read.
	Offset int64
	// IfMatch, where not empty, is the ETag the content must have; otherwise
	// Open fails with ErrChanged.
	IfMatch string
}
