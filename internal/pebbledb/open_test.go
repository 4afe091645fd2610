package pebbledb_test

import (
	"bytes"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/cockroachdb/pebble/v2"
	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/internal/pebbledb"
)

// folderVariable names the folder that this program, run by one of its own
// tests, is to open.
const folderVariable = "PEBBLEDB_TEST_FOLDER"

func TestOpenCreatesAndReopens(t *testing.T) {
	t.Parallel()

	dir := filepath.Join(t.TempDir(), "new", "folder")

	db, err := pebbledb.Open(dir, nil)
	require.NoError(t, err)
	require.NoError(t, db.Set([]byte("k"), []byte("v"), pebble.Sync))
	require.NoError(t, db.Close())

	db, err = pebbledb.Open(dir, &pebbledb.Options{CacheSize: 1 << 20, MemTableSize: 1 << 20})
	require.NoError(t, err)

	value, closer, err := db.Get([]byte("k"))
	require.NoError(t, err)
	require.Equal(t, "v", string(value))
	require.NoError(t, closer.Close())
	require.NoError(t, db.Close())

	if runtime.GOOS != "windows" {
		info, err := os.Stat(dir)
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o700), info.Mode().Perm())
	}
}

func TestOpenTwiceInOneProcess(t *testing.T) {
	t.Parallel()

	parent := t.TempDir()
	dir := filepath.Join(parent, "db")
	link := filepath.Join(parent, "link")

	db, err := pebbledb.Open(dir, nil)
	require.NoError(t, err)
	require.NoError(t, os.Symlink(dir, link))

	for _, name := range []string{dir, dir + "/", parent + "/./db", parent + "/link", link + "/../db"} {
		_, err = pebbledb.Open(name, nil)
		require.ErrorIs(t, err, pebbledb.ErrLocked, name)
		require.ErrorContains(t, err, "another process uses this folder")
	}

	require.NoError(t, db.Close())

	db, err = pebbledb.Open(link, nil)
	require.NoError(t, err, "closing gives the folder back")
	require.NoError(t, db.Close())
}

func TestOpenInAnotherProcess(t *testing.T) {
	t.Parallel()

	dir := t.TempDir()

	db, err := pebbledb.Open(dir, nil)
	require.NoError(t, err)

	output, err := openElsewhere(t, dir)
	require.Error(t, err)
	require.Contains(t, output, "LOCKED")

	require.NoError(t, db.Close())

	output, err = openElsewhere(t, dir)
	require.NoError(t, err, output)
}

func openElsewhere(t *testing.T, dir string) (string, error) {
	t.Helper()

	command := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestHelperOpens$", "-test.v")
	command.Env = append(os.Environ(), folderVariable+"="+dir)
	output, err := command.CombinedOutput()

	return string(output), err
}

// TestHelperOpens is what TestOpenInAnotherProcess runs in the other process.
func TestHelperOpens(t *testing.T) {
	dir := os.Getenv(folderVariable)
	if dir == "" {
		t.Skip("runs as the other process of TestOpenInAnotherProcess only")
	}

	db, err := pebbledb.Open(dir, nil)
	if err != nil {
		require.ErrorIs(t, err, pebbledb.ErrLocked)
		t.Fatal("LOCKED: ", err)
	}

	require.NoError(t, db.Close())
}

func TestOpenImpossibleFolder(t *testing.T) {
	t.Parallel()

	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))

	for _, dir := range []string{"", file, filepath.Join(file, "below")} {
		_, err := pebbledb.Open(dir, nil)
		require.Error(t, err, "folder %q", dir)
		require.NotErrorIs(t, err, pebbledb.ErrLocked)
	}
}

func TestOpenLogs(t *testing.T) {
	t.Parallel()

	var text bytes.Buffer

	log := slog.New(slog.NewTextHandler(&text, &slog.HandlerOptions{Level: slog.LevelDebug}))

	db, err := pebbledb.Open(t.TempDir(), &pebbledb.Options{Logger: log})
	require.NoError(t, err)
	require.NoError(t, db.Close())
	require.Contains(t, text.String(), "component=pebble")
}
