package importer_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/importer"
	"github.com/vyapaarai/bulkimport/jobstore"
)

func TestReportsAreNamedAfterTheFile(t *testing.T) {
	t.Parallel()

	for file, want := range map[string]string{
		"products.csv":           "products-errors.csv",
		"products":               "products-errors.csv",
		"Products.CSV.GZ":        "Products-errors.csv",
		"stock.tsv.zst":          "stock-errors.csv",
		"prices 1.5.txt":         "prices 1.5-errors.csv",
		"list.2025":              "list.2025-errors.csv",
		"products-errors.csv":    "products-errors-errors.csv",
		"दुकान.csv":              "दुकान-errors.csv",
		`../..\"a":b.csv`:        `_..__a__b-errors.csv`,
		"a\r\nSet-Cookie: x.csv": "a__Set-Cookie_ x-errors.csv",

		// Nothing is left of the name.
		"":      "admin_import_1-errors.csv",
		".csv":  "admin_import_1-errors.csv",
		" .gz":  "admin_import_1-errors.csv",
		". ..":  "admin_import_1-errors.csv",
		"..csv": "admin_import_1-errors.csv",

		// The name is cut, but what kind of report it is stays.
		strings.Repeat("x", 255) + ".csv":    strings.Repeat("x", 189) + "-errors.csv",
		strings.Repeat("ä", 120) + ".csv.gz": strings.Repeat("ä", 94) + "-errors.csv",
	} {
		require.Equal(t, want, importer.ReportErrors.Filename(&jobstore.Job{ID: "admin_import_1", InputFilename: file}), "%q", file)
	}

	require.Equal(t, "products-results.csv", importer.ReportResults.Filename(&jobstore.Job{InputFilename: "products.csv"}))
}
