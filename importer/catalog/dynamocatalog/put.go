package dynamocatalog

import (
	"fmt"
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/shopspring/decimal"

	"github.com/vyapaarai/bulkimport/importer/catalog"
	"github.com/vyapaarai/bulkimport/internal/dynamo"
)

// put is the write of one item of an inventory. It is a unit.
type put struct {
	table string
	at    shelf
	item  *catalog.InventoryItem

	// stored is the item as it was read, nil for none, and next what is to become of
	// it.
	stored, next dynamo.Item
	result       catalog.ItemResult
	// refusal is why DynamoDB cannot take the item.
	refusal error
}

// over decides what comes of the item where this is stored, and reports whether that
// is something else.
func (p *put) over(stored dynamo.Item) (changed bool, err error) {
	var before *catalog.InventoryItem

	if len(stored) > 0 {
		item, err := decodeItem(stored)
		if err != nil {
			return false, err
		}

		before = &item
	}

	next, changed, result := p.item.PutOver(before)
	p.stored, p.next, p.result = stored, encodeItem(&next), result

	return changed, nil
}

func (p *put) actions() int { return 1 }

// bytes counts what others have written to the item as well.
func (p *put) bytes() int { return dynamo.ItemSize(p.stored) + dynamo.ItemSize(p.next) }

// writes implements unit. Attributes are set one by one, so that others stay, on
// condition that those which an import reads are as they were: also a writer that knows
// nothing of imports is noticed.
func (p *put) writes() []types.TransactWriteItem {
	var (
		names             = map[string]string{}
		values            = dynamo.Item{}
		update, condition string
	)

	for i, name := range itemAttributes() {
		alias, before, after := fmt.Sprintf("#a%d", i), fmt.Sprintf(":b%d", i), fmt.Sprintf(":a%d", i)
		names[alias] = name

		if condition != "" {
			condition += " AND "
		}

		if value, exists := p.stored[name]; exists {
			condition += alias + " = " + before
			values[before] = value
		} else {
			condition += "attribute_not_exists(" + alias + ")"
		}

		if value, exists := p.next[name]; exists {
			if update == "" {
				update = "SET "
			} else {
				update += ", "
			}

			update += alias + " = " + after
			values[after] = value
		}
	}

	return []types.TransactWriteItem{{Update: &types.Update{
		TableName: &p.table, Key: p.at.key(),
		UpdateExpression: &update, ConditionExpression: &condition,
		ExpressionAttributeNames: names, ExpressionAttributeValues: values,
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	}}}
}

func (p *put) written() {}

// judge implements unit.
func (p *put) judge(reasons []types.CancellationReason) (verdict, error) {
	busy, refusal := weigh(reasons)

	switch {
	case refusal != nil:
		p.refusal = fmt.Errorf("item of store %q for product %q: %w", p.at.store, p.at.product, refusal)

		return settled, nil
	case busy:
		return contended, nil
	case !failed(reasons[0]):
		return innocent, nil
	}

	changed, err := p.over(reasons[0].Item)
	if err != nil || !changed {
		return settled, err
	}

	return altered, nil
}

// Names of the attributes of an item, beyond those that products have too.
const (
	attrQuantity      = "quantity"
	attrCostPrice     = "cost_price"
	attrSellingPrice  = "selling_price"
	attrReorderLevel  = "reorder_level"
	attrSupplier      = "supplier"
	attrLocation      = "location"
	attrNotes         = "notes"
	attrCreatedOrigin = "created_origin"
)

// itemAttributes are all attributes of an item but for its key.
func itemAttributes() []string {
	return []string{
		attrQuantity, attrCostPrice, attrSellingPrice, attrReorderLevel, attrSupplier, attrLocation, attrNotes,
		attrOrigin, attrCreatedOrigin, attrCreatedAt, attrUpdatedAt,
	}
}

// encodeItem returns the attributes of an item but for its key.
func encodeItem(i *catalog.InventoryItem) dynamo.Item {
	item := dynamo.Item{
		attrQuantity:      &types.AttributeValueMemberN{Value: i.Quantity.String()},
		attrOrigin:        origin(i.Origin),
		attrCreatedOrigin: origin(i.Created),
		attrCreatedAt:     instant(i.CreatedAt),
		attrUpdatedAt:     instant(i.UpdatedAt),
	}

	for name, n := range numbers(i) {
		if n.Valid {
			item[name] = &types.AttributeValueMemberN{Value: n.Decimal.String()}
		}
	}

	putText(item, attrSupplier, i.Supplier)
	putText(item, attrLocation, i.Location)
	putText(item, attrNotes, i.Notes)

	return item
}

// numbers are the numbers of an item that may be absent, by the names of their attributes.
func numbers(i *catalog.InventoryItem) map[string]*decimal.NullDecimal {
	return map[string]*decimal.NullDecimal{
		attrCostPrice: &i.CostPrice, attrSellingPrice: &i.SellingPrice, attrReorderLevel: &i.ReorderLevel,
	}
}

// decodeItem reads an item, which anybody may have written; see decodeProduct.
func decodeItem(item dynamo.Item) (catalog.InventoryItem, error) {
	var (
		i catalog.InventoryItem
		d = decoder{item: item}
	)

	i.StoreID = d.text(dynamo.StoreID)
	i.ProductID = d.text(dynamo.ProductID)
	i.Quantity = d.decimal(attrQuantity).Decimal
	i.Supplier = d.text(attrSupplier)
	i.Location = d.text(attrLocation)
	i.Notes = d.text(attrNotes)
	i.Origin = d.origin(attrOrigin)
	i.Created = d.origin(attrCreatedOrigin)
	i.CreatedAt = d.instant(attrCreatedAt)
	i.UpdatedAt = d.instant(attrUpdatedAt)

	fields := numbers(&i)
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		*fields[name] = d.decimal(name)
	}

	if d.err != nil {
		return catalog.InventoryItem{}, fmt.Errorf("item of store %q for product %q: %w", i.StoreID, i.ProductID, d.err)
	}

	return i, nil
}
