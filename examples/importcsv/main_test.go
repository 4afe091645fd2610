package main

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSummary(t *testing.T) {
	t.Parallel()

	reports := t.TempDir()
	got := importcsv(t, "-reports", reports, filepath.Join(samples, "products.csv"))

	require.Equal(t, exitOK, got.code)
	require.Empty(t, got.stderr)

	for _, line := range []string{
		"products.csv: completed with errors\n",
		"  rows       40\n",
		"  successful 25\n",
		"  duplicates 8 (4 by barcode, 4 by name and brand)\n",
		"  errors     7\n",
		"of 100 on average (0-19: 0, 20-39: ",
		" rows/s (",
		`  warning    unknown columns are not imported: "shelf", "mrp"` + "\n",
		"(row 29)\n",
		"(rows 30, 31)\n",
		"  to do      correct the rows in " + filepath.Join(reports, "products.csv.errors.csv") + " and import that file\n",
	} {
		require.Contains(t, got.stdout, line)
	}
}

// TestFixAndImport goes the way of somebody with rows in error: correct them in the
// report and import that.
func TestFixAndImport(t *testing.T) {
	t.Parallel()

	first := statuses(t, exitOK, filepath.Join(samples, "products.csv"))
	report, err := os.ReadFile(*first[0].ErrorReport)
	require.NoError(t, err)

	for _, want := range []string{"'@home Floor Cleaner", "'=1+1", ",-5,", "'+91 98000 00000", "'@x"} {
		require.Contains(t, string(report), want)
	}

	corrected := strings.NewReplacer(
		"\n,Dadi Ji,", "\nLime Pickle,Dadi Ji,",
		"Swachh Ghar,,", "Swachh Ghar,Household,",
		"8.90123E+12", "8909900001143",
		",990114,", ",,",
		"89O99000O1153", "",
		"18909900001167", "",
		`in quotes","roasted, not fried"`, `in quotes"`, // a value too many, kept behind the rest
	).Replace(string(report))

	second := statuses(t, exitOK, writeFile(t, "corrected.csv", corrected))
	require.Equal(t, counts{7, 7, 0, 0}, countsOf(second[0]), "%v", second[0].RecentErrors)
	require.Equal(t, "completed", second[0].Status)
	require.Nil(t, second[0].ErrorReport)
}

func TestReportIsNeverOverwritten(t *testing.T) {
	t.Parallel()

	reports := t.TempDir()
	mine := filepath.Join(reports, "products.csv.errors.csv")
	require.NoError(t, os.WriteFile(mine, []byte("rows that somebody is correcting"), 0o600))

	got := importcsv(t, "-reports", reports, filepath.Join(samples, "products.csv"))
	require.Contains(t, got.stdout, "products.csv.errors-2.csv")

	content, err := os.ReadFile(mine)
	require.NoError(t, err)
	require.Equal(t, "rows that somebody is correcting", string(content))
}

func TestReportCannotBeWritten(t *testing.T) {
	t.Parallel()

	blocked := writeFile(t, "blocked", "a file where a folder should be")
	got := importcsv(t, "-json", "-reports", blocked, filepath.Join(samples, "products.csv"))

	require.Equal(t, exitFailed, got.code)
	require.Contains(t, got.stderr, "cannot write the error report")

	s := parseStatuses(t, got.stdout)[0]
	require.Equal(t, "completed_with_errors", s.Status)
	require.Equal(t, "report_not_saved", s.Failure.Code)
}

func TestStandardInput(t *testing.T) {
	t.Parallel()

	f, err := os.Open(filepath.Join(samples, "products-windows.csv"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, f.Close()) })

	reports := t.TempDir()
	got := importcsvFrom(t, f, "-reports", reports, "-")

	require.Equal(t, exitOK, got.code, got.stderr)
	require.Contains(t, got.stdout, "standard input: completed with errors\n")
	require.FileExists(t, filepath.Join(reports, "stdin.errors.csv"))
}

func TestSeveralFiles(t *testing.T) {
	t.Parallel()

	got := statuses(t, exitFailed,
		filepath.Join(samples, "products.csv"),
		"no-such-file.csv",
		filepath.Join(samples, "products-windows.csv"),
		writeFile(t, "more.csv", "name,category\nTea,Drinks\n"),
		writeFile(t, "last.csv", "name,category\nMilk,Dairy\n"),
		writeFile(t, "none.csv", "name,category\n"),
	)

	require.Len(t, got, 6, "one object for each file, in their order")
	require.Equal(t, counts{40, 25, 8, 7}, countsOf(got[0]))
	require.Equal(t, "no-such-file.csv", got[1].File)
	require.Equal(t, "failed", got[1].Status)
	require.Equal(t, "file_unreadable", got[1].Failure.Code)
	require.Equal(t, counts{8, 6, 1, 1}, countsOf(got[2]))
	require.Equal(t, counts{1, 1, 0, 0}, countsOf(got[3]))
	require.Equal(t, counts{1, 1, 0, 0}, countsOf(got[4]))
	require.Equal(t, counts{}, countsOf(got[5]))
	require.Equal(t, "completed", got[5].Status)
}

func TestBadFiles(t *testing.T) {
	t.Parallel()

	for _, test := range []struct {
		name string
		file func(t *testing.T) string
		want string
	}{
		{"missing", func(*testing.T) string { return "no-such-file.csv" }, "there is no such file"},
		{"folder", func(*testing.T) string { return samples }, "it is a folder; name the CSV files in it"},
		{"empty", content(""), "empty"},
		{"workbook", content("PK\x03\x04\x14\x00\x06\x00\x08\x00[Content_Types].xml xl/workbook.xml"), "Excel workbook"},
		{"no category", content("name,brand\nTea,Kaveri\n"), `"category" is missing`},
		{"region", nil, "region code"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()

			args := []string{"-region", "not a region", filepath.Join(samples, "products.csv")}
			if test.file != nil {
				args = []string{test.file(t)}
			}

			got := importcsv(t, args...)

			require.Equal(t, exitFailed, got.code)
			require.Empty(t, got.stdout)
			require.Contains(t, got.stderr, test.want)
			require.Equal(t, 1, strings.Count(got.stderr, "\n"), "one line: %s", got.stderr)
			require.True(t, strings.HasPrefix(got.stderr, "importcsv: "), got.stderr)
		})
	}
}

// content returns a function that writes a file with that content.
func content(text string) func(t *testing.T) string {
	return func(t *testing.T) string { return writeFile(t, "products.csv", text) }
}

func TestUsage(t *testing.T) {
	t.Parallel()

	for _, test := range []struct {
		name string
		args []string
		code int
		want string
	}{
		{"no file", nil, exitUsage, "name at least one FILE"},
		{"standard input twice", []string{"-", "-"}, exitUsage, "only once"},
		{"flag behind a file", []string{"x.csv", "-region", "IN-MH"}, exitUsage, "flags go before files, but -region comes behind one"},
		{"flag behind the standard input", []string{"-", "y.csv", "--json"}, exitUsage, "flags go before files, but --json"},
		{"unknown flag", []string{"-colour", "x.csv"}, exitUsage, "-colour"},
		{"unknown conflict", []string{"-barcode-conflict", "guess", "x.csv"}, exitUsage, "duplicate or distinct"},
		{"help", []string{"-h"}, exitOK, "Usage: importcsv [flags] FILE..."},
		{"exit codes", []string{"-h"}, exitOK, "Exit codes: 0 every file was imported, rows in error included"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()

			got := importcsv(t, test.args...)
			require.Equal(t, test.code, got.code)
			require.Empty(t, got.stdout)
			require.Contains(t, got.stderr, test.want)
		})
	}
}

func TestFileNamedLikeFlag(t *testing.T) {
	t.Parallel()

	got := importcsv(t, "--", "-no-such-file.csv", "./-nor-this.csv")
	require.Equal(t, exitFailed, got.code)
	require.Contains(t, got.stderr, "importcsv: -no-such-file.csv: there is no such file\n")
	require.Contains(t, got.stderr, "importcsv: ./-nor-this.csv: there is no such file\n")
}

// TestDataFolderFails wants the folder named, and not the words for a FILE.
func TestDataFolderFails(t *testing.T) {
	t.Parallel()

	for _, test := range []struct {
		name string
		data func(t *testing.T) string
		want string
	}{
		{"cannot be made", func(t *testing.T) string {
			if runtime.GOOS != "linux" {
				t.Skip("needs a place where nobody can make a folder; run on Linux")
			}

			return "/proc/bulkimport-data"
		}, "importcsv: cannot open the data folder "},
		{"files cannot be made", func(t *testing.T) string {
			data := t.TempDir()
			require.NoError(t, os.WriteFile(filepath.Join(data, "files"), nil, 0o600))

			return data
		}, "importcsv: cannot open the data folder "},
		{"file cannot be stored", func(t *testing.T) string {
			data := t.TempDir()
			require.NoError(t, os.Mkdir(filepath.Join(data, "files"), 0o700))
			require.NoError(t, os.WriteFile(filepath.Join(data, "files", "admin-imports"), nil, 0o600))

			return data
		}, "products.csv: cannot store it in the data folder "},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()

			data := test.data(t)
			got := importcsv(t, "-data", data, filepath.Join(samples, "products.csv"))

			require.Equal(t, exitFailed, got.code)
			require.Empty(t, got.stdout)
			require.Contains(t, got.stderr, test.want+data+": ")
			require.NotContains(t, got.stderr, "no such file\n", "words for a FILE")
		})
	}
}

func TestRegion(t *testing.T) {
	t.Parallel()

	got := statuses(t, exitOK, "-region", "in-mh", writeFile(t, "tea.csv", "name,category\nTea,Drinks\n"))
	require.Equal(t, counts{1, 1, 0, 0}, countsOf(got[0]))
}

func TestRealData(t *testing.T) {
	t.Parallel()

	for _, test := range []struct {
		file string
		want counts
	}{
		{"bigbasket.csv", counts{27_555, 24_486, 3_068, 1}},
		{"openfoodfacts-50k.csv", counts{50_000, 49_928, 5, 67}},
	} {
		t.Run(test.file, func(t *testing.T) {
			t.Parallel()

			got := statuses(t, exitOK, testData(t, test.file))
			require.Equal(t, test.want, countsOf(got[0]))
		})
	}
}

func TestProgressLines(t *testing.T) {
	t.Parallel()

	var out bytes.Buffer

	f := &fileImport{file: "products.csv"}
	f.job.Progress.Percentage = 41.7
	f.job.Progress.ProcessedRows = 12_000
	f.job.Progress.Duplicates = 1_100
	f.job.Progress.Errors = 3

	p := newProgress(&out, 0)
	p.begin([]*fileImport{f})
	p.update(f)
	p.end()

	require.Equal(t, "products.csv: 42 %, 12,000 rows, 1,100 of them duplicates, 3 in error\n", out.String())
}
