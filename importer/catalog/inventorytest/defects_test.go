package inventorytest

import (
	"context"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/shopspring/decimal"

	"github.com/vyapaarai/bulkimport/importer/catalog"
	"github.com/vyapaarai/bulkimport/importer/catalog/memcatalog"
)

// Each type of this file is a sound inventory with one planted defect.

func sound() catalog.Inventory { return memcatalog.New(nil) }

// wrongPut is an inventory whose PutItems is replaced.
type wrongPut struct {
	catalog.Inventory

	put func(ctx context.Context, inventory catalog.Inventory, items []catalog.InventoryItem) ([]catalog.ItemResult, error)
}

func (w wrongPut) PutItems(ctx context.Context, items []catalog.InventoryItem) ([]catalog.ItemResult, error) {
	return w.put(ctx, w.Inventory, items)
}

// changingItems returns an inventory that puts something else than it is given.
func changingItems(change func(*catalog.InventoryItem)) func() catalog.Inventory {
	return func() catalog.Inventory {
		return wrongPut{sound(), func(
			ctx context.Context, inventory catalog.Inventory, items []catalog.InventoryItem,
		) ([]catalog.ItemResult, error) {
			items = slices.Clone(items)
			for i := range items {
				change(&items[i])
			}

			return inventory.PutItems(ctx, items)
		}}
	}
}

// changingResults returns an inventory that gives other results than are true.
func changingResults(change func([]catalog.ItemResult)) func() catalog.Inventory {
	return func() catalog.Inventory {
		return wrongPut{sound(), func(
			ctx context.Context, inventory catalog.Inventory, items []catalog.InventoryItem,
		) ([]catalog.ItemResult, error) {
			results, err := inventory.PutItems(ctx, items)
			change(results)

			return results, err
		}}
	}
}

// skipsInvalid writes the valid items of a call that has others.
func skipsInvalid() catalog.Inventory {
	return wrongPut{sound(), func(
		ctx context.Context, inventory catalog.Inventory, items []catalog.InventoryItem,
	) ([]catalog.ItemResult, error) {
		if err := catalog.CheckItems(items); err != nil {
			valid := slices.DeleteFunc(slices.Clone(items), func(i catalog.InventoryItem) bool { return i.Validate() != nil })
			_, _ = inventory.PutItems(ctx, valid)

			return nil, err
		}

		return inventory.PutItems(ctx, items)
	}}
}

// oneByOne puts the items of a call one after the other, which lets two of them be for
// the same product.
func oneByOne() catalog.Inventory {
	return wrongPut{sound(), func(
		ctx context.Context, inventory catalog.Inventory, items []catalog.InventoryItem,
	) ([]catalog.ItemResult, error) {
		results := []catalog.ItemResult{}

		for i := range items {
			result, err := inventory.PutItems(ctx, items[i:i+1])
			if err != nil {
				return nil, err
			}

			results = append(results, result...)
		}

		return results, nil
	}}
}

// ruleless keeps items by a rule of its own.
type ruleless struct {
	mu    sync.Mutex
	items map[[2]string]catalog.InventoryItem
	// rule is PutOver, but for the defect.
	rule func(item catalog.InventoryItem, stored *catalog.InventoryItem) (catalog.InventoryItem, bool, catalog.ItemResult)
	// inSteps reads, decides and writes in three steps.
	inSteps bool
}

func byRule(rule func(i catalog.InventoryItem, stored *catalog.InventoryItem) (catalog.InventoryItem, bool, catalog.ItemResult)) func() catalog.Inventory {
	return func() catalog.Inventory {
		return &ruleless{items: map[[2]string]catalog.InventoryItem{}, rule: rule}
	}
}

func inSteps() catalog.Inventory {
	return &ruleless{
		items: map[[2]string]catalog.InventoryItem{}, inSteps: true,
		rule: catalog.InventoryItem.PutOver,
	}
}

func (r *ruleless) Items(ctx context.Context, storeID string, productIDs []string) ([]catalog.InventoryItem, error) {
	r.mu.Lock()
	defer r.mu.Unlock()

	var found []catalog.InventoryItem

	for _, id := range productIDs {
		if item, ok := r.items[[2]string{storeID, id}]; ok {
			found = append(found, item)
		}
	}

	return found, ctx.Err()
}

func (r *ruleless) PutItems(ctx context.Context, items []catalog.InventoryItem) ([]catalog.ItemResult, error) {
	if err := catalog.CheckItems(items); err != nil {
		return nil, err
	}

	if err := ctx.Err(); err != nil {
		return nil, err
	}

	r.mu.Lock()
	defer r.mu.Unlock()

	results := make([]catalog.ItemResult, len(items))

	for i := range items {
		key := [2]string{items[i].StoreID, items[i].ProductID}

		var stored *catalog.InventoryItem
		if found, ok := r.items[key]; ok {
			stored = &found
		}

		if r.inSteps {
			r.mu.Unlock()
			runtime.Gosched()
			time.Sleep(time.Millisecond) // long enough for another writer to come between, on a busy machine too
			r.mu.Lock()
		}

		next, changed, result := r.rule(items[i], stored)
		if changed {
			r.items[key] = next
		}

		results[i] = result
	}

	return results, nil
}

func (r *ruleless) ListItems(ctx context.Context, storeID, after string, limit int) ([]catalog.InventoryItem, error) {
	r.mu.Lock()
	defer r.mu.Unlock()

	var found []catalog.InventoryItem

	for key, item := range r.items {
		if key[0] == storeID && key[1] > after {
			found = append(found, item)
		}
	}

	slices.SortFunc(found, func(a, b catalog.InventoryItem) int { return strings.Compare(a.ProductID, b.ProductID) })

	return found[:min(len(found), catalog.PageSize(limit))], ctx.Err()
}

// lastWriteWins knows no order of rows.
func lastWriteWins(i catalog.InventoryItem, stored *catalog.InventoryItem) (catalog.InventoryItem, bool, catalog.ItemResult) {
	if stored != nil && stored.Origin.JobID == i.Origin.JobID {
		earlier := *stored
		earlier.Origin.Row = 0
		next, changed, result := i.PutOver(&earlier)

		return next, changed, result
	}

	return i.PutOver(stored)
}

// rowsOfAllJobs takes the rows of different jobs for one order.
func rowsOfAllJobs(i catalog.InventoryItem, stored *catalog.InventoryItem) (catalog.InventoryItem, bool, catalog.ItemResult) {
	if stored != nil && stored.Origin.Row > i.Origin.Row {
		_, _, result := i.PutOver(stored)

		return *stored, false, result
	}

	return i.PutOver(stored)
}

// insertedOnlyOnce tells an insertion by whether there was something.
func insertedOnlyOnce(i catalog.InventoryItem, stored *catalog.InventoryItem) (catalog.InventoryItem, bool, catalog.ItemResult) {
	next, changed, result := i.PutOver(stored)
	if stored != nil {
		result = catalog.ItemUpdated
	}

	return next, changed, result
}

// insertedByLastWriter tells an insertion by who wrote last.
func insertedByLastWriter(i catalog.InventoryItem, stored *catalog.InventoryItem) (catalog.InventoryItem, bool, catalog.ItemResult) {
	next, changed, result := i.PutOver(stored)
	if stored != nil && stored.Origin != i.Origin {
		result = catalog.ItemUpdated
	}

	return next, changed, result
}

// replaces puts the whole item in place, with what it leaves out.
func replaces(i catalog.InventoryItem, stored *catalog.InventoryItem) (catalog.InventoryItem, bool, catalog.ItemResult) {
	next, changed, result := i.PutOver(stored)
	if stored != nil && changed {
		created, at := next.Created, next.CreatedAt
		next = i
		next.Created, next.CreatedAt = created, at
	}

	return next, changed, result
}

// touches writes where nothing has changed.
func touches(i catalog.InventoryItem, stored *catalog.InventoryItem) (catalog.InventoryItem, bool, catalog.ItemResult) {
	next, changed, result := i.PutOver(stored)
	if !changed && stored.Origin.JobID != i.Origin.JobID {
		next.Origin, next.UpdatedAt, changed = i.Origin, i.UpdatedAt, true
	}

	return next, changed, result
}

// recreates forgets who inserted an item when it is written over.
func recreates(i catalog.InventoryItem, stored *catalog.InventoryItem) (catalog.InventoryItem, bool, catalog.ItemResult) {
	next, changed, result := i.PutOver(stored)
	if changed {
		next.Created, next.CreatedAt = i.Created, i.CreatedAt
	}

	return next, changed, result
}

// wrongPlace is an inventory that looks for items somewhere else.
type wrongPlace struct {
	catalog.Inventory

	store, product func(string) string
}

func (w wrongPlace) Items(ctx context.Context, storeID string, productIDs []string) ([]catalog.InventoryItem, error) {
	ids := make([]string, len(productIDs))
	for i, id := range productIDs {
		ids[i] = w.product(id)
	}

	return w.Inventory.Items(ctx, w.store(storeID), ids)
}

func (w wrongPlace) PutItems(ctx context.Context, items []catalog.InventoryItem) ([]catalog.ItemResult, error) {
	if err := catalog.CheckItems(items); err != nil {
		return nil, err
	}

	results := make([]catalog.ItemResult, 0, len(items))

	for _, item := range items {
		item.StoreID, item.ProductID = w.store(item.StoreID), w.product(item.ProductID)

		result, err := w.Inventory.PutItems(ctx, []catalog.InventoryItem{item})
		if err != nil {
			return nil, err
		}

		results = append(results, result...)
	}

	return results, nil
}

func (w wrongPlace) ListItems(ctx context.Context, storeID, after string, limit int) ([]catalog.InventoryItem, error) {
	return w.Inventory.ListItems(ctx, w.store(storeID), after, limit)
}

func same(s string) string { return s }

// wrongRead is an inventory whose answers are changed before they are handed out.
type wrongRead struct {
	catalog.Inventory

	change func([]catalog.InventoryItem) []catalog.InventoryItem
}

func changingReads(change func([]catalog.InventoryItem) []catalog.InventoryItem) func() catalog.Inventory {
	return func() catalog.Inventory { return wrongRead{sound(), change} }
}

func (w wrongRead) Items(ctx context.Context, storeID string, productIDs []string) ([]catalog.InventoryItem, error) {
	items, err := w.Inventory.Items(ctx, storeID, productIDs)

	return w.change(items), err
}

func (w wrongRead) ListItems(ctx context.Context, storeID, after string, limit int) ([]catalog.InventoryItem, error) {
	items, err := w.Inventory.ListItems(ctx, storeID, after, limit)

	return w.change(items), err
}

// asFloats hands numbers out as they come from binary floats of 32 bits.
func asFloats(items []catalog.InventoryItem) []catalog.InventoryItem {
	for i := range items {
		value, _ := items[i].Quantity.Float64()
		items[i].Quantity = decimal.NewFromFloat32(float32(value))
	}

	return items
}

// withoutZero hands a price of zero out as none.
func withoutZero(items []catalog.InventoryItem) []catalog.InventoryItem {
	for i := range items {
		if items[i].SellingPrice.Decimal.IsZero() {
			items[i].SellingPrice.Valid = false
		}
	}

	return items
}

// inclusiveAfter begins a page with the item that the last one ended with.
type inclusiveAfter struct{ catalog.Inventory }

func (w inclusiveAfter) ListItems(ctx context.Context, storeID, after string, limit int) ([]catalog.InventoryItem, error) {
	first, err := w.Items(ctx, storeID, []string{after})
	if err != nil {
		return nil, err
	}

	rest, err := w.Inventory.ListItems(ctx, storeID, after, limit)
	both := append(first, rest...)

	return both[:min(len(both), catalog.PageSize(limit))], err
}

// sortedItems returns items in the order of their ids, not of the request.
type sortedItems struct{ catalog.Inventory }

func (w sortedItems) Items(ctx context.Context, storeID string, productIDs []string) ([]catalog.InventoryItem, error) {
	return w.Inventory.Items(ctx, storeID, slices.Sorted(slices.Values(productIDs)))
}

// deafToCancel goes on when its context has been cancelled.
type deafToCancel struct{ catalog.Inventory }

func (w deafToCancel) PutItems(ctx context.Context, items []catalog.InventoryItem) ([]catalog.ItemResult, error) {
	return w.Inventory.PutItems(context.WithoutCancel(ctx), items)
}
