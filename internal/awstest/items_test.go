package awstest_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/internal/awstest"
	"github.com/vyapaarai/bulkimport/internal/dynamo"
)

// busyTable takes ten items of a batch, and throttles its first and third.
type busyTable struct {
	mu    sync.Mutex
	calls int
	wrote []string
}

func (b *busyTable) BatchWriteItem(
	_ context.Context, in *dynamodb.BatchWriteItemInput, _ ...func(*dynamodb.Options),
) (*dynamodb.BatchWriteItemOutput, error) {
	b.mu.Lock()
	defer b.mu.Unlock()

	if b.calls++; b.calls == 1 || b.calls == 3 {
		return nil, &types.ProvisionedThroughputExceededException{}
	}

	writes := in.RequestItems["t"]
	taken := min(len(writes), 10)

	for _, write := range writes[:taken] {
		id, _ := dynamo.Text(write.PutRequest.Item["id"])
		b.wrote = append(b.wrote, id)
	}

	return &dynamodb.BatchWriteItemOutput{UnprocessedItems: map[string][]types.WriteRequest{"t": writes[taken:]}}, nil
}

func TestPutItemsThatAreLeftUnprocessed(t *testing.T) {
	t.Parallel()

	var (
		table busyTable
		items []dynamo.Item
		ids   []string
	)

	for i := range 60 {
		ids = append(ids, fmt.Sprintf("i%03d", i))
		items = append(items, dynamo.Item{"id": dynamo.S(ids[i])})
	}

	awstest.PutItems(t, &table, "t", items)
	require.ElementsMatch(t, ids, table.wrote)
	require.Equal(t, 2+3+3+1, table.calls)
}
