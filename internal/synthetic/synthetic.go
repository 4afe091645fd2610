// Package synthetic makes product files of any size for tests and benchmarks. A file
// follows from its options alone: the same options give the same bytes.
package synthetic

import (
	"fmt"
	"io"
	"math/rand/v2"
)

// Options say what a file is like. Shares are between 0 and 1.
type Options struct {
	// Rows is the number of data rows.
	Rows int64
	// First is the number of the first product. Files whose ranges of numbers do
	// not overlap have no product in common.
	First int64
	// Duplicates is the share of rows that repeat the product 1 to 5,000 rows
	// before them, in other letters.
	Duplicates float64
	// Errors is the share of rows without a name.
	Errors float64
	// Seed chooses where duplicates and errors are.
	Seed uint64
}

// Reader reads a file.
type Reader struct {
	opts    Options
	random  *rand.Rand
	next    int64
	pending []byte
}

// New returns a reader of a file. Its rows are of some 170 bytes, with ten columns.
func New(opts Options) *Reader {
	return &Reader{
		opts: opts, random: rand.New(rand.NewPCG(opts.Seed, 1)),
		pending: []byte("name,brand,category,barcode,description,size,weight,manufacturer,country_of_origin,shelf\n"),
	}
}

// Read implements io.Reader.
func (r *Reader) Read(p []byte) (int, error) {
	for len(r.pending) < len(p) && r.next < r.opts.Rows {
		r.pending = r.row(r.pending)
	}

	if len(r.pending) == 0 {
		return 0, io.EOF
	}

	n := copy(p, r.pending)
	r.pending = append(r.pending[:0], r.pending[n:]...)

	return n, nil
}

// repeatWithin is how far back a duplicate's product lies at the most, in rows.
const repeatWithin = 5000

func (r *Reader) row(dst []byte) []byte {
	number := r.next
	r.next++

	kind := r.random.Float64()
	name := "Product"

	switch {
	case kind < r.opts.Errors:
		return fmt.Appendf(dst, ",Brand,Category,%s,,,,,,A-%d\n", GTIN(r.opts.First+number), number%100)
	case kind < r.opts.Errors+r.opts.Duplicates && number > 0:
		number -= 1 + r.random.Int64N(min(number, repeatWithin))
		name = "PRODUCT "
	}

	number += r.opts.First

	return fmt.Appendf(dst, "%s %d of the Season,Brand %d,%s,%s,\"A product, described in some words as shops do; no. %d\",%d ml,%d g,Maker %d Pvt. Ltd.,India,A-%d\n",
		name, number, number%997, categories[number%int64(len(categories))], GTIN(number),
		number, 100+number%900, 100+number%900, number%313, number%100)
}

var categories = [...]string{"Snacks", "Staples", "Dairy", "Beverages", "Personal Care", "मसाले", "Household"}

// GTIN returns the GTIN-13 of a product: a valid check digit behind 890 and the
// number, in nine digits.
func GTIN(number int64) string {
	digits := fmt.Appendf(nil, "890%09d", number%1_000_000_000)
	sum := 0

	for i, d := range digits {
		// GS1 General Specifications: weights 1 and 3 in turn, from the left for
		// thirteen digits.
		sum += int(d-'0') * (1 + 2*(i%2))
	}

	return string(append(digits, byte('0'+(10-sum%10)%10)))
}
