package importer

import (
	"maps"
	"slices"
	"strings"

	"github.com/vyapaarai/bulkimport/csvschema"
	"github.com/vyapaarai/bulkimport/importer/catalog"
	"github.com/vyapaarai/bulkimport/jobstore"
	"github.com/vyapaarai/bulkimport/quality"
)

// tally is what a chunk adds to the record of its job.
type tally struct {
	progress jobstore.Progress
	errors   []jobstore.RowError
	warnings []jobstore.Warning
}

// tallyOf adds up the outcomes of a chunk.
func tallyOf(c *Chunk) *tally {
	t := &tally{progress: jobstore.Progress{DuplicatesByTier: map[string]int64{}, Quality: map[string]int64{}, ErrorCodes: map[string]int64{}}}
	warnings := newWarningTally(nil)

	for i := range c.Rows {
		row := &c.Rows[i]
		t.addRow(row)

		for _, w := range row.Outcome.Warnings {
			warnings.addRow(w)
		}
	}

	t.warnings = warnings.list()

	return t
}

func (t *tally) addRow(row *Row) {
	t.progress.ProcessedRows++

	switch o := &row.Outcome; o.Result {
	case Succeeded:
		t.progress.Successful++
		t.progress.Images = t.progress.Images.Add(o.Images)
		t.addItem(o)

		// The score is that of a product that was made of the row.
		if o.MatchedBy == 0 {
			t.progress.Quality[quality.Band(o.Quality)]++
			t.progress.QualitySum += int64(o.Quality)
		}
	case Duplicate:
		t.progress.Duplicates++
		t.progress.DuplicatesByTier[o.MatchedBy.String()]++
	case Failed:
		t.progress.Errors++
		t.addCodes(o.Problems)

		t.errors = lastErrors(append(t.errors, rowErrorOf(row)))
	}
}

// rowErrorOf is a row in error, as it is shown.
func rowErrorOf(row *Row) jobstore.RowError {
	code, message := describeProblems(row.Outcome.Problems)

	return jobstore.RowError{
		Row: row.Record.Start.Row, Barcode: row.Outcome.Barcode, Name: row.Outcome.Name, Code: code, Message: message,
	}
}

// addCodes counts the codes of one row's problems, each once.
func (t *tally) addCodes(problems []*csvschema.RowError) {
	for i, p := range problems {
		repeats := slices.ContainsFunc(problems[:i], func(before *csvschema.RowError) bool { return before.Code == p.Code })
		if !repeats {
			t.progress.ErrorCodes[string(p.Code)]++
		}
	}
}

// addItem counts a row of a store's inventory that succeeded.
func (t *tally) addItem(o *Outcome) {
	if o.Item == 0 {
		return
	}

	counts := &t.progress.Inventory

	if o.MatchedBy == 0 {
		counts.Created++
	} else {
		counts.Matched++
	}

	if o.Item == catalog.ItemUpdated {
		counts.Updated++
	}
}

// addTo adds the tally to the record.
func (t *tally) addTo(j *jobstore.Job) {
	addProgress(&j.Progress, &t.progress)

	j.RecentErrors = lastErrors(append(j.RecentErrors, t.errors...))

	warnings := newWarningTally(j.Warnings)
	for _, w := range t.warnings {
		warnings.add(w)
	}

	j.Warnings = warnings.list()
}

// addProgress adds the counts of p to those of total, but for what is said of the rows
// to come.
func addProgress(total, p *jobstore.Progress) {
	total.ProcessedRows += p.ProcessedRows
	total.Successful += p.Successful
	total.Duplicates += p.Duplicates
	total.Errors += p.Errors
	total.QualitySum += p.QualitySum
	total.Images = total.Images.Add(p.Images)
	total.Inventory = total.Inventory.Add(p.Inventory)
	total.DuplicatesByTier = sum(total.DuplicatesByTier, p.DuplicatesByTier)
	total.Quality = sum(total.Quality, p.Quality)
	total.ErrorCodes = sumCodes(total.ErrorCodes, p.ErrorCodes)
}

// sum returns a + b. It leaves both as they are.
func sum(a, b map[string]int64) map[string]int64 {
	total := maps.Clone(a)
	if total == nil {
		total = make(map[string]int64, len(b))
	}

	for key, n := range b {
		total[key] += n
	}

	return total
}

// sumCodes is sum with no more than jobstore.MaxErrorCodes different keys: those that
// came first keep their place. It depends on nothing but its arguments, so that a
// chunk which is done again counts the same.
func sumCodes(a, b map[string]int64) map[string]int64 {
	total := sum(a, nil)

	for _, code := range slices.Sorted(maps.Keys(b)) {
		target := code
		if _, known := total[code]; !known && len(total) >= jobstore.MaxErrorCodes-1 {
			target = jobstore.OtherErrorCodes
		}

		total[target] += b[code]
	}

	return total
}

// lastErrors returns the last few of the errors.
func lastErrors(errors []jobstore.RowError) []jobstore.RowError {
	return errors[max(0, len(errors)-jobstore.MaxRecentErrors):]
}

// describeProblems joins what is wrong with a row into one code and one message.
func describeProblems(problems []*csvschema.RowError) (code, message string) {
	codes, messages := make([]string, len(problems)), make([]string, len(problems))
	for i, p := range problems {
		codes[i], messages[i] = string(p.Code), p.Message
	}

	return joinProblems(codes, messages)
}

// joinProblems is how several problems of one row are shown in one cell.
func joinProblems(codes, messages []string) (code, message string) {
	return strings.Join(codes, ";"), strings.Join(messages, "; ")
}
