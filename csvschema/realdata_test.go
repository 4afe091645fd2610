package csvschema_test

import (
	"bufio"
	"errors"
	"io"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/csvschema"
)

// tally is what came of a real file.
type tally struct {
	rows   int
	errors map[csvschema.Code]int
	warned map[csvschema.Code]int
}

func importFile(t testing.TB, name string) (tally, []csvschema.Warning) {
	t.Helper()
	f, err := os.Open(testData(t, name))
	require.NoError(t, err)
	defer func() { require.NoError(t, f.Close()) }()

	src := bufio.NewReaderSize(f, csvschema.DetectBytes)
	head, err := src.Peek(csvschema.DetectBytes)
	require.True(t, err == nil || errors.Is(err, io.EOF))
	d, warnings, err := csvschema.Detect(head, err != nil)
	require.NoError(t, err)
	require.Empty(t, warnings)
	require.Equal(t, csvschema.Dialect{Encoding: csvschema.UTF8, Delimiter: ',', Quote: '"'}, d)

	r, err := csvschema.NewReader(src, d, nil)
	require.NoError(t, err)
	header, err := r.Read()
	require.NoError(t, err)
	columns, warnings, err := csvschema.MapProductHeader(header.Fields, nil)
	require.NoError(t, err)

	out := tally{errors: make(map[csvschema.Code]int), warned: make(map[csvschema.Code]int)}
	for record, err := range r.Records() {
		require.NoError(t, err)
		out.rows++
		_, rowWarnings, rowErrors := columns.ParseRow(record)
		for _, w := range rowWarnings {
			out.warned[w.Code]++
		}
		if len(rowErrors) > 0 {
			out.errors[rowErrors[0].Code]++
		}
	}
	return out, warnings
}

func TestRealGroceryList(t *testing.T) {
	t.Parallel()
	got, warnings := importFile(t, "bigbasket.csv")
	require.Equal(t, 27_555, got.rows)
	require.Equal(t, map[csvschema.Code]int{csvschema.CodeNameMissing: 1}, got.errors)
	require.Equal(t, []csvschema.Code{csvschema.CodeColumnsUnknown}, warningCodes(warnings))
	t.Logf("warnings: %v", got.warned)
}

func TestRealFoodList(t *testing.T) {
	t.Parallel()
	got, warnings := importFile(t, "openfoodfacts-50k.csv")
	require.Equal(t, 50_000, got.rows)
	require.Equal(t, map[csvschema.Code]int{
		csvschema.CodeBarcodeTooShort: 42, csvschema.CodeBarcodeTooLong: 25,
	}, got.errors)
	require.Empty(t, warnings)
	// 147 barcodes of 8 to 13 digits have a wrong check digit.
	require.Equal(t, 147, got.warned[csvschema.CodeBarcodeCheckDigit])
	t.Logf("warnings: %v", got.warned)
}
