//go:build vips

package vipsprocessor_test

import (
	"math/bits"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/imagepipe/goprocessor"
	"github.com/vyapaarai/bulkimport/imagepipe/vipsprocessor"
)

// TestHashOfPhotos compares with the other processor: whoever changes from one to the
// other finds nearly all duplicates again.
func TestHashOfPhotos(t *testing.T) {
	t.Parallel()

	byVips, byGo := vipsprocessor.New(nil), goprocessor.New(nil)
	equal, all := 0, 0

	for _, path := range photos(t) {
		data, err := os.ReadFile(path)
		require.NoError(t, err)

		got, err := byVips.Process(t.Context(), data)
		require.NoError(t, err, path)

		want, err := byGo.Process(t.Context(), data)
		require.NoError(t, err, path)

		require.Equal(t, want.Hash == "", got.Hash == "", path)
		require.LessOrEqual(t, distance(t, want.Hash, got.Hash), 4, path)

		all++

		if got.Hash == want.Hash {
			equal++
		}

		for i, r := range got.Renditions {
			require.Equal(t, want.Renditions[i].Width, r.Width, path)
			require.Equal(t, want.Renditions[i].Height, r.Height, path)
		}
	}

	t.Logf("%d of %d hashes are equal", equal, all)
	require.GreaterOrEqual(t, equal*10, all*8)
}

// distance is in how many bits two hashes differ.
func distance(t testing.TB, a, b string) int {
	t.Helper()

	if a == "" && b == "" {
		return 0
	}

	first, err := strconv.ParseUint(a, 16, 64)
	require.NoError(t, err)

	second, err := strconv.ParseUint(b, 16, 64)
	require.NoError(t, err)

	return bits.OnesCount64(first ^ second)
}

// photos returns the paths of real photos, and skips the test where there are none.
func photos(t testing.TB) []string {
	t.Helper()

	dir := os.Getenv("BULKIMPORT_TESTDATA")
	if dir == "" {
		dir = "../../../shared/data"
	}

	paths, err := filepath.Glob(filepath.Join(dir, "images", "*.jpg"))
	require.NoError(t, err)

	if len(paths) == 0 {
		t.Skipf("no photos in %s; set BULKIMPORT_TESTDATA to the folder above them", filepath.Join(dir, "images"))
	}

	return paths
}
