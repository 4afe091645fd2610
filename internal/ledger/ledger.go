// Package ledger is the format of an import job's ledger: one line for every row,
// in segments, one segment for every chunk.
//
// A segment is JSON lines. The first line is its [Header]; each further line is
// an [Entry]. The segments of a job form a chain: each begins, in rows and in
// bytes, where the one before ended. [Fold] makes one digest of all of them, which
// the job's checkpoint carries, so a segment that was lost, changed or written
// twice is found out when the job ends.
package ledger

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
)

// ErrCorrupt reports a ledger that does not prove what it should: a segment that
// cannot be read, that does not join onto the one before, or that is not the one
// the checkpoint speaks of.
var ErrCorrupt = errors.New("ledger: corrupt")

// Version is the version of the format that this package writes.
const Version = 1

// Header is the first line of a segment.
type Header struct {
	Version int    `json:"v"`
	JobID   string `json:"job"`
	// FirstRow and NextRow are the row numbers this segment spans: from FirstRow
	// to before NextRow. Rows without content have a number but no entry.
	FirstRow int64 `json:"first"`
	NextRow  int64 `json:"next"`
	// From and To are the bytes of the file that the segment spans.
	From int64 `json:"from"`
	To   int64 `json:"to"`
	// Rows is the number of entries, and Blank that of the row numbers without one.
	Rows  int64 `json:"rows"`
	Blank int64 `json:"blank"`
	// State is what the import must know of this segment and those before to go on
	// behind it; its form is that of the kind of import. Empty where it is nothing.
	State json.RawMessage `json:"state,omitempty"`
}

// Outcome is what a row ended as.
type Outcome string

// The outcomes of a row.
const (
	Success   Outcome = "s"
	Duplicate Outcome = "d"
	Error     Outcome = "e"
)

// Item is what became of the item of a store's inventory.
type Item string

// What becomes of an item. Rows of other imports have none of them.
const (
	Inserted Item = "n"
	Updated  Item = "u"
)

// Entry is the line of one row.
type Entry struct {
	Row     int64   `json:"r"`
	Outcome Outcome `json:"o"`
	// ProductID is the product that the row became, or that it duplicates.
	ProductID string `json:"p,omitempty"`
	// MatchedBy is the tier by which a duplicate was found, or the product of a row of
	// a store's inventory.
	MatchedBy string `json:"t,omitempty"`
	// Item is what became of the store's item for the product, in a store's inventory.
	Item Item `json:"i,omitempty"`
	// Warnings are the codes of the row's warnings.
	Warnings []string `json:"w,omitempty"`
	// Details are sentences on the row that say what the codes do not.
	Details []string `json:"d,omitempty"`
	// Problems are what is wrong with a row in error, at least one.
	Problems []Problem `json:"e,omitempty"`
	// Values are the original values of a row in error, by the columns of the
	// error report.
	Values []string `json:"v,omitempty"`
}

// Problem is one thing that is wrong with a row.
type Problem struct {
	Code    string `json:"c"`
	Message string `json:"m"`
}

// Fold adds a segment to the running digest of a ledger, both in hexadecimal;
// the digest of no segments is "". It is SHA-256 over the digest so far and the
// SHA-256 of the segment.
func Fold(digest string, segment []byte) string {
	sum := sha256.Sum256(segment)
	folded := sha256.Sum256(append([]byte(digest), sum[:]...))

	return hex.EncodeToString(folded[:])
}

// SegmentKey returns the key under which a segment is stored, below the folder of
// its job. The epoch of the lease that wrote it is part of the key: a worker that
// lost its lease without noticing writes beside its successor's segment, not over
// it.
func SegmentKey(folder string, firstRow, epoch int64) string {
	return fmt.Sprintf("%s/ledger/%012d-%d.jsonl", folder, firstRow, epoch)
}
