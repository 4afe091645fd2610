package position

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"

	"github.com/vyapaarai/bulkimport/jobstore"
)

// A cursor is base64url (RFC 4648, without padding) of: the version of this form,
// a digest, and the position after which the next page begins.
const (
	cursorVersion = 1
	digestBytes   = 8
)

// cursorEncoding is strict: each cursor has exactly one spelling.
func cursorEncoding() *base64.Encoding { return base64.RawURLEncoding.Strict() }

// Cursor returns the cursor of the page of q that follows position p.
func Cursor(q jobstore.Query, p Position) string {
	return CursorAt(q, p.Append(nil))
}

// CursorAt is Cursor for a backend whose places in the order are of its own making.
func CursorAt(q jobstore.Query, place []byte) string {
	b := append([]byte{cursorVersion}, digest(q, place)...)

	return cursorEncoding().EncodeToString(append(b, place...))
}

// ParseCursor returns the position in the cursor of q. A cursor that Cursor did
// not make for the same filters gives an error that wraps jobstore.ErrInvalid.
func ParseCursor(q jobstore.Query) (Position, error) {
	place, err := ParseCursorAt(q)
	if err != nil {
		return Position{}, err
	}

	p, err := Parse(place)
	if err != nil {
		return Position{}, fmt.Errorf("%w: cursor: %w", jobstore.ErrInvalid, err)
	}

	return p, nil
}

// ParseCursorAt is ParseCursor for the cursors of CursorAt.
func ParseCursorAt(q jobstore.Query) ([]byte, error) {
	b, err := cursorEncoding().DecodeString(q.Cursor)
	if err != nil {
		return nil, fmt.Errorf("%w: cursor: %w", jobstore.ErrInvalid, err)
	}

	// The decoder passes over line breaks.
	if cursorEncoding().EncodedLen(len(b)) != len(q.Cursor) {
		return nil, fmt.Errorf("%w: cursor: it holds line breaks", jobstore.ErrInvalid)
	}

	if len(b) < 1+digestBytes || b[0] != cursorVersion {
		return nil, fmt.Errorf("%w: cursor: it was not made by this store", jobstore.ErrInvalid)
	}

	sum, place := b[1:1+digestBytes], b[1+digestBytes:]
	if !bytes.Equal(sum, digest(q, place)) {
		return nil, fmt.Errorf("%w: cursor: it belongs to another query", jobstore.ErrInvalid)
	}

	return place, nil
}

// digest ties a position to the filters of a query. It has no key: it finds
// mistakes, and a cursor gives no rights that the filters do not.
func digest(q jobstore.Query, place []byte) []byte {
	h := sha256.New()

	fields := []string{q.CreatedBy, string(q.Status), string(q.Type), string(place)}
	if q.StoreID != "" {
		fields = append(fields, q.StoreID) // cursors from before there was this filter stay good
	}

	for _, field := range fields {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(field))))
		h.Write([]byte(field))
	}

	return h.Sum(nil)[:digestBytes]
}
