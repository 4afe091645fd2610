package importer

import (
	"context"

	"github.com/vyapaarai/bulkimport/csvschema"
)

// Trier is a [Kind] that can tell what an import would do without doing it: a
// [Validator] asks for no more of a kind than this.
type Trier interface {
	// Try is Kind.Begin for a session that writes nothing. Its job has not been
	// started, so there is nothing that an earlier run has left.
	Try(ctx context.Context, start Start) (Trial, error)
}

// Trial is a Session that writes nothing anywhere. What Apply would have written, it
// remembers as far as later rows depend on it, so that rows end with the outcomes of
// the Session of Kind.Begin. That takes memory for each row; the fewer bytes, the more
// rows a Validator can look at.
//
// A Validator calls the methods one after the other, and neither Touched nor Drop.
type Trial interface {
	Session

	// Columns says how the columns of the file are understood, in their order.
	Columns() []csvschema.ColumnMapping

	// Caveats are what the import may do otherwise than the trial, such as by what
	// can be told of a row only with its images.
	Caveats() []csvschema.Warning
}
