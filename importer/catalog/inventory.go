package catalog

import (
	"context"
	"time"

	"github.com/shopspring/decimal"
)

// Inventory is what stores have on their shelves: for each store, an item for each
// product that it keeps. A type may be a Store and an Inventory at once.
// Implementations are safe for concurrent use, within one process and, where they
// say so, among several. inventorytest.Run proves that a backend keeps the contract.
//
// Stores are strangers to each other: no call shows or changes more than items of
// the stores that it names. Products are named by their ids; whether a product
// exists is not looked at.
//
// Slices passed in are not kept or changed; those handed out belong to the caller. A
// cancelled ctx gives an error that wraps ctx.Err(), and a closed store ErrClosed.
type Inventory interface {
	// Items returns the items of a store for these products, in the order of the
	// ids, with those that do not exist left out; an id asked for twice is answered
	// twice. It reads what every finished PutItems has written.
	Items(ctx context.Context, storeID string, productIDs []string) ([]InventoryItem, error)

	// PutItems writes items by the rule of [InventoryItem.PutOver]. Each is atomic by
	// itself, whatever becomes of the others: what is stored is read, and what comes
	// of it written, with nobody in between. They are independent, and may be of
	// several stores.
	//
	// Items are checked first: one that breaks InventoryItem.Validate, or two of
	// one store and product, give an error that wraps ErrInvalid, and nothing at all
	// is written.
	//
	// On a nil error the answer has one result per item, in order, and what was to be
	// written is durable. On an error the results are nil and any subset of the items
	// may have been written; calling again with the same items is safe and gives the
	// results that the first call would have given. Cancelling ctx is such an error.
	PutItems(ctx context.Context, items []InventoryItem) ([]ItemResult, error)

	// ListItems returns up to limit items (see PageSize) of a store, with product ids
	// greater than after, in ascending byte order of those. Fewer than limit means the
	// end. Items written between two calls may or may not appear.
	ListItems(ctx context.Context, storeID, after string, limit int) ([]InventoryItem, error)
}

// InventoryItem is how much a store has of a product, and for what price.
//
// Numbers are decimals, never floats: see QuantityDigits, PriceDigits and WholeDigits for
// their bounds. A store keeps their values, though perhaps not the zeros at their ends;
// 12.5 and 12.50 are the same. Texts are UTF-8; a store may put replacement characters
// where one is not. Times keep their instant, not their zone, and are good to the
// microsecond at least.
type InventoryItem struct {
	StoreID   string `json:"store_id"`
	ProductID string `json:"product_id"`
	// Quantity is how much there is, in whatever the product is sold by: pieces, or
	// kilograms of loose goods.
	Quantity decimal.Decimal `json:"quantity"`
	// CostPrice is what the store pays and SellingPrice what it takes for one of
	// Quantity, in rupees. An absent price is not Valid; a price of zero is one.
	CostPrice    decimal.NullDecimal `json:"cost_price,omitzero"`
	SellingPrice decimal.NullDecimal `json:"selling_price,omitzero"`
	// ReorderLevel is the Quantity at which more is to be bought. It may be absent.
	ReorderLevel decimal.NullDecimal `json:"reorder_level,omitzero"`
	// Supplier, Location (a shelf) and Notes are the store's own words, and may be
	// empty.
	Supplier string `json:"supplier,omitempty"`
	Location string `json:"location,omitempty"`
	Notes    string `json:"notes,omitempty"`
	// Origin is the row that the item was last written by, and Created the one that
	// it was inserted by. The two are equal or of different rows, perhaps of
	// different jobs.
	Origin    Origin    `json:"origin"`
	Created   Origin    `json:"created_origin"`
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
}

// ItemResult is what became of one item of Inventory.PutItems.
type ItemResult uint8

// The results of an item of Inventory.PutItems.
const (
	// ItemInserted: the store had no item for the product. It is also the answer where
	// the same insertion comes again after a crash, whatever was written since.
	ItemInserted ItemResult = 1 + iota
	// ItemUpdated: there was an item. It holds the values now, unless a later row of
	// the same job was there before. Whether it held them already is not told: a call
	// that is repeated after a crash could not know.
	ItemUpdated
)
