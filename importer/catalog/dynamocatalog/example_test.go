package dynamocatalog_test

import (
	"context"
	"log"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/vyapaarai/bulkimport/importer"
	"github.com/vyapaarai/bulkimport/importer/catalog/dynamocatalog"
)

// Imports into tables of AWS, with products in them that were written before there were
// claims.
func ExampleNew() {
	ctx := context.Background()

	settings, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		log.Fatal(err)
	}

	client := dynamodb.NewFromConfig(settings)

	products, err := dynamocatalog.New(client, "vyaparai-global-products-prod", "vyaparai-identity-keys-prod",
		&dynamocatalog.Options{GSIFallback: true})
	if err != nil {
		log.Fatal(err)
	}

	inventory, err := dynamocatalog.NewInventory(client, "vyaparai-store-inventory-prod", nil)
	if err != nil {
		log.Fatal(err)
	}

	_ = []importer.Kind{
		importer.NewProductKind(products, nil),
		importer.NewInventoryKind(products, inventory, nil),
	}
}
