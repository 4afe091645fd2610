package dynamo

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"golang.org/x/sync/errgroup"
)

// The limits of DynamoDB on one request.
const (
	// MaxBatchGet is the number of keys in a BatchGetItem.
	MaxBatchGet = 100
	// MaxTransaction is the number of actions in a transaction.
	MaxTransaction = 100
	// MaxTransactionBytes is the size of all items of a transaction together.
	MaxTransactionBytes = 4 << 20
	// MaxItemBytes is the size of an item, the names of its attributes included.
	MaxItemBytes = 400 << 10
)

// Read says how a BatchGet reads.
type Read struct {
	// Consistent reads see every write that was acknowledged, and cost twice as much.
	Consistent bool
	// Attributes are the names of the attributes to get. Empty means all.
	Attributes []string
	// Concurrency bounds the requests under way at the same time. 0 means 1.
	Concurrency int
}

// BatchGet reads the items of one table with these keys, which must all be different:
// 100 a request, with what the answers leave out asked for again. Items that do not
// exist are left out. The order of the result is not that of the keys. retry may be
// nil.
func BatchGet(ctx context.Context, client Client, retry *Retry, table string, keys []Item, read Read) ([]Item, error) {
	var (
		requests = chunks(keys, MaxBatchGet)
		answers  = make([][]Item, len(requests))
	)

	err := Bounded(ctx, read.Concurrency, len(requests), func(ctx context.Context, i int) error {
		var err error

		answers[i], err = batchGet(ctx, client, retry, table, requests[i], read)

		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read items of table %s: %w", table, err)
	}

	items := make([]Item, 0, len(keys))
	for _, answer := range answers {
		items = append(items, answer...)
	}

	return items, nil
}

// batchGet reads at most MaxBatchGet items.
func batchGet(ctx context.Context, client Client, retry *Retry, table string, keys []Item, read Read) ([]Item, error) {
	var (
		items    []Item
		attempts = retry.Start()
		ask      = types.KeysAndAttributes{Keys: keys, ConsistentRead: aws.Bool(read.Consistent)}
	)

	ask.ProjectionExpression, ask.ExpressionAttributeNames = Projection(read.Attributes)

	for {
		output, err := client.BatchGetItem(ctx, &dynamodb.BatchGetItemInput{
			RequestItems: map[string]types.KeysAndAttributes{table: ask},
		})

		switch {
		case err != nil && !IsTemporary(err):
			return nil, Explain(ctx, err)
		case err == nil:
			items = append(items, output.Responses[table]...)

			left := output.UnprocessedKeys[table].Keys
			if len(left) == 0 {
				return items, nil
			}

			if len(left) < len(ask.Keys) {
				attempts.Progress()
			}

			ask.Keys = left
			err = fmt.Errorf("%w: %d of %d items were not read", ErrBusy, len(left), len(keys))
		}

		if err := attempts.Again(ctx, err); err != nil {
			return nil, err
		}
	}
}

// Projection returns the expression that gets these attributes, whatever words they
// are, and nothing for none.
func Projection(attributes []string) (*string, map[string]string) {
	if len(attributes) == 0 {
		return nil, nil
	}

	var (
		expression string
		names      = make(map[string]string, len(attributes))
	)

	for i, attribute := range attributes {
		name := fmt.Sprintf("#a%d", i)
		names[name] = attribute

		if i > 0 {
			expression += ", "
		}

		expression += name
	}

	return &expression, names
}

// chunks cuts a list into pieces of at most size.
func chunks[T any](list []T, size int) [][]T {
	pieces := make([][]T, 0, (len(list)+size-1)/size)
	for start := 0; start < len(list); start += size {
		pieces = append(pieces, list[start:min(start+size, len(list))])
	}

	return pieces
}

// Bounded calls f for 0 to count-1, no more than limit at the same time. The first
// error ends it, and is returned when all calls have.
func Bounded(ctx context.Context, limit, count int, f func(ctx context.Context, i int) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}

	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(max(limit, 1))

	for i := range count {
		group.Go(func() error { return f(ctx, i) })
	}

	return group.Wait()
}
