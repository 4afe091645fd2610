package dynamocatalog_test

import (
	"context"
	"sync/atomic"

	"github.com/vyapaarai/bulkimport/dedupe"
	"github.com/vyapaarai/bulkimport/importer/catalog"
)

// several are stores over the same tables, as the processes of a deployment have them.
// Each call goes to the next of them.
type several struct {
	stores []catalog.Store
	calls  atomic.Uint64
}

func (s *several) next() catalog.Store {
	return s.stores[s.calls.Add(1)%uint64(len(s.stores))]
}

func (s *several) Lookup(ctx context.Context, keys []dedupe.Key) (map[dedupe.Key]string, error) {
	return s.next().Lookup(ctx, keys)
}

func (s *several) Create(ctx context.Context, items []catalog.NewProduct) ([]catalog.CreateResult, error) {
	return s.next().Create(ctx, items)
}

func (s *several) Get(ctx context.Context, ids []string) ([]catalog.Product, error) {
	return s.next().Get(ctx, ids)
}

func (s *several) Delete(ctx context.Context, id string) error { return s.next().Delete(ctx, id) }

func (s *several) List(ctx context.Context, after string, limit int) ([]catalog.Product, error) {
	return s.next().List(ctx, after, limit)
}
