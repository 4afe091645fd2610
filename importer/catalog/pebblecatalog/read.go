package pebblecatalog

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/cockroachdb/pebble/v2"

	"github.com/vyapaarai/bulkimport/dedupe"
	"github.com/vyapaarai/bulkimport/importer/catalog"
)

// Lookup implements [catalog.Store].
func (s *Store) Lookup(ctx context.Context, keys []dedupe.Key) (map[dedupe.Key]string, error) {
	if err := s.begin(); err != nil {
		return nil, err
	}
	defer s.end()

	held, err := s.holders(ctx, keys)
	if err != nil {
		return nil, fmt.Errorf("pebblecatalog: lookup: %w", err)
	}

	return held, nil
}

// holders returns the holders of those keys that are held.
func (s *Store) holders(ctx context.Context, keys []dedupe.Key) (map[dedupe.Key]string, error) {
	held := make(map[dedupe.Key]string)

	err := s.probe(ctx, len(keys),
		func(dst []byte, i int) []byte { return appendClaimKey(dst, keys[i]) },
		func(i int, value []byte) error {
			held[keys[i]] = string(value)

			return nil
		})
	if err != nil {
		return nil, err
	}

	return held, nil
}

// Get implements [catalog.Store].
func (s *Store) Get(ctx context.Context, ids []string) ([]catalog.Product, error) {
	if err := s.begin(); err != nil {
		return nil, err
	}
	defer s.end()

	found, err := s.products(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("pebblecatalog: get: %w", err)
	}

	products := make([]catalog.Product, 0, len(ids))

	for _, product := range found {
		if product.ID != "" {
			products = append(products, product)
		}
	}

	return products, nil
}

// products returns the products with these ids, each at the index of its id. One
// that does not exist is the zero Product.
func (s *Store) products(ctx context.Context, ids []string) ([]catalog.Product, error) {
	products := make([]catalog.Product, len(ids))

	err := s.probe(ctx, len(ids),
		func(dst []byte, i int) []byte { return appendProductKey(dst, ids[i]) },
		func(i int, record []byte) (err error) {
			products[i], err = decodeProduct(record)
			if err != nil {
				return fmt.Errorf("product %q: %w", ids[i], err)
			}

			return nil
		})
	if err != nil {
		return nil, err
	}

	return products, nil
}

// List implements [catalog.Store], in ascending byte order of the ids.
func (s *Store) List(ctx context.Context, after string, limit int) ([]catalog.Product, error) {
	if err := s.begin(); err != nil {
		return nil, err
	}
	defer s.end()

	products, err := page(ctx, s.db, []byte(productPrefix), after, catalog.PageSize(limit), decodeProduct)
	if err != nil {
		return nil, fmt.Errorf("pebblecatalog: list: %w", err)
	}

	return products, nil
}

// page reads up to limit records with database keys of this prefix, behind the one
// that ends with after, in ascending order.
func page[T any](
	ctx context.Context, db *pebble.DB, prefix []byte, after string, limit int, decode func(record []byte) (T, error),
) (records []T, err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}

	iterator, err := db.NewIterWithContext(ctx, &pebble.IterOptions{
		LowerBound: append(append(slices.Clone(prefix), after...), 0), // the least key behind that of after
		UpperBound: successor(prefix),
		KeyTypes:   pebble.IterKeyTypePointsOnly,
	})
	if err != nil {
		return nil, err
	}

	defer func() { err = errors.Join(err, iterator.Close()) }()

	for valid := iterator.First(); valid && len(records) < limit; valid = iterator.Next() {
		if err := interrupted(ctx, len(records)); err != nil {
			return nil, err
		}

		value, err := iterator.ValueAndErr()
		if err != nil {
			return nil, err
		}

		record, err := decode(value)
		if err != nil {
			return nil, fmt.Errorf("key %q: %w", iterator.Key(), err)
		}

		records = append(records, record)
	}

	return records, nil
}
