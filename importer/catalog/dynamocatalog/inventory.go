package dynamocatalog

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/vyapaarai/bulkimport/importer/catalog"
	"github.com/vyapaarai/bulkimport/internal/dynamo"
)

// InventoryOptions are the settings of an Inventory. The zero value is ready for use.
type InventoryOptions struct {
	// Concurrency and Attempts are as in Options.
	Concurrency int
	Attempts    int
}

// Inventory is what stores have on their shelves, in a table of DynamoDB. Its methods
// may be called concurrently, and any number of Inventories, in any number of processes,
// may share the table, also with programs of others: what those write to an item
// between reading and writing is seen, and attributes that are not of this package stay as
// they are.
type Inventory struct {
	writer

	table string
}

var _ catalog.Inventory = (*Inventory)(nil)

// NewInventory returns the inventory in this table (STORE_INVENTORY_TABLE). opts may be
// nil. Nothing is asked of AWS yet. Options that make no sense give ErrOptions.
func NewInventory(client Client, table string, opts *InventoryOptions) (*Inventory, error) {
	if opts == nil {
		opts = &InventoryOptions{}
	}

	if table == "" {
		return nil, fmt.Errorf("%w: no table", ErrOptions)
	}

	w, err := newWriter(client, opts.Concurrency, opts.Attempts)
	if err != nil {
		return nil, err
	}

	return &Inventory{writer: w, table: table}, nil
}

// shelf is the place of an item: a store and a product.
type shelf struct{ store, product string }

func (s shelf) key() dynamo.Item {
	return dynamo.Item{dynamo.StoreID: dynamo.S(s.store), dynamo.ProductID: dynamo.S(s.product)}
}

// Items implements [catalog.Inventory]. An item that cannot be read gives
// ErrUnreadable.
func (v *Inventory) Items(ctx context.Context, storeID string, productIDs []string) ([]catalog.InventoryItem, error) {
	shelves := make([]shelf, len(productIDs))
	for i, id := range productIDs {
		shelves[i] = shelf{storeID, id}
	}

	stored, err := v.stored(ctx, shelves)
	if err != nil {
		return nil, fmt.Errorf("dynamocatalog: items: %w", err)
	}

	items := make([]catalog.InventoryItem, 0, len(productIDs))

	for _, at := range shelves {
		raw, exists := stored[at]
		if !exists {
			continue
		}

		item, err := decodeItem(raw)
		if err != nil {
			return nil, fmt.Errorf("dynamocatalog: items: %w", err)
		}

		items = append(items, item)
	}

	return items, nil
}

// stored reads what is on these shelves. It sees every write that was finished.
func (v *Inventory) stored(ctx context.Context, shelves []shelf) (map[shelf]dynamo.Item, error) {
	var (
		keys  = make([]dynamo.Item, 0, len(shelves))
		asked = make(map[shelf]bool, len(shelves))
	)

	for _, at := range shelves {
		if possible(at.store) && possible(at.product) && !asked[at] {
			asked[at] = true

			keys = append(keys, at.key())
		}
	}

	found, err := dynamo.BatchGet(ctx, v.client, v.retry, v.table, keys, dynamo.Read{
		Consistent: true, Concurrency: v.concurrency,
	})
	if err != nil {
		return nil, err
	}

	stored := make(map[shelf]dynamo.Item, len(found))

	for _, item := range found {
		store, _ := dynamo.Text(item[dynamo.StoreID])
		product, _ := dynamo.Text(item[dynamo.ProductID])
		stored[shelf{store, product}] = item
	}

	return stored, nil
}

// PutItems implements [catalog.Inventory]: it reads the items, and writes those that
// change in transactions of many, each on condition that it is still what was read.
// Where it is not, it begins again with what is there now. Beyond
// catalog.InventoryItem.Validate, an item of more than catalog.MaxSize bytes, or with a
// time before the year 0 or after 9999, gives catalog.ErrInvalid.
func (v *Inventory) PutItems(ctx context.Context, items []catalog.InventoryItem) ([]catalog.ItemResult, error) {
	if err := check(items); err != nil {
		return nil, fmt.Errorf("dynamocatalog: put items: %w", err)
	}

	results, err := v.putItems(ctx, items)
	if err != nil {
		return nil, fmt.Errorf("dynamocatalog: put items: %w", err)
	}

	return results, nil
}

// check finds items that cannot be written.
func check(items []catalog.InventoryItem) error {
	if err := catalog.CheckItems(items); err != nil {
		return err
	}

	for i := range items {
		item := &items[i]

		if size := dynamo.ItemSize(encodeItem(item)); size > catalog.MaxSize {
			return fmt.Errorf("%w: the item for product %q has %d bytes, the most is %d",
				catalog.ErrInvalid, item.ProductID, size, catalog.MaxSize)
		}

		for _, year := range [...]int{item.CreatedAt.UTC().Year(), item.UpdatedAt.UTC().Year()} {
			if year < 0 || year > 9999 {
				return fmt.Errorf("%w: the item for product %q has a time of the year %d", catalog.ErrInvalid, item.ProductID, year)
			}
		}
	}

	return nil
}

func (v *Inventory) putItems(ctx context.Context, items []catalog.InventoryItem) ([]catalog.ItemResult, error) {
	shelves := make([]shelf, len(items))
	for i := range items {
		shelves[i] = shelf{items[i].StoreID, items[i].ProductID}
	}

	stored, err := v.stored(ctx, shelves)
	if err != nil {
		return nil, err
	}

	var (
		puts  = make([]put, len(items))
		units = make([]unit, 0, len(items))
	)

	for i := range items {
		puts[i] = put{table: v.table, at: shelves[i], item: &items[i]}

		changed, err := puts[i].over(stored[shelves[i]])
		if err != nil {
			return nil, err
		}

		if changed {
			units = append(units, &puts[i])
		}
	}

	if err := v.writeAll(ctx, units); err != nil {
		return nil, err
	}

	results := make([]catalog.ItemResult, len(items))

	for i := range puts {
		if err := puts[i].refusal; err != nil {
			return nil, fmt.Errorf("%w: %w", catalog.ErrInvalid, err)
		}

		results[i] = puts[i].result
	}

	return results, nil
}

// maxText is the longest text that a query compares ids with. It is longer than any id, and
// shorter than what DynamoDB takes.
const maxText = 1000

// ListItems implements [catalog.Inventory]. It sees every write that was finished. An
// item that cannot be read gives ErrUnreadable.
func (v *Inventory) ListItems(ctx context.Context, storeID, after string, limit int) ([]catalog.InventoryItem, error) {
	items, err := v.listItems(ctx, storeID, after, catalog.PageSize(limit))
	if err != nil {
		return nil, fmt.Errorf("dynamocatalog: list items: %w", err)
	}

	return items, nil
}

func (v *Inventory) listItems(ctx context.Context, storeID, after string, limit int) ([]catalog.InventoryItem, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}

	if !possible(storeID) {
		return nil, nil
	}

	input := &dynamodb.QueryInput{
		TableName: &v.table, ConsistentRead: aws.Bool(true),
		KeyConditionExpression:    aws.String("#s = :s"),
		ExpressionAttributeNames:  map[string]string{"#s": dynamo.StoreID},
		ExpressionAttributeValues: dynamo.Item{":s": dynamo.S(storeID)},
	}

	// What after begins with is less than after, or equal: ids in between are left out
	// below.
	if bound := validPrefix(after); bound != "" {
		input.KeyConditionExpression = aws.String("#s = :s AND #p > :p")
		input.ExpressionAttributeNames["#p"] = dynamo.ProductID
		input.ExpressionAttributeValues[":p"] = dynamo.S(bound)
	}

	items := make([]catalog.InventoryItem, 0, limit)

	for {
		input.Limit = aws.Int32(int32(limit - len(items)))

		var output *dynamodb.QueryOutput

		err := v.retry.Do(ctx, func() (err error) {
			output, err = v.client.Query(ctx, input)

			return err
		})
		if err != nil {
			return nil, err
		}

		for _, raw := range output.Items {
			item, err := decodeItem(raw)
			if err != nil {
				return nil, err
			}

			if item.ProductID > after {
				items = append(items, item)
			}
		}

		input.ExclusiveStartKey = output.LastEvaluatedKey
		if len(output.LastEvaluatedKey) == 0 || len(items) >= limit {
			return items, nil
		}
	}
}

// validPrefix returns how a text begins, as far as it is UTF-8 and DynamoDB compares it
// with ids.
func validPrefix(text string) string {
	text = text[:min(len(text), maxText)]
	if utf8.ValidString(text) {
		return text
	}

	for i, r := range text {
		if r == utf8.RuneError && !strings.HasPrefix(text[i:], "\ufffd") {
			return text[:i]
		}
	}

	return text
}
