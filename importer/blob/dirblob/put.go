package dirblob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"runtime"
	"strconv"
	"syscall"

	"github.com/vyapaarai/bulkimport/importer/blob"
	"github.com/vyapaarai/bulkimport/importer/blob/internal/bound"
)

// tempFolder holds the temporary files. It is a folder of the same file system,
// so that a rename is atomic, and its '~' stands in no key.
const tempFolder = "~tmp"

// Put implements blob.Store. ContentType and CacheControl of PutOptions are not kept.
func (s *Store) Put(ctx context.Context, key string, r io.Reader, opts *blob.PutOptions) (blob.Info, error) {
	if err := check(ctx, key); err != nil {
		return blob.Info{}, err
	}

	source, err := bound.Content(ctx, r, opts)
	if err != nil {
		return blob.Info{}, err
	}

	f, temp, err := s.createTemp()
	if err != nil {
		return blob.Info{}, fmt.Errorf("dirblob: put %s: %w", key, err)
	}

	written, err := s.write(f, temp, source)
	if err == nil {
		err = s.replace(ctx, temp, key, opts)
	}

	if err != nil {
		// No failure leaves the temporary file; when removing it fails as well,
		// the next Open does it.
		return blob.Info{}, errors.Join(fmt.Errorf("dirblob: put %s: %w", key, err), s.discard(temp))
	}

	return describe(key, written), nil
}

// createTemp makes a temporary file, open for writing, and returns its name.
func (s *Store) createTemp() (*os.File, string, error) {
	name := path.Join(tempFolder, s.tempPrefix+"-"+strconv.FormatUint(s.tempCount.Add(1), 36))
	f, err := s.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, fileMode)

	return f, name, err
}

// write fills f, the temporary file temp, with what source delivers, makes it
// durable, closes it and says what it is.
func (s *Store) write(f *os.File, temp string, source io.Reader) (info fs.FileInfo, err error) {
	defer func() { err = errors.Join(err, f.Close()) }()

	if _, err := io.Copy(f, source); err != nil {
		return nil, err
	}

	// Before the sync, which makes the time durable along with the content.
	stamp := s.clock.stamp()
	if err := s.root.Chtimes(temp, stamp, stamp); err != nil {
		return nil, err
	}

	if s.sync {
		if err := f.Sync(); err != nil {
			return nil, err
		}
	}

	return f.Stat()
}

// replace installs the temporary file under key, if opts.BeforeReplace lets it.
func (s *Store) replace(ctx context.Context, temp, key string, opts *blob.PutOptions) error {
	if opts == nil || opts.BeforeReplace == nil {
		return s.install(temp, key)
	}

	// Before the question: syncing new folders takes a while, and between the
	// answer and the rename there shall be next to nothing.
	if err := s.ensureFolder(path.Dir(key)); err != nil {
		return s.explain(key, err)
	}

	err := opts.BeforeReplace(ctx)
	if err == nil {
		err = s.install(temp, key)
	}

	if err != nil {
		s.removeEmpty(path.Dir(key))
	}

	return err
}

// install renames the temporary file to key and makes that durable.
func (s *Store) install(temp, key string) error {
	s.tree.RLock()
	err := s.root.Rename(temp, key)
	s.tree.RUnlock()

	// Nearly every folder exists already, so it is made only when it is missed.
	if errors.Is(err, fs.ErrNotExist) {
		err = s.installInNew(temp, key)
	}

	if err != nil {
		return s.explain(key, err)
	}

	err = s.syncFolder(path.Dir(key))
	if errors.Is(err, fs.ErrNotExist) {
		// The key was deleted in the meantime, and its folder with it.
		return nil
	}

	return err
}

// installInNew renames the temporary file to key, in a folder that it makes. It
// holds the lock all the time: no Delete removes the folder before the file is in
// it, and no other Put finds the folder before it is durable.
func (s *Store) installInNew(temp, key string) error {
	s.tree.Lock()
	defer s.tree.Unlock()

	if err := s.makeFolder(path.Dir(key)); err != nil {
		return err
	}

	return s.root.Rename(temp, key)
}

// ensureFolder makes a folder, and makes it durable, unless it is there; the lock
// keeps it from finding one that is not durable yet. A Delete may remove the folder
// again as long as it is empty.
func (s *Store) ensureFolder(folder string) error {
	s.tree.RLock()
	_, err := s.root.Lstat(folder)
	s.tree.RUnlock()

	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}

	s.tree.Lock()
	defer s.tree.Unlock()

	return s.makeFolder(folder)
}

// makeFolder makes a folder, and those above it, and makes them durable. The caller
// has locked the tree.
func (s *Store) makeFolder(folder string) error {
	if err := s.root.MkdirAll(folder, folderMode); err != nil {
		return err
	}

	// A folder is durable when the one above it is synced.
	for folder != "." {
		folder = path.Dir(folder)
		if err := s.syncFolder(folder); err != nil {
			return err
		}
	}

	return nil
}

// explain marks the error of a key that is a folder, or has a file as a folder,
// with blob.ErrInvalidKey.
func (s *Store) explain(key string, err error) error {
	if errors.Is(err, syscall.ENOTDIR) {
		return fmt.Errorf("%w: another key is a folder of it: %w", blob.ErrInvalidKey, err)
	}

	if found, statErr := s.root.Lstat(key); statErr == nil && found.IsDir() {
		return fmt.Errorf("%w: it is a folder of another key: %w", blob.ErrInvalidKey, err)
	}

	return err
}

// syncFolder makes the entries of a folder durable.
func (s *Store) syncFolder(name string) error {
	// Windows neither needs nor knows it: it refuses to flush a folder.
	if !s.sync || runtime.GOOS == "windows" {
		return nil
	}

	folder, err := s.root.Open(name)
	if err != nil {
		return err
	}

	return errors.Join(folder.Sync(), folder.Close())
}

// discard removes a temporary file, if it is still there.
func (s *Store) discard(temp string) error {
	if err := s.root.Remove(temp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}

	return nil
}

// removeStale removes the temporary files of a process that was killed.
func (s *Store) removeStale() error {
	folder, err := s.root.Open(tempFolder)
	if err != nil {
		return err
	}

	names, err := folder.Readdirnames(-1)
	if err = errors.Join(err, folder.Close()); err != nil {
		return err
	}

	for _, name := range names {
		if err := s.discard(path.Join(tempFolder, name)); err != nil {
			return err
		}
	}

	return nil
}
