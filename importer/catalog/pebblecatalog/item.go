package pebblecatalog

import (
	"encoding/json"
	"fmt"

	"github.com/vyapaarai/bulkimport/importer/catalog"
)

// A stored item of an inventory is
//
//	1 byte    the version of this format
//	rest      the item in JSON
const itemVersion = 1

// encodeItem returns the record of an item. What JSON cannot hold, such as a year of
// five digits, gives an error that wraps catalog.ErrInvalid.
func encodeItem(item *catalog.InventoryItem) ([]byte, error) {
	data, err := json.Marshal(item)
	if err != nil {
		return nil, fmt.Errorf("%w: item for product %q: %w", catalog.ErrInvalid, item.ProductID, err)
	}

	return append([]byte{itemVersion}, data...), nil
}

// decodeItem returns the item of a record.
func decodeItem(record []byte) (catalog.InventoryItem, error) {
	if len(record) == 0 || record[0] != itemVersion {
		return catalog.InventoryItem{}, fmt.Errorf("%w: not of version %d", ErrCorrupt, itemVersion)
	}

	var item catalog.InventoryItem
	if err := json.Unmarshal(record[1:], &item); err != nil {
		return catalog.InventoryItem{}, fmt.Errorf("%w: %w", ErrCorrupt, err)
	}

	return item, nil
}
