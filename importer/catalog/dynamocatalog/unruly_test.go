package dynamocatalog_test

import (
	"context"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/vyapaarai/bulkimport/importer/catalog/dynamocatalog"
	"github.com/vyapaarai/bulkimport/internal/dynamo"
)

// unruly is a client of a busy account: transactions meet others, batches are cut
// short, and everything is throttled now and then. What comes through is real.
type unruly struct {
	dynamocatalog.Client

	mu        sync.Mutex
	random    *rand.Rand
	conflicts int
	cut       int
	throttled int
}

func newUnruly(client dynamocatalog.Client, seed uint64) *unruly {
	return &unruly{Client: client, random: rand.New(rand.NewPCG(seed, 3))}
}

// often is true with this probability, and counts.
func (u *unruly) often(probability float64, count *int) bool {
	u.mu.Lock()
	defer u.mu.Unlock()

	if u.random.Float64() >= probability {
		return false
	}

	*count++

	return true
}

func (u *unruly) TransactWriteItems(
	ctx context.Context, in *dynamodb.TransactWriteItemsInput, opts ...func(*dynamodb.Options),
) (*dynamodb.TransactWriteItemsOutput, error) {
	switch {
	case u.often(0.05, &u.throttled):
		return nil, &types.ThrottlingException{}
	case u.often(0.3, &u.conflicts):
		return nil, u.cancel(len(in.TransactItems))
	}

	return u.Client.TransactWriteItems(ctx, in, opts...)
}

// cancel returns the error of a transaction of which a few writes met others.
func (u *unruly) cancel(writes int) error {
	u.mu.Lock()
	defer u.mu.Unlock()

	reasons := make([]types.CancellationReason, writes)
	for i := range reasons {
		reasons[i].Code = aws.String(dynamo.ReasonNone)
	}

	for range 1 + u.random.IntN(3) {
		code := dynamo.ReasonConflict
		if u.random.IntN(4) == 0 {
			code = dynamo.ReasonThrottling
		}

		reasons[u.random.IntN(writes)].Code = &code
	}

	return &types.TransactionCanceledException{CancellationReasons: reasons}
}

func (u *unruly) BatchGetItem(
	ctx context.Context, in *dynamodb.BatchGetItemInput, opts ...func(*dynamodb.Options),
) (*dynamodb.BatchGetItemOutput, error) {
	if u.often(0.05, &u.throttled) {
		return nil, &types.ProvisionedThroughputExceededException{}
	}

	if !u.often(0.5, &u.cut) {
		return u.Client.BatchGetItem(ctx, in, opts...)
	}

	var (
		asked = *in
		left  = map[string]types.KeysAndAttributes{}
	)

	asked.RequestItems = map[string]types.KeysAndAttributes{}

	for table, ask := range in.RequestItems {
		rest := ask
		half := len(ask.Keys) / 2
		ask.Keys, rest.Keys = ask.Keys[:half], ask.Keys[half:]
		left[table] = rest

		if half > 0 {
			asked.RequestItems[table] = ask
		}
	}

	if len(asked.RequestItems) == 0 {
		return &dynamodb.BatchGetItemOutput{UnprocessedKeys: left}, nil
	}

	out, err := u.Client.BatchGetItem(ctx, &asked, opts...)
	if err == nil {
		out.UnprocessedKeys = left
	}

	return out, err
}

// impatient has a store wait for nothing.
func impatient(t testing.TB, store *dynamocatalog.Store) *dynamocatalog.Store {
	t.Helper()

	dynamocatalog.SetSleep(store, func(ctx context.Context, _ time.Duration) error { return ctx.Err() })

	return store
}
