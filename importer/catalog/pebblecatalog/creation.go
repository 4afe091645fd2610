package pebblecatalog

import (
	"cmp"
	"context"
	"slices"

	"github.com/cockroachdb/pebble/v2"

	"github.com/vyapaarai/bulkimport/dedupe"
	"github.com/vyapaarai/bulkimport/importer/catalog"
)

// creation is one call of Create at work. The writing lock is held for as long
// as it lives.
type creation struct {
	batch *pebble.Batch

	// What the database holds of the ids and keys of the call's elements, and
	// what elements added so far will have written.
	origins map[string]catalog.Origin
	held    map[dedupe.Key]string

	claims []claim // of elements added so far

	name, value []byte // scratch
}

// claim is a key that the call claims, for the product with this id.
type claim struct {
	key dedupe.Key
	id  string
}

// newCreation looks up what the elements touch. The caller calls discard.
func (s *Store) newCreation(ctx context.Context, items []catalog.NewProduct) (*creation, error) {
	var (
		ids  = make([]string, 0, len(items))
		keys = make([]dedupe.Key, 0, 2*len(items))
	)

	for i := range items {
		ids = append(ids, items[i].Product.ID)
		keys = append(keys, items[i].Keys...)
	}

	held, err := s.holders(ctx, keys)
	if err != nil {
		return nil, err
	}

	existing, err := s.products(ctx, ids)
	if err != nil {
		return nil, err
	}

	origins := make(map[string]catalog.Origin)

	for _, product := range existing {
		if product.ID != "" {
			origins[product.ID] = product.Origin
		}
	}

	return &creation{batch: s.db.NewBatch(), origins: origins, held: held}, nil
}

// add puts the writes for one element into the batch, or none where the element
// is refused.
func (c *creation) add(item *catalog.NewProduct, encoded []byte) (catalog.CreateResult, error) {
	if origin, exists := c.origins[item.Product.ID]; exists {
		if origin == item.Product.Origin {
			return catalog.CreateResult{Result: catalog.ResultExists}, nil
		}

		return catalog.CreateResult{Result: catalog.ResultIDConflict}, nil
	}

	if !item.KeepTaken {
		if taken := c.taken(item.Keys); len(taken) > 0 {
			return catalog.CreateResult{Result: catalog.ResultTaken, Holders: taken}, nil
		}
	}

	return catalog.CreateResult{Result: catalog.ResultCreated}, c.write(item, encoded)
}

// taken returns the holders of those keys that are held, nil where none is.
func (c *creation) taken(keys []dedupe.Key) map[dedupe.Key]string {
	var taken map[dedupe.Key]string

	for _, key := range keys {
		holder, ok := c.held[key]
		if !ok {
			continue
		}

		if taken == nil {
			taken = make(map[dedupe.Key]string)
		}

		taken[key] = holder
	}

	return taken
}

// write puts a product into the batch, and notes claims on those of its keys that
// nobody holds.
func (c *creation) write(item *catalog.NewProduct, encoded []byte) error {
	var (
		id     = item.Product.ID
		claims = make([]dedupe.Key, 0, len(item.Keys))
	)

	for _, key := range item.Keys {
		if _, held := c.held[key]; held {
			continue
		}

		c.held[key] = id
		claims = append(claims, key)
		c.claims = append(c.claims, claim{key, id})
	}

	c.origins[id] = item.Product.Origin
	c.name = appendProductKey(c.name[:0], id)
	c.value = append(appendClaims(c.value[:0], claims), encoded...)

	return c.batch.Set(c.name, c.value, nil)
}

// commit makes all of it happen.
func (c *creation) commit(options *pebble.WriteOptions) error {
	if err := c.writeClaims(); err != nil {
		return err
	}

	if c.batch.Empty() {
		return nil
	}

	return c.batch.Commit(options)
}

// writeClaims puts the claims into the batch, in ascending order: the database
// takes a batch into its sorted table key by key, and finds the place of one that
// follows the last at less cost. It saves a sixth of the time of a creation.
func (c *creation) writeClaims() error {
	slices.SortFunc(c.claims, func(a, b claim) int {
		return cmp.Or(cmp.Compare(a.key.Tier, b.key.Tier), cmp.Compare(a.key.Value, b.key.Value))
	})

	for _, claim := range c.claims {
		c.name = appendClaimKey(c.name[:0], claim.key)
		c.value = append(c.value[:0], claim.id...)

		if err := c.batch.Set(c.name, c.value, nil); err != nil {
			return err
		}
	}

	return nil
}

// discard gives the memory of the batch back, which is all that closing one
// does.
func (c *creation) discard() { _ = c.batch.Close() }
