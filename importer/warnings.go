package importer

import (
	"fmt"
	"slices"

	"github.com/vyapaarai/bulkimport/csvschema"
	"github.com/vyapaarai/bulkimport/jobstore"
)

const (
	// maxWarningKinds bounds the warnings of a job's record, whatever the file
	// does: codes are few, but columns such as nutrition_* are the file's.
	maxWarningKinds = 60
	// maxWarningRows is how many row numbers a warning gives as examples.
	maxWarningRows = 5
)

// warningTally adds up warnings by code and column.
type warningTally struct {
	warnings []jobstore.Warning
	index    map[warningKind]int
}

type warningKind struct{ code, column string }

// newWarningTally returns a tally that begins with these warnings.
func newWarningTally(warnings []jobstore.Warning) *warningTally {
	t := &warningTally{warnings: slices.Clone(warnings), index: make(map[warningKind]int)}
	for i, w := range warnings {
		t.index[warningKind{w.Code, w.Column}] = i
	}

	return t
}

// addFile adds warnings that concern the file as a whole.
func (t *warningTally) addFile(warnings []csvschema.Warning) {
	for _, w := range warnings {
		t.add(jobstore.Warning{Code: string(w.Code), Column: w.Column, Message: w.Message})
	}
}

// addRow adds a warning that concerns one row.
func (t *warningTally) addRow(w csvschema.Warning) {
	t.add(jobstore.Warning{Code: string(w.Code), Column: w.Column, Message: w.Message, Count: 1, Rows: []int64{w.Row}})
}

// add adds a warning that may stand for several.
func (t *warningTally) add(w jobstore.Warning) {
	kind := warningKind{w.Code, w.Column}

	i, known := t.index[kind]
	if !known && len(t.warnings) >= maxWarningKinds {
		kind = warningKind{code: "more_warnings"}
		w = jobstore.Warning{
			Code: kind.code, Count: max(w.Count, 1),
			Message: fmt.Sprintf("There are more than %d kinds of warnings; the results report has those of each row.", maxWarningKinds),
		}
		i, known = t.index[kind]
	}

	if !known {
		t.index[kind] = len(t.warnings)
		w.Rows = slices.Clone(w.Rows)
		t.warnings = append(t.warnings, w)

		return
	}

	sum := &t.warnings[i]
	sum.Count += w.Count

	for _, row := range w.Rows {
		if len(sum.Rows) < maxWarningRows {
			sum.Rows = append(sum.Rows, row)
		}
	}
}

// list returns the warnings in the order in which they first came up.
func (t *warningTally) list() []jobstore.Warning { return t.warnings }
