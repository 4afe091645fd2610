package pebblecatalog_test

import (
	"fmt"
	"testing"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/dedupe"
	"github.com/vyapaarai/bulkimport/importer/catalog"
	"github.com/vyapaarai/bulkimport/importer/catalog/catalogtest"
	"github.com/vyapaarai/bulkimport/importer/catalog/pebblecatalog"
)

func TestConformance(t *testing.T) {
	t.Parallel()

	folders := newFolders()

	catalogtest.Run(t, catalogtest.Harness{
		Ordered: true,
		New:     func(t testing.TB) catalog.Store { return folders.open(t, t.TempDir()) },
		Reopen: func(t testing.TB, store catalog.Store) catalog.Store {
			require.NoError(t, store.(*pebblecatalog.Store).Close())

			return folders.open(t, folders.of(store))
		},
		Close: func(store catalog.Store) error { return store.(*pebblecatalog.Store).Close() },
	})
}

// A store that shares its database touches nothing of the others', and closing
// it leaves the database open.
func TestSharedDatabase(t *testing.T) {
	t.Parallel()

	db := openOn(t, vfs.NewMem())
	foreign := []string{"a", "c", "c.", "c0", "c/", "c/k", "c/l", "c/o", "c/p", "c/p0", "c/q", "j/1", "z"}

	for _, name := range foreign {
		require.NoError(t, db.Set([]byte(name), []byte("not a product"), pebble.NoSync))
	}

	store := pebblecatalog.New(db, nil)
	items := products("p", "q")

	_, err := store.Create(t.Context(), items)
	require.NoError(t, err)

	listed, err := store.List(t.Context(), "", 0)
	require.NoError(t, err)
	require.Len(t, listed, len(items))

	for _, item := range items {
		require.NoError(t, store.Delete(t.Context(), item.Product.ID))
	}

	require.NoError(t, store.Close())

	iterator, err := db.NewIter(nil)
	require.NoError(t, err)

	var left []string
	for valid := iterator.First(); valid; valid = iterator.Next() {
		left = append(left, string(iterator.Key()))
	}

	require.NoError(t, iterator.Close())
	require.ElementsMatch(t, foreign, left)
}

func TestOpenLockedFolder(t *testing.T) {
	t.Parallel()

	dir := t.TempDir()

	store, err := pebblecatalog.Open(dir, nil)
	require.NoError(t, err)

	_, err = pebblecatalog.Open(dir, nil)
	require.ErrorIs(t, err, pebblecatalog.ErrLocked)

	require.NoError(t, store.Close())
}

func openOn(t *testing.T, disk vfs.FS) *pebble.DB {
	t.Helper()

	db, err := pebble.Open("db", &pebble.Options{FS: disk, FormatMajorVersion: pebble.FormatNewest, Logger: silence{}})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })

	return db
}

// silence is a logger without output.
type silence struct{}

func (silence) Infof(string, ...any)              {}
func (silence) Errorf(string, ...any)             {}
func (silence) Fatalf(format string, args ...any) { panic(fmt.Sprintf(format, args...)) }

// products returns one product for each id, with two keys.
func products(ids ...string) []catalog.NewProduct {
	items := make([]catalog.NewProduct, 0, len(ids))

	for i, id := range ids {
		items = append(items, catalog.NewProduct{
			Product: catalog.Product{ID: id, Name: "name of " + id, Origin: catalog.Origin{JobID: "job", Row: int64(i)}},
			Keys: []dedupe.Key{
				{Tier: dedupe.TierBarcode, Value: fmt.Sprintf("%014d", i+1)},
				{Tier: dedupe.TierNameBrand, Value: "brand#" + id},
			},
		})
	}

	return items
}
