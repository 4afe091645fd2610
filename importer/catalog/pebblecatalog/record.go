package pebblecatalog

import (
	"encoding/binary"
	"encoding/json"
	"fmt"

	"github.com/vyapaarai/bulkimport/dedupe"
	"github.com/vyapaarai/bulkimport/importer/catalog"
)

// A stored product is
//
//	1 byte    the version of this format
//	varint    the number of keys that the product holds
//	          for each key, the length of its text as a varint, and the text
//	rest      the product in JSON
//
// JSON costs less than the lookups that go with a product, and stays readable
// when fields are added.
const recordVersion = 1

// appendClaims appends what comes before the JSON.
func appendClaims(dst []byte, claims []dedupe.Key) []byte {
	dst = append(dst, recordVersion)
	dst = binary.AppendUvarint(dst, uint64(len(claims)))

	for _, key := range claims {
		text := key.String()
		dst = binary.AppendUvarint(dst, uint64(len(text)))
		dst = append(dst, text...)
	}

	return dst
}

// encodeProduct returns the JSON of a product. What JSON cannot hold, such as
// a year of five digits, gives an error that wraps catalog.ErrInvalid.
func encodeProduct(p *catalog.Product) ([]byte, error) {
	data, err := json.Marshal(p)
	if err != nil {
		return nil, fmt.Errorf("%w: product %q: %w", catalog.ErrInvalid, p.ID, err)
	}

	return data, nil
}

// decodeProduct returns the product of a record.
func decodeProduct(record []byte) (catalog.Product, error) {
	_, data, err := decodeClaims(record)
	if err != nil {
		return catalog.Product{}, err
	}

	var p catalog.Product
	if err := json.Unmarshal(data, &p); err != nil {
		return catalog.Product{}, fmt.Errorf("%w: %w", ErrCorrupt, err)
	}

	return p, nil
}

// decodeClaims returns the keys of a record and what follows them.
func decodeClaims(record []byte) (claims []dedupe.Key, rest []byte, err error) {
	if len(record) == 0 || record[0] != recordVersion {
		return nil, nil, fmt.Errorf("%w: not of version %d", ErrCorrupt, recordVersion)
	}

	count, rest, ok := cutUvarint(record[1:])
	if !ok {
		return nil, nil, fmt.Errorf("%w: number of keys", ErrCorrupt)
	}

	for range count {
		var size uint64

		size, rest, ok = cutUvarint(rest)
		if !ok || size > uint64(len(rest)) {
			return nil, nil, fmt.Errorf("%w: length of a key", ErrCorrupt)
		}

		key, ok := dedupe.ParseKey(string(rest[:size]))
		if !ok {
			return nil, nil, fmt.Errorf("%w: a key of %d bytes is none", ErrCorrupt, size) // it has words of a cell
		}

		claims = append(claims, key)
		rest = rest[size:]
	}

	return claims, rest, nil
}

// cutUvarint reads a varint from the head of data.
func cutUvarint(data []byte) (value uint64, rest []byte, ok bool) {
	value, size := binary.Uvarint(data)
	if size <= 0 {
		return 0, nil, false
	}

	return value, data[size:], true
}
