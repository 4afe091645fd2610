package importer

import (
	"context"
	"fmt"
	"slices"

	"github.com/vyapaarai/bulkimport/csvschema"
	"github.com/vyapaarai/bulkimport/dedupe"
	"github.com/vyapaarai/bulkimport/importer/catalog"
)

// inventorySession is one run over one file of a store's inventory. Which products its
// rows are about is decided as in an import of products.
type inventorySession struct {
	*productSession

	kind  *inventoryKind
	stock *csvschema.InventoryColumns
}

// inventoryChunk is a prepared chunk.
type inventoryChunk struct {
	products productChunk
	// stock is what the rows of products say of the inventory, by their places there.
	stock []csvschema.InventoryRow
}

// Prepare parses and validates the rows and looks their products up.
func (s *inventorySession) Prepare(ctx context.Context, c *Chunk) error {
	chunk := s.parseChunk(c)
	c.State = chunk

	return s.complete(ctx, &chunk.products)
}

// parseChunk reads the rows of a chunk. Good ones join what it returns; bad ones get
// their outcome.
func (s *inventorySession) parseChunk(c *Chunk) *inventoryChunk {
	chunk := &inventoryChunk{
		products: productChunk{rows: make([]productRow, 0, len(c.Rows))},
		stock:    make([]csvschema.InventoryRow, 0, len(c.Rows)),
	}

	for i := range c.Rows {
		row := &c.Rows[i]
		if row.Malformed {
			continue
		}

		parsed, warnings, problems := s.stock.ParseRow(row.Record)
		if !row.setParsed(parsed.Product, warnings, problems) {
			continue
		}

		next := s.newRow(row, parsed.Product)
		next.lacks = parsed.NewProductProblems()

		if !s.identify(&next) {
			row.Outcome.fail([]*csvschema.RowError{{
				Row: parsed.Product.Row, Column: "name", Code: csvschema.CodeNameMissing, Value: parsed.Product.Name,
				Message: "name has no letter or digit, so that its product could not be found again",
			}})

			continue
		}

		if problem := next.oversize(); problem != nil {
			row.Outcome.fail([]*csvschema.RowError{problem})

			continue
		}

		chunk.products.rows = append(chunk.products.rows, next)
		chunk.stock = append(chunk.stock, parsed)
	}

	return chunk
}

// identify gives a product without barcode and brand a key in its store. Without one,
// every import would bring it into the catalogue once more.
func (s *inventorySession) identify(row *productRow) bool {
	if len(row.keys) > 0 {
		return true
	}

	key, ok := dedupe.StoreNameKey(s.job.StoreID, row.product.Name)
	row.keys = append(row.keys, key)

	return ok
}

// Apply decides which products the rows are about, creates those that are new, and puts
// the items of the store.
func (s *inventorySession) Apply(ctx context.Context, c *Chunk) error {
	chunk, ok := c.State.(*inventoryChunk)
	if !ok {
		return errNotPrepared
	}

	if err := s.resolve(ctx, c, &chunk.products); err != nil {
		return err
	}

	if err := s.putItems(ctx, chunk); err != nil {
		return err
	}

	c.State = nil

	return nil
}

// putItems puts what the rows say into the inventory, in one item for each product.
// The rows are those that would have been put one after the other: the first is the one
// that inserts the item, if any does, and each further one writes over it.
func (s *inventorySession) putItems(ctx context.Context, chunk *inventoryChunk) error {
	var (
		items  []catalog.InventoryItem
		firsts []*Outcome         // of the first row of each item
		places = map[string]int{} // of the products among the items
	)

	for i := range chunk.products.rows {
		o := &chunk.products.rows[i].row.Outcome
		if o.Result == Failed {
			continue
		}

		o.Result = Succeeded // also where the product was there before
		item := s.newItem(&chunk.stock[i], o.ProductID)

		place, repeated := places[o.ProductID]
		if !repeated {
			places[o.ProductID] = len(items)
			items, firsts = append(items, item), append(firsts, o)

			continue
		}

		merged := items[place].With(item)
		merged.Origin, merged.UpdatedAt = item.Origin, item.UpdatedAt
		items[place] = merged
		o.Item = catalog.ItemUpdated
	}

	if len(items) == 0 {
		return nil
	}

	results, err := s.kind.inventory.PutItems(ctx, items)
	if err != nil {
		return fmt.Errorf("importer: put items of store %s: %w", s.job.StoreID, err)
	}

	for i, result := range results {
		firsts[i].Item = result
	}

	return nil
}

func (s *inventorySession) newItem(row *csvschema.InventoryRow, productID string) catalog.InventoryItem {
	now := s.kind.products.now().UTC()
	origin := catalog.Origin{JobID: s.job.ID, Row: row.Product.Row}

	return catalog.InventoryItem{
		StoreID: s.job.StoreID, ProductID: productID,
		Quantity: row.Quantity, CostPrice: row.CostPrice, SellingPrice: row.SellingPrice, ReorderLevel: row.ReorderLevel,
		Supplier: row.Supplier, Location: row.Location, Notes: row.Notes,
		Origin: origin, Created: origin, CreatedAt: now, UpdatedAt: now,
	}
}

// Touched reports whether an earlier run has created a product, or written an item, for
// a row of the chunk. Of an item that another job has written over since, nothing is
// left to account for.
func (s *inventorySession) Touched(ctx context.Context, c *Chunk) (bool, error) {
	touched, err := s.productSession.Touched(ctx, c)
	if err != nil || touched {
		return touched, err
	}

	// On a copy: the outcomes of the rows are not to be set here.
	look := &Chunk{Start: c.Start, End: c.End, Rows: slices.Clone(c.Rows)}
	chunk := s.parseChunk(look)

	if err := s.lookup(ctx, &chunk.products); err != nil {
		return false, err
	}

	ids := make([]string, 0, len(chunk.products.held))
	for _, id := range chunk.products.held {
		ids = append(ids, id)
	}

	items, err := s.kind.inventory.Items(ctx, s.job.StoreID, ids)
	if err != nil {
		return false, fmt.Errorf("importer: look for items of an earlier run: %w", err)
	}

	ofChunk := func(o catalog.Origin) bool {
		return o.JobID == s.job.ID && o.Row >= c.Start.Row && o.Row < c.End.Row
	}

	return slices.ContainsFunc(items, func(i catalog.InventoryItem) bool {
		return ofChunk(i.Origin) || ofChunk(i.Created)
	}), nil
}

// Drop has nothing to remove: a chunk leaves nothing behind before it is applied.
func (s *inventorySession) Drop(context.Context, *Chunk) error { return nil }
