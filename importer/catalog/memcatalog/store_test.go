package memcatalog_test

import (
	"testing"

	"github.com/vyapaarai/bulkimport/importer/catalog"
	"github.com/vyapaarai/bulkimport/importer/catalog/catalogtest"
	"github.com/vyapaarai/bulkimport/importer/catalog/memcatalog"
)

func TestConformance(t *testing.T) {
	t.Parallel()

	catalogtest.Run(t, catalogtest.Harness{
		New:     func(testing.TB) catalog.Store { return memcatalog.New(nil) },
		Ordered: true,
	})
}
