//go:build unix

package dirblob_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/importer/blob"
	"github.com/vyapaarai/bulkimport/importer/blob/dirblob"
)

// TestSymbolicLinksDoNotLeadOut plants links out of the folder, to a file and to
// a folder, and tries every method through them.
func TestSymbolicLinksDoNotLeadOut(t *testing.T) {
	t.Parallel()

	outside, dir := t.TempDir(), t.TempDir()
	secret := filepath.Join(outside, "secret")
	require.NoError(t, os.WriteFile(secret, []byte("secret"), 0o600))

	s := openFolder(t, dir, nil)
	put(t, s, "a/k", "content")
	require.NoError(t, os.Symlink(secret, filepath.Join(dir, "a", "file")))
	require.NoError(t, os.Symlink(outside, filepath.Join(dir, "a", "folder")))

	for _, key := range []string{"a/file", "a/folder", "a/folder/secret"} {
		_, _, err := s.Open(t.Context(), key, nil)
		require.Error(t, err, key)

		_, err = s.Stat(t.Context(), key)
		require.Error(t, err, key)
	}

	listed, err := s.List(t.Context(), "", "", 0)
	require.NoError(t, err)
	require.Len(t, listed, 1)

	_, err = s.List(t.Context(), "a/folder/", "", 0)
	require.Error(t, err)

	require.Error(t, s.Delete(t.Context(), "a/folder/secret"))

	_, err = s.Put(t.Context(), "a/folder/secret", strings.NewReader("overwritten"), nil)
	require.Error(t, err)
	_, err = s.Put(t.Context(), "a/folder/new", strings.NewReader("planted"), nil)
	require.Error(t, err)

	// A link in the place of the file is replaced, not followed.
	put(t, s, "a/file", "inside")

	content, err := os.ReadFile(secret)
	require.NoError(t, err)
	require.Equal(t, "secret", string(content))

	entries, err := os.ReadDir(outside)
	require.NoError(t, err)
	require.Len(t, entries, 1)
	require.Empty(t, debris(t, s))
}

// TestTemporaryFolderIsNoLink refuses a folder whose place for temporary files
// leads out.
func TestTemporaryFolderIsNoLink(t *testing.T) {
	t.Parallel()

	outside, dir := t.TempDir(), t.TempDir()
	victim := filepath.Join(outside, "victim")
	require.NoError(t, os.WriteFile(victim, nil, 0o600))
	require.NoError(t, os.Symlink(outside, filepath.Join(dir, "~tmp")))

	_, err := dirblob.Open(dir, nil)
	require.Error(t, err)
	require.FileExists(t, victim)
}

// TestPipeIsNoContent would hang if the pipe were opened.
func TestPipeIsNoContent(t *testing.T) {
	t.Parallel()

	dir := t.TempDir()
	s := openFolder(t, dir, nil)
	require.NoError(t, syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o600))

	_, _, err := s.Open(t.Context(), "pipe", nil)
	require.ErrorIs(t, err, blob.ErrNotFound)

	listed, err := s.List(t.Context(), "", "", 0)
	require.NoError(t, err)
	require.Empty(t, listed)
}
