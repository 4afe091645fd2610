package csvschema_test

import (
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/csvschema"
)

func TestParseRowBarcode(t *testing.T) {
	t.Parallel()
	const (
		repaired = csvschema.CodeBarcodeRepaired
		check    = csvschema.CodeBarcodeCheckDigit
	)
	for _, tc := range []struct {
		cell string
		want string
		warn csvschema.Code
		fail csvschema.Code
		says string
	}{
		{cell: ""},
		{cell: " \u00a0 "},
		{cell: "2000000000015", want: "2000000000015"},
		{cell: " 2-000000\u2013000015\u00a0", want: "2000000000015"},
		{cell: "0000000000017", want: "0000000000017"},
		{cell: "96385074", want: "96385074"},
		{cell: "036000291452", want: "036000291452"},
		{cell: "36000291452", want: "36000291452"}, // the same without its zero
		{cell: "२००००००००००१५", want: "2000000000015"},
		{cell: "２００００００００００１５", want: "2000000000015"},
		{cell: "٢٠٠٠٠٠٠٠٠٠٠١٥", want: "2000000000015"},
		{cell: "2000000000016", want: "2000000000016", warn: check},
		{cell: "96385075", want: "96385075", warn: check},
		{cell: "963850741", want: "963850741", warn: check},
		{cell: "00000000", want: "00000000", warn: csvschema.CodeBarcodePlaceholder},

		{cell: "2000000000015.0", want: "2000000000015", warn: repaired},
		{cell: "2000000000015,00", want: "2000000000015", warn: repaired},
		{cell: "2000000000015.", want: "2000000000015", warn: repaired},
		{cell: "2,000,000,000,015", want: "2000000000015", warn: repaired},
		{cell: "2.000.000.000.015,0", want: "2000000000015", warn: repaired},
		{cell: "2.000000000015e+12", want: "2000000000015", warn: repaired},
		{cell: "2.0000000000150E12", want: "2000000000015", warn: repaired},
		{cell: `="2000000000015"`, want: "2000000000015", warn: repaired},
		{cell: "'2000000000015", want: "2000000000015", warn: repaired},
		{cell: "’2000000000015", want: "2000000000015", warn: repaired},

		{cell: "8.90103E+12", fail: csvschema.CodeBarcodeScientific, says: "lost digits"},
		{cell: "8,90103e+12", fail: csvschema.CodeBarcodeScientific, says: "as text"},
		{cell: "8.90103E12", fail: csvschema.CodeBarcodeScientific},
		{cell: "9E+12", fail: csvschema.CodeBarcodeScientific},
		{cell: "2.00000000001E+12", fail: csvschema.CodeBarcodeScientific},
		{cell: "12345678.5E0", fail: csvschema.CodeBarcodeScientific},
		{cell: "8.90103E-12", fail: csvschema.CodeBarcodeScientific},
		{cell: "8.9E+99999999999999999999", fail: csvschema.CodeBarcodeScientific},
		{cell: "=\"8.90103E+12\"", fail: csvschema.CodeBarcodeScientific},

		{cell: "1234567", fail: csvschema.CodeBarcodeTooShort, says: "leading zeros"},
		{cell: "1", fail: csvschema.CodeBarcodeTooShort, says: "1 digit,"},
		{cell: "123,456", fail: csvschema.CodeBarcodeTooShort},
		{cell: "12345678901234", fail: csvschema.CodeBarcodeTooLong, says: "14 digits"},
		{cell: "ABC12345678", fail: csvschema.CodeBarcodeInvalid, says: "'A'"},
		{cell: "8901030875391|8901030875407", fail: csvschema.CodeBarcodeInvalid, says: "'|'"},
		{cell: "8901030875391.5", fail: csvschema.CodeBarcodeInvalid},
		{cell: "89010,30875,391", fail: csvschema.CodeBarcodeInvalid},
		{cell: "N/A", fail: csvschema.CodeBarcodeInvalid},
		{cell: "-", fail: csvschema.CodeBarcodeInvalid, says: "no digits"},
		{cell: "#REF!", fail: csvschema.CodeBarcodeInvalid},
		{cell: "⁸⁹⁰¹⁰³⁰⁸⁷⁵", fail: csvschema.CodeBarcodeInvalid},
	} {
		t.Run(tc.cell, func(t *testing.T) {
			t.Parallel()
			row, warnings, errs := parseCell(t, "barcode", tc.cell)
			require.Equal(t, tc.want, row.Barcode)
			if tc.fail != "" {
				require.Len(t, errs, 1)
				require.Equal(t, tc.fail, errs[0].Code)
				require.Contains(t, errs[0].Message, "barcode ")
				require.Contains(t, errs[0].Message, tc.says)
				return
			}
			require.Empty(t, errs)
			if tc.warn == "" {
				require.Empty(t, warnings)
				return
			}
			require.Equal(t, []csvschema.Code{tc.warn}, warningCodes(warnings))
		})
	}
}

func TestBarcodeDigitsOfEveryScript(t *testing.T) {
	t.Parallel()
	// Each script's digits come in order, so ten in a row must read 0 to 9.
	var run []rune
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if !unicode.Is(unicode.Nd, r) {
			continue
		}
		if run = append(run, r); len(run) < 10 {
			continue
		}
		row, _, errs := parseCell(t, "barcode", string(run))
		require.Empty(t, errs, "%U", run[0])
		require.Equal(t, "0123456789", row.Barcode, "%U", run[0])
		run = nil
	}
	require.Empty(t, run)
}

func TestAdditionalBarcodes(t *testing.T) {
	t.Parallel()
	header := []string{"additional_barcodes", "name", "category", "barcode"}
	row, warnings, errs := parse(t, header, []string{
		"2000000000022; 2000000000015|2000000000039.0,\n200000000003-9|123|abc|2000000000047", "n", "c", "2000000000015",
	})
	require.Empty(t, errs)
	require.Equal(t, []string{"2000000000022", "2000000000039", "2000000000047"}, row.AdditionalBarcodes)
	require.Equal(t, []csvschema.Code{
		csvschema.CodeBarcodeRepaired, csvschema.CodeAdditionalBarcodeInvalid,
		csvschema.CodeAdditionalBarcodeInvalid, csvschema.CodeBarcodeCheckDigit,
	}, warningCodes(warnings))
	require.Equal(t, "123", warnings[1].Value)

	long := strings.Repeat("9", 300)
	row, warnings, errs = parse(t, header, []string{"2000000000022|" + long, "n", "c", ""})
	require.Empty(t, errs, "a long one is left out like any other")
	require.Equal(t, []string{"2000000000022"}, row.AdditionalBarcodes)
	require.Equal(t, []csvschema.Code{csvschema.CodeAdditionalBarcodeInvalid}, warningCodes(warnings))
}
