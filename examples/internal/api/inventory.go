package api

import (
	"encoding/base64"
	"net/http"
	"time"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"github.com/vyapaarai/bulkimport/importer"
	"github.com/vyapaarai/bulkimport/importer/catalog"
)

type inventoryAnswer struct {
	Success bool       `json:"success"`
	StoreID string     `json:"store_id"`
	Items   []itemView `json:"items"`
	// NextCursor is null at the end.
	NextCursor *string `json:"next_cursor"`
}

// itemView is an item of an inventory. Numbers are decimals in strings, so that nobody
// makes binary fractions of them unknowingly; they are null where there are none.
type itemView struct {
	ProductID    string           `json:"product_id"`
	Name         string           `json:"name"`
	Brand        string           `json:"brand"`
	Category     string           `json:"category"`
	Barcode      string           `json:"barcode"`
	Quantity     decimal.Decimal  `json:"quantity"`
	CostPrice    *decimal.Decimal `json:"cost_price"`
	SellingPrice *decimal.Decimal `json:"selling_price"`
	ReorderLevel *decimal.Decimal `json:"reorder_level"`
	Supplier     string           `json:"supplier"`
	Location     string           `json:"location"`
	Notes        string           `json:"notes"`
	CreatedAt    time.Time        `json:"created_at"`
	UpdatedAt    time.Time        `json:"updated_at"`
	// JobID and RowNumber are the import that has last written the item.
	JobID     string `json:"job_id"`
	RowNumber int64  `json:"row_number"`
}

// listInventory lists what a store has, with what its products are called, in the order of
// the products' ids.
func (a *api) listInventory(w http.ResponseWriter, r *http.Request, c importer.Caller) error {
	limit, err := pageLimit(r)
	if err != nil {
		return err
	}

	after, err := decodeCursor(r.URL.Query().Get("cursor"))
	if err != nil {
		return err
	}

	items, err := a.inventory.ListItems(r.Context(), c.StoreID, after, limit)
	if err != nil {
		return err
	}

	ids := make([]string, len(items))
	for i := range items {
		ids[i] = items[i].ProductID
	}

	products, err := a.catalog.Get(r.Context(), ids)
	if err != nil {
		return err
	}

	known := make(map[string]*catalog.Product, len(products))
	for i := range products {
		known[products[i].ID] = &products[i]
	}

	answer := inventoryAnswer{Success: true, StoreID: c.StoreID, Items: make([]itemView, len(items))}
	for i := range items {
		answer.Items[i] = itemOf(&items[i], known[items[i].ProductID])
	}

	if len(items) == limit {
		cursor := base64.RawURLEncoding.EncodeToString([]byte(ids[limit-1]))
		answer.NextCursor = &cursor
	}

	a.answer(w, r, http.StatusOK, answer)

	return nil
}

// itemOf returns the view of an item; of a product that was deleted nothing but its id is
// known.
func itemOf(i *catalog.InventoryItem, p *catalog.Product) itemView {
	view := itemView{
		ProductID: i.ProductID,
		Quantity:  i.Quantity, CostPrice: numberOrNull(i.CostPrice), SellingPrice: numberOrNull(i.SellingPrice),
		ReorderLevel: numberOrNull(i.ReorderLevel),
		Supplier:     i.Supplier, Location: i.Location, Notes: i.Notes,
		CreatedAt: i.CreatedAt.UTC(), UpdatedAt: i.UpdatedAt.UTC(), JobID: i.Origin.JobID, RowNumber: i.Origin.Row,
	}

	if p != nil {
		view.Name, view.Brand, view.Category, view.Barcode = p.Name, p.Brand, p.Category, p.Barcode
	}

	return view
}

func numberOrNull(n decimal.NullDecimal) *decimal.Decimal {
	if !n.Valid {
		return nil
	}

	return &n.Decimal
}

// decodeCursor returns the id of the product that a page begins behind.
func decodeCursor(cursor string) (string, error) {
	id, err := base64.RawURLEncoding.Strict().DecodeString(cursor)
	if err != nil || len(id) > catalog.MaxID || !utf8.Valid(id) {
		return "", badRequest("cursor_invalid", "The cursor is wrong; begin again without one.")
	}

	return string(id), nil
}
