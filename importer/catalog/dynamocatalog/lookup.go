package dynamocatalog

import (
	"context"
	"fmt"
	"unicode/utf8"

	"github.com/vyapaarai/bulkimport/dedupe"
	"github.com/vyapaarai/bulkimport/importer/catalog"
	"github.com/vyapaarai/bulkimport/internal/dynamo"
)

// Lookup implements [catalog.Store].
func (s *Store) Lookup(ctx context.Context, keys []dedupe.Key) (map[dedupe.Key]string, error) {
	held, err := s.lookup(ctx, keys, s.consistent)
	if err != nil {
		return nil, fmt.Errorf("dynamocatalog: lookup: %w", err)
	}

	return held, nil
}

// lookup returns the holders of those keys that are held: by claims, and, with the
// fallback, by products of the time before.
func (s *Store) lookup(ctx context.Context, keys []dedupe.Key, consistent bool) (map[dedupe.Key]string, error) {
	keys = distinct(keys)

	held, err := s.claims(ctx, keys, consistent)
	if err != nil || !s.fallback {
		return held, err
	}

	free := make([]dedupe.Key, 0, len(keys))

	for _, key := range keys {
		if _, claimed := held[key]; !claimed {
			free = append(free, key)
		}
	}

	return held, s.unclaimed(ctx, free, held)
}

// distinct returns the keys that a product can hold, each once.
func distinct(keys []dedupe.Key) []dedupe.Key {
	var (
		kept = make([]dedupe.Key, 0, len(keys))
		seen = make(map[dedupe.Key]bool, len(keys))
	)

	for _, key := range keys {
		if !seen[key] && holdable(key) {
			seen[key] = true

			kept = append(kept, key)
		}
	}

	return kept
}

// holdable reports whether some product can hold the key. Others are not asked for:
// DynamoDB would refuse them, and their texts may be read as those of other keys.
func holdable(key dedupe.Key) bool {
	return key.Tier >= dedupe.TierBarcode && key.Tier <= dedupe.TierNameBrand && key.Value != "" &&
		len(key.Value) <= catalog.MaxKey && utf8.ValidString(key.Value)
}

// claims returns the holders of those keys that are claimed.
func (s *Store) claims(ctx context.Context, keys []dedupe.Key, consistent bool) (map[dedupe.Key]string, error) {
	names := make([]dynamo.Item, len(keys))
	for i, key := range keys {
		names[i] = claimKey(key)
	}

	items, err := dynamo.BatchGet(ctx, s.client, s.retry, s.keys, names, dynamo.Read{
		Consistent: consistent, Concurrency: s.concurrency,
	})
	if err != nil {
		return nil, err
	}

	held := make(map[dedupe.Key]string, len(items))

	for _, item := range items {
		name, _ := dynamo.Text(item[dynamo.IdentityKey])

		key, ok := dedupe.ParseKey(name)
		if !ok {
			return nil, fmt.Errorf("%w: %.100q is no identity key", ErrUnreadable, name)
		}

		if held[key], err = holderOf(item); err != nil {
			return nil, err
		}
	}

	return held, nil
}

// holderOf returns the product that an item of the table of keys names.
func holderOf(item dynamo.Item) (string, error) {
	id, ok := dynamo.Text(item[dynamo.ProductID])
	if !ok || id == "" {
		name, _ := dynamo.Text(item[dynamo.IdentityKey])

		return "", fmt.Errorf("%w: the identity key %.100q names no product", ErrUnreadable, name)
	}

	return id, nil
}
