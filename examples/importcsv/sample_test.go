package main

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/jobstore"
)

func TestSampleCounts(t *testing.T) {
	t.Parallel()

	products, windows := filepath.Join(samples, "products.csv"), filepath.Join(samples, "products-windows.csv")

	for _, test := range []struct {
		name string
		args []string
		want counts
		by   map[string]int64
	}{
		{"products", []string{products}, counts{40, 25, 8, 7}, map[string]int64{"barcode": 4, "name_brand": 4}},
		{"windows", []string{windows}, counts{8, 6, 1, 1}, map[string]int64{"name_brand": 1}},
		{
			"barcodes tell products apart",
			[]string{"-barcode-conflict", "distinct", products},
			counts{40, 26, 7, 7}, map[string]int64{"barcode": 4, "name_brand": 3},
		},
		{"duplicates imported", []string{"-skip-duplicates=false", products}, counts{40, 33, 0, 7}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()

			got := statuses(t, exitOK, test.args...)
			require.Len(t, got, 1)
			require.Equal(t, test.want, countsOf(got[0]))
			require.Equal(t, test.by, got[0].Progress.DuplicatesByTier)
			require.Equal(t, "completed_with_errors", got[0].Status)
			require.True(t, got[0].Progress.TotalIsExact)
			require.NotEmpty(t, got[0].JobID)
			require.NotNil(t, got[0].ErrorReport)
			require.FileExists(t, *got[0].ErrorReport)
			require.Positive(t, got[0].RowsPerSecond)
		})
	}
}

func TestSampleInventory(t *testing.T) {
	t.Parallel()

	data := t.TempDir()
	stock := []string{"-data", data, "-kind", "inventory", "-store", "store-1", filepath.Join(samples, "inventory.csv")}

	statuses(t, exitOK, "-data", data, filepath.Join(samples, "products.csv"))

	got := statuses(t, exitOK, stock...)
	require.Equal(t, counts{24, 14, 0, 10}, countsOf(got[0]))
	require.Equal(t, jobstore.InventoryCounts{Created: 7, Matched: 7, Updated: 2}, got[0].Progress.Inventory)

	again := statuses(t, exitOK, stock...)
	require.Equal(t, counts{24, 14, 0, 10}, countsOf(again[0]))
	require.Equal(t, jobstore.InventoryCounts{Matched: 14, Updated: 14}, again[0].Progress.Inventory)

	// In another store the products are known, but for those of the first store alone.
	stock[5] = "store-2"
	other := statuses(t, exitOK, stock...)
	require.Equal(t, jobstore.InventoryCounts{Created: 2, Matched: 12, Updated: 2}, other[0].Progress.Inventory)

	shown := importcsv(t, append([]string{"-reports", t.TempDir()}, stock...)...)
	require.Equal(t, exitOK, shown.code, shown.stderr)
	require.Contains(t, shown.stdout, "  products   14 found, 0 created\n  items      0 added, 14 written over\n  errors     10\n")
	require.NotContains(t, shown.stdout, "quality")
}

func TestKindsOnTheCommandLine(t *testing.T) {
	t.Parallel()

	file := filepath.Join(samples, "inventory.csv")

	for _, test := range []struct {
		args []string
		says string
	}{
		{[]string{"-kind", "stock", file}, `-kind must be products or inventory, not "stock"`},
		{[]string{"-store", "store-1", file}, "-store goes with -kind inventory"},
		{[]string{"-kind", "inventory", file}, "-kind inventory needs -store"},
		{[]string{"-kind", "inventory", "-store", "../1", file}, "-kind inventory needs -store"},
		{[]string{"-kind", "inventory", "-store", "1", "-images", "-data", "x", file}, "-images goes with -kind products"},
	} {
		got := importcsv(t, test.args...)
		require.Equal(t, exitUsage, got.code)
		require.Contains(t, got.stderr, test.says)
	}

	got := importcsv(t, "-kind", "inventory", "-store", "1", "-skip-duplicates=false", file)
	require.Equal(t, exitFailed, got.code)
	require.Contains(t, got.stderr, "skip_duplicates")
}

// TestSampleTables holds the tables of the samples' README against the ledger of an
// import: every row, its outcome, and the codes that are named.
func TestSampleTables(t *testing.T) {
	t.Parallel()

	for _, file := range []string{"products.csv", "products-windows.csv", "inventory.csv"} {
		t.Run(file, func(t *testing.T) {
			t.Parallel()

			data := t.TempDir()
			args, folder := []string{"-data", data}, "admin-imports"

			if file == "inventory.csv" {
				statuses(t, exitOK, "-data", data, filepath.Join(samples, "products.csv"))

				args, folder = append(args, "-kind", "inventory", "-store", "store-1"), "store-inventory"
			}

			got := statuses(t, exitOK, append(args, filepath.Join(samples, file))...)
			results := readResults(t, filepath.Join(data, "files", folder, got[0].JobID, "results.csv"))
			described := describedRows(t, file)

			require.NotEmpty(t, described)

			for row, want := range described {
				if want.outcome == "" {
					require.NotContains(t, results, row)

					continue
				}

				require.Contains(t, results, row)
				got := results[row]
				require.Equal(t, want.outcome, got.outcome, "row %s", row)

				if want.duplicateOf != "" {
					require.Equal(t, results[want.duplicateOf].productID, got.productID, "row %s", row)
				}

				if want.code != "" {
					require.Contains(t, got.codes, want.code, "row %s", row)
				}
			}

			for row := range results {
				require.Contains(t, described, row, "a row that the README does not describe")
			}
		})
	}
}

// result is a line of results.csv.
type result struct{ outcome, productID, codes string }

func readResults(t *testing.T, path string) map[string]result {
	t.Helper()

	f, err := os.Open(path)
	require.NoError(t, err)

	lines, err := csv.NewReader(f).ReadAll()
	require.NoError(t, err)
	require.NoError(t, f.Close())
	require.Equal(t, []string{"row_number", "outcome", "product_id", "matched_by", "error_code", "warnings", "details"}, lines[0][:7])

	results := make(map[string]result)
	for _, line := range lines[1:] {
		results[line[0]] = result{outcome: line[1], productID: line[2], codes: line[4] + ";" + line[5]}
	}

	return results
}

// description is what a README says of a row.
type description struct{ outcome, duplicateOf, code string }

// describedRows reads the table below the heading of a file.
func describedRows(t *testing.T, file string) map[string]description {
	t.Helper()

	readme, err := os.ReadFile(filepath.Join(samples, "README.md"))
	require.NoError(t, err)

	_, section, found := strings.Cut(string(readme), "\n## "+file+"\n")
	require.True(t, found)

	section, _, _ = strings.Cut(section, "\n## ")
	line := regexp.MustCompile(`(?m)^\| ([\d, ]+) \| ([a-z]*)( of (\d+))?(, (warning))? ?\| (.*) \|$`)
	code := regexp.MustCompile("^`([a-z_]+)`")

	rows := make(map[string]description)

	for _, match := range line.FindAllStringSubmatch(section, -1) {
		d := description{outcome: match[2], duplicateOf: match[4]}

		if named := code.FindStringSubmatch(match[7]); named != nil {
			d.code = named[1]
		}

		require.Equal(t, d.code != "", d.outcome == "error" || match[6] == "warning", "name the code in %q", match[0])

		for row := range strings.SplitSeq(match[1], ", ") {
			rows[row] = d
		}
	}

	return rows
}
