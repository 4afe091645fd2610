package dynamocatalog_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/dedupe"
	"github.com/vyapaarai/bulkimport/importer/catalog"
	"github.com/vyapaarai/bulkimport/importer/catalog/dynamocatalog"
	"github.com/vyapaarai/bulkimport/internal/awstest"
	"github.com/vyapaarai/bulkimport/internal/dynamo"
)

// faulty returns a store whose calls can be made to fail, and its client. The client
// makes this many attempts by itself; the store waits for nothing.
func faulty(t *testing.T, attempts int) (*dynamocatalog.Store, *awstest.Faults, *dynamodb.Client, tables) {
	t.Helper()

	var (
		plain  = awstest.DynamoDB(t)
		names  = newTables(t, plain)
		faults = awstest.NewFaults(awstest.Transport(t))
		client = dynamodb.New(awstest.DynamoDB(t, awstest.Through(faults)).Options(), func(o *dynamodb.Options) {
			o.RetryMaxAttempts = attempts
		})
	)

	return impatient(t, open(t, client, names, nil)), faults, plain, names
}

func barcode(n int) dedupe.Key {
	return dedupe.Key{Tier: dedupe.TierBarcode, Value: fmt.Sprintf("%014d", n)}
}

// news returns count products with a key each.
func news(count int) []catalog.NewProduct {
	items := make([]catalog.NewProduct, count)
	for i := range items {
		items[i] = catalog.NewProduct{
			Product: catalog.Product{ID: fmt.Sprintf("p%03d", i), Name: "n", Origin: catalog.Origin{JobID: "j", Row: int64(i)}},
			Keys:    []dedupe.Key{barcode(i)},
		}
	}

	return items
}

func requireResults(t *testing.T, want catalog.Result, results []catalog.CreateResult) {
	t.Helper()

	for _, result := range results {
		require.Equal(t, catalog.CreateResult{Result: want}, result)
	}
}

// The server carries a transaction out, and the connection breaks before it has said
// so. The client asks again by the same token, and learns that it was done.
func TestLostAnswer(t *testing.T) {
	t.Parallel()

	store, faults, _, _ := faulty(t, 3)
	lost := faults.Add(awstest.Fault{Operation: "TransactWriteItems", LoseAnswer: true})

	results, err := store.Create(t.Context(), news(10))
	require.NoError(t, err)
	require.Equal(t, 1, lost.Hits())
	requireResults(t, catalog.ResultCreated, results)
}

// Where the client gives up, whoever calls again finds the products to be its own.
func TestLostAnswerOfTheLastAttempt(t *testing.T) {
	t.Parallel()

	store, faults, _, _ := faulty(t, 1)
	lost := faults.Add(awstest.Fault{Operation: "TransactWriteItems", LoseAnswer: true})

	results, err := store.Create(t.Context(), news(10))
	require.Error(t, err)
	require.Nil(t, results)
	require.Equal(t, 1, lost.Hits())

	results, err = store.Create(t.Context(), news(10))
	require.NoError(t, err)
	requireResults(t, catalog.ResultExists, results)

	held, err := store.Lookup(t.Context(), []dedupe.Key{barcode(3)})
	require.NoError(t, err)
	require.Equal(t, map[dedupe.Key]string{barcode(3): "p003"}, held)
}

// A server that does not recognise a transaction by its token is asked by another.
func TestTokenNotRecognised(t *testing.T) {
	t.Parallel()

	store, faults, _, _ := faulty(t, 1)
	fault := faults.Add(awstest.Fault{
		Operation: "TransactWriteItems", Answer: awstest.DynamoDBError("IdempotentParameterMismatchException"),
	})

	results, err := store.Create(t.Context(), news(3))
	require.NoError(t, err)
	require.Equal(t, 1, fault.Hits())
	requireResults(t, catalog.ResultCreated, results)
}

func TestLostAnswerOfDelete(t *testing.T) {
	t.Parallel()

	store, faults, _, _ := faulty(t, 3)

	_, err := store.Create(t.Context(), news(1))
	require.NoError(t, err)

	lost := faults.Add(awstest.Fault{Operation: "TransactWriteItems", LoseAnswer: true})
	require.NoError(t, store.Delete(t.Context(), "p000"))
	require.Equal(t, 1, lost.Hits())

	held, err := store.Lookup(t.Context(), []dedupe.Key{barcode(0)})
	require.NoError(t, err)
	require.Empty(t, held)
}

// Every operation waits for a table that is throttled.
func TestThrottling(t *testing.T) {
	t.Parallel()

	for _, code := range []string{
		"ProvisionedThroughputExceededException", "RequestLimitExceeded", "ThrottlingException",
		"TransactionInProgressException",
	} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()

			const times = 5

			store, faults, _, _ := faulty(t, 1)

			hit := func(operation string, call func() error) {
				faults.Clear()

				fault := faults.Add(awstest.Fault{Operation: operation, Times: times, Answer: awstest.DynamoDBError(code)})
				require.NoError(t, call(), operation)
				require.Equal(t, times, fault.Hits(), operation)
			}

			hit("TransactWriteItems", func() error {
				results, err := store.Create(t.Context(), news(5))
				requireResults(t, catalog.ResultCreated, results)

				return err
			})
			hit("BatchGetItem", func() error {
				held, err := store.Lookup(t.Context(), []dedupe.Key{barcode(1)})
				require.Len(t, held, 1)

				return err
			})
			hit("BatchGetItem", func() error {
				_, err := store.Get(t.Context(), []string{"p001"})

				return err
			})
			hit("Scan", func() error {
				page, err := store.List(t.Context(), "", 0)
				require.Len(t, page, 5)

				return err
			})
			hit("TransactWriteItems", func() error { return store.Delete(t.Context(), "p001") })
		})
	}
}

// One that never ends is given up, with what was in the way.
func TestThrottlingForEver(t *testing.T) {
	t.Parallel()

	store, faults, _, _ := faulty(t, 1)
	faults.Add(awstest.Fault{
		Times: awstest.Always, Answer: awstest.DynamoDBError("ProvisionedThroughputExceededException"),
	})

	_, err := store.Create(t.Context(), news(1))
	require.ErrorIs(t, err, dynamocatalog.ErrBusy)

	var cause *types.ProvisionedThroughputExceededException

	require.ErrorAs(t, err, &cause)
	require.Equal(t, dynamo.DefaultAttempts, faults.Calls("TransactWriteItems"))
}

// Of what a busy table leaves unread nothing is missing in the end, and nothing comes twice.
func TestUnprocessedKeys(t *testing.T) {
	t.Parallel()

	store, faults, _, _ := faulty(t, 1)
	items := news(250)

	_, err := store.Create(t.Context(), items)
	require.NoError(t, err)

	var (
		keys []dedupe.Key
		ids  []string
	)

	for _, item := range items {
		keys = append(keys, item.Keys...)
		ids = append(ids, item.Product.ID)
	}

	part := faults.Add(awstest.Fault{Operation: "BatchGetItem", Times: 6, Unprocessed: 70})

	held, err := store.Lookup(t.Context(), keys)
	require.NoError(t, err)
	require.Len(t, held, len(items))

	for _, item := range items {
		require.Equal(t, item.Product.ID, held[item.Keys[0]])
	}

	require.Equal(t, 6, part.Hits())

	calls := faults.Calls("BatchGetItem")
	part = faults.Add(awstest.Fault{Operation: "BatchGetItem", Times: 3, Unprocessed: 70})

	products, err := store.Get(t.Context(), ids)
	require.NoError(t, err)
	require.Len(t, products, len(items))
	require.Equal(t, 3, part.Hits())
	require.Equal(t, 3+3, faults.Calls("BatchGetItem")-calls, "what was left out, and nothing else, was asked for again")

	for i, product := range products {
		require.Equal(t, ids[i], product.ID)
	}

	// A table that reads nothing at all is given up.
	calls = faults.Calls("BatchGetItem")
	faults.Add(awstest.Fault{Operation: "BatchGetItem", Times: awstest.Always, Unprocessed: 100})

	_, err = store.Get(t.Context(), ids[:10])
	require.ErrorIs(t, err, dynamocatalog.ErrBusy)
	require.Equal(t, dynamo.DefaultAttempts, faults.Calls("BatchGetItem")-calls)
}

// Credentials that have expired are reported at once, by every operation.
func TestExpiredCredentials(t *testing.T) {
	t.Parallel()

	store, faults, _, _ := faulty(t, 3)
	fault := faults.Add(awstest.Fault{Times: awstest.Always, Answer: awstest.DynamoDBError("ExpiredTokenException")})

	_, err := store.Create(t.Context(), news(1))
	require.ErrorIs(t, err, dynamocatalog.ErrCredentials, "Create")
	require.ErrorContains(t, err, "have expired")

	_, err = store.Lookup(t.Context(), []dedupe.Key{barcode(1)})
	require.ErrorIs(t, err, dynamocatalog.ErrCredentials, "Lookup")

	_, err = store.Get(t.Context(), []string{"p"})
	require.ErrorIs(t, err, dynamocatalog.ErrCredentials, "Get")

	_, err = store.List(t.Context(), "", 0)
	require.ErrorIs(t, err, dynamocatalog.ErrCredentials, "List")

	require.ErrorIs(t, store.Delete(t.Context(), "p"), dynamocatalog.ErrCredentials, "Delete")
	require.Equal(t, 5, fault.Hits(), "none of them was tried again")
}

func TestNoSuchTable(t *testing.T) {
	t.Parallel()

	client := awstest.DynamoDB(t)
	store := open(t, client, tables{awstest.Name("none"), awstest.Name("none")}, nil)

	_, err := store.Create(t.Context(), news(1))
	require.ErrorIs(t, err, dynamocatalog.ErrNoTable)

	_, err = store.Lookup(t.Context(), []dedupe.Key{barcode(1)})
	require.ErrorIs(t, err, dynamocatalog.ErrNoTable)
}

// What DynamoDB itself refuses is an invalid product, for whatever reason that was not
// foreseen.
func TestRefusedByDynamoDB(t *testing.T) {
	t.Parallel()

	store, faults, _, _ := faulty(t, 3)
	faults.Add(awstest.Fault{Operation: "TransactWriteItems", Answer: awstest.DynamoDBError("ValidationException")})

	_, err := store.Create(t.Context(), news(1))
	require.ErrorIs(t, err, catalog.ErrInvalid)

	store = open(t, &refusing{}, tables{"a", "b"}, nil)

	_, err = store.Create(t.Context(), news(1))
	require.ErrorIs(t, err, catalog.ErrInvalid)
	require.ErrorContains(t, err, "Item size has exceeded")
}

// refusing is a client that cancels transactions because of an item.
type refusing struct{ dynamocatalog.Client }

func (*refusing) TransactWriteItems(
	context.Context, *dynamodb.TransactWriteItemsInput, ...func(*dynamodb.Options),
) (*dynamodb.TransactWriteItemsOutput, error) {
	return nil, &types.TransactionCanceledException{CancellationReasons: []types.CancellationReason{
		{Code: aws.String(dynamo.ReasonValidation), Message: aws.String("Item size has exceeded the maximum allowed size")},
		{Code: aws.String(dynamo.ReasonNone)},
	}}
}

// A cancelled transaction without its reasons does not make the store guess.
func TestCancelledWithoutReasons(t *testing.T) {
	t.Parallel()

	store, faults, _, _ := faulty(t, 1)
	faults.Add(awstest.Fault{
		Operation: "TransactWriteItems", Answer: awstest.DynamoDBError("TransactionCanceledException"),
	})

	_, err := store.Create(t.Context(), news(1))

	var cancelled *types.TransactionCanceledException

	require.ErrorAs(t, err, &cancelled)
}

// A transaction that another holds up for ever is given up, after it has been cut into
// pieces: what nobody else wants is written.
func TestContention(t *testing.T) {
	t.Parallel()

	var (
		client   = awstest.DynamoDB(t)
		names    = newTables(t, client)
		contends = &contended{Client: client, id: "p007"}
		store    = impatient(t, open(t, contends, names, nil))
	)

	_, err := store.Create(t.Context(), news(20))
	require.ErrorIs(t, err, dynamocatalog.ErrContended)

	products, err := store.List(t.Context(), "", 0)
	require.NoError(t, err)
	require.Len(t, products, 19)

	contends.id = ""

	results, err := store.Create(t.Context(), news(20))
	require.NoError(t, err)
	require.Equal(t, catalog.ResultCreated, results[7].Result)
	require.Equal(t, catalog.ResultExists, results[8].Result)
}

// contended is a client of an account in which another transaction holds on to the
// product with this id.
type contended struct {
	dynamocatalog.Client
	id string
}

func (c *contended) TransactWriteItems(
	ctx context.Context, in *dynamodb.TransactWriteItemsInput, opts ...func(*dynamodb.Options),
) (*dynamodb.TransactWriteItemsOutput, error) {
	var (
		reasons = make([]types.CancellationReason, len(in.TransactItems))
		met     = false
	)

	for i, write := range in.TransactItems {
		reasons[i].Code = aws.String(dynamo.ReasonNone)

		if id, _ := dynamo.Text(write.Put.Item[dynamo.ProductID]); id == c.id && *write.Put.TableName != "" && len(write.Put.Item) > 2 {
			reasons[i].Code = aws.String(dynamo.ReasonConflict)
			met = true
		}
	}

	if met {
		return nil, &types.TransactionCanceledException{CancellationReasons: reasons}
	}

	return c.Client.TransactWriteItems(ctx, in, opts...)
}

// A thousand rows with the same barcode in one call cost a handful of requests.
func TestManyShareOneKey(t *testing.T) {
	t.Parallel()

	store, faults, _, _ := faulty(t, 1)

	items := news(1000)
	for i := range items {
		items[i].Keys = []dedupe.Key{barcode(1), barcode(2 + i)}
	}

	results, err := store.Create(t.Context(), items)
	require.NoError(t, err)

	for _, result := range results[1:] {
		require.Equal(t, catalog.ResultTaken, result.Result)
		require.Equal(t, map[dedupe.Key]string{barcode(1): items[0].Product.ID}, result.Holders)
	}

	require.Less(t, faults.Calls(""), 40)
}

// Waiting ends when the caller does not want it any more.
func TestCancelledWhileWaiting(t *testing.T) {
	t.Parallel()

	ctx, cancel := context.WithCancel(t.Context())
	store, faults, _, _ := faulty(t, 1)

	dynamocatalog.SetSleep(store, func(ctx context.Context, _ time.Duration) error {
		cancel()

		return ctx.Err()
	})
	faults.Add(awstest.Fault{
		Times: awstest.Always, Answer: awstest.DynamoDBError("ProvisionedThroughputExceededException"),
	})

	_, err := store.Create(ctx, news(1))
	require.ErrorIs(t, err, context.Canceled)
}
