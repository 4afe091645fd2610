package pebblecatalog

import (
	"context"
	"fmt"

	"github.com/vyapaarai/bulkimport/dedupe"
	"github.com/vyapaarai/bulkimport/importer/catalog"
)

// Delete implements [catalog.Store].
func (s *Store) Delete(ctx context.Context, id string) error {
	if err := s.begin(); err != nil {
		return err
	}
	defer s.end()

	if err := s.delete(ctx, id); err != nil {
		return fmt.Errorf("pebblecatalog: delete %q: %w", id, err)
	}

	return nil
}

func (s *Store) delete(ctx context.Context, id string) error {
	s.writing.Lock()
	defer s.writing.Unlock()

	claims, err := s.claims(ctx, id)
	if err != nil {
		return err
	}

	batch := s.db.NewBatch()
	defer func() { _ = batch.Close() }() // memory only; see creation.discard

	if err := batch.Delete(appendProductKey(nil, id), nil); err != nil {
		return err
	}

	for _, key := range claims {
		if err := batch.Delete(appendClaimKey(nil, key), nil); err != nil {
			return err
		}
	}

	return batch.Commit(s.write)
}

// claims returns the keys that a product holds.
func (s *Store) claims(ctx context.Context, id string) (claims []dedupe.Key, err error) {
	exists := false

	err = s.probe(ctx, 1,
		func(dst []byte, _ int) []byte { return appendProductKey(dst, id) },
		func(_ int, record []byte) (err error) {
			exists = true
			claims, _, err = decodeClaims(record)

			return err
		})
	if err != nil {
		return nil, err
	}

	if !exists {
		return nil, catalog.ErrNotFound
	}

	return claims, nil
}
