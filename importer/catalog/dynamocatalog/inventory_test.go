package dynamocatalog_test

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/importer/catalog"
	"github.com/vyapaarai/bulkimport/importer/catalog/dynamocatalog"
	"github.com/vyapaarai/bulkimport/importer/catalog/inventorytest"
	"github.com/vyapaarai/bulkimport/internal/awstest"
	"github.com/vyapaarai/bulkimport/internal/dynamo"
)

// severalInventories are inventories over the same table, as the processes of a
// deployment have them. Each call goes to the next of them.
type severalInventories struct {
	inventories []catalog.Inventory
	calls       atomic.Uint64
}

func (s *severalInventories) next() catalog.Inventory {
	return s.inventories[s.calls.Add(1)%uint64(len(s.inventories))]
}

func (s *severalInventories) Items(ctx context.Context, store string, ids []string) ([]catalog.InventoryItem, error) {
	return s.next().Items(ctx, store, ids)
}

func (s *severalInventories) PutItems(ctx context.Context, items []catalog.InventoryItem) ([]catalog.ItemResult, error) {
	return s.next().PutItems(ctx, items)
}

func (s *severalInventories) ListItems(ctx context.Context, store, after string, limit int) ([]catalog.InventoryItem, error) {
	return s.next().ListItems(ctx, store, after, limit)
}

// newInventoryTable creates a table, which is deleted when the test is over.
func newInventoryTable(t testing.TB, client *dynamodb.Client) string {
	t.Helper()

	name := awstest.Name("inventory")
	awstest.DropTables(t, client, name)
	require.NoError(t, dynamo.CreateTable(t.Context(), client, dynamo.StoreInventory(name)))

	return name
}

func openInventory(t testing.TB, client dynamocatalog.Client, table string, opts *dynamocatalog.InventoryOptions) *dynamocatalog.Inventory {
	t.Helper()

	inventory, err := dynamocatalog.NewInventory(client, table, opts)
	require.NoError(t, err)
	dynamocatalog.SetInventorySleep(inventory, func(ctx context.Context, _ time.Duration) error { return ctx.Err() })

	return inventory
}

// The suite with three inventories over the same table; and in an account where much
// goes wrong.
func TestInventoryConformance(t *testing.T) {
	t.Parallel()

	for name, wrap := range map[string]func(client dynamocatalog.Client, seed uint64) dynamocatalog.Client{
		"Processes": func(client dynamocatalog.Client, _ uint64) dynamocatalog.Client { return client },
		"Unruly":    func(client dynamocatalog.Client, seed uint64) dynamocatalog.Client { return newUnruly(client, seed) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			var (
				client = awstest.DynamoDB(t)
				used   sync.Map // the table of an inventory
			)

			newInventory := func(t testing.TB, table string) catalog.Inventory {
				all := &severalInventories{}
				for seed := range uint64(3) {
					opts := &dynamocatalog.InventoryOptions{Attempts: 60}
					all.inventories = append(all.inventories, openInventory(t, wrap(client, seed), table, opts))
				}

				used.Store(all, table)

				return all
			}

			inventorytest.Run(t, inventorytest.Harness{
				New: func(t testing.TB) catalog.Inventory { return newInventory(t, newInventoryTable(t, client)) },
				Reopen: func(t testing.TB, inventory catalog.Inventory) catalog.Inventory {
					table, _ := used.Load(inventory)

					return newInventory(t, table.(string))
				},
			})
		})
	}
}

func TestInventoryOptions(t *testing.T) {
	t.Parallel()

	client := dynamodb.New(dynamodb.Options{})

	_, err := dynamocatalog.NewInventory(nil, "t", nil)
	require.ErrorIs(t, err, dynamocatalog.ErrOptions)
	_, err = dynamocatalog.NewInventory(client, "", nil)
	require.ErrorIs(t, err, dynamocatalog.ErrOptions)
	_, err = dynamocatalog.NewInventory(client, "t", &dynamocatalog.InventoryOptions{Attempts: -1})
	require.ErrorIs(t, err, dynamocatalog.ErrOptions)
}

// stock is what a row of a job says of a product.
func stock(product, job string, row int64, quantity string) catalog.InventoryItem {
	from := catalog.Origin{JobID: job, Row: row}

	return catalog.InventoryItem{
		StoreID: "s", ProductID: product, Quantity: decimal.RequireFromString(quantity),
		Origin: from, Created: from, CreatedAt: time.Unix(1_700_000_000, 0).UTC(), UpdatedAt: time.Unix(1_700_000_000, 0).UTC(),
	}
}

// What others write into the items of a store stays, and what they change between
// reading and writing is seen.
func TestInventoryBesideOthers(t *testing.T) {
	t.Parallel()

	var (
		client = awstest.DynamoDB(t)
		table  = newInventoryTable(t, client)
		key    = dynamo.Item{"store_id": dynamo.S("s"), "product_id": dynamo.S("p")}
	)

	// A till that sells the last piece after the import has read the item.
	sells := func() {
		_, err := client.UpdateItem(t.Context(), &dynamodb.UpdateItemInput{
			TableName: &table, Key: key,
			UpdateExpression:         aws.String("SET quantity = quantity - :one, shelf = :shelf, #l = :l"),
			ExpressionAttributeNames: map[string]string{"#l": "location"},
			ExpressionAttributeValues: dynamo.Item{
				":one": number("1"), ":shelf": dynamo.S("kept"), ":l": dynamo.S("moved"),
			},
		})
		require.NoError(t, err)
	}

	inventory := openInventory(t, &interrupting{Client: client, before: sells}, table, nil)
	require.NoError(t, func() error {
		_, err := openInventory(t, client, table, nil).PutItems(t.Context(), []catalog.InventoryItem{stock("p", "first", 2, "10")})

		return err
	}())

	results, err := inventory.PutItems(t.Context(), []catalog.InventoryItem{stock("p", "second", 2, "50.5")})
	require.NoError(t, err)
	require.Equal(t, []catalog.ItemResult{catalog.ItemUpdated}, results)

	output, err := client.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: &table, Key: key})
	require.NoError(t, err)
	require.Equal(t, number("50.5"), output.Item["quantity"])
	require.Equal(t, dynamo.S("kept"), output.Item["shelf"])
	require.Equal(t, dynamo.S("moved"), output.Item["location"], "what the row leaves out stays as it is by then")
}

// interrupting is a client that lets others in before the first transaction.
type interrupting struct {
	dynamocatalog.Client

	once   sync.Once
	before func()
}

func (c *interrupting) TransactWriteItems(
	ctx context.Context, in *dynamodb.TransactWriteItemsInput, opts ...func(*dynamodb.Options),
) (*dynamodb.TransactWriteItemsOutput, error) {
	c.once.Do(c.before)

	return c.Client.TransactWriteItems(ctx, in, opts...)
}

// Items that others wrote may lack anything, and have their numbers as texts; what
// nothing can be made of is named.
func TestForeignInventoryItems(t *testing.T) {
	t.Parallel()

	var (
		client    = awstest.DynamoDB(t)
		table     = newInventoryTable(t, client)
		inventory = openInventory(t, client, table, nil)
	)

	put(t, client, table, dynamo.Item{"store_id": dynamo.S("s"), "product_id": dynamo.S("bare")})
	put(t, client, table, dynamo.Item{
		"store_id": dynamo.S("s"), "product_id": dynamo.S("texts"), "quantity": dynamo.S("7.5"), "selling_price": number("-2"),
	})

	items, err := inventory.ListItems(t.Context(), "s", "", 0)
	require.NoError(t, err)
	require.Len(t, items, 2)
	require.True(t, items[0].Quantity.IsZero())
	require.Equal(t, "7.5", items[1].Quantity.String())
	require.Equal(t, "-2", items[1].SellingPrice.Decimal.String())

	results, err := inventory.PutItems(t.Context(), []catalog.InventoryItem{stock("bare", "j", 2, "1"), stock("texts", "j", 3, "2")})
	require.NoError(t, err)
	require.Equal(t, []catalog.ItemResult{catalog.ItemUpdated, catalog.ItemUpdated}, results)

	for _, odd := range []dynamo.Value{dynamo.S("many"), list(), dynamo.S("1e999999999"), dynamo.S(strings.Repeat("1", 1000))} {
		put(t, client, table, dynamo.Item{"store_id": dynamo.S("s"), "product_id": dynamo.S("texts"), "quantity": odd})

		_, err = inventory.Items(t.Context(), "s", []string{"texts"})
		require.ErrorIs(t, err, dynamocatalog.ErrUnreadable)
		require.ErrorContains(t, err, `product "texts"`)

		_, err = inventory.PutItems(t.Context(), []catalog.InventoryItem{stock("texts", "j", 3, "2")})
		require.ErrorIs(t, err, dynamocatalog.ErrUnreadable)
	}
}

// A chunk of items that all change costs a request for each hundred, to read and to
// write; one that changes nothing is only read.
func TestInventoryRequests(t *testing.T) {
	t.Parallel()

	const count = 1000

	var (
		meter     dynamo.Meter
		client    = awstest.DynamoDB(t)
		inventory = openInventory(t, dynamodb.New(client.Options(), meter.Measure), newInventoryTable(t, client), nil)
		items     []catalog.InventoryItem
	)

	for i, item := range news(count) {
		items = append(items, stock(item.Product.ID, "j", int64(i+2), "5"))
	}

	for _, writes := range []int64{count / dynamo.MaxTransaction, 0} {
		results, err := inventory.PutItems(t.Context(), items)
		require.NoError(t, err)
		require.Equal(t, catalog.ItemInserted, results[count-1])

		used := meter.Take()
		require.EqualValues(t, count/dynamo.MaxBatchGet, used.Requests["BatchGetItem"])
		require.Equal(t, writes, used.Requests["TransactWriteItems"])
	}
}

// A lost answer changes nothing but who is told.
func TestInventoryLostAnswer(t *testing.T) {
	t.Parallel()

	var (
		plain     = awstest.DynamoDB(t)
		table     = newInventoryTable(t, plain)
		faults    = awstest.NewFaults(awstest.Transport(t))
		client    = dynamodb.New(awstest.DynamoDB(t, awstest.Through(faults)).Options(), func(o *dynamodb.Options) { o.RetryMaxAttempts = 1 })
		inventory = openInventory(t, client, table, nil)
		items     = []catalog.InventoryItem{stock("p", "j", 2, "1"), stock("q", "j", 3, "1")}
	)

	faults.Add(awstest.Fault{Operation: "TransactWriteItems", LoseAnswer: true})

	_, err := inventory.PutItems(t.Context(), items)
	require.Error(t, err)

	results, err := inventory.PutItems(t.Context(), items)
	require.NoError(t, err)
	require.Equal(t, []catalog.ItemResult{catalog.ItemInserted, catalog.ItemInserted}, results)

	faults.Add(awstest.Fault{Times: awstest.Always, Answer: awstest.DynamoDBError("ExpiredTokenException")})

	_, err = inventory.PutItems(t.Context(), items)
	require.ErrorIs(t, err, dynamocatalog.ErrCredentials)
	_, err = inventory.ListItems(t.Context(), "s", "", 0)
	require.ErrorIs(t, err, dynamocatalog.ErrCredentials)
}

// What DynamoDB could not take is refused before anything is written.
func TestInventoryInvalid(t *testing.T) {
	t.Parallel()

	var (
		client    = awstest.DynamoDB(t)
		inventory = openInventory(t, client, newInventoryTable(t, client), nil)
		late      = stock("late", "j", 3, "1")
		large     = stock("large", "j", 4, "1")
	)

	late.UpdatedAt = time.Date(10_000, 1, 1, 0, 0, 0, 0, time.UTC)
	large.Notes = string(make([]byte, catalog.MaxSize))

	for _, bad := range []catalog.InventoryItem{late, large} {
		_, err := inventory.PutItems(t.Context(), []catalog.InventoryItem{stock("good", "j", 2, "1"), bad})
		require.ErrorIs(t, err, catalog.ErrInvalid, bad.ProductID)
	}

	items, err := inventory.ListItems(t.Context(), "s", "", 0)
	require.NoError(t, err)
	require.Empty(t, items)

	_, err = inventory.ListItems(t.Context(), "s", "a\xff\xfeb", 0)
	require.NoError(t, err)
}
