package awstest

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/vyapaarai/bulkimport/internal/dynamo"
)

const (
	// maxBatchWrite is the number of items that a BatchWriteItem takes.
	maxBatchWrite = 25
	// writers is how many of them are under way at the same time.
	writers = 8
)

// BatchWriter is what PutItems uses of a *dynamodb.Client. The backends write nothing in
// this way, which checks no condition.
type BatchWriter interface {
	BatchWriteItem(context.Context, *dynamodb.BatchWriteItemInput, ...func(*dynamodb.Options)) (*dynamodb.BatchWriteItemOutput, error)
}

// PutItems puts items, of which no two have the same key, into a table as fast as it takes
// them, and sends again what is left unprocessed. It fails the test where that does not help.
func PutItems(t testing.TB, client BatchWriter, table string, items []dynamo.Item) {
	t.Helper()

	batches := slices.Collect(slices.Chunk(items, maxBatchWrite))

	err := dynamo.Bounded(t.Context(), writers, len(batches), func(ctx context.Context, i int) error {
		return putBatch(ctx, client, table, batches[i])
	})
	if err != nil {
		t.Fatalf("put items into table %s: %v", table, err)
	}
}

// putBatch puts at most maxBatchWrite items.
func putBatch(ctx context.Context, client BatchWriter, table string, items []dynamo.Item) error {
	var (
		retry    *dynamo.Retry
		attempts = retry.Start()
		writes   = make([]types.WriteRequest, len(items))
	)

	for i, item := range items {
		writes[i].PutRequest = &types.PutRequest{Item: item}
	}

	for {
		output, err := client.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{
			RequestItems: map[string][]types.WriteRequest{table: writes},
		})

		switch {
		case err != nil && !dynamo.IsTemporary(err):
			return dynamo.Explain(ctx, err)
		case err == nil:
			left := output.UnprocessedItems[table]
			if len(left) == 0 {
				return nil
			}

			if len(left) < len(writes) {
				attempts.Progress()
			}

			err = fmt.Errorf("%w: %d of %d items were not written", dynamo.ErrBusy, len(left), len(writes))
			writes = left
		}

		if err := attempts.Again(ctx, err); err != nil {
			return err
		}
	}
}
