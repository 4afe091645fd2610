package secretfile_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/vyapaarai/bulkimport/examples/internal/secretfile"
)

func TestSecretStays(t *testing.T) {
	t.Parallel()

	dir := t.TempDir()

	first, err := secretfile.LoadOrCreate(filepath.Join(dir, "one"))
	require.NoError(t, err)
	require.Len(t, first, secretfile.Size)

	again, err := secretfile.LoadOrCreate(filepath.Join(dir, "one"))
	require.NoError(t, err)
	require.Equal(t, first, again)

	loaded, err := secretfile.Load(filepath.Join(dir, "one"))
	require.NoError(t, err)
	require.Equal(t, first, loaded)

	other, err := secretfile.LoadOrCreate(filepath.Join(dir, "two"))
	require.NoError(t, err)
	require.NotEqual(t, first, other)
}

func TestOnlyTheOwnerReadsTheFile(t *testing.T) {
	t.Parallel()

	if runtime.GOOS == "windows" {
		t.Skip("Windows has no permission bits; run on another system")
	}

	path := filepath.Join(t.TempDir(), "secret")

	_, err := secretfile.LoadOrCreate(path)
	require.NoError(t, err)

	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, fs.FileMode(0o600), info.Mode())

	require.NoError(t, os.Chmod(path, 0o640))

	_, err = secretfile.LoadOrCreate(path)
	require.ErrorIs(t, err, secretfile.ErrUnusable)
	require.ErrorContains(t, err, "chmod 600")
}

func TestCreationIsARaceThatAllWin(t *testing.T) {
	t.Parallel()

	dir := t.TempDir()
	secrets := make([][]byte, 20)

	var group errgroup.Group

	for i := range secrets {
		group.Go(func() (err error) {
			secrets[i], err = secretfile.LoadOrCreate(filepath.Join(dir, "secret"))

			return err
		})
	}

	require.NoError(t, group.Wait())

	for _, secret := range secrets {
		require.Equal(t, secrets[0], secret)
	}

	files, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, files, 1, "no temporary file stays")
}

func TestUnusable(t *testing.T) {
	t.Parallel()

	for name, content := range map[string]string{
		"empty":           "",
		"too short":       strings.Repeat("ab", secretfile.Size-1),
		"too long":        strings.Repeat("ab", secretfile.Size+1),
		"not hexadecimal": strings.Repeat("xy", secretfile.Size),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			path := filepath.Join(t.TempDir(), "secret")
			require.NoError(t, os.WriteFile(path, []byte(content), 0o600))

			_, err := secretfile.LoadOrCreate(path)
			require.ErrorIs(t, err, secretfile.ErrUnusable)

			if content != "" {
				require.NotContains(t, err.Error(), content)
			}
		})
	}
}

func TestMissing(t *testing.T) {
	t.Parallel()

	_, err := secretfile.Load(filepath.Join(t.TempDir(), "secret"))
	require.ErrorIs(t, err, fs.ErrNotExist)

	_, err = secretfile.LoadOrCreate(filepath.Join(t.TempDir(), "no such folder", "secret"))
	require.ErrorIs(t, err, fs.ErrNotExist)
}
