package pebblecatalog_test

import (
	"context"
	"fmt"
	"log"
	"os"

	"github.com/vyapaarai/bulkimport/dedupe"
	"github.com/vyapaarai/bulkimport/importer/catalog"
	"github.com/vyapaarai/bulkimport/importer/catalog/pebblecatalog"
)

func ExampleOpen() {
	folder, err := os.MkdirTemp("", "catalogue")
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(folder) }()

	var (
		ctx        = context.Background()
		barcode, _ = dedupe.BarcodeKey("8901058000290")
		product    = catalog.Product{ID: "prod_1", Name: "Maggi 2-Minute Noodles", Category: "Noodles"}
	)

	store, err := pebblecatalog.Open(folder, nil)
	if err != nil {
		log.Fatal(err)
	}

	items := []catalog.NewProduct{{Product: product, Keys: []dedupe.Key{barcode}}}
	if _, err := store.Create(ctx, items); err != nil {
		log.Fatal(err)
	}

	if err := store.Close(); err != nil {
		log.Fatal(err)
	}

	// Another day.
	store, err = pebblecatalog.Open(folder, nil)
	if err != nil {
		log.Fatal(err)
	}

	held, err := store.Lookup(ctx, []dedupe.Key{barcode})
	if err != nil {
		log.Fatal(err)
	}

	fmt.Println(barcode, "is", held[barcode])

	if err := store.Close(); err != nil {
		log.Fatal(err)
	}
	// Output: barcode:08901058000290 is prod_1
}
