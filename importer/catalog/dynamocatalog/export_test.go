package dynamocatalog

import (
	"context"
	"time"

	"github.com/vyapaarai/bulkimport/importer/catalog"
	"github.com/vyapaarai/bulkimport/internal/dynamo"
)

// Items returns the items that products and their claims are written as.
func Items(news []catalog.NewProduct) (products, claims []dynamo.Item) {
	for i := range news {
		e := newElement(&news[i])
		e.item[attrClaimedKeys] = claimsValue(e.keys)
		products = append(products, e.item)

		for _, key := range e.keys {
			claims = append(claims, claimItem(key, e.id()))
		}
	}

	return products, claims
}

// SetSleep replaces the waiting of a store that nobody uses yet.
func SetSleep(s *Store, sleep func(context.Context, time.Duration) error) { s.retry.Sleep = sleep }

// Decode reads the item of a product.
func Decode(item dynamo.Item) (catalog.Product, error) { return decodeProduct(item) }

// Encode returns the item of a product.
func Encode(p catalog.Product) dynamo.Item { return encodeProduct(&p) }
