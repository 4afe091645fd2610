package importer_test

import (
	"encoding/csv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/importer"
	"github.com/vyapaarai/bulkimport/jobstore"
)

// warningOf returns a warning, or nil where there is none.
func warningOf(warnings []jobstore.Warning, code string) *jobstore.Warning {
	for i := range warnings {
		if warnings[i].Code == code {
			return &warnings[i]
		}
	}

	return nil
}

// warnedRows returns the numbers of the rows of which results.csv has a warning.
func (e *engine) warnedRows(id, code string) []string {
	e.t.Helper()

	lines, err := csv.NewReader(strings.NewReader(e.report(id, importer.ReportResults))).ReadAll()
	require.NoError(e.t, err)

	var rows []string

	for _, line := range lines[1:] {
		if strings.Contains(";"+line[5]+";", ";"+code+";") {
			rows = append(rows, line[0])
		}
	}

	return rows
}

// Whoever imports such rows twice has them twice, and is told so before.
func TestRowsWithNothingToBeRecognisedByAreWarnedOf(t *testing.T) {
	t.Parallel()

	const file = "name,brand,category,barcode,additional_barcodes\n" +
		"Loose Rice,,Staples,,\n" + // 2
		"Salt,Tata,Staples,,\n" +
		"Sugar,,Staples,8904043901015,\n" +
		"Jaggery,,Staples,,8904043901022\n" +
		"Pepper,--,Staples,,\n" + // 6: nothing is left of the brand
		"Turmeric,,Staples,00000000,\n" + // 7
		",,Staples,,\n" + // in error
		"Loose Rice,,Staples,,\n" + // 9
		"SALT,tata,Staples,,\n" + // a duplicate
		"!!!,Tata,Staples,,\n" // 11: nothing is left of the name

	want := &jobstore.Warning{
		Code: "identity_missing", Count: 5, Rows: []int64{2, 6, 7, 9, 11},
		Message: "the row has neither a barcode nor a brand to be recognised by, so importing it again adds it again",
	}

	e := newEngine(t)
	e.workerOptions.ChunkRows = 3

	id := e.upload(file)
	require.Equal(t, want, warningOf(e.validate(importer.ValidationRequest{JobID: id}).Warnings, "identity_missing"))

	first := e.imported(file, nil)
	require.Equal(t, int64(8), first.Progress.Successful)
	require.Equal(t, want, warningOf(first.Warnings, "identity_missing"))
	require.Equal(t, []string{"2", "6", "7", "9", "11"}, e.warnedRows(first.ID, "identity_missing"))

	again := e.imported(file, nil)
	require.Equal(t, want.Count, again.Progress.Successful, "these, and no others, are there twice")
	require.Equal(t, want, warningOf(again.Warnings, "identity_missing"))
}

// Of many such rows the first are named, and the others counted.
func TestRowsWithNothingToBeRecognisedByAreCounted(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	w := warningOf(e.imported("name,category\n"+strings.Repeat("Loose Rice,Staples\n", 33), nil).Warnings, "identity_missing")
	require.NotNil(t, w)
	require.Equal(t, int64(33), w.Count)
	require.Equal(t, []int64{2, 3, 4, 5, 6}, w.Rows)
}

// A picture is something to be recognised by once it was fetched; a dry run takes it for that.
func TestAPictureIsSomethingToBeRecognisedBy(t *testing.T) {
	t.Parallel()

	const file = "name,category,image_url_1,image_url_2\n" +
		"Rice,Staples,https://shop.example/00000000000000aa,\n" +
		"Salt,Staples,https://shop.example/missing,\n" + // 3
		"Sugar,Staples,,\n" + // 4
		"Pepper,Staples,https://shop.example/missing,https://shop.example/00000000000000bb\n" +
		"Rice again,Staples,https://shop.example/00000000000000aa,\n" // a duplicate

	e := newEngine(t)
	e.images = newImageStore()

	id := e.upload(file)
	tried := e.validate(importer.ValidationRequest{JobID: id})
	require.Equal(t, []int64{4}, warningOf(tried.Warnings, "identity_missing").Rows)

	off := &importer.OptionsPatch{ProcessImages: ptr(false)}
	tried = e.validate(importer.ValidationRequest{JobID: id, Options: off})
	require.Equal(t, int64(5), warningOf(tried.Warnings, "identity_missing").Count)

	job := e.imported(file, nil)
	require.Equal(t, []string{"3", "4"}, e.warnedRows(job.ID, "identity_missing"))
	require.Equal(t, []int64{3, 4}, warningOf(job.Warnings, "identity_missing").Rows)
	require.Equal(t, int64(2), e.imported(file, nil).Progress.Successful, "these, and no others, are there twice")

	require.Equal(t, int64(5), warned(e.imported(file, off), "identity_missing"))

	e = newEngine(t) // fetches no images
	require.Equal(t, int64(5), warningOf(e.validate(importer.ValidationRequest{JobID: e.upload(file)}).Warnings, "identity_missing").Count)
	require.Equal(t, int64(5), warned(e.imported(file, nil), "identity_missing"))
}

// A picture that many products show is none.
func TestAPlaceholderIsNothingToBeRecognisedBy(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	e.images = newImageStore()

	job := e.imported(withPlaceholder(numberedNames(4)...), nil)
	require.Equal(t, int64(4), warned(job, "image_shared"))
	require.Equal(t, int64(4), warned(job, "identity_missing"))
}

// The products of a store without barcode and brand are found again by their names.
func TestRowsOfAnInventoryAreAlwaysRecognised(t *testing.T) {
	t.Parallel()

	const file = "name,category,quantity\nLoose Rice,Staples,5\nLoose Salt,Staples,7\n"

	e := newStoreEngine(t)
	require.Nil(t, warningOf(e.validate(importer.ValidationRequest{JobID: e.upload(file)}).Warnings, "identity_missing"))

	job := e.imported(file, nil)
	require.Equal(t, int64(2), job.Progress.Inventory.Created)
	require.Nil(t, warningOf(job.Warnings, "identity_missing"))
	require.Empty(t, e.warnedRows(job.ID, "identity_missing"))
	require.Equal(t, int64(2), e.imported(file, nil).Progress.Inventory.Matched)
}
