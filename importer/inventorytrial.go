package importer

import (
	"context"
	"crypto/sha256"
	"fmt"

	"github.com/vyapaarai/bulkimport/csvschema"
	"github.com/vyapaarai/bulkimport/importer/catalog"
)

// inventoryTrial is a session whose catalogue and inventory only remember.
type inventoryTrial struct{ *inventorySession }

var (
	_ Trier = (*inventoryKind)(nil)
	_ Trial = inventoryTrial{}
)

// Try implements Trier.
func (k *inventoryKind) Try(ctx context.Context, start Start) (Trial, error) {
	products := *k.products
	products.catalog = newTrialCatalog(products.catalog, newProductIDs(start.Job.ID), keepsBarcodes(start.Job.Options))

	trying := inventoryKind{
		products: &products, inventory: &trialInventory{behind: k.inventory, inserted: map[itemDigest]bool{}},
	}

	begun, err := trying.Begin(ctx, start)
	if err != nil {
		return nil, err
	}

	session, ok := begun.(*inventorySession)
	if !ok {
		return nil, errNoSession
	}

	return inventoryTrial{session}, nil
}

// Columns implements Trial.
func (t inventoryTrial) Columns() []csvschema.ColumnMapping { return t.stock.Mapping() }

// Caveats implements Trial.
func (t inventoryTrial) Caveats() []csvschema.Warning { return nil }

// trialInventory is the inventory of one store as it would be after what is put here. It
// remembers for which products there would be items, not what they would hold. It is for
// one job and for one goroutine.
type trialInventory struct {
	behind   catalog.Inventory
	inserted map[itemDigest]bool
}

var _ catalog.Inventory = (*trialInventory)(nil)

// itemDigest tells products apart, as keyDigest does keys.
type itemDigest [12]byte

func digestOfItem(productID string) itemDigest {
	sum := sha256.Sum256([]byte(productID))

	return itemDigest(sum[:len(itemDigest{})])
}

// Items implements catalog.Inventory, without what was put here.
func (t *trialInventory) Items(ctx context.Context, storeID string, productIDs []string) ([]catalog.InventoryItem, error) {
	return t.behind.Items(ctx, storeID, productIDs)
}

// PutItems implements catalog.Inventory, but for what it writes.
func (t *trialInventory) PutItems(ctx context.Context, items []catalog.InventoryItem) ([]catalog.ItemResult, error) {
	if err := catalog.CheckItems(items); err != nil {
		return nil, fmt.Errorf("importer: try to put items: %w", err)
	}

	there, err := t.there(ctx, items)
	if err != nil {
		return nil, err
	}

	results := make([]catalog.ItemResult, len(items))

	for i := range items {
		id := items[i].ProductID
		digest := digestOfItem(id)

		results[i] = catalog.ItemUpdated
		if !there[id] && !t.inserted[digest] {
			results[i] = catalog.ItemInserted
			t.inserted[digest] = true
		}
	}

	return results, nil
}

// there returns the products of which the store behind has items.
func (t *trialInventory) there(ctx context.Context, items []catalog.InventoryItem) (map[string]bool, error) {
	there := map[string]bool{}
	if len(items) == 0 {
		return there, nil
	}

	ids := make([]string, len(items))
	for i := range items {
		ids[i] = items[i].ProductID
	}

	found, err := t.behind.Items(ctx, items[0].StoreID, ids)
	if err != nil {
		return nil, err
	}

	for i := range found {
		there[found[i].ProductID] = true
	}

	return there, nil
}

// ListItems implements catalog.Inventory, without what was put here.
func (t *trialInventory) ListItems(ctx context.Context, storeID, after string, limit int) ([]catalog.InventoryItem, error) {
	return t.behind.ListItems(ctx, storeID, after, limit)
}
