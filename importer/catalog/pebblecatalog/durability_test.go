package pebblecatalog_test

import (
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/importer/catalog"
	"github.com/vyapaarai/bulkimport/importer/catalog/pebblecatalog"
)

// What a call has answered survives a crash of the machine right after it, in
// which everything that was not synced is lost.
func TestSync(t *testing.T) {
	t.Parallel()

	disk := vfs.NewCrashableMem()
	store := pebblecatalog.New(openOn(t, disk), nil)
	items := products("a", "b", "c")

	_, err := store.Create(t.Context(), items)
	require.NoError(t, err)
	require.NoError(t, store.Delete(t.Context(), "b"))

	after := pebblecatalog.New(openOn(t, disk.CrashClone(vfs.CrashCloneCfg{})), nil)

	listed, err := after.List(t.Context(), "", 0)
	require.NoError(t, err)
	require.Len(t, listed, 2)

	results, err := after.Create(t.Context(), items)
	require.NoError(t, err)
	require.Equal(t, catalog.ResultExists, results[0].Result)
	require.Equal(t, catalog.ResultCreated, results[1].Result, "the delete survives with the release of its keys")
	require.Equal(t, catalog.ResultExists, results[2].Result)

	held, err := after.Lookup(t.Context(), items[2].Keys)
	require.NoError(t, err)
	require.Len(t, held, len(items[2].Keys))
}

// NoSync does leave the sync out; it is what TestSync would otherwise be unable
// to tell from the default.
func TestNoSync(t *testing.T) {
	t.Parallel()

	disk := vfs.NewCrashableMem()
	store := pebblecatalog.New(openOn(t, disk), &pebblecatalog.Options{NoSync: true})

	_, err := store.Create(t.Context(), products("a"))
	require.NoError(t, err)

	after := pebblecatalog.New(openOn(t, disk.CrashClone(vfs.CrashCloneCfg{})), nil)

	listed, err := after.List(t.Context(), "", 0)
	require.NoError(t, err)
	require.Empty(t, listed)
}
