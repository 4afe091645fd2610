package main

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"github.com/vyapaarai/bulkimport/dedupe"
	"github.com/vyapaarai/bulkimport/jobstore"
	"github.com/vyapaarai/bulkimport/quality"
)

// show prints what became of the imports: on stdout the summaries or JSON objects,
// on stderr why a file could not be imported.
func show(conf config, imports []*fileImport, stdout, stderr io.Writer) error {
	for _, f := range imports {
		switch {
		case f.interrupted():
			fmt.Fprintf(stderr, "importcsv: %s: %s\n", f.title(), howToGoOn(conf, f))
		case f.err != nil:
			fmt.Fprintf(stderr, "importcsv: %s: %s\n", f.title(), explain(f.err))
		}

		var err error

		switch {
		case conf.json:
			err = writeStatus(stdout, f)
		case f.job.Status.Terminal():
			err = writeSummary(stdout, f)
		}

		if err != nil {
			return err
		}
	}

	return nil
}

// howToGoOn says what an interrupt means for an import.
func howToGoOn(conf config, f *fileImport) string {
	switch {
	case f.job.Status == "" || f.job.Status == jobstore.StatusPendingUpload:
		return "interrupted before it began"
	case conf.data == "":
		return fmt.Sprintf("interrupted after %s rows, which were in memory only; with -data an import can be continued",
			count(f.job.Progress.ProcessedRows))
	}

	return fmt.Sprintf("interrupted after %s rows; the same command goes on from there", count(f.job.Progress.ProcessedRows))
}

// writeSummary prints one import for people.
func writeSummary(w io.Writer, f *fileImport) error {
	var out bytes.Buffer

	line := func(label, format string, args ...any) {
		fmt.Fprintf(&out, "  %-11s%s\n", label, fmt.Sprintf(format, args...))
	}

	p := f.job.Progress

	fmt.Fprintf(&out, "%s: %s\n", f.title(), strings.ReplaceAll(string(f.job.Status), "_", " "))

	if f.job.Failure != nil {
		line("reason", "%s", f.job.Failure.Message)
	}

	line("rows", "%s", count(p.ProcessedRows))
	line("successful", "%s", count(p.Successful))

	if f.job.Type == jobstore.TypeStoreInventoryUpload {
		line("products", "%s found, %s created", count(p.Inventory.Matched), count(p.Inventory.Created))
		line("items", "%s added, %s written over", count(p.Successful-p.Inventory.Updated), count(p.Inventory.Updated))
	} else {
		line("duplicates", "%s%s", count(p.Duplicates), byTier(p.DuplicatesByTier))
	}

	line("errors", "%s", count(p.Errors))

	if p.Images != (jobstore.ImageCounts{}) {
		line("images", "%s processed, %s failed, %s reused", count(p.Images.Processed), count(p.Images.Failed), count(p.Images.Reused))
	}

	if sum(p.Quality) > 0 {
		line("quality", "%s", scores(p))
	}

	if rows, seconds := f.work(); rows > 0 {
		line("speed", "%s rows/s (%.3g s)", count(int64(float64(rows)/seconds)), seconds)
	}

	for _, warning := range f.job.Warnings {
		line("warning", "%s", describeWarning(warning))
	}

	if f.report != "" {
		line("to do", "correct the rows in %s and import that file", f.report)
	}

	_, err := w.Write(out.Bytes())

	return err
}

func sum(counts map[string]int64) (total int64) {
	for _, n := range counts {
		total += n
	}

	return total
}

// byTier splits duplicates by what matched, strongest first.
func byTier(counts map[string]int64) string {
	var parts []string

	for _, tier := range []struct {
		tier  dedupe.Tier
		words string
	}{
		{dedupe.TierBarcode, "by barcode"},
		{dedupe.TierImageHash, "by image"},
		{dedupe.TierNameBrand, "by name and brand"},
	} {
		if n := counts[tier.tier.String()]; n > 0 {
			parts = append(parts, fmt.Sprintf("%s %s", count(n), tier.words))
		}
	}

	if len(parts) == 0 {
		return ""
	}

	return " (" + strings.Join(parts, ", ") + ")"
}

// scores shows how complete the products are.
func scores(p jobstore.Progress) string {
	distribution, err := quality.DistributionOf(p.Quality, p.QualitySum)
	if err != nil {
		return err.Error() // a record that some other version wrote
	}

	byBand := distribution.ByBand()
	bands := make([]string, 0, len(byBand))

	for band := range byBand {
		bands = append(bands, band)
	}

	slices.SortFunc(bands, func(a, b string) int { // 0-19, 20-39, ..., 80-100
		return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
	})

	for i, band := range bands {
		bands[i] = fmt.Sprintf("%s: %s", band, count(byBand[band]))
	}

	return fmt.Sprintf("%.0f of 100 on average (%s)", distribution.Mean(), strings.Join(bands, ", "))
}

// describeWarning shows a warning with the first rows it is about.
func describeWarning(w jobstore.Warning) string {
	rows := make([]string, len(w.Rows))
	for i, row := range w.Rows {
		rows[i] = strconv.FormatInt(row, 10)
	}

	listed := strings.Join(rows, ", ")
	text := asItem(w.Message)

	switch {
	case len(rows) == 0:
		return text
	case w.Count > int64(len(rows)):
		return fmt.Sprintf("%s (%s times, in rows %s, ...)", text, count(w.Count), listed)
	case len(rows) == 1:
		return fmt.Sprintf("%s (row %s)", text, listed)
	}

	return fmt.Sprintf("%s (rows %s)", text, listed)
}

// asItem writes a message as an item of a list: without the capital and the full
// stop of a sentence. A word such as UTF-16 keeps its capitals.
func asItem(message string) string {
	message = strings.TrimSuffix(message, ".")

	first, size := utf8.DecodeRuneInString(message)
	if second, _ := utf8.DecodeRuneInString(message[size:]); !unicode.IsLower(second) {
		return message
	}

	return string(unicode.ToLower(first)) + message[size:]
}

// count writes a number with its thousands apart.
func count(n int64) string { return message.NewPrinter(language.English).Sprintf("%d", n) }
