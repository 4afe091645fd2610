package pebblecatalog

import (
	"bytes"
	"encoding/binary"
	"slices"

	"github.com/vyapaarai/bulkimport/dedupe"
	"github.com/vyapaarai/bulkimport/importer/catalog"
)

// The prefixes of database keys. All of a catalogue lies between "c/" and "c0".
const (
	productPrefix = "c/p/"
	claimPrefix   = "c/k/"
	itemPrefix    = "c/i/"
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

// appendItemsKey appends what the database keys of all items of a store begin with,
// and those of no other store. The id has at most catalog.MaxID bytes; no store has a
// longer one, and what is cut off of it makes it none that has.
func appendItemsKey(dst []byte, storeID string) []byte {
	size := min(len(storeID), catalog.MaxID+1)
	dst = binary.BigEndian.AppendUint16(append(dst, itemPrefix...), uint16(size))

	return append(dst, storeID[:size]...)
}

// appendItemKey appends the database key of an item.
func appendItemKey(dst []byte, storeID, productID string) []byte {
	return append(appendItemsKey(dst, storeID), productID...)
}

// successor returns the least key behind every key with this prefix, which has a byte
// other than 0xff: every prefix begins with "c/".
func successor(prefix []byte) []byte {
	end := bytes.TrimRight(prefix, "\xff")
	end = slices.Clone(end)
	end[len(end)-1]++

	return end
}
