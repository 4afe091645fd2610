package dynamocatalog

import (
	"context"
	"fmt"
	"maps"

	"github.com/vyapaarai/bulkimport/dedupe"
	"github.com/vyapaarai/bulkimport/importer/catalog"
	"github.com/vyapaarai/bulkimport/internal/dynamo"
)

// Create implements [catalog.Store]. Products are written in transactions, each
// product and its claims within one, and many products together. An error may leave any of the
// products written, each with its claims.
func (s *Store) Create(ctx context.Context, items []catalog.NewProduct) ([]catalog.CreateResult, error) {
	for i := range items {
		if err := items[i].Validate(); err != nil {
			return nil, fmt.Errorf("dynamocatalog: create: %w", err)
		}
	}

	results, err := s.create(ctx, items)
	if err != nil {
		return nil, fmt.Errorf("dynamocatalog: create: %w", err)
	}

	return results, nil
}

func (s *Store) create(ctx context.Context, items []catalog.NewProduct) ([]catalog.CreateResult, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}

	elements := make([]element, len(items))
	pending := make([]*element, len(items))

	for i := range items {
		elements[i] = s.newElement(&items[i])
		pending[i] = &elements[i]
	}

	if err := s.settle(ctx, pending); err != nil {
		return nil, err
	}

	results := make([]catalog.CreateResult, len(items))
	for i := range elements {
		if err := elements[i].refusal; err != nil {
			return nil, fmt.Errorf("%w: %w", catalog.ErrInvalid, err)
		}

		results[i] = elements[i].result
	}

	return results, nil
}

// creation is one call of Create at work. Its maps are read and written between rounds
// only.
type creation struct {
	store *Store
	// held are holders of keys that the call has learned of, its own products included.
	held map[dedupe.Key]string
	// origins are those of products that the call has met or written.
	origins map[string]catalog.Origin
}

// settle writes elements, and gives each of them its result.
func (s *Store) settle(ctx context.Context, pending []*element) error {
	c := &creation{store: s, held: make(map[dedupe.Key]string), origins: make(map[string]catalog.Origin)}

	if err := c.learnFirst(ctx, pending); err != nil {
		return err
	}

	// More than one round is only needed where elements share a key or an id.
	for len(pending) > 0 {
		var err error

		pending, err = c.round(ctx, pending)
		if err != nil {
			return err
		}
	}

	return nil
}

// learnFirst looks up what is likely to be taken: keys that may belong to products of
// the time before the claims, which no condition of a transaction sees; and those of
// elements that can do without. Those are written in any case, and every key that turns
// out to be taken costs a transaction.
func (c *creation) learnFirst(ctx context.Context, pending []*element) error {
	var keys, unvetted []dedupe.Key

	for _, e := range pending {
		if e.keepTaken {
			keys = append(keys, e.keys...)
		}

		if !c.store.fallback {
			continue
		}

		for _, key := range e.keys {
			if !c.store.vetted.has(key) {
				unvetted = append(unvetted, key)
			}
		}
	}

	held, err := c.store.claims(ctx, distinct(keys), true)
	if err != nil {
		return err
	}

	maps.Copy(c.held, held)

	if len(unvetted) == 0 {
		return nil
	}

	held, err = c.store.lookup(ctx, unvetted, true)
	maps.Copy(c.held, held)

	return err
}

// round settles the pending elements that do not get into each other's way, and
// returns the others, of which there are fewer each time.
func (c *creation) round(ctx context.Context, pending []*element) ([]*element, error) {
	open, err := c.refuse(ctx, pending)
	if err != nil {
		return nil, err
	}

	wave, later := apart(open)

	units := make([]unit, len(wave))
	for i, e := range wave {
		units[i] = e
	}

	if err := c.store.writeAll(ctx, units); err != nil {
		return nil, err
	}

	for _, e := range wave {
		c.note(e)
	}

	if len(later) == 0 {
		return nil, nil
	}

	// Those who come later are told the holders of all of their keys.
	var keys []dedupe.Key
	for _, e := range later {
		keys = append(keys, e.keys...)
	}

	held, err := c.store.claims(ctx, distinct(keys), true)
	maps.Copy(c.held, held)

	return later, err
}

// note keeps in mind what has become of an element, for those that come later.
func (c *creation) note(e *element) {
	switch e.result.Result {
	case catalog.ResultCreated, catalog.ResultExists:
		c.origins[e.id] = e.origin
	case catalog.ResultIDConflict:
		c.origins[e.id] = unknownOrigin()
	}
}

// refuse settles the elements that cannot be written by what the call knows, and
// returns the others, less the keys that they can do without.
func (c *creation) refuse(ctx context.Context, pending []*element) ([]*element, error) {
	var (
		open    = make([]*element, 0, len(pending))
		refused []*element
		ids     []string
	)

	for _, e := range pending {
		if origin, exists := c.origins[e.id]; exists {
			e.result = existing(origin, e)

			continue
		}

		taken := c.taken(e)

		switch {
		case len(taken) == 0:
			open = append(open, e)
		case e.keepTaken:
			e.giveUp(taken)
			open = append(open, e)
		default:
			e.result = catalog.CreateResult{Result: catalog.ResultTaken, Holders: taken}
			refused = append(refused, e)
			ids = append(ids, e.id)
		}
	}

	// A product that exists is no longer asked for its keys.
	items, err := c.store.items(ctx, ids, dynamo.ProductID, attrOrigin)
	if err != nil {
		return nil, err
	}

	for _, e := range refused {
		if item, exists := items[e.id]; exists {
			e.result = existing(decodeOrigin(item), e)
		}
	}

	return open, nil
}

// taken returns the keys of an element that other products are known to hold.
func (c *creation) taken(e *element) map[dedupe.Key]string {
	var taken map[dedupe.Key]string

	for _, key := range e.keys {
		holder, held := c.held[key]
		if !held || holder == e.id {
			continue
		}

		if taken == nil {
			taken = make(map[dedupe.Key]string)
		}

		taken[key] = holder
	}

	return taken
}

// existing is the result of an element whose product exists.
func existing(origin catalog.Origin, e *element) catalog.CreateResult {
	if origin == e.origin {
		return catalog.CreateResult{Result: catalog.ResultExists}
	}

	return catalog.CreateResult{Result: catalog.ResultIDConflict}
}
