package pebblecatalog_test

import (
	"testing"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/importer/catalog"
	"github.com/vyapaarai/bulkimport/importer/catalog/inventorytest"
	"github.com/vyapaarai/bulkimport/importer/catalog/pebblecatalog"
)

func TestInventoryConformance(t *testing.T) {
	t.Parallel()

	folders := newFolders()
	open := func(t testing.TB, dir string) catalog.Inventory { return folders.open(t, dir).(*pebblecatalog.Store) }

	inventorytest.Run(t, inventorytest.Harness{
		New: func(t testing.TB) catalog.Inventory { return open(t, t.TempDir()) },
		Reopen: func(t testing.TB, inventory catalog.Inventory) catalog.Inventory {
			store := inventory.(*pebblecatalog.Store)
			require.NoError(t, store.Close())

			return open(t, folders.of(store))
		},
		Close: func(inventory catalog.Inventory) error { return inventory.(*pebblecatalog.Store).Close() },
	})
}

// inventoryItem is an item of one store.
func inventoryItem(productID string) catalog.InventoryItem {
	origin := catalog.Origin{JobID: "job", Row: 2}

	return catalog.InventoryItem{
		StoreID: "store", ProductID: productID, Quantity: decimal.NewFromInt(5), Origin: origin, Created: origin,
	}
}

// What PutItems has answered survives a crash of the machine right after it.
func TestSyncOfItems(t *testing.T) {
	t.Parallel()

	disk := vfs.NewCrashableMem()
	store := pebblecatalog.New(openOn(t, disk), nil)

	_, err := store.PutItems(t.Context(), []catalog.InventoryItem{inventoryItem("a"), inventoryItem("b")})
	require.NoError(t, err)

	after := pebblecatalog.New(openOn(t, disk.CrashClone(vfs.CrashCloneCfg{})), nil)

	listed, err := after.ListItems(t.Context(), "store", "", 0)
	require.NoError(t, err)
	require.Len(t, listed, 2)
}

// Items that a later version wrote, or that are damaged, are an error and not an item.
func TestUnreadableItems(t *testing.T) {
	t.Parallel()

	for name, record := range map[string]string{
		"empty": "", "later version": "\x02{}", "not JSON": "\x01[", "no number": "\x01{\"quantity\":\"much\"}",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			db := openOn(t, vfs.NewMem())
			store := pebblecatalog.New(db, nil)
			require.NoError(t, db.Set([]byte("c/i/\x00\x05storep"), []byte(record), pebble.NoSync))

			_, err := store.Items(t.Context(), "store", []string{"p"})
			require.ErrorIs(t, err, pebblecatalog.ErrCorrupt)

			_, err = store.ListItems(t.Context(), "store", "", 0)
			require.ErrorIs(t, err, pebblecatalog.ErrCorrupt)

			_, err = store.PutItems(t.Context(), []catalog.InventoryItem{inventoryItem("p")})
			require.ErrorIs(t, err, pebblecatalog.ErrCorrupt)
		})
	}
}
