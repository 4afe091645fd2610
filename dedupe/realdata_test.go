package dedupe_test

import (
	"cmp"
	"encoding/csv"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/dedupe"
)

// The counts were established by an independent program over the same file.
func TestBigBasket(t *testing.T) {
	t.Parallel()

	records := testRecords(t, "bigbasket.csv")
	header, records := records[0], records[1:]
	require.Len(t, records, 27_555)

	var (
		name    = slices.Index(header, "name")
		brand   = slices.Index(header, "brand")
		matcher = dedupe.NewMatcher(nil)

		successes, duplicates, failed, keyless int
	)

	for _, record := range records {
		if strings.TrimSpace(record[name]) == "" {
			failed++
			continue
		}

		keys := dedupe.Identity{Brand: record[brand], Name: record[name]}.Keys()
		if len(keys) == 0 {
			keyless++
		}

		if _, ok := matcher.Match(keys); ok {
			duplicates++
			continue
		}

		matcher.Claim(keys, "some product")
		successes++
	}

	require.Equal(t, 24_486, successes)
	require.Equal(t, 3_068, duplicates)
	require.Equal(t, 1, failed)
	require.Equal(t, 1, keyless)
}

func TestOpenFoodFacts(t *testing.T) {
	t.Parallel()

	records := testRecords(t, "openfoodfacts-50k.csv")
	header, records := records[0], records[1:]

	var (
		column  = slices.Index(header, "barcode")
		matcher = dedupe.NewMatcher(nil)

		successes, duplicates, failed int
	)

	for _, record := range records {
		// A file's barcodes have 13 digits at most; a key takes 14.
		keys := dedupe.Identity{Barcodes: []string{record[column]}}.Keys()
		if len(keys) == 0 || len(record[column]) > 13 {
			failed++
			continue
		}

		if _, ok := matcher.Match(keys); ok {
			duplicates++
			continue
		}

		matcher.Claim(keys, "some product")
		successes++
	}

	require.Equal(t, 49_928, successes)
	require.Equal(t, 5, duplicates)
	require.Equal(t, 67, failed)
}

// testRecords reads a file of the shared test data, which is not part of the
// repository. BULKIMPORT_TESTDATA says where it is; by default it is looked for
// beside the repository.
func testRecords(t *testing.T, name string) [][]string {
	t.Helper()

	folder := cmp.Or(os.Getenv("BULKIMPORT_TESTDATA"), filepath.Join("..", "..", "shared", "data"))

	file, err := os.Open(filepath.Join(folder, name))
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("real data absent: no %s in %s (set BULKIMPORT_TESTDATA)", name, folder)
	}

	require.NoError(t, err)

	defer func() { require.NoError(t, file.Close()) }()

	reader := csv.NewReader(file)

	var records [][]string

	for {
		record, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return records
		}

		require.NoError(t, err)

		records = append(records, record)
	}
}
