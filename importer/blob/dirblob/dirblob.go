// Package dirblob keeps files in a folder, for an import service on one machine.
//
// # Layout
//
// The content of key "a/b.csv" is the file a/b.csv below the folder, as it was
// put, so that an operator can look at it with ordinary tools. Uploads in
// progress are in "~tmp", which no key can name. Folders are made with mode 0700
// and files with 0600; the last file of a folder takes the folder with it.
//
// # Durability and atomicity
//
// Put writes a temporary file, syncs it, renames it over the key and syncs the
// folder, so that after a crash or power failure the key holds the old content
// or the new one, whole. PutOptions.BeforeReplace is called between the sync and
// the rename, the one step that takes long and the one that does not, so the
// moment in which it does not see a change is that of a rename: microseconds,
// unless a Delete removes the folder of the key in just that moment, which Put
// then makes again. Delete does not sync: what was deleted just before a
// power failure may be back after it. Open removes what a crash left in "~tmp".
//
// # Bounds
//
// All access goes through os.Root, so that a symbolic link in the folder cannot
// lead out of it. Only regular files are content: links, devices and pipes in the
// place of a file are neither read nor listed, and a Put replaces them. The keys
// below a link in the place of a folder are not listed from above it.
//
// One process owns the folder at a time. There is no lock file, because the
// folder lives beside an embedded database that has one; a second process would
// at worst make uploads of the first one fail.
//
// The file system must keep modification times to the microsecond, as all
// current ones of Linux, macOS and Windows do, because ETags are made of them;
// Open refuses another.
package dirblob

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/vyapaarai/bulkimport/importer/blob"
)

var _ blob.Store = (*Store)(nil)

const (
	folderMode = 0o700
	fileMode   = 0o600
)

// Options are the optional parts of Open.
type Options struct {
	// NoSync leaves out all syncing, for tests: faster, and a power failure may
	// lose or empty files that were put. A crash of the process alone does no
	// harm.
	NoSync bool
	// Now is the clock behind Info.ModTime. Default time.Now.
	Now func() time.Time
}

// Store is a blob.Store in a folder. It is safe for concurrent use.
type Store struct {
	root  *os.Root
	sync  bool
	clock clock

	// tempPrefix begins the names of this store's temporary files and tempCount
	// tells them apart. The prefix is random, so that a second process, should
	// there be one by mistake, never writes into a file of this one.
	tempPrefix string
	tempCount  atomic.Uint64

	// tree guards the shape of the tree: Put read-locks it to rename a file into
	// a folder that exists, and Put and Delete lock it to make folders and to
	// remove empty ones.
	tree sync.RWMutex
}

// Open opens the store in the folder dir, which it makes if need be, and removes
// the temporary files of a process that was killed. opts may be nil. The caller
// closes the store.
func Open(dir string, opts *Options) (*Store, error) {
	if opts == nil {
		opts = &Options{}
	}

	if dir == "" {
		return nil, errors.New("dirblob: the name of the folder is empty")
	}

	if err := os.MkdirAll(dir, folderMode); err != nil {
		return nil, fmt.Errorf("dirblob: %w", err)
	}

	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("dirblob: %w", err)
	}

	s := &Store{root: root, sync: !opts.NoSync, clock: clock{now: time.Now}, tempPrefix: rand.Text()}
	if opts.Now != nil {
		s.clock.now = opts.Now
	}

	if err := s.prepare(); err != nil {
		return nil, errors.Join(fmt.Errorf("dirblob: open %s: %w", dir, err), root.Close())
	}

	return s, nil
}

// prepare makes the folder of temporary files, empties it and tries out the file
// system.
func (s *Store) prepare() error {
	if err := s.root.MkdirAll(tempFolder, folderMode); err != nil {
		return err
	}

	if err := s.removeStale(); err != nil {
		return err
	}

	return s.probeTimes()
}

// Close releases the folder. Calls after it fail with an error that wraps
// os.ErrClosed; readers that are open stay usable.
func (s *Store) Close() error {
	return s.root.Close()
}

// Stat implements blob.Store.
func (s *Store) Stat(ctx context.Context, key string) (blob.Info, error) {
	if err := check(ctx, key); err != nil {
		return blob.Info{}, err
	}

	return s.stat(key)
}

// stat returns what is stored under key, which is known to be one.
func (s *Store) stat(key string) (blob.Info, error) {
	// Lstat, for a link is not content.
	found, err := s.root.Lstat(key)
	if err != nil {
		return blob.Info{}, failed("stat", key, err)
	}

	if !found.Mode().IsRegular() {
		return blob.Info{}, fmt.Errorf("dirblob: stat %s: %w", key, blob.ErrNotFound)
	}

	return describe(key, found), nil
}

// Delete implements blob.Store.
func (s *Store) Delete(ctx context.Context, key string) error {
	if err := check(ctx, key); err != nil {
		return err
	}

	_, err := s.stat(key)
	if errors.Is(err, blob.ErrNotFound) {
		return nil
	}

	if err != nil {
		return err
	}

	if err := s.root.Remove(key); err != nil && !isMissing(err) {
		return failed("delete", key, err)
	}

	s.removeEmpty(path.Dir(key))

	return nil
}

// removeEmpty removes dir and the folders above it as long as they are empty.
func (s *Store) removeEmpty(dir string) {
	s.tree.Lock()
	defer s.tree.Unlock()

	for ; dir != "."; dir = path.Dir(dir) {
		// What has taken the place of a folder is content. It cannot come between
		// the two steps, for the tree is locked.
		if info, err := s.root.Lstat(dir); err == nil && !info.IsDir() {
			return
		}

		// The usual error says that the folder is not empty. Another one leaves
		// an empty folder, which is no content and disturbs nobody.
		if err := s.root.Remove(dir); err != nil {
			return
		}
	}
}

// describe says what the file of key, found as info, holds.
func describe(key string, info fs.FileInfo) blob.Info {
	return blob.Info{
		Key:     key,
		Size:    info.Size(),
		ETag:    etag(info),
		ModTime: info.ModTime(),
	}
}

// check refuses a call whose ctx has ended or whose key is none.
func check(ctx context.Context, key string) error {
	if err := context.Cause(ctx); err != nil {
		return fmt.Errorf("dirblob: %w", err)
	}

	return blob.CheckKey(key)
}

// failed wraps an error of the file system, and marks a missing file with
// blob.ErrNotFound.
func failed(verb, key string, err error) error {
	if isMissing(err) {
		return fmt.Errorf("dirblob: %s %s: %w: %w", verb, key, blob.ErrNotFound, err)
	}

	return fmt.Errorf("dirblob: %s %s: %w", verb, key, err)
}

// isMissing reports whether err says that there is no such file, be it because
// what should be a folder on the way to it is a file.
func isMissing(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)
}
