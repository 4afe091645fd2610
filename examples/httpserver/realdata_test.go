package main

import (
	"cmp"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// testData opens a file of the real test data, or skips the test where that is not
// on this machine. It is never part of the repository.
func testData(t *testing.T, name string) io.Reader {
	t.Helper()

	folder := cmp.Or(os.Getenv("BULKIMPORT_TESTDATA"), filepath.Join("..", "..", "..", "shared", "data"))

	file, err := os.Open(filepath.Join(folder, name))
	if os.IsNotExist(err) {
		t.Skipf("no real data: %s is missing; BULKIMPORT_TESTDATA names its folder", name)
	}

	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, file.Close()) })

	// A request would close it a second time.
	return io.NopCloser(file)
}

// The counts that the README of the data expects, which were found without this
// program.

func TestBigBasket(t *testing.T) {
	t.Parallel()

	file := testData(t, "bigbasket.csv")
	s := start(t, setting{args: []string{"-data", t.TempDir()}})

	status := s.imported(t, file, `{}`)
	require.Equal(t, [3]int64{24486, 3068, 1}, counts(t, status))
	require.Equal(t, object{"barcode": 0.0, "image_hash": 0.0, "name_brand": 3068.0}, status["duplicates_by_tier"])
	require.EqualValues(t, 24486, status["quality"].(object)["count"])

	// Only the row without an identity key comes in once more.
	status = s.imported(t, testData(t, "bigbasket.csv"), `{}`)
	require.Equal(t, [3]int64{1, 27553, 1}, counts(t, status))
}

func TestOpenFoodFacts(t *testing.T) {
	t.Parallel()

	file := testData(t, "openfoodfacts-50k.csv")
	s := start(t, setting{args: []string{"-data", t.TempDir()}})

	status := s.imported(t, file, `{"process_images":false}`)
	require.Equal(t, [3]int64{49928, 5, 67}, counts(t, status))
	require.Equal(t, object{"barcode": 5.0, "image_hash": 0.0, "name_brand": 0.0}, status["duplicates_by_tier"])
}
