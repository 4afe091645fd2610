package catalogtest

import (
	"context"
	"maps"
	"runtime"
	"slices"
	"sync"

	"github.com/vyapaarai/bulkimport/dedupe"
	"github.com/vyapaarai/bulkimport/importer/catalog"
	"github.com/vyapaarai/bulkimport/importer/catalog/memcatalog"
)

// Each type of this file is a sound store with one planted defect.

func sound() catalog.Store { return memcatalog.New(nil) }

// claimsInSteps checks keys first and claims them afterwards, in steps of their
// own: the mistake that the port exists to prevent.
type claimsInSteps struct {
	catalog.Store

	mu     sync.Mutex
	claims map[dedupe.Key]string
}

func newClaimsInSteps() catalog.Store {
	return &claimsInSteps{Store: sound(), claims: map[dedupe.Key]string{}}
}

func (s *claimsInSteps) Lookup(_ context.Context, keys []dedupe.Key) (map[dedupe.Key]string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()

	held := map[dedupe.Key]string{}

	for _, key := range keys {
		if id, ok := s.claims[key]; ok {
			held[key] = id
		}
	}

	return held, nil
}

func (s *claimsInSteps) Create(ctx context.Context, items []catalog.NewProduct) ([]catalog.CreateResult, error) {
	results := make([]catalog.CreateResult, 0, len(items))

	for _, item := range items {
		holders, err := s.Lookup(ctx, item.Keys)
		if err != nil {
			return nil, err
		}

		if len(holders) > 0 && !item.KeepTaken {
			results = append(results, taken(holders))
			continue
		}

		runtime.Gosched()

		result, err := s.Store.Create(ctx, []catalog.NewProduct{{Product: item.Product}})
		if err != nil {
			return nil, err
		}

		s.mu.Lock()
		for _, key := range item.Keys {
			s.claims[key] = item.Product.ID
		}
		s.mu.Unlock()

		results = append(results, result...)
	}

	return results, nil
}

// wrongCreate is a store whose Create is replaced.
type wrongCreate struct {
	catalog.Store

	create func(ctx context.Context, store catalog.Store, items []catalog.NewProduct) ([]catalog.CreateResult, error)
}

func (s wrongCreate) Create(ctx context.Context, items []catalog.NewProduct) ([]catalog.CreateResult, error) {
	return s.create(ctx, s.Store, items)
}

// changingItems returns a store that creates something else than it is given.
func changingItems(change func(*catalog.NewProduct)) func() catalog.Store {
	return func() catalog.Store {
		return wrongCreate{sound(), func(
			ctx context.Context, store catalog.Store, items []catalog.NewProduct,
		) ([]catalog.CreateResult, error) {
			items = slices.Clone(items)
			for i := range items {
				change(&items[i])
			}

			return store.Create(ctx, items)
		}}
	}
}

// changingResults returns a store that gives other results than are true.
func changingResults(change func([]catalog.CreateResult) []catalog.CreateResult) func() catalog.Store {
	return func() catalog.Store {
		return wrongCreate{sound(), func(
			ctx context.Context, store catalog.Store, items []catalog.NewProduct,
		) ([]catalog.CreateResult, error) {
			results, err := store.Create(ctx, items)

			return change(results), err
		}}
	}
}

// writesRefused writes what it answers as taken, less the keys.
func writesRefused() catalog.Store {
	return wrongCreate{sound(), func(
		ctx context.Context, store catalog.Store, items []catalog.NewProduct,
	) ([]catalog.CreateResult, error) {
		results, err := store.Create(ctx, items)
		if err != nil {
			return nil, err
		}

		for i, result := range results {
			if result.Result == catalog.ResultTaken {
				if _, err := store.Create(ctx, []catalog.NewProduct{keeping(items[i])}); err != nil {
					return nil, err
				}
			}
		}

		return results, nil
	}}
}

// overwrites lets a later product with the same id replace the first.
func overwrites() catalog.Store {
	return wrongCreate{sound(), func(
		ctx context.Context, store catalog.Store, items []catalog.NewProduct,
	) ([]catalog.CreateResult, error) {
		for _, item := range items {
			if item.Validate() == nil {
				_ = store.Delete(ctx, item.Product.ID)
			}
		}

		return store.Create(ctx, items)
	}}
}

// ignoresInvalid skips invalid elements and writes the others.
func ignoresInvalid() catalog.Store {
	return wrongCreate{sound(), func(
		ctx context.Context, store catalog.Store, items []catalog.NewProduct,
	) ([]catalog.CreateResult, error) {
		valid := slices.DeleteFunc(slices.Clone(items), func(n catalog.NewProduct) bool { return n.Validate() != nil })

		return store.Create(ctx, valid)
	}}
}

// keepsKeysOfDeleted hides a deleted product but leaves its keys claimed.
type keepsKeysOfDeleted struct {
	catalog.Store

	mu     sync.Mutex
	hidden map[string]bool
}

func newKeepsKeysOfDeleted() catalog.Store {
	return &keepsKeysOfDeleted{Store: sound(), hidden: map[string]bool{}}
}

func (s *keepsKeysOfDeleted) visible(products []catalog.Product) []catalog.Product {
	s.mu.Lock()
	defer s.mu.Unlock()

	return slices.DeleteFunc(products, func(p catalog.Product) bool { return s.hidden[p.ID] })
}

func (s *keepsKeysOfDeleted) Get(ctx context.Context, ids []string) ([]catalog.Product, error) {
	products, err := s.Store.Get(ctx, ids)

	return s.visible(products), err
}

func (s *keepsKeysOfDeleted) List(ctx context.Context, after string, limit int) ([]catalog.Product, error) {
	products, err := s.Store.List(ctx, after, limit)

	return s.visible(products), err
}

func (s *keepsKeysOfDeleted) Delete(ctx context.Context, id string) error {
	products, err := s.Get(ctx, []string{id})
	if err != nil {
		return err
	}

	if len(products) == 0 {
		return catalog.ErrNotFound
	}

	s.mu.Lock()
	defer s.mu.Unlock()

	s.hidden[id] = true

	return nil
}

// releasesKeysOfOthers releases, with a product, every key that it asked for,
// and with that the claims of other products.
type releasesKeysOfOthers struct {
	catalog.Store

	mu       sync.Mutex
	asked    map[string][]dedupe.Key
	released map[dedupe.Key]bool
}

func newReleasesKeysOfOthers() catalog.Store {
	return &releasesKeysOfOthers{
		Store: sound(), asked: map[string][]dedupe.Key{}, released: map[dedupe.Key]bool{},
	}
}

func (s *releasesKeysOfOthers) Create(
	ctx context.Context, items []catalog.NewProduct,
) ([]catalog.CreateResult, error) {
	s.mu.Lock()
	defer s.mu.Unlock()

	for _, item := range items {
		s.asked[item.Product.ID] = item.Keys
	}

	return s.Store.Create(ctx, items)
}

func (s *releasesKeysOfOthers) Delete(ctx context.Context, id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()

	for _, key := range s.asked[id] {
		s.released[key] = true
	}

	return s.Store.Delete(ctx, id)
}

func (s *releasesKeysOfOthers) Lookup(ctx context.Context, keys []dedupe.Key) (map[dedupe.Key]string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()

	held, err := s.Store.Lookup(ctx, keys)
	maps.DeleteFunc(held, func(key dedupe.Key, _ string) bool { return s.released[key] })

	return held, err
}

// silentDelete does not say when there is nothing to delete.
type silentDelete struct{ catalog.Store }

func (s silentDelete) Delete(ctx context.Context, id string) error {
	_ = s.Store.Delete(ctx, id)

	return ctx.Err()
}

// wrongList is a store whose pages are changed before they are handed out.
type wrongList struct {
	catalog.Store

	change func([]catalog.Product) []catalog.Product
}

func changingPages(change func([]catalog.Product) []catalog.Product) func() catalog.Store {
	return func() catalog.Store { return wrongList{sound(), change} }
}

func (s wrongList) List(ctx context.Context, after string, limit int) ([]catalog.Product, error) {
	products, err := s.Store.List(ctx, after, limit)

	return s.change(products), err
}

// inclusiveAfter begins a page with the product that the last one ended with.
type inclusiveAfter struct{ catalog.Store }

func (s inclusiveAfter) List(ctx context.Context, after string, limit int) ([]catalog.Product, error) {
	first, err := s.Get(ctx, []string{after})
	if err != nil {
		return nil, err
	}

	rest, err := s.Store.List(ctx, after, limit)
	if err != nil {
		return nil, err
	}

	both := append(first, rest...)

	return both[:min(len(both), catalog.PageSize(limit))], nil
}

// sortedGet returns products in the order of their ids, not of the request.
type sortedGet struct{ catalog.Store }

func (s sortedGet) Get(ctx context.Context, ids []string) ([]catalog.Product, error) {
	return s.Store.Get(ctx, slices.Sorted(slices.Values(ids)))
}

// wrongLookup is a store that looks up other keys than it is asked for.
type wrongLookup struct {
	catalog.Store

	change func(dedupe.Key) dedupe.Key
}

func (s wrongLookup) Lookup(ctx context.Context, keys []dedupe.Key) (map[dedupe.Key]string, error) {
	changed := make([]dedupe.Key, len(keys))
	for i, key := range keys {
		changed[i] = s.change(key)
	}

	held, err := s.Store.Lookup(ctx, changed)
	if err != nil {
		return nil, err
	}

	answer := map[dedupe.Key]string{}

	for i, key := range keys {
		if id, ok := held[changed[i]]; ok {
			answer[key] = id
		}
	}

	return answer, nil
}

// deafToCancel goes on when its context has been cancelled.
type deafToCancel struct{ catalog.Store }

func (s deafToCancel) Create(ctx context.Context, items []catalog.NewProduct) ([]catalog.CreateResult, error) {
	return s.Store.Create(context.WithoutCancel(ctx), items)
}

// sharesValues hands out what it keeps, and keeps what it is given.
type sharesValues struct {
	catalog.Store

	mu     sync.Mutex
	shared map[string]catalog.Product
}

func newSharesValues() catalog.Store {
	return &sharesValues{Store: sound(), shared: map[string]catalog.Product{}}
}

func (s *sharesValues) Create(ctx context.Context, items []catalog.NewProduct) ([]catalog.CreateResult, error) {
	s.mu.Lock()
	defer s.mu.Unlock()

	for _, item := range items {
		s.shared[item.Product.ID] = item.Product
	}

	return s.Store.Create(ctx, items)
}

func (s *sharesValues) Get(ctx context.Context, ids []string) ([]catalog.Product, error) {
	s.mu.Lock()
	defer s.mu.Unlock()

	products, err := s.Store.Get(ctx, ids)
	for i := range products {
		products[i] = s.shared[products[i].ID]
	}

	return products, err
}
