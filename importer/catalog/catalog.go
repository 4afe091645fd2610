// Package catalog is the port of the product catalogue and of the inventories of
// stores: what the engine needs of a place that keeps them, and the types that travel
// through it.
//
// A backend implements [Store], and [Inventory] where there are stores; catalogtest.Run
// and inventorytest.Run prove that it keeps the contracts. Backends are leaf packages:
// memcatalog (memory) and pebblecatalog (embedded, durable).
//
// # Identity keys
//
// The one promise everything else leans on: no two products of a store hold the
// same identity key ([dedupe.Key]). [Store.Create] claims a product's keys in
// the same atomic step that writes the product, and answers with the holder
// when a key is taken. [Store.Lookup] is only an optimisation in front of it.
package catalog

import (
	"context"
	"errors"

	"github.com/vyapaarai/bulkimport/dedupe"
)

var (
	// ErrNotFound reports a product that the store does not hold.
	ErrNotFound = errors.New("catalog: product not found")
	// ErrInvalid reports a product or key that the store cannot take, such as
	// one without an id. Nothing was written.
	ErrInvalid = errors.New("catalog: invalid product")
	// ErrClosed reports a call on a closed store.
	ErrClosed = errors.New("catalog: store is closed")
)

// Store is a catalogue of products. Implementations are safe for concurrent
// use, within one process and, where they say so, among several.
//
// Slices and maps passed in are not kept or changed; those handed out belong to
// the caller. A cancelled ctx gives an error that wraps ctx.Err().
type Store interface {
	// Lookup returns, for each key that some product holds, that product's id.
	// Keys that nobody holds are absent from the result; an empty list gives an
	// empty map. The answer may be stale by the time it is read: only Create
	// decides. A key that no product can hold (see NewProduct.Validate) is like
	// any other that nobody holds.
	Lookup(ctx context.Context, keys []dedupe.Key) (map[dedupe.Key]string, error)

	// Create writes products with their claims. Each element is atomic by
	// itself, whatever becomes of the others: either its product and all its
	// granted claims are visible and durable, or nothing of it is. Elements are
	// independent; a caller that wants an order between two elements that share
	// a key sends them in separate calls. Where two elements of one call do
	// share a key, or an id, exactly one of them gets it and the other is
	// answered as if it had come later.
	//
	// Elements are checked with NewProduct.Validate first; an invalid one gives
	// its error, and nothing at all is written.
	//
	// On a nil error the result has one entry per element, in order. On an
	// error the result is nil and any subset of the elements may have been
	// written; calling again with the same elements is safe and reports those
	// as ResultExists. Cancelling ctx is such an error.
	Create(ctx context.Context, items []NewProduct) ([]CreateResult, error)

	// Get returns the products with these ids, in the order of the ids, with
	// those that do not exist left out; an id asked for twice is answered twice.
	// It reads what every finished Create of the same store has written.
	Get(ctx context.Context, ids []string) ([]Product, error)

	// Delete removes a product and releases the keys that it holds, in one atomic
	// step. Keys that it asked for but did not get (see NewProduct.KeepTaken)
	// stay with their holders. A product that does not exist gives ErrNotFound.
	Delete(ctx context.Context, id string) error

	// List returns a page of up to limit products (see PageSize), for walking through
	// all of them: those that follow the one with the id after, where after is empty
	// for the first page, and the last id of the page before for every other. That
	// product may have been deleted since. Fewer than limit means the end.
	//
	// Pages come in an order that is the store's own, and the same for every walk.
	// A product that is there throughout appears exactly once; those written or
	// deleted meanwhile may or may not appear. Stores that list in ascending byte
	// order of the ids say so; they take any text for after.
	List(ctx context.Context, after string, limit int) ([]Product, error)
}

// MaxPage is the largest number of products that one call of Store.List
// returns.
const MaxPage = 1000

// PageSize returns the number of products that Store.List returns at most for
// this limit: limit itself, but MaxPage where it is more than that, 0 or less.
func PageSize(limit int) int {
	if limit <= 0 || limit > MaxPage {
		return MaxPage
	}

	return limit
}

// NewProduct is one element of Store.Create.
type NewProduct struct {
	// Product is what is written. For its ID see MaxID.
	Product Product
	// Keys are the identity keys to claim; repeats count once. None is allowed:
	// such a product is never a duplicate of anything.
	Keys []dedupe.Key
	// KeepTaken decides what a key that another product holds means. False: the
	// element fails with ResultTaken and nothing is written. True: the product
	// is written, with only those of its keys that were free.
	KeepTaken bool
}

// Result is what became of one element of Store.Create.
type Result uint8

// The results of an element of Store.Create.
const (
	// ResultCreated: the product was written.
	ResultCreated Result = 1 + iota
	// ResultExists: a product with this id and this Origin was there already;
	// nothing was changed. It is how a repeated call after a crash is answered.
	ResultExists
	// ResultTaken: other products hold some of the keys (see CreateResult.Holders),
	// and nothing was written.
	ResultTaken
	// ResultIDConflict: a product with this id but another Origin exists.
	// Nothing was written.
	ResultIDConflict
)

// CreateResult is the answer to one element of Store.Create.
type CreateResult struct {
	Result Result
	// Holders names, for ResultTaken, the holder of every key that was taken.
	Holders map[dedupe.Key]string
}
