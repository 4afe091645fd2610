package imageformat_test

import (
	"bytes"
	"image/jpeg"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/imagepipe/internal/imageformat"
)

// Photos of a real shop.
func TestPhotos(t *testing.T) {
	t.Parallel()

	kept := 0
	files := photos(t)

	for n, path := range files {
		file, err := os.ReadFile(path)
		require.NoError(t, err)

		config, err := jpeg.DecodeConfig(bytes.NewReader(file))
		require.NoError(t, err, path)

		info, err := imageformat.Inspect(file)
		require.NoError(t, err, path)
		require.True(t, info.Complete, path)
		require.Equal(t, []int{config.Width, config.Height}, []int{info.Width, info.Height}, path)

		if info.KeepAsJPEG() {
			kept++
		}

		stripped, err := imageformat.StripJPEG(inFront(file, exifSegment(1)))
		require.NoError(t, err, path)
		require.False(t, bytes.Contains(stripped, []byte(place)), path)

		if n%4 == 0 { // decoding takes nearly all of the time
			requireSamePixels(t, file, stripped)
		}

		again, err := imageformat.StripJPEG(stripped)
		require.NoError(t, err, path)
		require.Equal(t, stripped, again, path)
	}

	require.Greater(t, kept, len(files)*9/10)
}

// photos returns the paths of real photos, and skips the test where there are none.
func photos(t testing.TB) []string {
	t.Helper()

	dir := os.Getenv("BULKIMPORT_TESTDATA")
	if dir == "" {
		dir = "../../../../shared/data"
	}

	paths, err := filepath.Glob(filepath.Join(dir, "images", "*.jpg"))
	require.NoError(t, err)

	if len(paths) == 0 {
		t.Skipf("no photos in %s; set BULKIMPORT_TESTDATA to the folder above them", filepath.Join(dir, "images"))
	}

	return paths
}
