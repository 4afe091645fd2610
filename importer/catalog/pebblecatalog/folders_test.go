package pebblecatalog_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/importer/catalog"
	"github.com/vyapaarai/bulkimport/importer/catalog/pebblecatalog"
)

// folders remembers which folder each store has its data in.
type folders struct {
	mu  sync.Mutex
	dir map[catalog.Store]string
}

func newFolders() *folders { return &folders{dir: map[catalog.Store]string{}} }

// open opens the store in a folder, and closes it at the end of the test unless
// the test has done so.
func (f *folders) open(t testing.TB, dir string) catalog.Store {
	t.Helper()

	store, err := pebblecatalog.Open(dir, nil)
	require.NoError(t, err)

	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			assert.ErrorIs(t, err, catalog.ErrClosed)
		}
	})

	f.mu.Lock()
	defer f.mu.Unlock()

	f.dir[store] = dir

	return store
}

// of returns the folder of a store.
func (f *folders) of(store catalog.Store) string {
	f.mu.Lock()
	defer f.mu.Unlock()

	return f.dir[store]
}
