package memcatalog_test

import (
	"testing"

	"github.com/vyapaarai/bulkimport/importer/catalog"
	"github.com/vyapaarai/bulkimport/importer/catalog/inventorytest"
	"github.com/vyapaarai/bulkimport/importer/catalog/memcatalog"
)

func TestInventoryConformance(t *testing.T) {
	t.Parallel()

	inventorytest.Run(t, inventorytest.Harness{
		New: func(testing.TB) catalog.Inventory { return memcatalog.New(nil) },
	})
}
