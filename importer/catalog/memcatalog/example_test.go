package memcatalog_test

import (
	"context"
	"fmt"
	"log"

	"github.com/vyapaarai/bulkimport/dedupe"
	"github.com/vyapaarai/bulkimport/importer/catalog"
	"github.com/vyapaarai/bulkimport/importer/catalog/memcatalog"
)

// The second product has the first one's barcode, so it is refused, and the
// answer says who holds the key.
func ExampleNew() {
	var (
		ctx        = context.Background()
		store      = memcatalog.New(nil)
		barcode, _ = dedupe.BarcodeKey("8901058000290")
	)

	for _, id := range []string{"prod_1", "prod_2"} {
		results, err := store.Create(ctx, []catalog.NewProduct{{
			Product: catalog.Product{ID: id, Name: "Maggi 2-Minute Noodles", Category: "Noodles"},
			Keys:    []dedupe.Key{barcode},
		}})
		if err != nil {
			log.Fatal(err)
		}

		fmt.Println(id, "created:", results[0].Result == catalog.ResultCreated, "holders:", results[0].Holders)
	}
	// Output:
	// prod_1 created: true holders: map[]
	// prod_2 created: false holders: map[barcode:08901058000290:prod_1]
}
