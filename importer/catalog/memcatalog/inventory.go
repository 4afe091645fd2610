package memcatalog

import (
	"context"
	"fmt"

	"github.com/vyapaarai/bulkimport/importer/catalog"
)

// shelf holds the items of one store.
type shelf struct {
	items map[string]catalog.InventoryItem // by the id of the product
	ids   index
}

// has reports whether there is an item for this product.
func (s *shelf) has(productID string) bool {
	_, ok := s.items[productID]

	return ok
}

// Items implements [catalog.Inventory].
func (s *Store) Items(ctx context.Context, storeID string, productIDs []string) ([]catalog.InventoryItem, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("memcatalog: items: %w", err)
	}

	s.mu.RLock()
	defer s.mu.RUnlock()

	shelf, ok := s.shelves[storeID]
	if !ok {
		return nil, nil
	}

	items := make([]catalog.InventoryItem, 0, len(productIDs))

	for _, id := range productIDs {
		if item, ok := shelf.items[id]; ok {
			items = append(items, item)
		}
	}

	return items, nil
}

// PutItems implements [catalog.Inventory]. The whole call is one atomic step.
func (s *Store) PutItems(ctx context.Context, items []catalog.InventoryItem) ([]catalog.ItemResult, error) {
	if err := catalog.CheckItems(items); err != nil {
		return nil, fmt.Errorf("memcatalog: put items: %w", err)
	}

	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("memcatalog: put items: %w", err)
	}

	s.mu.Lock()
	defer s.mu.Unlock()

	results := make([]catalog.ItemResult, len(items))
	for i := range items {
		results[i] = s.putItem(&items[i])
	}

	return results, nil
}

// putItem writes one item, or not. The caller holds the lock.
func (s *Store) putItem(item *catalog.InventoryItem) catalog.ItemResult {
	on, ok := s.shelves[item.StoreID]
	if !ok {
		on = &shelf{items: map[string]catalog.InventoryItem{}}
		s.shelves[item.StoreID] = on
	}

	var stored *catalog.InventoryItem

	if found, ok := on.items[item.ProductID]; ok {
		stored = &found
	} else {
		on.ids.add(item.ProductID)
	}

	next, changed, result := item.PutOver(stored)
	if changed {
		on.items[item.ProductID] = next
	}

	return result
}

// ListItems implements [catalog.Inventory].
func (s *Store) ListItems(ctx context.Context, storeID, after string, limit int) ([]catalog.InventoryItem, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("memcatalog: list items: %w", err)
	}

	// The whole lock, since the index sorts itself when it is read.
	s.mu.Lock()
	defer s.mu.Unlock()

	shelf, ok := s.shelves[storeID]
	if !ok {
		return nil, nil
	}

	limit = catalog.PageSize(limit)
	items := make([]catalog.InventoryItem, 0, min(limit, len(shelf.items)))

	for id := range shelf.ids.after(after, shelf.has) {
		if len(items) == limit {
			break
		}

		items = append(items, shelf.items[id])
	}

	return items, nil
}
