package pebblecatalog

import (
	"context"
	"fmt"

	"github.com/vyapaarai/bulkimport/importer/catalog"
)

// Items implements [catalog.Inventory].
func (s *Store) Items(ctx context.Context, storeID string, productIDs []string) ([]catalog.InventoryItem, error) {
	if err := s.begin(); err != nil {
		return nil, err
	}
	defer s.end()

	found, err := s.items(ctx, len(productIDs), func(i int) (string, string) { return storeID, productIDs[i] })
	if err != nil {
		return nil, fmt.Errorf("pebblecatalog: items: %w", err)
	}

	items := make([]catalog.InventoryItem, 0, len(productIDs))

	for _, item := range found {
		if item != nil {
			items = append(items, *item)
		}
	}

	return items, nil
}

// items returns the items at count places, each at the index of its place, which is a
// store and a product. One that does not exist is nil.
func (s *Store) items(ctx context.Context, count int, place func(i int) (storeID, productID string)) ([]*catalog.InventoryItem, error) {
	items := make([]*catalog.InventoryItem, count)

	err := s.probe(ctx, count,
		func(dst []byte, i int) []byte {
			storeID, productID := place(i)

			return appendItemKey(dst, storeID, productID)
		},
		func(i int, record []byte) error {
			item, err := decodeItem(record)
			if err != nil {
				storeID, productID := place(i)

				return fmt.Errorf("item of store %q for product %q: %w", storeID, productID, err)
			}

			items[i] = &item

			return nil
		})
	if err != nil {
		return nil, err
	}

	return items, nil
}

// PutItems implements [catalog.Inventory]. The whole call is one atomic step, and one
// write to disk. An error of the disk may leave open whether the step was taken.
func (s *Store) PutItems(ctx context.Context, items []catalog.InventoryItem) ([]catalog.ItemResult, error) {
	if err := s.begin(); err != nil {
		return nil, err
	}
	defer s.end()

	results, err := s.putItems(ctx, items)
	if err != nil {
		return nil, fmt.Errorf("pebblecatalog: put items: %w", err)
	}

	return results, nil
}

func (s *Store) putItems(ctx context.Context, items []catalog.InventoryItem) ([]catalog.ItemResult, error) {
	if err := catalog.CheckItems(items); err != nil {
		return nil, err
	}

	s.writing.Lock()
	defer s.writing.Unlock()

	stored, err := s.items(ctx, len(items), func(i int) (string, string) { return items[i].StoreID, items[i].ProductID })
	if err != nil {
		return nil, err
	}

	batch := s.db.NewBatch()
	defer func() { _ = batch.Close() }() // memory only; see creation.discard

	var (
		results = make([]catalog.ItemResult, len(items))
		name    []byte
	)

	for i := range items {
		if err := interrupted(ctx, i); err != nil {
			return nil, err
		}

		next, changed, result := items[i].PutOver(stored[i])
		results[i] = result

		if !changed {
			continue
		}

		record, err := encodeItem(&next)
		if err != nil {
			return nil, err
		}

		name = appendItemKey(name[:0], next.StoreID, next.ProductID)
		if err := batch.Set(name, record, nil); err != nil {
			return nil, err
		}
	}

	if err := ctx.Err(); err != nil {
		return nil, err
	}

	if batch.Empty() {
		return results, nil
	}

	return results, batch.Commit(s.write)
}

// ListItems implements [catalog.Inventory].
func (s *Store) ListItems(ctx context.Context, storeID, after string, limit int) ([]catalog.InventoryItem, error) {
	if err := s.begin(); err != nil {
		return nil, err
	}
	defer s.end()

	shelf := appendItemsKey(nil, storeID)

	items, err := page(ctx, s.db, shelf, after, catalog.PageSize(limit), decodeItem)
	if err != nil {
		return nil, fmt.Errorf("pebblecatalog: list items: %w", err)
	}

	return items, nil
}
