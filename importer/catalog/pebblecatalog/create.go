package pebblecatalog

import (
	"context"
	"fmt"

	"github.com/vyapaarai/bulkimport/importer/catalog"
)

// Create implements [catalog.Store]. The whole call is one atomic step, and one
// write to disk. An error of the disk may leave open whether the step was taken.
func (s *Store) Create(ctx context.Context, items []catalog.NewProduct) ([]catalog.CreateResult, error) {
	if err := s.begin(); err != nil {
		return nil, err
	}
	defer s.end()

	results, err := s.create(ctx, items)
	if err != nil {
		return nil, fmt.Errorf("pebblecatalog: create: %w", err)
	}

	return results, nil
}

func (s *Store) create(ctx context.Context, items []catalog.NewProduct) ([]catalog.CreateResult, error) {
	// Encoding takes a good part of the time, so it is done before other writers
	// have to wait. What it does for elements that are refused is wasted; with
	// keys looked up beforehand, those are few.
	encoded, err := encode(ctx, items)
	if err != nil {
		return nil, err
	}

	s.writing.Lock()
	defer s.writing.Unlock()

	creation, err := s.newCreation(ctx, items)
	if err != nil {
		return nil, err
	}
	defer creation.discard()

	results := make([]catalog.CreateResult, len(items))

	for i := range items {
		results[i], err = creation.add(&items[i], encoded[i])
		if err != nil {
			return nil, fmt.Errorf("product %q: %w", items[i].Product.ID, err)
		}
	}

	if err := ctx.Err(); err != nil {
		return nil, err
	}

	if err := creation.commit(s.write); err != nil {
		return nil, err
	}

	return results, nil
}

// encode checks the elements and returns the JSON of their products.
func encode(ctx context.Context, items []catalog.NewProduct) ([][]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}

	encoded := make([][]byte, len(items))

	for i := range items {
		if err := interrupted(ctx, i); err != nil {
			return nil, err
		}

		if err := items[i].Validate(); err != nil {
			return nil, err
		}

		data, err := encodeProduct(&items[i].Product)
		if err != nil {
			return nil, err
		}

		encoded[i] = data
	}

	return encoded, nil
}
