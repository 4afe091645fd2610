package pebblecatalog_test

import (
	"testing"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/importer/catalog/pebblecatalog"
)

// Records that a later version wrote, or that are damaged, are an error and not
// a product.
func TestUnreadableRecords(t *testing.T) {
	t.Parallel()

	tests := map[string]string{
		"empty":                "",
		"version 0":            "\x00\x00{}",
		"later version":        "\x02\x00{}",
		"no number of keys":    "\x01",
		"fewer keys than said": "\x01\x02\x09barcode:1",
		"key cut short":        "\x01\x01\x20barcode:1",
		"key that is none":     "\x01\x01\x09something{}",
		"huge key":             "\x01\x01\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01{}",
		"not JSON":             "\x01\x00[",
	}

	for name, record := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			db := openOn(t, vfs.NewMem())
			store := pebblecatalog.New(db, nil)
			require.NoError(t, db.Set([]byte("c/p/p"), []byte(record), pebble.NoSync))

			_, err := store.Get(t.Context(), []string{"p"})
			require.ErrorIs(t, err, pebblecatalog.ErrCorrupt)

			_, err = store.List(t.Context(), "", 0)
			require.ErrorIs(t, err, pebblecatalog.ErrCorrupt)

			_, err = store.Create(t.Context(), products("p"))
			require.ErrorIs(t, err, pebblecatalog.ErrCorrupt)

			if name != "not JSON" {
				require.ErrorIs(t, store.Delete(t.Context(), "p"), pebblecatalog.ErrCorrupt)
			}
		})
	}
}
