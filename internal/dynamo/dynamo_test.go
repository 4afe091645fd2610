package dynamo_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/vyapaarai/bulkimport/internal/dynamo"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const table = "t"

// fake is a table of which some answers leave things out. Its methods may be called
// concurrently.
type fake struct {
	dynamo.Client // what is not implemented panics

	mu sync.Mutex
	// takes is how many items of a request are processed; negative: all.
	takes int
	// errs are returned by the first calls.
	errs  []error
	calls int
	read  []string
}

func (f *fake) begin() error {
	f.calls++
	if len(f.errs) == 0 {
		return nil
	}

	err := f.errs[0]
	f.errs = f.errs[1:]

	return err
}

func (f *fake) BatchGetItem(
	ctx context.Context, in *dynamodb.BatchGetItemInput, _ ...func(*dynamodb.Options),
) (*dynamodb.BatchGetItemOutput, error) {
	f.mu.Lock()
	defer f.mu.Unlock()

	if err := errors.Join(ctx.Err(), f.begin()); err != nil {
		return nil, err
	}

	var (
		ask    = in.RequestItems[table]
		takes  = f.cut(len(ask.Keys))
		output = &dynamodb.BatchGetItemOutput{
			Responses:       map[string][]map[string]types.AttributeValue{table: ask.Keys[:takes]},
			UnprocessedKeys: map[string]types.KeysAndAttributes{},
		}
	)

	for _, key := range ask.Keys[:takes] {
		id, _ := dynamo.Text(key["id"])
		f.read = append(f.read, id)
	}

	if left := ask.Keys[takes:]; len(left) > 0 {
		output.UnprocessedKeys[table] = types.KeysAndAttributes{Keys: left}
	}

	return output, nil
}

func (f *fake) cut(n int) int {
	if f.takes < 0 {
		return n
	}

	return min(n, f.takes)
}

// patient is a Retry that notes its waits instead of waiting.
func patient(waits *[]time.Duration) *dynamo.Retry {
	var mu sync.Mutex

	return &dynamo.Retry{
		Random: func() float64 { return 1 },
		Sleep: func(ctx context.Context, d time.Duration) error {
			mu.Lock()
			defer mu.Unlock()

			*waits = append(*waits, d)

			return ctx.Err()
		},
	}
}

func keys(n int) (items []dynamo.Item, ids []string) {
	for i := range n {
		id := fmt.Sprintf("i%03d", i)
		items = append(items, dynamo.Item{"id": dynamo.S(id)})
		ids = append(ids, id)
	}

	return items, ids
}

func throttled() error {
	return &smithy.OperationError{Err: &types.ProvisionedThroughputExceededException{}}
}

// What an answer leaves out is asked for again, and an answer that has something in it
// is progress, however many it takes.
func TestBatchGetOfUnprocessedKeys(t *testing.T) {
	t.Parallel()

	var (
		waits       []time.Duration
		client      = &fake{takes: 7}
		wanted, ids = keys(150)
	)

	items, err := dynamo.BatchGet(t.Context(), client, patient(&waits), table, wanted, dynamo.Read{})
	require.NoError(t, err)
	require.Len(t, items, 150)
	require.ElementsMatch(t, ids, client.read)
	require.Equal(t, 15+8, client.calls)
	require.Len(t, waits, 14+7)

	for _, wait := range waits {
		require.Equal(t, dynamo.DefaultBase, wait, "progress shortens the waits")
	}
}

// A table that never has anything to give is given up, after waits that double.
func TestGivingUp(t *testing.T) {
	t.Parallel()

	wanted, _ := keys(3)

	for name, client := range map[string]*fake{
		"nothing processed": {takes: 0},
		"throttled": {takes: -1, errs: []error{
			throttled(), throttled(), throttled(), throttled(), throttled(), throttled(), throttled(), throttled(),
			throttled(), throttled(), throttled(), throttled(), throttled(),
		}},
	} {
		var waits []time.Duration

		_, err := dynamo.BatchGet(t.Context(), client, patient(&waits), table, wanted, dynamo.Read{})
		require.ErrorIs(t, err, dynamo.ErrBusy, name)
		require.ErrorContains(t, err, "given up after 12 attempts", name)
		require.Equal(t, dynamo.DefaultAttempts, client.calls, name)
		require.Len(t, waits, dynamo.DefaultAttempts-1, name)
		require.Equal(t, dynamo.DefaultBase, waits[0], name)
		require.Equal(t, 2*dynamo.DefaultBase, waits[1], name)
		require.Equal(t, dynamo.DefaultMaxDelay, waits[len(waits)-1], name)
	}
}

// Errors that waiting does not help are returned at once.
func TestNoPatienceForOtherErrors(t *testing.T) {
	t.Parallel()

	var (
		waits     []time.Duration
		wanted, _ = keys(3)
		client    = &fake{takes: -1, errs: []error{&smithy.GenericAPIError{Code: "ExpiredTokenException"}}}
	)

	_, err := dynamo.BatchGet(t.Context(), client, patient(&waits), table, wanted, dynamo.Read{})
	require.ErrorIs(t, err, dynamo.ErrCredentials)
	require.Equal(t, 1, client.calls)
	require.Empty(t, waits)
}

// A wait ends with its context, with the real timer.
func TestWaitsEndWithTheContext(t *testing.T) {
	t.Parallel()

	ctx, cancel := context.WithCancel(t.Context())
	retry := &dynamo.Retry{Base: time.Hour, MaxDelay: time.Hour, Random: func() float64 { return 1 }}

	go cancel()

	err := retry.Do(ctx, throttled)
	require.ErrorIs(t, err, context.Canceled)
}

func TestJitterIsFull(t *testing.T) {
	t.Parallel()

	for _, random := range []float64{0, 0.5} {
		var got []time.Duration

		retry := &dynamo.Retry{
			Attempts: 4, Base: time.Second, MaxDelay: 3 * time.Second,
			Random: func() float64 { return random },
			Sleep: func(_ context.Context, d time.Duration) error {
				got = append(got, d)

				return nil
			},
		}

		require.ErrorIs(t, retry.Do(t.Context(), throttled), dynamo.ErrBusy)

		scale := func(d time.Duration) time.Duration { return time.Duration(random * float64(d)) }
		require.Equal(t, []time.Duration{scale(time.Second), scale(2 * time.Second), scale(3 * time.Second)}, got)
	}
}

func TestCancelledBeforeItBegins(t *testing.T) {
	t.Parallel()

	ctx, cancel := context.WithCancel(t.Context())
	cancel()

	client := &fake{takes: -1}
	_, err := dynamo.BatchGet(ctx, client, nil, table, nil, dynamo.Read{})
	require.ErrorIs(t, err, context.Canceled)
	require.Zero(t, client.calls)
}
