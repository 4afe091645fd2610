// Package memcatalog is a catalogue in memory. It keeps the contract of
// [catalog.Store] and [catalog.Inventory] in full, within one process and for as long as that runs:
// nothing is written to disk.
package memcatalog

import (
	"context"
	"fmt"
	"sync"

	"github.com/vyapaarai/bulkimport/dedupe"
	"github.com/vyapaarai/bulkimport/importer/catalog"
)

// Options are the settings of a Store. The zero value is ready for use.
type Options struct {
	// Capacity is the number of products to make room for at the start, so that
	// tables need not grow on the way. 0 makes none; it is never a limit.
	Capacity int
}

// Store is a catalogue in memory. Its methods may be called concurrently.
type Store struct {
	mu       sync.RWMutex
	products map[string]record
	holders  map[dedupe.Key]string
	ids      index
	shelves  map[string]*shelf // by the id of the store
}

// record is a product with the keys that it holds, which are what Delete
// releases.
type record struct {
	product catalog.Product
	claims  []dedupe.Key
}

var (
	_ catalog.Store     = (*Store)(nil)
	_ catalog.Inventory = (*Store)(nil)
	_ dedupe.Index      = (*Store)(nil)
)

// New returns an empty catalogue. opts may be nil.
func New(opts *Options) *Store {
	if opts == nil {
		opts = &Options{}
	}

	capacity := max(opts.Capacity, 0)

	return &Store{
		products: make(map[string]record, capacity),
		holders:  make(map[dedupe.Key]string, capacity),
		shelves:  make(map[string]*shelf),
	}
}

// Lookup implements [catalog.Store].
func (s *Store) Lookup(ctx context.Context, keys []dedupe.Key) (map[dedupe.Key]string, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("memcatalog: lookup: %w", err)
	}

	s.mu.RLock()
	defer s.mu.RUnlock()

	return s.taken(keys), nil
}

// taken returns the holders of those keys that are taken. The caller holds the
// lock.
func (s *Store) taken(keys []dedupe.Key) map[dedupe.Key]string {
	held := make(map[dedupe.Key]string)

	for _, key := range keys {
		if id, ok := s.holders[key]; ok {
			held[key] = id
		}
	}

	return held
}

// Create implements [catalog.Store]. The whole call is one atomic step.
func (s *Store) Create(ctx context.Context, items []catalog.NewProduct) ([]catalog.CreateResult, error) {
	for _, item := range items {
		if err := item.Validate(); err != nil {
			return nil, fmt.Errorf("memcatalog: create: %w", err)
		}
	}

	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("memcatalog: create: %w", err)
	}

	s.mu.Lock()
	defer s.mu.Unlock()

	results := make([]catalog.CreateResult, len(items))
	for i, item := range items {
		results[i] = s.create(item)
	}

	return results, nil
}

// create writes one element, or not. The caller holds the lock.
func (s *Store) create(item catalog.NewProduct) catalog.CreateResult {
	id := item.Product.ID

	if existing, ok := s.products[id]; ok {
		if existing.product.Origin == item.Product.Origin {
			return catalog.CreateResult{Result: catalog.ResultExists}
		}

		return catalog.CreateResult{Result: catalog.ResultIDConflict}
	}

	taken := s.taken(item.Keys)
	if len(taken) > 0 && !item.KeepTaken {
		return catalog.CreateResult{Result: catalog.ResultTaken, Holders: taken}
	}

	claims := make([]dedupe.Key, 0, len(item.Keys))

	for _, key := range item.Keys {
		if _, ok := s.holders[key]; !ok {
			s.holders[key] = id
			claims = append(claims, key)
		}
	}

	s.products[id] = record{product: item.Product.Clone(), claims: claims}
	s.ids.add(id)

	return catalog.CreateResult{Result: catalog.ResultCreated}
}

// Get implements [catalog.Store].
func (s *Store) Get(ctx context.Context, ids []string) ([]catalog.Product, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("memcatalog: get: %w", err)
	}

	s.mu.RLock()
	defer s.mu.RUnlock()

	products := make([]catalog.Product, 0, len(ids))

	for _, id := range ids {
		if found, ok := s.products[id]; ok {
			products = append(products, found.product.Clone())
		}
	}

	return products, nil
}

// Delete implements [catalog.Store].
func (s *Store) Delete(ctx context.Context, id string) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("memcatalog: delete: %w", err)
	}

	s.mu.Lock()
	defer s.mu.Unlock()

	existing, ok := s.products[id]
	if !ok {
		return fmt.Errorf("memcatalog: delete %q: %w", id, catalog.ErrNotFound)
	}

	for _, key := range existing.claims {
		delete(s.holders, key)
	}

	delete(s.products, id)

	return nil
}

// List implements [catalog.Store], in ascending byte order of the ids.
func (s *Store) List(ctx context.Context, after string, limit int) ([]catalog.Product, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("memcatalog: list: %w", err)
	}

	// The whole lock, since the index sorts itself when it is read.
	s.mu.Lock()
	defer s.mu.Unlock()

	limit = catalog.PageSize(limit)
	products := make([]catalog.Product, 0, min(limit, len(s.products)))

	for id := range s.ids.after(after, s.exists) {
		found, ok := s.products[id]
		if !ok {
			continue
		}

		products = append(products, found.product.Clone())
		if len(products) == limit {
			break
		}
	}

	return products, nil
}

// exists reports whether there is a product with this id. The caller holds the
// lock.
func (s *Store) exists(id string) bool {
	_, ok := s.products[id]

	return ok
}
