package dirblob_test

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/importer/blob"
	"github.com/vyapaarai/bulkimport/importer/blob/blobtest"
	"github.com/vyapaarai/bulkimport/importer/blob/dirblob"
)

// folderStore is a store together with its folder, which the suite asks for.
type folderStore struct {
	*dirblob.Store
	dir string
}

func openFolder(t testing.TB, dir string, opts *dirblob.Options) folderStore {
	t.Helper()

	s, err := dirblob.Open(dir, opts)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })

	return folderStore{s, dir}
}

// debris returns the temporary files and the empty folders of a store.
func debris(t testing.TB, s blob.Store) []string {
	t.Helper()

	dir := s.(folderStore).dir

	var found []string

	err := filepath.WalkDir(dir, func(name string, e fs.DirEntry, err error) error {
		if err != nil || name == dir {
			return err
		}

		inTemp := filepath.Base(filepath.Dir(name)) == "~tmp"
		isTemp := filepath.Base(name) == "~tmp"

		empty := false
		if e.IsDir() && !isTemp {
			entries, err := os.ReadDir(name)
			if err != nil {
				return err
			}

			empty = len(entries) == 0
		}

		if inTemp || empty {
			found = append(found, name)
		}

		return nil
	})
	require.NoError(t, err)

	return found
}

func TestConformance(t *testing.T) {
	t.Parallel()

	modes := map[string]*dirblob.Options{
		"synced":   nil,
		"unsynced": {NoSync: true},
		// A clock that stands still, as one with coarse ticks does for a while.
		"stopped clock": {NoSync: true, Now: func() time.Time { return time.Unix(1_700_000_000, 999) }},
	}
	for name, opts := range modes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			reopen := func(t testing.TB, s blob.Store) blob.Store {
				require.NoError(t, s.(folderStore).Close())
				return openFolder(t, s.(folderStore).dir, opts)
			}
			if name == "stopped clock" {
				// A clock that has stopped forgets its stamps with the process.
				reopen = nil
			}

			blobtest.Run(t, blobtest.Harness{
				New:    func(t testing.TB) blob.Store { return openFolder(t, t.TempDir(), opts) },
				Reopen: reopen,
				Debris: debris,
			})
		})
	}
}

func put(t *testing.T, s blob.Store, key, content string) blob.Info {
	t.Helper()

	info, err := s.Put(t.Context(), key, strings.NewReader(content), nil)
	require.NoError(t, err)

	return info
}

func TestOpenRemovesStaleTemporaryFiles(t *testing.T) {
	t.Parallel()

	dir := t.TempDir()
	put(t, openFolder(t, dir, nil), "a/b", "content")
	require.NoError(t, os.WriteFile(filepath.Join(dir, "~tmp", "KILLED-1"), []byte("half an upl"), 0o600))

	s := openFolder(t, dir, nil)
	require.Empty(t, debris(t, s))

	_, err := s.Stat(t.Context(), "a/b")
	require.NoError(t, err)
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()

	_, err := dirblob.Open("", nil)
	require.Error(t, err)

	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))

	_, err = dirblob.Open(file, nil)
	require.Error(t, err)
}

func TestCallsAfterClose(t *testing.T) {
	t.Parallel()

	s, err := dirblob.Open(t.TempDir(), nil)
	require.NoError(t, err)
	put(t, s, "k", "content")

	r, _, err := s.Open(t.Context(), "k", nil)
	require.NoError(t, err)
	require.NoError(t, s.Close())

	_, err = s.Put(t.Context(), "k", strings.NewReader(""), nil)
	require.ErrorIs(t, err, os.ErrClosed)
	_, err = s.Stat(t.Context(), "k")
	require.ErrorIs(t, err, os.ErrClosed)
	_, err = s.List(t.Context(), "", "", 0)
	require.ErrorIs(t, err, os.ErrClosed)
	require.ErrorIs(t, s.Delete(t.Context(), "k"), os.ErrClosed)

	content, err := io.ReadAll(r)
	require.NoError(t, err)
	require.Equal(t, "content", string(content))
	require.NoError(t, r.Close())
}

func TestModes(t *testing.T) {
	t.Parallel()

	dir := filepath.Join(t.TempDir(), "new", "folder")
	put(t, openFolder(t, dir, nil), "a/b/c", "content")

	for name, want := range map[string]fs.FileMode{
		".": 0o700, "~tmp": 0o700, "a": 0o700, "a/b": 0o700, "a/b/c": 0o600,
	} {
		info, err := os.Stat(filepath.Join(dir, name))
		require.NoError(t, err)
		require.Equal(t, want, info.Mode().Perm(), name)
	}
}

func TestETagSurvivesCopyOfFolder(t *testing.T) {
	t.Parallel()

	from, to := t.TempDir(), t.TempDir()
	want := put(t, openFolder(t, from, nil), "k", "content")

	// As cp -p does.
	content, err := os.ReadFile(filepath.Join(from, "k"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(to, "k"), content, 0o600))
	require.NoError(t, os.Chtimes(filepath.Join(to, "k"), want.ModTime, want.ModTime))

	got, err := openFolder(t, to, nil).Stat(t.Context(), "k")
	require.NoError(t, err)
	require.Equal(t, want.ETag, got.ETag)
}

func TestETagSeesForeignHands(t *testing.T) {
	t.Parallel()

	dir := t.TempDir()
	s := openFolder(t, dir, nil)
	before := put(t, s, "k", "content")

	require.NoError(t, os.WriteFile(filepath.Join(dir, "k"), []byte("edited"), 0o600))

	_, _, err := s.Open(t.Context(), "k", &blob.OpenOptions{IfMatch: before.ETag})
	require.ErrorIs(t, err, blob.ErrChanged)
}

func TestClockGivesModTime(t *testing.T) {
	t.Parallel()

	now := time.Date(2025, time.January, 6, 10, 0, 0, 123_456_789, time.UTC)
	s := openFolder(t, t.TempDir(), &dirblob.Options{Now: func() time.Time { return now }})

	require.True(t, put(t, s, "k", "1").ModTime.Equal(now.Truncate(time.Microsecond)))
	require.True(t, put(t, s, "k", "2").ModTime.Equal(now.Truncate(time.Microsecond).Add(time.Microsecond)))
}

func TestClockSetBack(t *testing.T) {
	t.Parallel()

	now := time.Unix(1_700_000_000, 0)
	s := openFolder(t, t.TempDir(), &dirblob.Options{Now: func() time.Time {
		now = now.Add(-time.Second)
		return now
	}})

	first, second := put(t, s, "k", "1"), put(t, s, "k", "2")
	require.NotEqual(t, first.ETag, second.ETag)
	require.True(t, second.ModTime.After(first.ModTime))
}

func TestFailedPutNamesKeyAndCause(t *testing.T) {
	t.Parallel()

	cause := errors.New("connection lost")
	_, err := openFolder(t, t.TempDir(), nil).Put(t.Context(), "a/b", iotest.ErrReader(cause), nil)
	require.ErrorIs(t, err, cause)
	require.ErrorContains(t, err, "put a/b")
}
