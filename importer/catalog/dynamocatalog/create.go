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

	c := &creation{
		store:   s,
		held:    make(map[dedupe.Key]string),
		origins: make(map[string]catalog.Origin),
	}

	elements := make([]element, len(items))
	pending := make([]*element, len(items))

	for i := range items {
		elements[i] = newElement(&items[i])
		pending[i] = &elements[i]
	}

	if err := c.learnFirst(ctx, pending); err != nil {
		return nil, err
	}

	// More than one round is only needed where elements of the call share a key or
	// an id.
	for len(pending) > 0 {
		var err error

		pending, err = c.round(ctx, pending)
		if err != nil {
			return nil, err
		}
	}

	results := make([]catalog.CreateResult, len(items))
	for i := range elements {
		results[i] = elements[i].result
	}

	return results, nil
}

// element is one element of a call of Create.
type element struct {
	new *catalog.NewProduct
	// keys are those to claim, each once. Where taken keys are no obstacle they are
	// dropped as they turn out to be taken.
	keys   []dedupe.Key
	item   dynamo.Item
	result catalog.CreateResult
}

func newElement(n *catalog.NewProduct) element {
	return element{new: n, keys: distinct(n.Keys), item: encodeProduct(&n.Product)}
}

func (e *element) id() string { return e.new.Product.ID }

// actions is the number of writes that the element takes.
func (e *element) actions() int { return 1 + len(e.keys) }

// bytes is no less than what the writes of the element add up to.
func (e *element) bytes() int {
	const perClaim = 100 // names of attributes

	size := e.new.Size()
	for _, key := range e.keys {
		size += len(key.String()) + len(e.id()) + perClaim
	}

	return size
}

// drop gives up keys that are taken.
func (e *element) drop(taken map[dedupe.Key]string) {
	kept := make([]dedupe.Key, 0, len(e.keys))

	for _, key := range e.keys {
		if _, gone := taken[key]; !gone {
			kept = append(kept, key)
		}
	}

	e.keys = kept
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

// learnFirst looks up what is likely to be taken: keys that may belong to products of
// the time before the claims, which no condition of a transaction sees; and those of
// elements that can do without. Those are written in any case, and every key that turns
// out to be taken costs a transaction.
func (c *creation) learnFirst(ctx context.Context, pending []*element) error {
	var keys, unvetted []dedupe.Key

	for _, e := range pending {
		if e.new.KeepTaken {
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
	groups := pack(wave)

	err = dynamo.Bounded(ctx, c.store.concurrency, len(groups), func(ctx context.Context, i int) error {
		return c.store.write(ctx, groups[i])
	})
	if err != nil || len(later) == 0 {
		return nil, err
	}

	for _, e := range wave {
		c.note(e)
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
		c.origins[e.id()] = e.new.Product.Origin
	case catalog.ResultIDConflict:
		c.origins[e.id()] = catalog.Origin{JobID: "another", Row: -1}
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
		if origin, exists := c.origins[e.id()]; exists {
			e.result = existing(origin, e)

			continue
		}

		taken := c.taken(e)

		switch {
		case len(taken) == 0:
			open = append(open, e)
		case e.new.KeepTaken:
			e.drop(taken)
			open = append(open, e)
		default:
			e.result = catalog.CreateResult{Result: catalog.ResultTaken, Holders: taken}
			refused = append(refused, e)
			ids = append(ids, e.id())
		}
	}

	// A product that exists is no longer asked for its keys.
	items, err := c.store.items(ctx, ids, dynamo.ProductID, attrOrigin)
	if err != nil {
		return nil, err
	}

	for _, e := range refused {
		if item, exists := items[e.id()]; exists {
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
		if !held || holder == e.id() {
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
	if origin == e.new.Product.Origin {
		return catalog.CreateResult{Result: catalog.ResultExists}
	}

	return catalog.CreateResult{Result: catalog.ResultIDConflict}
}

// apart parts elements that share no id and no key from the others. The first is always
// among them.
func apart(elements []*element) (wave, later []*element) {
	var (
		ids  = make(map[string]bool, len(elements))
		keys = make(map[dedupe.Key]bool, 2*len(elements))
	)

	for _, e := range elements {
		shared := ids[e.id()]
		for _, key := range e.keys {
			shared = shared || keys[key]
		}

		if shared {
			later = append(later, e)

			continue
		}

		ids[e.id()] = true
		for _, key := range e.keys {
			keys[key] = true
		}

		wave = append(wave, e)
	}

	return wave, later
}

// pack puts elements together into transactions, as many as one takes.
func pack(elements []*element) [][]*element {
	// Room for what the sizes of elements do not count.
	const maxBytes = dynamo.MaxTransactionBytes - 64<<10

	var (
		groups         [][]*element
		actions, bytes int
	)

	for _, e := range elements {
		if actions += e.actions(); len(groups) == 0 || actions > dynamo.MaxTransaction || bytes+e.bytes() > maxBytes {
			groups = append(groups, nil)
			actions, bytes = e.actions(), 0
		}

		last := len(groups) - 1
		groups[last] = append(groups[last], e)
		bytes += e.bytes()
	}

	return groups
}
