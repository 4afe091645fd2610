package dirblob

import (
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"sync"
	"time"
)

// tick is how far the modification times of two Puts are apart at least. File
// systems keep 1 ns (ext4, XFS, Btrfs, APFS) or 100 ns (NTFS); a microsecond
// suits all.
const tick = time.Microsecond

// clock gives every Put a modification time of its own.
//
// The kernel's time stamps would not do: they advance every few milliseconds, and
// the inode number of a replaced file is soon used again, so that two contents
// could look alike. A stamp of our own costs one system call, survives restarts
// without a file beside the content, and also a copy of the folder that keeps
// times.
type clock struct {
	now func() time.Time

	mu   sync.Mutex
	last time.Time
}

// stamp returns the time, or if the clock has not advanced by a tick since the
// last call, or was set back, the last stamp and a tick.
func (c *clock) stamp() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()

	t := c.now().Truncate(tick)
	if !t.After(c.last) {
		t = c.last.Add(tick)
	}

	c.last = t

	return t
}

// etag makes an ETag of the modification time that stamp gave, and of the size,
// which shows most changes by other hands within one tick of the kernel.
func etag(info fs.FileInfo) string {
	return strconv.FormatInt(info.ModTime().UnixMicro(), 36) + "-" + strconv.FormatInt(info.Size(), 36)
}

// probeTimes returns an error unless the file system keeps modification times to
// the tick.
func (s *Store) probeTimes() (err error) {
	f, name, err := s.createTemp()
	if err != nil {
		return err
	}

	defer func() { err = errors.Join(err, f.Close(), s.root.Remove(name)) }()

	want := time.Date(2001, time.February, 3, 4, 5, 7, 123_457_000, time.UTC)
	if err := s.root.Chtimes(name, want, want); err != nil {
		return err
	}

	info, err := f.Stat()
	if err != nil {
		return err
	}

	if got := info.ModTime(); !got.Truncate(tick).Equal(want) {
		return fmt.Errorf("the file system keeps modification times too coarsely for ETags: %v became %v", want, got.UTC())
	}

	return nil
}
