package pebblecatalog

import "github.com/vyapaarai/bulkimport/dedupe"

// The prefixes of database keys. All of a catalogue lies between "c/" and "c0".
const (
	productPrefix = "c/p/"
	productEnd    = "c/p0" // behind every key with productPrefix: '0' follows '/'
	claimPrefix   = "c/k/"
)

// appendProductKey appends the database key of a product to dst.
func appendProductKey(dst []byte, id string) []byte {
	return append(append(dst, productPrefix...), id...)
}

// appendClaimKey appends the database key of a claim to dst.
func appendClaimKey(dst []byte, key dedupe.Key) []byte {
	dst = append(append(dst, claimPrefix...), key.Tier.String()...)

	return append(append(dst, ':'), key.Value...)
}
