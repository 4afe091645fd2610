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
		e := (&Store{}).newElement(&news[i])
		writes := e.writes()
		products = append(products, writes[0].Put.Item)

		for _, write := range writes[1:] {
			claims = append(claims, write.Put.Item)
		}
	}

	return products, claims
}

// SetSleep replaces the waiting of a store that nobody uses yet.
func SetSleep(s *Store, sleep func(context.Context, time.Duration) error) { s.retry.Sleep = sleep }

// SetClock replaces the clock of the keys that a store with the fallback has vetted.
func SetClock(s *Store, now func() time.Time) { s.vetted.now = now }

// VettedFor is how long keys are vetted for.
const VettedFor = vettedFor

// Decode reads the item of a product.
func Decode(item dynamo.Item) (catalog.Product, error) { return decodeProduct(item) }

// Encode returns the item of a product.
func Encode(p catalog.Product) dynamo.Item { return encodeProduct(&p) }

// SetInventorySleep replaces the waiting of an inventory that nobody uses yet.
func SetInventorySleep(v *Inventory, sleep func(context.Context, time.Duration) error) {
	v.retry.Sleep = sleep
}
