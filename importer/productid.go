package importer

import (
	"crypto/sha256"
	"encoding/base32"
	"strconv"
	"strings"
)

// productIDs makes the ids of the products of one job.
type productIDs struct{ prefix string }

// idEncoding keeps the byte order of what it encodes.
var idEncoding = base32.NewEncoding("0123456789abcdefghijklmnopqrstuv").WithPadding(base32.NoPadding)

// idDigest is how much of the digest of the job's id goes into the product's id,
// in bytes. With 80 bits, ten million jobs meet a collision with a chance below
// one in ten billion; and a collision is refused by the catalogue (the origins
// differ), so it harms nothing.
const idDigest = 10

func newProductIDs(jobID string) productIDs {
	digest := sha256.Sum256([]byte(jobID))

	return productIDs{prefix: "prod_" + idEncoding.EncodeToString(digest[:idDigest])}
}

// of returns the id of the product that a row becomes. It follows from job and row
// alone, so a row that is imported again after a crash finds what it wrote before;
// and the ids of a job ascend with its rows, which ordered stores take fastest.
func (p productIDs) of(row int64) string {
	id := make([]byte, 0, len(p.prefix)+rowDigits)
	id = append(id, p.prefix...)

	for shift := 4 * (rowDigits - 1); shift >= 0; shift -= 4 {
		id = append(id, "0123456789abcdef"[row>>shift&0xf])
	}

	return string(id)
}

// own reports whether a product is one of this job.
func (p productIDs) own(product string) bool { return strings.HasPrefix(product, p.prefix) }

// row returns the row that of made this id of.
func (p productIDs) row(product string) (int64, bool) {
	digits, own := strings.CutPrefix(product, p.prefix)
	if !own || len(digits) != rowDigits {
		return 0, false
	}

	row, err := strconv.ParseInt(digits, 16, 64)

	return row, err == nil
}

// reached reports whether a product is the one with this id, or that of a later row
// of the same job. A row meets such a product only after a crash, as something that it,
// or a row behind it, wrote in the run before; a row must not be taken for a duplicate of that.
func (p productIDs) reached(product, id string) bool {
	return p.own(product) && product >= id
}

// rowDigits is how many hexadecimal digits the row takes: enough for a million
// million rows.
const rowDigits = 10
