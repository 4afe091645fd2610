package importer

import "github.com/vyapaarai/bulkimport/csvschema"

// reportIdentity warns of a row that has become a product without an identity key: nothing
// will find that again.
//
// A picture is a key once it has been fetched and is not shared by too many, whatever the
// file says of its address. A trial, which fetches none, takes the pictures of a row for good
// ones; its caveats say so.
func (s *productSession) reportIdentity(row *productRow) {
	if len(row.keys) > 0 || s.unfetched && len(row.product.SourceImageURLs) > 0 {
		return
	}

	o := &row.row.Outcome
	o.Warnings = append(o.Warnings, csvschema.Warning{
		Row: row.product.Origin.Row, Code: csvschema.CodeIdentityMissing,
		Message: "the row has neither a barcode nor a brand to be recognised by, so importing it again adds it again",
	})
}
