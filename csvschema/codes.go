package csvschema

// Code names one kind of finding. Codes are stable: programs may switch on them,
// and they stand in error reports. New ones may be added.
type Code string

// Codes of files that cannot be read at all; they come with a [FileError].
const (
	// CodeFileEmpty: the file holds nothing but blanks.
	CodeFileEmpty Code = "file_empty"
	// CodeFileNotCSV: the file is a workbook, a PDF, a web page, an image, ...
	CodeFileNotCSV Code = "file_not_csv"
	// CodeFileCompressed: the gzip or zstd stream is damaged or cut off.
	CodeFileCompressed Code = "file_compressed"
	// CodeFileTooLarge: the content exceeds ReaderOptions.MaxDecompressedBytes.
	CodeFileTooLarge Code = "file_too_large"
)

// Codes of headers that cannot be used; they come with a [HeaderError].
const (
	// CodeHeaderEmpty: the header record names no column.
	CodeHeaderEmpty Code = "header_empty"
	// CodeHeaderTooLong: the header exceeds Limits.HeaderBytes.
	CodeHeaderTooLong Code = "header_too_long"
	// CodeHeaderTooWide: the header exceeds Limits.Fields.
	CodeHeaderTooWide Code = "header_too_wide"
	// CodeColumnMissing: a required column is missing.
	CodeColumnMissing Code = "column_missing"
	// CodeColumnDuplicate: two header cells mean the same known column.
	CodeColumnDuplicate Code = "column_duplicate"
	// CodeTooManyColumns: more columns of one family, such as nutrition_*, than a
	// file may have.
	CodeTooManyColumns Code = "too_many_columns"
)

// Codes of records that could not be read; they come with a [RecordError].
const (
	// CodeQuoteUnterminated: a quoted field has no end.
	CodeQuoteUnterminated Code = "quote_unterminated"
	// CodeRecordTooLong: the record exceeds Limits.RecordBytes.
	CodeRecordTooLong Code = "record_too_long"
	// CodeFieldTooLong: a field exceeds Limits.FieldBytes.
	CodeFieldTooLong Code = "field_too_long"
	// CodeTooManyFields: the record exceeds Limits.Fields.
	CodeTooManyFields Code = "too_many_fields"
)

// Codes of rows in error; they come with a [RowError].
const (
	// CodeNameMissing: the required column name is empty, or a row of an inventory has
	// no name where it needs one.
	CodeNameMissing Code = "name_missing"
	// CodeCategoryMissing: the required column category is empty, or a row of an
	// inventory has none to make a new product of.
	CodeCategoryMissing Code = "category_missing"
	// CodeValueTooLong: a value has more characters than its column allows.
	CodeValueTooLong Code = "value_too_long"
	// CodeTooManyValues: a list holds more than [MaxListValues] values.
	CodeTooManyValues Code = "too_many_values"
	// CodeRowTooLarge: the values of the row are too long when taken together. Whoever
	// stores rows finds it, not this package.
	CodeRowTooLarge Code = "row_too_large"
	// CodeExtraFields: the row has values beyond the last column of the header.
	CodeExtraFields Code = "extra_fields"
	// CodeBarcodeScientific: a spreadsheet wrote the barcode as 8.90103E+12, and
	// digits are lost.
	CodeBarcodeScientific Code = "barcode_scientific"
	// CodeBarcodeTooShort: fewer than 8 digits; leading zeros may be lost.
	CodeBarcodeTooShort Code = "barcode_too_short"
	// CodeBarcodeTooLong: more than 13 digits.
	CodeBarcodeTooLong Code = "barcode_too_long"
	// CodeBarcodeInvalid: the barcode holds something other than digits.
	CodeBarcodeInvalid Code = "barcode_invalid"
	// CodeQuantityMissing: the required column quantity of an inventory is empty.
	CodeQuantityMissing Code = "quantity_missing"
	// CodeNumberInvalid: the value is no number.
	CodeNumberInvalid Code = "number_invalid"
	// CodeNumberAmbiguous: points and commas leave open which number it is.
	CodeNumberAmbiguous Code = "number_ambiguous"
	// CodeNumberNegative: the number is below zero.
	CodeNumberNegative Code = "number_negative"
	// CodeNumberTooLarge: the number has more than [MaxWholeDigits] digits before the
	// point.
	CodeNumberTooLarge Code = "number_too_large"
	// CodeNumberTooPrecise: the number has more digits behind the point than its
	// column takes.
	CodeNumberTooPrecise Code = "number_too_precise"
)

// Codes of warnings about a whole file; they come with a [Warning] of row 0.
const (
	// CodeEncodingFallback: the file is not UTF-8 and is read as Windows-1252.
	CodeEncodingFallback Code = "encoding_fallback"
	// CodeEncodingAssumed: the file seems to be UTF-16 but has no byte order mark.
	CodeEncodingAssumed Code = "encoding_assumed"
	// CodeColumnsUnknown: columns that the schema does not know.
	CodeColumnsUnknown Code = "columns_unknown"
	// CodeColumnsUnnamed: header cells without a name.
	CodeColumnsUnnamed Code = "columns_unnamed"
	// CodeRowsMissing: there is no row below the header. Whoever reads the rows finds
	// it, not this package.
	CodeRowsMissing Code = "rows_missing"
)

// Codes of warnings about one row; they come with a [Warning] and never cost the
// row.
const (
	// CodeEncodingRepaired: bytes or characters of another encoding became the
	// letters that they stand for.
	CodeEncodingRepaired Code = "encoding_repaired"
	// CodeEncodingDamaged: the text holds U+FFFD, the mark of a letter that was
	// lost before or while the file was read.
	CodeEncodingDamaged Code = "encoding_damaged"
	// CodeControlCharacters: control characters were removed.
	CodeControlCharacters Code = "control_characters"
	// CodeBarcodeRepaired: the barcode was disguised by a spreadsheet, as in
	// 8901030875391.0, and all its digits are there.
	CodeBarcodeRepaired Code = "barcode_repaired"
	// CodeBarcodeCheckDigit: the GS1 check digit does not fit.
	CodeBarcodeCheckDigit Code = "barcode_check_digit"
	// CodeBarcodePlaceholder: the barcode is all zeros and identifies nothing.
	CodeBarcodePlaceholder Code = "barcode_placeholder"
	// CodeAdditionalBarcodeInvalid: an additional barcode was left out.
	CodeAdditionalBarcodeInvalid Code = "additional_barcode_invalid"
	// CodeImageURLInvalid: an image address was left out.
	CodeImageURLInvalid Code = "image_url_invalid"
	// CodeIdentityMissing: a product has nothing to be recognised by, so importing its row
	// again adds it again. Whoever makes products of rows finds it, not this package.
	CodeIdentityMissing Code = "identity_missing"
	// CodePriceBelowCost: a store sells for less than it has paid, or the two columns
	// are mixed up.
	CodePriceBelowCost Code = "price_below_cost"
)
