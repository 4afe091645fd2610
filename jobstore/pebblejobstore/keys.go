package pebblejobstore

import (
	"encoding/binary"
	"slices"

	"github.com/vyapaarai/bulkimport/jobstore"
	"github.com/vyapaarai/bulkimport/jobstore/internal/position"
)

// prefix begins every key of the store; the byte after it says what it is.
const (
	prefix byte = 'j'

	kindRecord byte = 'r'
	kindIndex  byte = 'i'
	kindExpiry byte = 'x'
	kindUser   byte = 'u'
)

// filters is a set of filters of a jobstore.Query.
type filters byte

const (
	byCreator filters = 1 << iota
	byStatus
	byType

	allFilters = byCreator | byStatus | byType

	// byStore is an index of its own: together with the others it would double the
	// entries of every job, most of which are of no store.
	byStore filters = 1 << 7
)

// filtersOf returns the filters that a query uses.
//
// A query for a store uses the index of stores, and its other filters are held against
// the jobs found there.
func filtersOf(q jobstore.Query) filters {
	if q.StoreID != "" {
		return byStore
	}

	var f filters

	if q.CreatedBy != "" {
		f |= byCreator
	}

	if q.Status != "" {
		f |= byStatus
	}

	if q.Type != "" {
		f |= byType
	}

	return f
}

func recordKey(id string) []byte {
	return append([]byte{prefix, kindRecord}, id...)
}

func userKey(id string) []byte {
	return append([]byte{prefix, kindUser}, id...)
}

// indexPrefix begins the keys of the index of f for the jobs that q selects. The
// length before each value keeps one value from being a prefix of another.
func indexPrefix(f filters, q jobstore.Query) []byte {
	key := []byte{prefix, kindIndex, byte(f)}

	for _, field := range []struct {
		filter filters
		value  string
	}{
		{byCreator, q.CreatedBy}, {byStatus, string(q.Status)}, {byType, string(q.Type)}, {byStore, q.StoreID},
	} {
		if f&field.filter != 0 {
			// jobstore.MaxKeyBytes fits; a longer value of a query finds nothing.
			key = binary.BigEndian.AppendUint16(key, uint16(min(len(field.value), 1<<16-1)))
			key = append(key, field.value...)
		}
	}

	return key
}

// expiryPrefix begins the keys of the expiry index.
func expiryPrefix() []byte { return []byte{prefix, kindExpiry} }

// expiryPosition returns the place of a job in the expiry index.
func expiryPosition(j *jobstore.Job) position.Position {
	return position.Position{Time: j.ExpiresAt, ID: j.ID}
}

// indexKeys returns the keys of all index entries of a record; none for nil.
func indexKeys(j *jobstore.Job) [][]byte {
	if j == nil {
		return nil
	}

	self := jobstore.Query{CreatedBy: j.CreatedByUserID, Status: j.Status, Type: j.Type, StoreID: j.StoreID}
	keys := make([][]byte, 0, allFilters+3)

	for f := filters(0); f <= allFilters; f++ {
		keys = append(keys, position.Of(j).Append(indexPrefix(f, self)))
	}

	if j.StoreID != "" {
		keys = append(keys, position.Of(j).Append(indexPrefix(byStore, self)))
	}

	if !j.ExpiresAt.IsZero() {
		keys = append(keys, expiryPosition(j).Append(expiryPrefix()))
	}

	return keys
}

// successor returns the smallest key after all keys that begin with p, which must
// have a byte other than 0xff.
func successor(p []byte) []byte {
	end := slices.Clone(p)

	for len(end) > 0 {
		last := len(end) - 1
		if end[last]++; end[last] != 0 {
			break
		}

		end = end[:last]
	}

	return end
}
