package catalog

import (
	"fmt"
	"unicode/utf8"

	"github.com/shopspring/decimal"
)

// The bounds of the numbers of an item. With twelve digits at most they are exact in
// every database, and in nearly every program that reads them as binary floats.
const (
	// QuantityDigits is how many digits a quantity may have behind the point: loose
	// goods are weighed to the gram and measured to the millilitre.
	QuantityDigits = 3
	// PriceDigits is how many digits a price may have behind the point: there is
	// nothing below a paisa.
	PriceDigits = 2
	// WholeDigits is how many digits either may have before the point. A store with
	// 999,999,999 of one product, or a product of that price, does not exist; a barcode
	// in the wrong column does.
	WholeDigits = 9
)

// PutOver returns what Inventory.PutItems makes of an item where stored is what the
// inventory holds for its store and product, nil for nothing: the item to be stored,
// whether that differs from what is, and the answer. It is the whole rule, for
// authors of backends; both items are valid.
//
//   - Where nothing is stored, the item is inserted as it is.
//   - What a later row of the same job has written stays: a chunk of rows that is
//     repeated after a crash never goes back behind what came after it.
//   - Otherwise the values of the item take the place of those stored. What it leaves
//     out, an absent number or an empty text, stays as it was. Created and CreatedAt
//     always stay.
//   - Where that changes no value, nothing is written: Origin and UpdatedAt stay too.
func (i InventoryItem) PutOver(stored *InventoryItem) (next InventoryItem, changed bool, result ItemResult) {
	if stored == nil {
		return i, true, ItemInserted
	}

	result = ItemUpdated
	if stored.Created == i.Created {
		result = ItemInserted
	}

	if stored.Origin.JobID == i.Origin.JobID && stored.Origin.Row > i.Origin.Row {
		return *stored, false, result
	}

	next = stored.With(i)
	if next.sameValues(stored) {
		return *stored, false, result
	}

	next.Origin, next.UpdatedAt = i.Origin, i.UpdatedAt

	return next, true, result
}

// With returns the item with the values of another put over its own. What the other
// leaves out, an absent number or an empty text, stays. Nothing but values changes.
func (i InventoryItem) With(other InventoryItem) InventoryItem {
	i.Quantity = other.Quantity

	for _, number := range []struct{ own, other *decimal.NullDecimal }{
		{&i.CostPrice, &other.CostPrice}, {&i.SellingPrice, &other.SellingPrice}, {&i.ReorderLevel, &other.ReorderLevel},
	} {
		if number.other.Valid {
			*number.own = *number.other
		}
	}

	for _, text := range []struct{ own, other *string }{
		{&i.Supplier, &other.Supplier}, {&i.Location, &other.Location}, {&i.Notes, &other.Notes},
	} {
		if *text.other != "" {
			*text.own = *text.other
		}
	}

	return i
}

// sameValues reports whether two items hold the same values.
func (i *InventoryItem) sameValues(other *InventoryItem) bool {
	return i.Quantity.Equal(other.Quantity) &&
		sameNumber(i.CostPrice, other.CostPrice) &&
		sameNumber(i.SellingPrice, other.SellingPrice) &&
		sameNumber(i.ReorderLevel, other.ReorderLevel) &&
		i.Supplier == other.Supplier && i.Location == other.Location && i.Notes == other.Notes
}

func sameNumber(a, b decimal.NullDecimal) bool {
	return a.Valid == b.Valid && (!a.Valid || a.Decimal.Equal(b.Decimal))
}

// CheckItems returns an error that wraps ErrInvalid unless Inventory.PutItems takes
// the items: each is valid, and no two are of one store and product.
func CheckItems(items []InventoryItem) error {
	type place struct{ store, product string }

	seen := make(map[place]bool, len(items))

	for i := range items {
		item := &items[i]
		if err := item.Validate(); err != nil {
			return err
		}

		at := place{item.StoreID, item.ProductID}
		if seen[at] {
			return fmt.Errorf("%w: two items of store %q for product %q in one call", ErrInvalid, item.StoreID, item.ProductID)
		}

		seen[at] = true
	}

	return nil
}

// Validate returns an error that wraps ErrInvalid unless every inventory can take the
// item: the ids of store and product have 1 to MaxID bytes of UTF-8, the numbers are
// not negative and within QuantityDigits, PriceDigits and WholeDigits, and the item
// comes from a row of a job, Created from that row or one before it.
func (i *InventoryItem) Validate() error {
	for _, id := range []struct{ name, value string }{
		{"store", i.StoreID}, {"product", i.ProductID}, {"job", i.Origin.JobID},
	} {
		if err := checkID(id.name, id.value); err != nil {
			return fmt.Errorf("%w: item of an inventory: %w", ErrInvalid, err)
		}
	}

	if i.Created.JobID != i.Origin.JobID || i.Created.Row < 1 || i.Created.Row > i.Origin.Row {
		return fmt.Errorf("%w: item for product %q comes from %+v, but was created by %+v", ErrInvalid, i.ProductID, i.Origin, i.Created)
	}

	for _, number := range []struct {
		name   string
		value  decimal.NullDecimal
		digits int32
	}{
		{"quantity", decimal.NewNullDecimal(i.Quantity), QuantityDigits},
		{"reorder level", i.ReorderLevel, QuantityDigits},
		{"cost price", i.CostPrice, PriceDigits},
		{"selling price", i.SellingPrice, PriceDigits},
	} {
		if number.value.Valid && !fits(number.value.Decimal, number.digits) {
			return fmt.Errorf("%w: %s of product %q is not 0 to %d digits with %d behind the point",
				ErrInvalid, number.name, i.ProductID, WholeDigits, number.digits)
		}
	}

	return nil
}

// fits reports whether a number is within its bounds.
func fits(d decimal.Decimal, digits int32) bool {
	// Exponents come first: numbers far apart cannot be compared without writing out
	// all the zeros between them.
	const far = 64
	if d.Exponent() < -far || d.Exponent() > far {
		return false
	}

	return !d.IsNegative() && d.LessThan(decimal.New(1, WholeDigits)) && d.Truncate(digits).Equal(d)
}

// checkID checks the id of a store, a product or a job.
func checkID(what, id string) error {
	switch {
	case id == "" || len(id) > MaxID:
		return fmt.Errorf("id of %s has %d bytes, want 1 to %d", what, len(id), MaxID)
	case !utf8.ValidString(id):
		return fmt.Errorf("id of %s %q is not UTF-8", what, id)
	}

	return nil
}
